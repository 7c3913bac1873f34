"""Days that an image tells of itself; nothing asks the clock."""

from collections.abc import Iterator
from datetime import date, timedelta

from ocianalyze.filesystem.view import ImageView

_EARLIEST = "1980-01-02"
"""What reproducible builds write is no day: 1970-01-01, and zip's 1980-01-01."""


def day(text: str) -> date | None:
    """Return the day of an RFC 3339 time; None for none, and for a day that says nothing."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if found.isoformat() > _EARLIEST else None


def created(view: ImageView) -> date | None:
    """Return the day when the image says that it was made: of the config, else the last step's."""
    return max(_told(view), default=None)


def _told(view: ImageView) -> Iterator[date]:
    times = [view.config.created] if view.config else []
    for text in (*times, *(step.created for step in view.history.steps)):
        found = day(text)
        if found is not None:
            yield found


def of_seconds(seconds: int) -> date | None:
    """Return the day of a time since 1970; None for one that no calendar has."""
    try:
        return date(1970, 1, 1) + timedelta(seconds=seconds)
    except OverflowError:
        return None
