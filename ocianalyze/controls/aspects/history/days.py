"""Days that an image tells of itself; nothing asks the clock.

Days are compared by subtraction, which no calendar ends: a sum may lie beyond its last day.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from ocianalyze.filesystem.view import ImageView

_EARLIEST = "1980-01-02"
"""What reproducible builds write is no day: 1970-01-01, and zip's 1980-01-01."""
LAST = date(2060, 1, 1)
"""No image that this program is shown was made later, whatever it says of itself."""
MARGIN = 1
"""Days; clocks and time zones of builders differ."""
_DAY = 86_400
"""Seconds."""
_EPOCH = date(1970, 1, 1).toordinal()


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


def days_behind(made: date, seconds: int) -> int:
    """Return how many days a time since 1970 lies behind a day; no calendar bounds it."""
    return seconds // _DAY + _EPOCH - made.toordinal()


def newest(view: ImageView) -> Mapping[int, int]:
    """Return the newest time of each layer's members, in seconds since 1970; 0 for none."""
    found = {}
    for layer in view.layers:
        cells = view.tree.table(layer.index, ("mtime",))
        found[layer.index] = max((x for (x,) in cells if isinstance(x, int)), default=0)
    return found
