"""Lines of contents that may be hostile: one at a time, and not without end."""

from collections.abc import Iterator
from io import BytesIO
from itertools import islice

LINES = 1_000_000
"""Lines read of one file; the database of five thousand Debian packages has 200,000."""


def lines(content: bytes) -> Iterator[bytes]:
    """Yield lines without what ends them."""
    return (line.rstrip(b"\r\n") for line in islice(BytesIO(content), LINES))


def is_cut(content: bytes, room: int) -> bool:
    """Tell that a content of at most `room` bytes is not read to its end."""
    return len(content) > room or content.count(b"\n") > LINES
