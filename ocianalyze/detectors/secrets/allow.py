"""Comments by which an author says that a line's secret may stay: told, never believed."""

from ocianalyze.detectors.secrets.candidate import Candidate

MARK = b"ocianalyze:allow"
NOTE = "allowed by a comment in the file"


def is_allowed(candidate: Candidate) -> bool:
    """Tell whether a line of the secret has the mark, as far as it is near."""
    around, at = candidate.around, candidate.at
    if MARK not in around:
        return False
    start = around.rfind(b"\n", 0, at) + 1
    end = around.find(b"\n", at + len(candidate.secret))
    return MARK in around[start : end if end >= 0 else len(around)]


def noted(detail: str, candidate: Candidate) -> str:
    """Return what a proof found, with the comment's word if there is one."""
    if not is_allowed(candidate):
        return detail
    return f"{detail}, {NOTE}" if detail else NOTE
