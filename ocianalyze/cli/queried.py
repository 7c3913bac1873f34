"""Answers of SQL queries: aligned for people, JSON and CSV for machines; and the tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

from ocianalyze.cli import envelope, separated
from ocianalyze.cli.listing import title
from ocianalyze.cli.terminal import PLAIN
from ocianalyze.controls._base import Result
from ocianalyze.controls.tables import verdict_tables
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.shown import hidden, identities_of, names_of
from ocianalyze.filesystem.sql._base import Column, Masks, Table, Value
from ocianalyze.filesystem.sql.query import Answer, Database, reads
from ocianalyze.filesystem.sql.tables import TABLES
from ocianalyze.limits import Limits
from ocianalyze.report import mask
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.report.escape import shown
from ocianalyze.report.layout import wrap
from ocianalyze.report.subject import image_ref, input_record

Judge = Callable[[AnalysedImage], Sequence[Result]]
"""Runs controls over an image."""
MASKS = Masks(mask.line, mask.variable, hidden, identities_of, names_of)
_WIDEST = 60
"""Characters to which cells of one column are aligned."""
_INDENT = 16


@dataclass(frozen=True, slots=True)
class Answers:
    """What a query returned for each image of an input."""

    analysis: Analysis
    each: tuple[tuple[AnalysedImage, Answer], ...]

    @property
    def is_cut(self) -> bool:
        """Tell that rows are missing."""
        return any(answer.cut for _, answer in self.each)


def refuse(query: str) -> None:
    """Say what is wrong with a query before the image is read.

    Raises:
        UsageError: it is no query over the tables.

    """
    reads(query, every_table())


def every_table(
    results: Callable[[], Sequence[Result]] = tuple,
) -> tuple[Table, ...]:
    """Return the tables of an image, and those of what controls say."""
    return (*TABLES, *verdict_tables(results))


def ask(analysis: Analysis, query: str, judge: Judge, limits: Limits) -> Answers:
    """Run a query over each image; `judge` runs the controls, for a query that names them.

    Raises:
        OcianalyzeError: it cannot be run, or took too long.

    """
    answers = []
    for image in analysis.images:
        judged = cache(partial(judge, image))
        database = Database(image.view, MASKS, limits, every_table(judged))
        try:
            answers.append((image, database.ask(query)))
        finally:
            database.close()
    return Answers(analysis, tuple(answers))


def text(answers: Answers, room: int | None = None) -> Iterator[bytes]:
    """Yield columns under their names, and a title for each image where there are several.

    Args:
        answers: what to show.
        room: cells of a line; columns that need more become a line for each value.

    """
    for image, answer in answers.each:
        if len(answers.each) > 1:
            yield f"{title(image)}:\n".encode()
        rows = [answer.columns, *answer.rows]
        cells = [[_shown(value) for value in row] for row in rows]
        widths = [min(max(map(len, column)), _WIDEST) for column in zip(*cells, strict=True)]
        if room is not None and sum(widths) + 2 * len(widths) - 2 > room:
            yield from _stacked(*cells)
            continue
        for row in cells:
            padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            yield ("  ".join(padded).rstrip() + "\n").encode()


def _stacked(names: Sequence[str], *rows: Sequence[str]) -> Iterator[bytes]:
    """Yield a line for each value, and an empty one between rows."""
    lead = max(map(len, names))
    for number, row in enumerate(rows):
        if number:
            yield b"\n"
        for name, value in zip(names, row, strict=True):
            yield f"{name.ljust(lead)}  {value}".rstrip().encode() + b"\n"


def json(answers: Answers) -> Iterator[bytes]:
    """Yield one object with the list `rows`."""
    source = input_record(answers.analysis).model_dump(mode="json")
    once = envelope.head(input=source, cut=answers.is_cut)
    return envelope.json(once, {"rows": _records(answers)})


def jsonl(answers: Answers) -> Iterator[bytes]:
    """Yield one object for each row."""
    return envelope.jsonl("row", _records(answers))


def table(answers: Answers) -> Iterator[bytes]:
    """Yield a head and a line of comma-separated values for each row (RFC 4180)."""
    for index, (_, answer) in enumerate(answers.each):
        if not index:
            yield separated.line(("image", *answer.columns))
        for row in answer.rows:
            yield separated.line((index, *row))


FORMATS: Mapping[str, Callable[[Answers], Iterator[bytes]]] = {
    "text": text,
    "json": json,
    "jsonl": jsonl,
    "csv": table,
}


def _records(answers: Answers) -> Iterator[dict[str, Any]]:
    for index, (image, answer) in enumerate(answers.each):
        ref = image_ref(index, image).model_dump(mode="json")
        names = _unique(answer.columns)
        for row in answer.rows:
            values = (value.hex() if isinstance(value, bytes) else value for value in row)
            yield {"image": ref, "row": dict(zip(names, values, strict=True))}


def _unique(columns: Sequence[str]) -> list[str]:
    """Return names of which none hides another: `path`, `path:1`."""
    names: dict[str, None] = {}
    for at, column in enumerate(columns):
        names[f"{column}:{at}" if column in names else column] = None
    return list(names)


def _shown(value: Value) -> str:
    if value is None:
        return "-"
    return shown(value) if isinstance(value, str) else _plain(value)


def _plain(value: Value) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def described() -> Iterator[bytes]:
    """Yield every table with its columns, in 80 columns."""
    before: tuple[Column, ...] = ()
    for number, each in enumerate(every_table()):
        yield f"{chr(10) if number else ''}{each.name}\n".encode()
        yield _indented(each.summary, "  ")
        for column in each.columns if each.columns != before else ():
            yield _indented(column.text, f"  {column.name:<{_INDENT}}")
        before = each.columns


def _documented() -> Iterator[dict[str, Any]]:
    for each in every_table():
        yield {
            "name": each.name,
            "summary": each.summary,
            "evidence": each.evidence,
            "columns": [{"name": c.name, "type": c.type, "text": c.text} for c in each.columns],
        }


def _columns() -> Iterator[bytes]:
    yield separated.line(("table", "column", "type", "text"))
    for each in every_table():
        for column in each.columns:
            yield separated.line((each.name, column.name, column.type, column.text))


DESCRIPTIONS: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "text": described,
    "json": lambda: envelope.json(envelope.head(), {"tables": _documented()}),
    "jsonl": lambda: envelope.jsonl("table", _documented()),
    "csv": _columns,
}
"""Of the tables, in the formats of answers."""


def _indented(said: str, lead: str) -> bytes:
    first, *rest = wrap(said, PLAIN - len(lead))
    lines = [lead + first, *(" " * len(lead) + line for line in rest)]
    return "".join(f"{line}\n" for line in lines).encode()
