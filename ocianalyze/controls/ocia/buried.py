"""Secrets that somebody thought gone: deleted by a later layer, or left in a build argument."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.aspects.secrets.named_values import named_arguments
from ocianalyze.controls.aspects.secrets.told import GONE, is_doubtful, is_sure, is_told, of_secret
from ocianalyze.controls.saying import shortened
from ocianalyze.detectors.secrets.unread import UNSEARCHED, why_unread
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Confidence, Evidence, Finding, Status, Verdict
from ocianalyze.model.history import Step
from ocianalyze.model.secret import Place, Secret

_Wanted = Callable[[ImageView, Secret, Place], bool]
_LINE = "created_by"
"""The field of a history entry that holds what a builder ran."""
_INSIDES = 100
"""Deleted files that were not looked into, told one by one."""


def deleted(view: ImageView) -> Verdict:
    """Judge secrets that a lower layer holds where the final filesystem has them no more."""
    found = tuple(_at(view, _is_buried))
    if not found and any(layer.unsearched for layer in view.layers):
        summary = "not evaluated: a layer was not searched to its end"
        return undecided("layers-unsearched", summary)
    if found or not (closed := tuple(_closed(view))):
        return _judged(view, found, "deleted-secret", "deleted, but in a layer")
    summary = shortened(f"{len(closed)} deleted files were not looked into")
    return Verdict(Status.NEEDS_REVIEW, "unread-inside", summary, closed)


def build_arguments(view: ImageView) -> Verdict:
    """Judge secrets among the build arguments that builders wrote into the history."""
    found = tuple(_at(view, _is_argument))
    judged = _judged(view, found, "build-argument-secret", "build argument")
    named = named_arguments(view) if judged.status is Status.PASS else ()
    if not named:
        return judged
    more = f" (+{len(named) - 1})" if len(named) > 1 else ""
    summary = shortened(f"secret by its name: {named[0].detail}", end=more)
    evidence = (*named, *judged.evidence)
    return Verdict(Status.NEEDS_REVIEW, named[0].reason, summary, evidence, "heuristic")


def _judged(view: ImageView, found: tuple[Secret, ...], reason: str, noun: str) -> Verdict:
    evidence = tuple(of_secret(view, x) for x in found)
    if sure := [x for x in found if is_sure(x, view)]:
        return _told(Status.FAIL, sure, evidence, reason, noun)
    if doubtful := [x for x in found if is_doubtful(x)]:
        return _told(Status.NEEDS_REVIEW, doubtful, evidence, reason, noun)
    if _is_cut(view):
        return undecided("secrets-cut", "not evaluated: more secrets than are told", *evidence)
    return Verdict(Status.PASS, f"no-{reason}", f"no secret: {noun}", evidence)


def _told(
    status: Status, guilty: list[Secret], evidence: tuple[Evidence, ...], reason: str, noun: str
) -> Verdict:
    more = f" (+{len(guilty) - 1})" if len(guilty) > 1 else ""
    summary = shortened(f"{noun}: {guilty[0].title}", end=more)
    confidence: Confidence = "exact" if status is Status.FAIL else "heuristic"
    remedy = guilty[0].remediation
    return Verdict(status, reason, summary, evidence, confidence, remediation=remedy)


def _is_cut(view: ImageView) -> bool:
    """Tell that a limit left out secrets, or places of one that matters."""
    grave = (x for x in view.secrets if is_told(x) and is_doubtful(x))
    return any(x.more_places for x in grave) or any(
        why_unread(x) == "limit" and not x.path and x.code != UNSEARCHED for x in view.findings
    )


def _at(view: ImageView, wanted: _Wanted) -> Iterator[Secret]:
    """Yield secrets with those of their places that are wanted."""
    for secret in view.secrets:
        places = tuple(x for x in secret.places if wanted(view, secret, x))
        if places and is_told(secret):
            yield replace(secret, places=places, more_places=0)


def _is_buried(_: ImageView, secret: Secret, place: Place) -> bool:
    """Tell a place that is gone, but for a file that still has the same secret."""
    return place.state in GONE and not any(
        other.state is State.VISIBLE and other.path == place.path for other in secret.places
    )


def _is_argument(view: ImageView, secret: Secret, place: Place) -> bool:
    """Tell a place before the command of a history line, where build arguments are."""
    if place.where != "history" or place.pointer.rpartition("/")[2] != _LINE:
        return False
    steps = (step for step in view.history.steps if step.index == place.step)
    return any(_precedes(step, secret, place) for step in steps)


def _precedes(step: Step, secret: Secret, place: Place) -> bool:
    """Compare with what the line was taken apart into; a view may show secrets masked there."""
    shown = secret.value or secret.masked
    if not step.build_args:
        return False
    if any(shown in f"{name}={value}" for name, value in step.build_args) or step.ambiguous:
        return True
    begins = step.raw.find(step.text)
    return shown not in step.text and place.offset is not None and place.offset < begins


def _closed(view: ImageView) -> Iterator[Evidence]:
    """Yield deleted files whose inside a limit, a password or an unknown format kept closed."""
    closed = (x for x in view.findings if x.state in GONE and why_unread(x) in ("limit", "closed"))
    return map(_of_finding, islice(closed, _INSIDES))


def _of_finding(found: Finding) -> Evidence:
    return Evidence(
        found.detail,
        reason="unread-inside",
        path=found.path,
        layer=found.layer,
        state=found.state or State.VISIBLE,
        severity=found.severity,
    )


CONTROLS = (
    Control(
        id="ocia-deleted-secret",
        short="deleted secrets",
        automation="full",
        reads="every byte of the files that a later layer deleted or overwrote",
        decides="fails on a secret that a checksum or structure proves, and on a token or key in "
        "the form of its provider, where a lower layer has it and a later one deleted or overwrote "
        "it; what only its surroundings suggest, what lies among tests, documentation and files of "
        "packages, and deleted files that were not looked into, need review",
        limits="a file that still has the same secret is left to CIS Docker 4.10; a squashed image "
        "holds nothing that was deleted",
        remediation="rotate it: every copy of the image has the layer; then build without it, with "
        "RUN --mount=type=secret,id=NAME",
        evaluate=deleted,
        needs=frozenset({"filesystem", "secrets"}),
    ),
    Control(
        id="ocia-history-build-arg-secret",
        short="build argument secrets",
        automation="full",
        reads="the build arguments that builders write before a command: |1 KEY=value /bin/sh -c",
        decides="fails on a secret among them that a checksum or structure proves, and on a token "
        "or key in the form of its provider; passwords and keys that only their names suggest need "
        "review",
        limits="arguments that no RUN used are not written; where the last one ends is a guess "
        "when an unknown shell follows it",
        remediation="RUN --mount=type=secret,id=NAME instead of ARG; rotate what was in the image",
        evaluate=build_arguments,
        needs=frozenset({"history", "secrets"}),
    ),
)
