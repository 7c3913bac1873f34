"""One JSON object a line: the parts of the document, each with its `record` type.

The first line is of type `report` and holds what is said once; then come all `image`, `control`,
`standing`, `finding`, `package`, `unowned` and `artifact` lines, each with the fields it has in the
whole document.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from ocianalyze.model.report import Report
from ocianalyze.report._base import ReportFormat, Style
from ocianalyze.report.escape import json_text

_LISTS = {
    "images": "image",
    "controls": "control",
    "standings": "standing",
    "findings": "finding",
    "packages": "package",
    "unowned": "unowned",
    "secrets": "secret",
    "artifacts": "artifact",
}


def render(report: Report, _style: Style) -> Iterator[bytes]:
    """Yield the lines."""
    yield _line({"record": "report", **report.model_dump(mode="json", exclude={*_LISTS})})
    for name, record in _LISTS.items():
        for part in getattr(report, name):
            yield _line({"record": record, **part.model_dump(mode="json")})


def _line(part: dict[str, Any]) -> bytes:
    return json_text(orjson.dumps(part, option=orjson.OPT_APPEND_NEWLINE))


FORMAT = ReportFormat(
    "jsonl", "one JSON object a line: images, controls, secrets, packages", render
)
