"""One JSON object: the whole document (JSON Schema: `ocianalyze.model.report.schema`)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import orjson

from ocianalyze.model.record import Record
from ocianalyze.model.report import Report
from ocianalyze.report._base import ReportFormat, Style
from ocianalyze.report.escape import json_text

_AT_ONCE = 1_000
"""Records of a list that are turned into text together."""
_END = b"\n}"


def render(report: Report, _style: Style) -> Iterator[bytes]:
    """Yield the document, indented by two blanks, with a final newline."""
    comma = b"{"
    for name, value in report:
        is_list = isinstance(value, Sequence) and not isinstance(value, str)
        yield comma
        yield from _list(name, value) if is_list else [_member(name, value)]
        comma = b","
    yield _END + b"\n"


def _list(name: str, records: Iterable[Record]) -> Iterator[bytes]:
    """Yield a list in parts; orjson ends an empty one on the line that it begins on."""
    begin, end = _member(name, [0]).split(b"\n    0")
    before, rest = begin, iter(records)
    while part := list(islice(rest, _AT_ONCE)):
        yield before + _member(name, part)[len(begin) : -len(end)]
        before = b","
    yield begin + b"]" if before is begin else end


def _member(name: str, value: Any) -> bytes:
    """Return a member of an object as it reads between the braces."""
    text = orjson.dumps({name: value}, default=_plain, option=orjson.OPT_INDENT_2)
    return json_text(text[1 : -len(_END)])


def _plain(record: Record) -> dict[str, Any]:
    return record.model_dump(mode="json")


FORMAT = ReportFormat("json", "one JSON object", render)
