"""Stored bytes that decompress to nothing: nobody reads them, which is why they are shown."""

from collections.abc import Callable, Iterable

Aside = Callable[[bytes], None]
"""Takes such bytes in pieces."""


def show(pieces: Iterable[bytes], aside: Aside | None) -> None:
    """Read pieces to their end, whether or not somebody wants to see them."""
    for piece in pieces:
        if aside is not None:
            aside(piece)
