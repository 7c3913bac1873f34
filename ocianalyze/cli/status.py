"""Exit statuses (docs/reference/exit-status).

When several apply, of one input or of several, the first of 3, 1, 4 counts: what could not be
analysed cannot pass a gate, and a failed gate says more than a part that is missing.
"""

from typing import TYPE_CHECKING

from ocianalyze.cli import shortfall
from ocianalyze.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ocianalyze.cli.secret_list import Listed
    from ocianalyze.model.report import Report
    from ocianalyze.report._base import Analysis, Gate

DONE = 0
GATE_FAILED = 1
USAGE = 2
UNREADABLE = 3
"""The input could not be analysed, or its bytes are not what their digests say."""
PARTIAL = 4
INTERRUPTED = 130
_GRAVEST_FIRST = (UNREADABLE, GATE_FAILED, PARTIAL)

OF_SCAN = (
    "Exit status: 0 done, the gate passed; 1 the gate failed; 2 wrong usage; 3 the input could "
    "not be analysed, or its bytes are not what their digests say; 4 only part of it could."
)
OF_READING = (
    "Exit status: 0 done; 2 wrong usage; 3 the input could not be read, or its bytes are not "
    "what their digests say; 4 only part of it could."
)
OF_SECRETS = (
    "Exit status: 0 done; 1 a secret as grave as --fail-on says; 2 wrong usage; 3 the input could "
    "not be read, or its bytes are not what their digests say; 4 only part of it could."
)


def of(report: "Report", gate: "Gate", lost: "Sequence[int]" = (), *, keep_going: bool) -> int:
    """Return the status of a scan; say what is missing, whatever the gate says.

    Args:
        report: of all inputs.
        gate: what it says of the report.
        lost: the statuses of inputs that could not be analysed.
        keep_going: bytes may differ from their digests.

    """
    from ocianalyze.report.inputs import each_input  # noqa: PLC0415 - imports pydantic

    found = {*lost, *(_reached(one, keep_going=keep_going) for one in each_input(report))}
    if report.images and gate.stopped:
        found.add(GATE_FAILED)
    return next((one for one in _GRAVEST_FIRST if one in found), DONE)


def _reached(report: "Report", *, keep_going: bool) -> int:
    """Return how far one input could be analysed."""
    found = shortfall.of_report(report)
    differs = any(image.integrity.status == "failed" for image in report.images)
    if not report.images or (differs and not keep_going):
        return _unreadable(found)
    return _missing(report, found)


def _missing(report: "Report", found: shortfall.Reached) -> int:
    from ocianalyze.report.gate import is_partial  # noqa: PLC0415 - imports pydantic

    if is_partial(report) or found.cut:
        return _partial(found)
    if any(image.inventory.problems for image in report.images):
        return _lacking(report.input.reference)
    return _closed(report) if _is_cut(report) else DONE


def of_reading(analysis: "Analysis", *, keep_going: bool) -> int:
    """Return the status of a command that shows an image without judging it."""
    found = shortfall.of_analysis(analysis)
    integrity = {image.integrity for image in analysis.images}
    if not analysis.images or ("failed" in integrity and not keep_going):
        return _unreadable(found)
    lost = any(artifact.error for artifact in analysis.artifacts)
    unread = any(image.view.unread for image in analysis.images)
    return _partial(found) if unread or lost or found.cut or "partial" in integrity else DONE


def of_packages(analysis: "Analysis", *, keep_going: bool) -> int:
    """Return the status of a command that lists packages, each problem of which was told."""
    reading = of_reading(analysis, keep_going=keep_going)
    problems = any(image.view.inventory.problems for image in analysis.images)
    return _lacking(analysis.reference) if reading == DONE and problems else reading


def of_secrets(listed: "Listed", fail_on: str, *, keep_going: bool) -> int:
    """Return the status of a search for secrets; ignored and disproved ones fail nothing."""
    if listed.analysis:
        reading = of_reading(listed.analysis, keep_going=keep_going)
    else:
        reading = _broken(listed) if listed.broken else DONE
        reading = _incomplete(listed) if listed.problems else reading
    if reading == DONE and listed.is_cut:
        reading = _incomplete(listed)
    if reading == UNREADABLE or fail_on == "never":
        return reading
    return GATE_FAILED if listed.reaches(fail_on) else reading


def _lacking(reference: str) -> int:
    say(f"{reference}: packages may be missing: package data is damaged, gone or too large")
    return PARTIAL


def _is_cut(report: "Report") -> bool:
    """Tell whether a limit kept something from the search for secrets."""
    from ocianalyze.detectors.secrets.unread import why_unread  # noqa: PLC0415 - not at start-up

    return any(why_unread(one) == "limit" for one in report.findings)


def _closed(report: "Report") -> int:
    where = f"{report.input.reference}: only part of it could be read"
    say(f"{where}: a limit kept files closed to the search for secrets; the findings name them")
    return PARTIAL


def _unreadable(found: shortfall.Reached) -> int:
    """Say why; what only a limit of ours kept from being read is a part that is missing."""
    say(shortfall.differing(found) if found.images else shortfall.nothing(found))
    limited = not found.images and shortfall.is_limited(found)
    return PARTIAL if limited else UNREADABLE


def _partial(found: shortfall.Reached) -> int:
    say(shortfall.partial(found))
    return PARTIAL


def _broken(listed: "Listed") -> int:
    say(f"{listed.input.reference}: {listed.broken}; looked at as a plain file; save it again")
    return PARTIAL


def _incomplete(listed: "Listed") -> int:
    why = listed.problems[0] if listed.problems else "a limit kept files closed"
    cure = "the list names them" if listed.is_cut else "make them readable"
    say(f"{listed.input.reference}: only part of it could be read: {why}; {cure}")
    return PARTIAL
