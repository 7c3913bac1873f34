"""Where an image stands, as lines: whose failures they are, who answers for what, what helps."""

from collections.abc import Iterator

from ocianalyze.model.finding import Status
from ocianalyze.model.standing import (
    ChangeRecord,
    HintRecord,
    OriginsRecord,
    PartyRecord,
    StandingRecord,
)
from ocianalyze.report.blocks import Line, Span, line
from ocianalyze.report.escape import shown
from ocianalyze.report.layout import flow, indented, wrap
from ocianalyze.report.words import brief, plural

_OWNER = 10
"""Cells for the name of a party."""
_HINTS = 3
"""Hints of each party that are shown when not all are asked for."""
_SIDES = {
    "author": "the author's steps",
    "both": "base and author",
    "unknown": "base or author: not known",
    "base": "the base: another base, or in a step above it",
}
_WORDS = {
    Status.PASS: "pass",
    Status.FAIL: "fail",
    Status.NEEDS_REVIEW: "review",
    Status.NOT_EVALUATED: "not evaluated",
    Status.NOT_APPLICABLE: "not applicable",
    Status.OUT_OF_SCOPE: "out of scope",
}


def responsibility(standing: StandingRecord, width: int, *, verbose: bool) -> Iterator[Line]:
    """Yield who answers for what; in short only when more than the image was asked about."""
    if not verbose and not any(x.statuses or x.waived for x in standing.parties[1:]):
        return
    for party in standing.parties:
        yield from _party(party, width, verbose=verbose)


def _party(party: PartyRecord, width: int, *, verbose: bool) -> Iterator[Line]:
    facts = [f"{count} {_WORDS[status]}" for status, count in party.statuses.items()]
    if party.waived:
        facts.append(f"{party.waived} waived")
    if party.elsewhere:
        facts.append(plural(party.elsewhere, "recommendation") + " not in this report")
    first, *rest = flow(facts, width - 2 - _OWNER)
    yield (Span(f"  {party.owner:<{_OWNER}}", "bold"), Span(first))
    yield from (line(f"{'':{_OWNER + 2}}{more}") for more in rest)
    if party.evidence:
        places = "; ".join(shown(place) for place in party.evidence)
        yield from _told("evidence: ", places, width, "dim")
    hints = party.hints if verbose else party.hints[:_HINTS]
    for hint in hints:
        yield from _told("hint: ", _hint(hint, verbose=verbose), width, "yellow")
    if left := len(party.hints) - len(hints):
        yield from _told("", f"and {plural(left, 'hint')} more: see -v", width, "dim")


def _hint(hint: HintRecord, *, verbose: bool) -> str:
    ids = ", ".join(hint.controls if verbose else hint.controls[:1])
    details = hint.details if verbose else hint.details[:1]
    more = hint.evidence - len(details)
    said = ", ".join(shown(brief(detail)) for detail in details)
    return f"{said}{f' (+{more})' if more else ''} [{shown(ids)}]"


def _told(lead: str, text: str, width: int, style: str = "") -> Iterator[Line]:
    indent = " " * (_OWNER + 2) + lead
    yield from (line(x, style) for x in indented(wrap(text, width - len(indent)), indent))


def whose(standing: StandingRecord, width: int, *, verbose: bool) -> Iterator[Line]:
    """Say which failures came with the base, where a base is known."""
    found = standing.origins
    if not found.base + found.both and not (verbose and found.author):
        return
    yield from (line(f"  {text}") for text in wrap(_divided(found), width - 2))
    if verbose:
        yield from _listed("another base may end: ", found.from_base, width)
        yield from _listed("base and author share: ", found.from_both, width)
        counted = ", ".join(f"{side} {count}" for side, count in found.findings.items())
        yield from _listed("oddities: ", (counted,) if counted else (), width)


def _divided(found: OriginsRecord) -> str:
    parts = [f"{found.base} of {plural(found.failures, 'failure')} came with the base alone"]
    if found.both:
        parts.append(f"{found.both} from base and author")
    if found.author:
        parts.append(f"{found.author} from the author")
    if found.unknown:
        parts.append(f"{found.unknown} unknown")
    return ", ".join(parts)


def _listed(lead: str, texts: tuple[str, ...], width: int) -> Iterator[Line]:
    if texts:
        body = wrap(shown(", ".join(texts)), width - 2 - len(lead))
        yield from (line(text) for text in indented(body, f"  {lead}"))


def to_pass(standing: StandingRecord, width: int) -> Iterator[Line]:
    """Yield the changes that turn failures into passes, the author's first."""
    side = ""
    for change in standing.to_pass:
        if change.side != side:
            side = change.side
            yield from (line(f"  {text}", "bold") for text in wrap(f"in {_SIDES[side]}", width - 2))
        yield from _change(change, width)


def _change(change: ChangeRecord, width: int) -> Iterator[Line]:
    ids = shown(", ".join(change.controls))
    yield from (line(text, "dim") for text in indented(wrap(ids, width - 6), "    # ", "    # "))
    for remedy in change.remediation.splitlines():
        texts = wrap(shown(remedy), width - 6)
        yield from (line(text, "green") for text in indented(texts, "    ", "      "))
