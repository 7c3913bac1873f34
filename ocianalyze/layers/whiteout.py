"""Whiteout names (image-spec "Image Layer Filesystem Changeset", section Whiteouts)."""

from ocianalyze.model.entry import Kind

PREFIX = b".wh."
OPAQUE = b".wh..wh..opq"
AUFS = b".wh..wh."
"""AUFS keeps its own files under names with this prefix; runtimes pass over them."""


def interpret(name: bytes) -> tuple[Kind, bytes] | None:
    """Return the kind and the hidden name of a whiteout, or None for a name that is none.

    `Kind.UNKNOWN` stands for names that hide nothing: AUFS's own files, and a bare `.wh.`, which
    runtimes refuse or read in different ways.
    """
    if not name.startswith(PREFIX):
        return None
    if name == OPAQUE:
        return Kind.OPAQUE, b""
    hidden = name[len(PREFIX) :]
    if name.startswith(AUFS) or hidden in (b"", b".", b".."):
        return Kind.UNKNOWN, name
    return Kind.WHITEOUT, hidden
