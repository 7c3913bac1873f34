"""One JSON object: the whole document (JSON Schema: `ocianalyze.model.report.schema`)."""

from collections.abc import Iterator

import orjson

from ocianalyze.model.report import Report
from ocianalyze.report._base import ReportFormat, Style
from ocianalyze.report.escape import json_text


def render(report: Report, _style: Style) -> Iterator[bytes]:
    """Yield the document, indented by two blanks, with a final newline."""
    document = report.model_dump(mode="json")
    yield json_text(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


FORMAT = ReportFormat("json", "one JSON object", render)
