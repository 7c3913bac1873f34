"""CIS Docker 4.9: COPY is used instead of ADD."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from ocianalyze.controls._base import Control, Parameter, undecided
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.base.rootfs import import_step, looks_like_import
from ocianalyze.controls.aspects.history.add import (
    HASHED,
    SEVERITIES,
    AddKind,
    add_kind,
    flags,
    is_pinned,
    kind_of,
    shown,
    sources_and_target,
)
from ocianalyze.controls.aspects.history.steps import (
    of_step,
    silent_layers,
    unknown_steps,
    without_dockerfile,
)
from ocianalyze.controls.aspects.history.triggers import REASON as ONBUILD
from ocianalyze.controls.aspects.history.triggers import triggers
from ocianalyze.controls.quoting import copied
from ocianalyze.controls.saying import shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Kind
from ocianalyze.model.finding import Confidence, Evidence, Status, Verdict
from ocianalyze.model.history import Step

_REVIEW = frozenset(
    {"git", "git-pinned", "archive", "archive-extracted", "rootfs-unread", "url-checked"}
)
_DOWNLOAD = 'RUN curl -fsSLo FILE URL && echo "DIGEST  FILE" | sha256sum -c'
_REMEDIES: dict[str, str] = {
    "url-plain": f"download over https and verify: {_DOWNLOAD}",
    "url": f"download and verify: {_DOWNLOAD}",
    "url-unknown": f"download and verify: {_DOWNLOAD}",
    "url-checked": f"its digest is pinned: accept it, or {_DOWNLOAD}",
    "heredoc": "write COPY <<EOF instead of ADD <<EOF",
    "git": "pin the commit (#<40 hex digits>), or clone in an earlier stage and COPY --from it",
    "git-pinned": "clone in an earlier stage and COPY --from it",
    "archive": "unpack in an earlier stage and COPY --from it",
    "archive-extracted": "unpack in an earlier stage and COPY --from it",
}


_UNKNOWN = "names no instruction, as docker commit writes it"


class Added(NamedTuple):
    """One ADD step and what the image tells about it."""

    step: Step
    reason: str
    """An `AddKind`, or what the layer made of it."""
    excused: bool
    doubtful: bool
    """It came with the base, if the seam in the history is one."""

    accepted: bool = False
    """A profile lets it be."""

    @property
    def status(self) -> Status:
        """What this step alone makes of the control."""
        if self.excused or self.accepted:
            return Status.PASS
        review = self.doubtful or self.reason in _REVIEW
        return Status.NEEDS_REVIEW if review else Status.FAIL


def evaluate(view: ImageView, *, accept_https: bool = False) -> Verdict:
    """Judge every ADD step that is not the import of the root filesystem.

    Args:
        view: the image.
        accept_https: let ADD of https:// addresses be.

    """
    if not view.history.steps:
        return undecided("history-absent", "not evaluated: the image has no history")
    if without_dockerfile(view.history):
        return Verdict(Status.NOT_APPLICABLE, "no-dockerfile", "built without a Dockerfile")
    base = boundary(view)
    found = tuple(_added(view, base, accept_https=accept_https))
    later = tuple(_triggered(view, base, accept_https=accept_https))
    for status in (Status.FAIL, Status.NEEDS_REVIEW):
        if guilty := [added for added in found if added.status is status]:
            return _verdict(status, guilty, found, base, later)
    evidence = (*(_evidence(added, base) for added in found), *later)
    if any(one.severity != "info" for one in later):
        return _waiting(evidence)
    return _nothing(view, base, evidence)


def _nothing(view: ImageView, base: Boundary, evidence: tuple[Evidence, ...]) -> Verdict:
    """Say what it means that no ADD was found: a pass only where every step could speak."""
    if silent := silent_layers(view, base):
        summary = f"not evaluated: no history for {silent} of {len(view.layers)} layers"
        return undecided("history-incomplete", summary, *evidence)
    if unknown := unknown_steps(view, base):
        told = (of_step(x, base, _UNKNOWN, reason="history-opaque") for x in unknown)
        summary = f"not evaluated: {len(unknown)} of {len(view.history.steps)} steps hide what ran"
        return undecided("history-opaque", summary, *evidence, *told)
    confidence: Confidence = "exact" if view.history.reliable else "heuristic"
    return Verdict(
        Status.PASS, "no-add", "no ADD among the author's steps", evidence, confidence=confidence
    )


def _added(view: ImageView, base: Boundary, *, accept_https: bool) -> Iterator[Added]:
    imported = import_step(view)
    for step in view.history.steps:
        if step.instruction != "ADD":
            continue
        imports = imported is not None and step.index == imported.index
        excused = imports or base.excuses(step.index, step.layer)
        reason = "rootfs-import" if imports else _reason(view, step)
        doubtful = not excused and base.of_step(step.index) == "base"
        accepted = False
        if accept_https and reason == "url":
            others = _without_https(step)
            accepted = not others
            reason = add_kind(others) if others else reason
        elif accept_https:
            accepted = reason == "url-checked"
        yield Added(step, reason, excused, doubtful, accepted)


def _triggered(view: ImageView, base: Boundary, *, accept_https: bool) -> Iterator[Evidence]:
    """Yield the ADD instructions that ONBUILD leaves to the images built on this one."""
    for trigger in triggers(view):
        step = trigger.step
        if step.instruction == "ADD":
            evidence = trigger.evidence(base, shown(f"ADD {step.text}"))
            is_noted = accept_https and not _without_https(step)
            yield replace(evidence, severity="info") if is_noted else evidence


def _waiting(evidence: tuple[Evidence, ...]) -> Verdict:
    first = next(one for one in evidence if one.reason == ONBUILD and one.severity != "info")
    return Verdict(
        Status.NEEDS_REVIEW,
        f"add-{ONBUILD}",
        shortened(first.detail),
        evidence,
        confidence="exact",
        origin=first.origin,
        remediation="write ONBUILD COPY for local files",
    )


def _without_https(step: Step) -> tuple[str, ...]:
    sources, _ = sources_and_target(step.text)
    return tuple(source for source in sources if not source.lower().startswith("https://"))


def _reason(view: ImageView, step: Step) -> str:
    """Return the kind of an ADD step, refined by what its layer holds."""
    sources, _ = sources_and_target(step.text)
    kind: AddKind = kind_of(step.text)
    if kind == "git":
        return "git-pinned" if all(map(is_pinned, sources)) else "git"
    if step.layer == 0 and looks_like_import(step) and _is_unread(view, 0):
        return "rootfs-unread"
    unknown_file = kind == "local-or-unknown" and sources[:1] and sources[0].startswith("file:")
    if kind != "archive" and not unknown_file:
        return kind
    files = _files(view, step.layer)
    if files is None:
        return kind
    return "archive-extracted" if files > 1 else "local"


def _files(view: ImageView, layer: int | None) -> int | None:
    """Return how many things other than directories a layer adds, 2 for more; None for unread."""
    if layer is None or _is_unread(view, layer):
        return None
    others = (x for x in view.tree.layer(layer) if x.kind is not Kind.DIRECTORY)
    return sum(1 for _ in islice(others, 2))


def _is_unread(view: ImageView, layer: int) -> bool:
    return bool(view.layers[layer].missing or view.layers[layer].partial)


def _verdict(
    status: Status,
    guilty: list[Added],
    found: tuple[Added, ...],
    base: Boundary,
    later: tuple[Evidence, ...],
) -> Verdict:
    worst = guilty[0]
    others = (added for added in found if added.status is not status)
    more = f" and {len(guilty) - 1} more" if len(guilty) > 1 else ""
    step = worst.step
    text = shown(f"ADD {step.text}", 34)
    summary = f"{text} (step {step.index}){more}"
    unsure = all(added.doubtful or added.reason == "local-or-unknown" for added in guilty)
    return Verdict(
        status,
        f"add-{worst.reason}",
        summary,
        (*(_evidence(added, base) for added in (*guilty, *others)), *later),
        confidence="heuristic" if unsure else "exact",
        origin=base.of_step(step.index),
        remediation=_remedy(worst),
    )


def _evidence(added: Added, base: Boundary) -> Evidence:
    is_noted = added.excused or added.accepted
    severity: Severity = "info" if is_noted else SEVERITIES.get(added.reason, "medium")
    detail = shown(f"ADD {added.step.text}")
    return of_step(added.step, base, detail, reason=added.reason, severity=severity)


def _remedy(added: Added) -> str:
    """Return a line for this step; text that cannot be written down safely is left out."""
    if added.reason in _REMEDIES:
        return _REMEDIES[added.reason]
    sources, target = sources_and_target(added.step.text)
    names = ["SOURCE" if HASHED.match(source) else source for source in sources]
    line = copied((*names, target), flags(added.step.text))
    whole = bool(line) and shown(line) == line
    return f"write COPY {line}" if whole else "write COPY instead of ADD"


CONTROL = Control(
    id="cis-docker-4.9",
    short="COPY, not ADD",
    automation="full",
    reads="the build history, and what the layers of ADD steps hold",
    decides="fails on ADD of local files, URLs and here-documents; ADD of archives that were "
    "unpacked, of git repositories and of URLs with a --checksum that the history tells needs "
    "review, and so does ONBUILD ADD; the import of a root "
    "filesystem as the first layer and steps that surely came with the base are only noted, steps "
    "that may have come with it need review",
    limits="history is what the builder wrote: BuildKit leaves out --checksum and --from, a "
    "classic builder the address of a URL; builder "
    "stages are not in the image, and a base is told from the author's steps only by a root "
    "filesystem import or by a seam in the history that builder or time confirm",
    remediation="write COPY for local files; download in a RUN step that verifies a digest",
    evaluate=evaluate,
    needs=frozenset({"history"}),
    parameters=(
        Parameter("accept_https", default=False, meaning="ADD of https:// addresses is only noted"),
    ),
)
