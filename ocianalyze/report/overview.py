"""Several images as a table, the worst first: a line for each."""

from collections import Counter
from collections.abc import Iterator, Sequence
from shlex import quote
from typing import NamedTuple

from rich.cells import cell_len

from ocianalyze.model.finding import Status
from ocianalyze.model.report import Report
from ocianalyze.model.subject import ImageRecord, InputRecord
from ocianalyze.report.blocks import LABELS, Line, Span, grouped, line
from ocianalyze.report.escape import shown
from ocianalyze.report.layout import fit, fit_end, indented, wrap
from ocianalyze.report.questions import each_question
from ocianalyze.report.score import is_waived
from ocianalyze.report.words import plural, short

_COLUMNS = (Status.PASS, Status.FAIL, Status.NEEDS_REVIEW, Status.NOT_EVALUATED)
_COUNT, _PLATFORM, _LEAST = 7, 15, 12
"""Cells of a column; of a name, the least where there are more."""


class _Row(NamedTuple):
    """One image."""

    input: str
    name: str
    command: str
    """That tells more of it."""
    platform: str
    counts: tuple[int, ...]
    """By `_COLUMNS`."""


def title(report: Report) -> str:
    """Say how many images there are, and of which platform where that is one."""
    platforms = {record.platform for record in report.images}
    said = plural(len(report.images), "image")
    return f"{said}, {shown(platforms.pop())}" if len(platforms) == 1 else said


def table(report: Report, width: int, *, alone: bool = False) -> Iterator[Line]:
    """Yield what could not be analysed, then the images with their verdicts.

    Where the table stands alone it ends with the command that tells more.
    """
    rows = sorted(_rows(report), key=lambda row: [-row.counts[at] for at in (1, 2, 3)])
    widths = _widths(rows, report, width)
    heads = [f"{head:<{room}}" for head, room in zip(_heads(), widths, strict=True) if room]
    counts = "".join(f"{LABELS[status].text:>{_COUNT}}" for status in _COLUMNS)
    yield line(f"  {''.join(heads)}{counts}", "bold")
    for lost in report.inputs:
        yield from _lost(lost, width)
    for row in rows:
        yield (
            Span(f"  {_texts(row, widths)}"),
            *(_cell(count, status) for count, status in zip(row.counts, _COLUMNS, strict=True)),
        )
    if alone and rows:
        said = wrap(f"more: {rows[0].command}; with -v all of every image", width - 2)
        yield from (line(f"  {text}", "dim") for text in said)


def _rows(report: Report) -> Iterator[_Row]:
    controls = grouped(report.controls)
    alike = Counter(map(_key, report.images))
    for record in report.images:
        rows = controls.get(record.index, [])
        counted = (control for control in each_question(rows) if not is_waived(control))
        statuses = Counter(control.status for control in counted)
        of = report.inputs[record.input]
        name = _called(record, alone=alike[_key(record)] == 1)
        others = f" (+{len(record.names) - 1})" if record.names[1:] else ""
        asked = f" --image {quote(name)}" if of.images > 1 and name else ""
        yield _Row(
            shown(of.reference),
            f"{name}{others}" if name else f"image {record.index}",
            f"ocianalyze scan {quote(shown(of.reference))}{asked}",
            shown(record.platform),
            tuple(statuses[status] for status in _COLUMNS),
        )


def _key(record: ImageRecord) -> tuple[int, tuple[str, ...], str]:
    return record.input, record.names[:1], record.platform


def _called(record: ImageRecord, *, alone: bool) -> str:
    """Return a name that `--image` takes, with a digest where another image has the same."""
    digest = short(record.manifest_digest or record.config_digest)
    if not record.names:
        return digest
    more = "" if alone or not digest else f"@{digest.partition(':')[2]}"
    return shown(record.names[0]) + more


def _heads() -> tuple[str, str, str]:
    return "input", "image", "platform"


def _widths(rows: Sequence[_Row], report: Report, width: int) -> tuple[int, int, int]:
    """Return the cells of input, image and platform; none for what is the same in all rows."""
    platform = _PLATFORM if len({row.platform for row in rows}) > 1 else 0
    room = width - 2 - _COUNT * len(_COLUMNS) - platform
    longest = max(map(cell_len, (_heads()[0], *(row.input for row in rows))))
    name = max(map(cell_len, (_heads()[1], *(row.name for row in rows))))
    several = len(report.inputs) > 1
    first = min(longest + 2, max(room * 2 // 5, room - name - 2)) if several else 0
    return first, min(room - first, max(name, _LEAST) + 2), platform


def _texts(row: _Row, widths: tuple[int, int, int]) -> str:
    of, name, platform = widths
    return "".join(
        f"{cut(text, room - 2)}  "
        for cut, text, room in (
            (fit_end, row.input, of),
            (fit_end, row.name, name),
            (fit, row.platform, platform),
        )
        if room
    )


def _lost(one: InputRecord, width: int) -> Iterator[Line]:
    if one.error is not None:
        said = wrap(f"not analysed: {shown(one.error)}", width - 4)
        yield line(f"  {fit_end(shown(one.reference), width - 2).rstrip()}", "bold red")
        yield from (line(text, "red") for text in indented(said, "    "))


def _cell(count: int, status: Status) -> Span:
    return Span(f"{count:>{_COUNT}}", LABELS[status].style if count else "dim")
