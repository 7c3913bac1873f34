"""Evidence of one control, cut so that what counts is never behind what does not."""

from collections.abc import Iterable

from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Evidence, Origin

MOST = 1_000
"""Pieces of evidence that one control collects, the one that tells of more among them."""
CUT = "more"
"""Reason of the piece that stands for all that is left out."""


def gathered(found: Iterable[Evidence], most: int = MOST) -> tuple[Evidence, ...]:
    """Return what is wrong, then as much of severity `info` as there is room for.

    All of it is looked at until there is no room for what is wrong; then one piece stands
    for the rest.

    Args:
        found: in the order in which it is told.
        most: pieces that are returned.

    """
    wrong: list[Evidence] = []
    told: list[Evidence] = []
    for item in found:
        if item.severity == "info":
            if len(told) <= most:
                told.append(item)
        elif len(wrong) < most - 1:
            wrong.append(item)
        else:
            wrong.append(more())
            break
    room = most - len(wrong)
    if len(told) > room > 0:
        told[room - 1 :] = [more("info")]
    return (*wrong, *told[: max(room, 0)])


def more(severity: Severity = "medium") -> Evidence:
    """Return what stands for evidence left out.

    It has no place, so that only an allowance of the whole control covers what nobody looked at.
    """
    return Evidence("there is more than is listed", reason=CUT, severity=severity)


def joined(origins: set[Origin]) -> Origin:
    """Return where several causes come from: one of the author's is enough for all."""
    if "author" in origins:
        return "author"
    return "base" if origins == {"base"} else "unknown"


def others(wrong: Iterable[Evidence]) -> str:
    """Return how many there are after the first: `, 3 more`; with a plus when some are cut."""
    reasons = [item.reason for item in wrong]
    plus = "+" if CUT in reasons else ""
    return f", {len(reasons) - 1}{plus} more" if len(reasons) > 1 else ""


def counted(count: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun: `1 file`, `2 files`."""
    return f"{count} {noun if count == 1 else nouns or f'{noun}s'}"
