"""Bytes, history and archive members that are not what the image's documents promise."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.evidence import counted
from ocianalyze.controls.saying import judged
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Finding, Status, Verdict

_ESCAPES = frozenset({"tar.path-escapes", "merge.link-loop"})
_DOUBTFUL = frozenset({"tar.link-outside"})
_CAPPED = "image.more-findings"


def digests(view: ImageView) -> Verdict:
    """Judge the digests that were compared while the image was read."""
    found = (_evidence(x, "layer") for x in view.findings if x.code.startswith("integrity."))
    verdict = judged(found, "digest-mismatch", "bytes differ from digests")
    if verdict.status is Status.PASS and view.config is None:
        return undecided("no-promises", "not evaluated: nothing promises digests")
    return verdict


def history(view: ImageView) -> Verdict:
    """Compare the steps that made layers with the layers that there are."""
    steps, held = view.history.steps, counted(len(view.layers), "layer")
    if not steps:
        return undecided("history-absent", "not evaluated: the image has no history")
    if view.history.reliable:
        return Verdict(Status.PASS, "history-matches", f"{held}, each with its step")
    pointer = Evidence(f"{counted(len(steps), 'step')}, {held}", "config", pointer="/history")
    told = (_evidence(x, "history") for x in view.findings if x.code == "image.history-mismatch")
    summary = "history and layers do not match"
    return Verdict(Status.FAIL, "history-mismatch", summary, (pointer, *told))


def members(view: ImageView) -> Verdict:
    """Judge members whose path or link leaves the root."""
    escaping = [x for x in view.findings if x.code in _ESCAPES]
    if escaping:
        return judged(_each(escaping), "path-escapes", "member leaves the root")
    doubtful = [x for x in view.findings if x.code in _DOUBTFUL]
    if doubtful:
        review = Status.NEEDS_REVIEW
        return judged(_each(doubtful), "link-outside", "link leaves the root", status=review)
    if any(x.code == _CAPPED for x in view.findings):
        return undecided("findings-capped", "not evaluated: more was odd than is listed")
    return Verdict(Status.PASS, "no-escape", "no member leaves the root")


def _each(findings: list[Finding]) -> Iterator[Evidence]:
    return (_evidence(x, "file" if x.path else "layer") for x in findings)


def _evidence(found: Finding, kind: str) -> Evidence:
    where = "manifest" if kind == "layer" and found.layer is None else kind
    return Evidence(
        detail=f"{found.title}: {found.detail}" if found.detail else found.title,
        kind=where,  # type: ignore[arg-type] # one of the words above
        reason=found.code,
        path=found.path,
        pointer=found.pointer,
        layer=found.layer,
        severity=found.severity,
    )


CONTROLS = (
    Control(
        id="ocia-digest-mismatch",
        short="digests",
        automation="full",
        reads="sizes and digests of manifest, config and layers, compared while they were read",
        decides="fails when any bytes differ from the digest that names them",
        limits="a format that promises no digests (a root filesystem) leaves nothing to compare",
        remediation="fetch or build the image again; trust nothing else that it says",
        evaluate=digests,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="ocia-history-layer-mismatch",
        short="history and layers",
        automation="full",
        reads="the history of the image config and the number of layers",
        decides="fails when the steps that are not empty are not as many as the layers",
        limits="equal numbers do not show that the steps tell the truth",
        remediation="build the image with one builder, and squash nothing by hand",
        evaluate=history,
    ),
    Control(
        id="ocia-path-traversal-entry",
        short="paths in the root",
        automation="full",
        reads="what was odd about the members of every layer",
        decides="fails on a member whose path leaves the root, or leads into a loop of links; a "
        "link whose target leaves the root needs review",
        limits="how another tool unpacks such a member is not known",
        remediation="build the layer anew with a tool that writes relative paths",
        evaluate=members,
        needs=frozenset({"filesystem"}),
    ),
)
