"""The verdicts as tables, one for each framework: short ones whole, long ones what needs a look."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord
from ocianalyze.model.standing import ScoreRecord, StandingRecord
from ocianalyze.report.blocks import LABELS, Line, Span, line
from ocianalyze.report.escape import shown
from ocianalyze.report.layout import fit, flow, indented, wrap
from ocianalyze.report.owners import others
from ocianalyze.report.questions import each_question
from ocianalyze.report.score import is_waived
from ocianalyze.report.words import plural

_COUNTED = {
    Status.PASS: "pass",
    Status.FAIL: "fail",
    Status.NEEDS_REVIEW: "review",
    Status.NOT_EVALUATED: "not evaluated (-)",
    Status.NOT_APPLICABLE: "not applicable",
    Status.OUT_OF_SCOPE: "out of scope",
}
_WAIVED = Span("WAIVED", "yellow")
"""Label of what passes by an allowance of the profile alone."""
_LEVELS = {"l1": ", level 1", "l2": ", level 2"}
_WHOLE = 40
"""Verdicts on one image that are all shown; of more, those that need a look."""
_NUMBER, _NAME = 12, 26
"""Cells of a number beside a short name, and alone."""
_ALIKE = 3
"""Verdicts without the same evidence from which on one line tells them."""
_IDS = 3
"""Of what misses the same evidence."""
_OPEN = (Status.FAIL, Status.NEEDS_REVIEW)


class Asked(NamedTuple):
    """How to show the verdicts on one image."""

    profile: str
    width: int
    verbose: bool


def tables(
    controls: Sequence[ControlRecord], standing: StandingRecord | None, asked: Asked
) -> Iterator[Line]:
    """Yield one table for each framework: how many, what share passes, and the verdicts."""
    whole = asked.verbose or len(controls) <= _WHOLE
    scores = standing.scores if standing else ()
    told: dict[str, str] = {}
    if not whole:
        yield from _summary(controls, scores, asked.width)
    for number, rows in enumerate(_frameworks(controls)):
        if number:
            yield line()
        yield from _head(rows, asked)
        yield from _score(rows[0].framework, scores, asked.width, whole=whole)
        yield from _rows(rows, asked) if whole else _open(rows, told, asked.width)
        yield from _owners(rows, asked.width)


def undecided(controls: Sequence[ControlRecord], asked: Asked) -> Iterator[Line]:
    """Yield what is missing for verdicts that short tables leave out."""
    if asked.verbose or len(controls) <= _WHOLE:
        return
    missing: dict[str, list[str]] = {}
    for row in controls:
        if row.status is Status.NOT_EVALUATED:
            missing.setdefault(_reason(row.summary), []).append(row.id)
    label = LABELS[Status.NOT_EVALUATED]
    for reason, ids in sorted(missing.items(), key=lambda pair: -len(pair[1])):
        more = f" (+{len(ids) - _IDS})" if len(ids) > _IDS else ""
        texts = wrap(shown(f"{reason}: {', '.join(ids[:_IDS])}{more}"), asked.width - 4)
        yield (Span(f"  {label.text} ", label.style), Span(texts[0]))
        yield from (line(f"{'':4}{text}") for text in texts[1:])


def _frameworks(controls: Sequence[ControlRecord]) -> list[list[ControlRecord]]:
    """Return verdicts by framework, that of a scan by default first."""
    groups = [list(group) for _, group in groupby(controls, lambda c: (c.framework, c.version))]
    return sorted(groups, key=lambda rows: not rows[0].control.startswith("cis-docker-"))


def _summary(
    controls: Sequence[ControlRecord], scores: Sequence[ScoreRecord], width: int
) -> Iterator[Line]:
    """Say how much is below, and what share of all questions passes."""
    names = {row.framework for row in controls}
    facts = [plural(len(controls), "verdict"), plural(len(names), "framework")]
    failed = [row for row in controls if row.status is Status.FAIL]
    if distinct := _distinct(failed):
        facts.append(f"{plural(len(failed), 'failure')}{distinct}")
    if waived := [*filter(is_waived, controls)]:
        facts.append(f"{len(waived)} waived by the profile{_distinct(waived)}")
    overall = next((one for one in scores if not one.framework and one.percent is not None), None)
    if overall:
        facts.append(f"each question once: {_told(overall)}")
    yield from (line(text, "bold") for text in flow(facts, width))
    yield line("tables count every item, and show what needs a look; -v shows all", "dim")
    yield line()


def _distinct(rows: Sequence[ControlRecord]) -> str:
    """Say how many questions some verdicts answer, where these are fewer."""
    count = len(each_question(rows))
    return f", {count} distinct" if count < len(rows) else ""


def _head(rows: list[ControlRecord], asked: Asked) -> Iterator[Line]:
    framework, version = rows[0].framework, rows[0].version
    named = f"{framework} v{version}" if version else framework
    level = _LEVELS.get(asked.profile.casefold(), "")
    title = f"{named}{_section(rows)}{level}" if framework else "other"
    yield from (line(text, "bold") for text in wrap(shown(title), asked.width))
    yield from _counts(rows, asked.width)


def _section(rows: list[ControlRecord]) -> str:
    sections = {row.number.partition(".")[0] for row in rows}
    section = sections.pop() if len(sections) == 1 else ""
    return f", section {section}" if section.isdecimal() else ""


def _counts(rows: list[ControlRecord], width: int) -> Iterator[Line]:
    spans, used = [Span(" ")], 1
    for word, count, style in _counted(rows):
        if count:
            text = f"{count} {word}"
            if used + 3 + len(text) > width:
                yield tuple(spans)
                spans, used = [Span(" ")], 1
            spans += [Span(" " if used == 1 else "   "), Span(text, style)]
            used += 3 + len(text)
    yield tuple(spans)


def _counted(rows: Sequence[ControlRecord]) -> Iterator[tuple[str, int, str]]:
    """Yield what is counted, how often it is there and its style; waived is no pass."""
    for status, word in _COUNTED.items():
        count = sum(row.status is status and not is_waived(row) for row in rows)
        yield word, count, LABELS[status].style
        if status is Status.FAIL:
            yield "waived", sum(map(is_waived, rows)), _WAIVED.style


def _score(
    framework: str, scores: Sequence[ScoreRecord], width: int, *, whole: bool
) -> Iterator[Line]:
    """Yield what share of the decided verdicts passes, by level and severity too."""
    found = [one for one in scores if framework and one.framework == framework]
    decided = [one for one in found if one.percent is not None]
    yield from (line(f"  {_told(one)}", "dim") for one in decided if one.by == "all")
    parts = [f"{_value(one)} {_share(one)}" for one in decided if whole and one.by != "all"]
    if parts:
        lead = "  passed: "
        texts = flow(parts, width - len(lead))
        yield from (line(text, "dim") for text in indented(texts, lead))


def _told(score: ScoreRecord) -> str:
    left = f", {score.undecided} undecided" if score.undecided else ""
    return f"score {score.percent:g} %: {_share(score)} decided pass{left}"


def _share(score: ScoreRecord) -> str:
    return f"{score.passed} of {score.passed + score.failed}"


def _value(score: ScoreRecord) -> str:
    return f"L{score.value}" if score.value.isdecimal() else shown(score.value)


def _rows(rows: Sequence[ControlRecord], asked: Asked) -> Iterator[Line]:
    """Yield every verdict; many in a row that lack the same evidence become one line."""
    columns = _columns(rows)
    for (status, _), group in groupby(rows, lambda row: (row.status, row.summary)):
        alike = list(group)
        if status is Status.NOT_EVALUATED and len(alike) >= _ALIKE and not asked.verbose:
            yield from _together(alike, asked.width)
            continue
        for row in alike:
            yield from _verdict(row, row.summary, columns, asked.width)


def _together(rows: Sequence[ControlRecord], width: int) -> Iterator[Line]:
    label = LABELS[Status.NOT_EVALUATED]
    numbers = f"{rows[0].number} to {rows[-1].number}"
    said = f"{plural(len(rows), 'verdict')}, {numbers}: {_reason(rows[0].summary)}"
    first, *rest = wrap(shown(said), width - 10)
    yield (Span("  "), Span(f"{label.text:<8}", label.style), Span(first))
    yield from (line(f"{'':10}{more}") for more in rest)


def _open(rows: Sequence[ControlRecord], told: dict[str, str], width: int) -> Iterator[Line]:
    """Yield failures and reviews; what several say is said once."""
    look = [row for row in rows if row.status in _OPEN]
    columns = _columns(look)
    for row in look:
        first = told.setdefault(row.same_as or row.control, row.id)
        summary = row.summary if first == row.id else f"as {first}"
        yield from _verdict(row, summary, columns, width)


def _columns(rows: Sequence[ControlRecord]) -> tuple[int, int]:
    """Return the cells for numbers and for short names; a number that is a name needs no other."""
    longest = max([5, *(len(row.number) for row in rows)])
    if longest > _NUMBER:
        return min(longest, _NAME), 0
    return longest, min(max((len(row.short) for row in rows), default=0), 24)


def _reason(summary: str) -> str:
    return summary.removeprefix("not evaluated: ")


def _verdict(
    row: ControlRecord, summary: str, columns: tuple[int, int], width: int
) -> Iterator[Line]:
    label = _WAIVED if is_waived(row) else LABELS[row.status]
    long, wide = columns
    level = f"L{row.level}" if isinstance(row.level, int) else "  "
    name = f"{fit(shown(row.short), wide)}  " if wide else ""
    lead = f"{fit(shown(row.number), long)} {level}  {name}"
    origin = "" if row.origin == "unknown" else row.origin
    room = width - 2 - 8 - len(lead) - 8
    first, *rest = wrap(shown(_reason(summary)), room)
    yield (
        Span("  "),
        Span(f"{label.text:<8}", label.style),
        Span(lead),
        Span(fit(first, room)),
        Span(f"  {origin}".rstrip(), "dim"),
    )
    yield from (line(" " * (width - 8 - room) + more) for more in rest)


def _owners(rows: list[ControlRecord], width: int) -> Iterator[Line]:
    """Say who owns the rest of the benchmark."""
    told = {row.control for row in rows}
    shares = others(rows[0].framework, rows[0].version, told)
    if shares:
        total = sum(share.recommendations for share in shares)
        owners = ", ".join(f"{share.owner} {share.recommendations}" for share in shares)
        text = f"owners of the other {plural(total, 'recommendation')}: {owners}"
        yield from (line(f"  {more}", "dim") for more in wrap(text, width - 2))
