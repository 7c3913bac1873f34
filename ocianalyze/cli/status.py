"""Exit statuses (docs/reference/exit-status).

When several apply, the first of 3, 1, 4 counts: what could not be analysed cannot pass a gate, and
a failed gate says more than a part that is missing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocianalyze.model.report import Report
    from ocianalyze.report._base import Gate

DONE = 0
GATE_FAILED = 1
USAGE = 2
UNREADABLE = 3
"""The input could not be analysed, or its bytes are not what their digests say."""
PARTIAL = 4
INTERRUPTED = 130
BROKEN_PIPE = 141


def of(report: "Report", gate: "Gate", *, keep_going: bool) -> int:
    """Return the status of a scan."""
    from ocianalyze.report.gate import is_partial  # noqa: PLC0415 - imports pydantic

    if not report.images or (not gate.integrity and not keep_going):
        return UNREADABLE
    if not gate.passed:
        return GATE_FAILED
    return PARTIAL if is_partial(report) else DONE
