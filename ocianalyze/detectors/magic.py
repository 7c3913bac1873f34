"""libmagic, where it is installed, for the few contents that the own table cannot name.

It costs 0.3-2 ms a content, so the walk never asks it.
"""

from functools import cache
from threading import Lock
from typing import Protocol

_FULL = 1024
"""Bytes shown to libmagic: for 95 % of files they give the answer of the whole file."""


class _Magic(Protocol):
    """The part of `magic.Magic` that is used."""

    def from_buffer(self, buf: bytes) -> str:
        """Return the MIME type of a content."""
        ...


def describe(head: bytes) -> str | None:
    """Return libmagic's MIME type of a content; None without libmagic or an answer."""
    loaded = _load()
    if loaded is None:
        return None
    handle, lock = loaded
    with lock:
        return _ask(handle, head[:_FULL])


def version() -> str | None:
    """Return libmagic's version, `5.44`; None when it is not installed."""
    if _load() is None:
        return None
    import magic  # noqa: PLC0415 - optional at run time

    try:
        number = int(magic.version())  # type: ignore[no-untyped-call]
    except NotImplementedError:  # libmagic before 5.13
        return None
    return f"{number // 100}.{number % 100:02d}"


@cache
def _load() -> tuple[_Magic, Lock] | None:
    """Load libmagic once; its handle must not be used by two threads at a time."""
    try:
        import magic  # noqa: PLC0415 - optional at run time
    except (ImportError, OSError):
        return None
    try:
        return magic.Magic(mime=True), Lock()
    except magic.MagicException:
        return None


def _ask(handle: _Magic, head: bytes) -> str | None:
    import magic  # noqa: PLC0415 - optional at run time

    try:
        return handle.from_buffer(head) or None
    except magic.MagicException:
        return None
