"""libmagic, where it is installed, for the rare input that no table here can name."""

_NOTHING = frozenset({"application/octet-stream", "application/x-empty", "text/plain"})
"""Types that say no more than that there are bytes."""


def described(head: bytes) -> str:
    """Return the MIME type of a content; empty without libmagic or an answer."""
    try:
        import magic  # noqa: PLC0415 - optional at run time, and for mistakes
    except (ImportError, OSError):
        return ""
    try:
        found = str(magic.from_buffer(head, mime=True))
    except magic.MagicException:
        return ""
    return "" if found in _NOTHING else found
