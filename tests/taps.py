"""Taps fed by hand, in pieces of any size."""

from ocianalyze.layers.observer import Tap


def fed(tap: Tap | None, content: bytes, size: int) -> bytes | None:
    """Return what a tap makes of a content; None also for a content that nobody wants."""
    if tap is None:
        return None
    for at in range(0, len(content), size):
        if not tap.feed(memoryview(content)[at : at + size]):
            break
    return tap.close()
