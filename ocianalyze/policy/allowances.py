"""Apply allowances to a verdict; allowed evidence stays, and a pass that rests on it says so."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.package import Package
from ocianalyze.policy.profile import Allowance

REASON = "allowed-by-profile"
_OPEN = (Status.FAIL, Status.NEEDS_REVIEW)


def apply(
    verdict: Verdict,
    names: Collection[str],
    allowances: Sequence[Allowance],
    view: ImageView,
    today: date,
) -> Verdict:
    """Return a verdict with what is allowed marked and last; a pass when nothing else is left.

    Evidence of severity `info` explains and does not count, unless there is no other. What stands
    for evidence that was cut has no place: only an allowance of the whole control fits it.

    Args:
        verdict: of one control, its evidence complete.
        names: ids of the control and of what it answers.
        allowances: of the profile.
        view: tells owners of paths.
        today: allowances of which it is past the last day no longer hold.

    """
    mine = [a for a in allowances if any(fnmatchcase(name, a.control) for name in names)]
    if verdict.status not in _OPEN or not mine:
        return verdict
    evidence = tuple(_marked(item, mine, view, today) for item in verdict.evidence)
    if not _is_allowed(evidence, mine, today):
        return replace(verdict, evidence=tuple(sorted(evidence, key=_is_settled)))
    count = sum(bool(item.allowed) for item in evidence)
    summary = f"passes by allowance: {count} of {len(evidence)} allowed"
    if not evidence:
        whole = next(a for a in mine if _is_whole(a) and _holds(a, today))
        evidence = (Evidence(verdict.summary, "config", verdict.reason, allowed=_why(whole)),)
        summary = "passes by allowance of the whole control"
    return replace(verdict, status=Status.PASS, reason=REASON, summary=summary, evidence=evidence)


def _is_settled(item: Evidence) -> bool:
    """Tell what is allowed, which a reader wants to see last."""
    return bool(item.allowed)


def _is_allowed(evidence: Sequence[Evidence], mine: Sequence[Allowance], today: date) -> bool:
    """Tell whether nothing is left that counts."""
    counting = [item for item in evidence if item.severity != "info"] or evidence
    if not counting:
        return any(_is_whole(a) and _holds(a, today) for a in mine)
    return all(item.allowed for item in counting)


def _marked(item: Evidence, mine: Sequence[Allowance], view: ImageView, today: date) -> Evidence:
    fitting = [allowance for allowance in mine if _fits(allowance, item, view)]
    holding = next((a for a in fitting if _holds(a, today)), None)
    if holding is not None:
        return replace(item, allowed=_why(holding))
    if fitting:
        ended = f"{item.detail}; its allowance ended on {fitting[0].expires}"
        return replace(item, detail=ended)
    return item


def _fits(allowance: Allowance, item: Evidence, view: ImageView) -> bool:
    if allowance.path and not (item.path and fnmatchcase(item.path, allowance.path.lstrip("/"))):
        return False
    if allowance.sha256 and item.sha256 != allowance.sha256:
        return False
    return not allowance.package or any(
        fnmatchcase(text, allowance.package)
        for package in _packages(item, view)
        for text in (package.name, package.purl)
    )


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


def _why(allowance: Allowance) -> str:
    until = f" (until {allowance.expires})" if allowance.expires else ""
    return f"{allowance.reason}{until}"
