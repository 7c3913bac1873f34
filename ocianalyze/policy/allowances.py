"""Apply allowances to a verdict; allowed evidence stays, and a pass that rests on it says so."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import NamedTuple

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict, Waived, Waiver
from ocianalyze.model.package import Package
from ocianalyze.policy.naming import fits
from ocianalyze.policy.owned import of_package
from ocianalyze.policy.profile import Allowance

REASON = "allowed-by-profile"
UNPROVED = "allowed-unproved"
_OPEN = (Status.FAIL, Status.NEEDS_REVIEW)


class _Marked(NamedTuple):
    """One piece of evidence after the allowances."""

    item: Evidence
    by: Allowance | None = None
    """What allows it."""
    is_unproved: bool = False
    """It would be allowed if a record proved that its bytes are the package's."""


def apply(
    verdict: Verdict,
    names: Collection[str],
    allowances: Sequence[Allowance],
    view: ImageView,
    today: date,
) -> Verdict:
    """Return a verdict with what is allowed marked and last; a pass when nothing else is left.

    Evidence of severity `info` explains and does not count, unless there is no other. What stands
    for evidence that was cut has no place: only an allowance of the whole control fits it. A
    package allows a file only with the bytes that it records; where no record tells, people must.

    Args:
        verdict: of one control, its evidence complete.
        names: ids of the control and of what it answers.
        allowances: of the profile.
        view: tells owners of paths.
        today: allowances of which it is past the last day no longer hold.

    """
    mine = [a for a in allowances if fits(names, a.control)]
    if verdict.status not in _OPEN or not mine:
        return verdict
    marked = [_marked(item, mine, view, today) for item in verdict.evidence]
    evidence = tuple(one.item for one in marked)
    if not _is_allowed(evidence, mine, today):
        told = replace(verdict, evidence=tuple(sorted(evidence, key=_is_settled)))
        return _unproved(told) if _is_fitting(marked) else told
    count = sum(bool(item.allowed) for item in evidence)
    summary = f"passes by allowance: {count} of {len(evidence)} allowed"
    used = [one.by for one in marked if one.by]
    if not evidence:
        whole = next(a for a in mine if _is_whole(a) and _holds(a, today))
        evidence = (Evidence(verdict.summary, "config", verdict.reason, allowed=_why(whole)),)
        summary, used = "passes by allowance of the whole control", [whole]
    return replace(
        verdict,
        status=Status.PASS,
        reason=REASON,
        summary=summary,
        evidence=evidence,
        waived=Waived(verdict.status, verdict.reason, tuple(dict.fromkeys(map(_waiver, used)))),
    )


def _is_settled(item: Evidence) -> bool:
    """Tell what is allowed, which a reader wants to see last."""
    return bool(item.allowed)


def _is_allowed(evidence: Sequence[Evidence], mine: Sequence[Allowance], today: date) -> bool:
    """Tell whether nothing is left that counts."""
    counting = [item for item in evidence if item.severity != "info"] or evidence
    if not counting:
        return any(_is_whole(a) and _holds(a, today) for a in mine)
    return all(item.allowed for item in counting)


def _is_fitting(marked: Sequence[_Marked]) -> bool:
    """Tell whether all that counts is allowed or lacks no more than a proof."""
    counting = [one for one in marked if one.item.severity != "info"] or marked
    return bool(counting) and all(one.item.allowed or one.is_unproved for one in counting)


def _unproved(verdict: Verdict) -> Verdict:
    summary = "allowed by package, but no record proves the bytes"
    return replace(verdict, status=Status.NEEDS_REVIEW, reason=UNPROVED, summary=summary)


def _marked(item: Evidence, mine: Sequence[Allowance], view: ImageView, today: date) -> _Marked:
    fitting = [(a, found) for a in mine if (found := _fits(a, item, view)) is not False]
    holding = [(a, found) for a, found in fitting if _holds(a, today)]
    if proved := next((a for a, found in holding if found), None):
        return _Marked(replace(item, allowed=_why(proved)), proved)
    if holding:
        told = (
            f"{item.detail}; no record proves that it is as {holding[0][0].package[:40]} ships it"
        )
        return _Marked(replace(item, detail=told), is_unproved=True)
    if fitting:
        ended = f"{item.detail}; its allowance ended on {fitting[0][0].expires}"
        return _Marked(replace(item, detail=ended))
    return _Marked(item)


def _fits(allowance: Allowance, item: Evidence, view: ImageView) -> bool | None:
    """Tell whether an allowance is for some evidence; None where only a record could tell."""
    if allowance.path and not (item.path and fnmatchcase(item.path, allowance.path.lstrip("/"))):
        return False
    if allowance.sha256 and item.sha256 != allowance.sha256:
        return False
    if not allowance.package:
        return True
    packages = [x for x in _packages(item, view) if _is_named(x, allowance.package)]
    is_proved = item.kind == "package" or bool(allowance.sha256)
    return of_package(view, item.path, packages, is_proved=is_proved)


def _is_named(package: Package, pattern: str) -> bool:
    return any(fnmatchcase(text, pattern) for text in (package.name, package.purl))


def _packages(item: Evidence, view: ImageView) -> Iterator[Package]:
    """Yield the packages that own the path, or that the evidence is about."""
    if item.kind == "package":
        kind, _, rest = item.detail.partition(" ")
        name = rest.partition(" ")[0]
        found = view.inventory.packages
        yield from (package for package in found if (package.type, package.name) == (kind, name))
    elif item.path:
        yield from view.inventory.owners(item.path)


def _holds(allowance: Allowance, today: date) -> bool:
    return allowance.expires is None or today <= allowance.expires


def _is_whole(allowance: Allowance) -> bool:
    return not (allowance.path or allowance.sha256 or allowance.package)


def _waiver(allowance: Allowance) -> Waiver:
    expires = allowance.expires.isoformat() if allowance.expires else ""
    about = (allowance.path, allowance.sha256 or "", allowance.package)
    return Waiver(allowance.control, allowance.reason, expires, *about)


def _why(allowance: Allowance) -> str:
    until = f" (until {allowance.expires})" if allowance.expires else ""
    return f"{allowance.reason}{until}"
