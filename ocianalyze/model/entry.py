"""One member of a layer, as a row for people and controls."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What an entry is; one ASCII letter, stored as one byte in a column."""

    FILE = "f"
    DIRECTORY = "d"
    SYMLINK = "l"
    HARDLINK = "h"
    CHARACTER_DEVICE = "c"
    BLOCK_DEVICE = "b"
    FIFO = "p"
    WHITEOUT = "w"
    OPAQUE = "o"
    UNKNOWN = "u"


class State(StrEnum):
    """What became of an entry in the final filesystem."""

    VISIBLE = "visible"
    OVERWRITTEN = "overwritten"
    DELETED = "deleted"


class Entry(NamedTuple):
    """One version of one path: a tar member of one layer and its fate."""

    path: str
    """Where it is in the image, without a leading slash; `surrogateescape` for odd bytes."""
    kind: Kind
    mode: int
    """Permission, set-id and sticky bits (07777)."""
    uid: int
    gid: int
    uname: str
    gname: str
    mtime_ns: int
    """Nanoseconds since 1970."""
    size: int
    """Bytes; for a hard link those of its target."""
    link: str
    """Target of a symbolic or hard link as stored, else empty."""
    device: tuple[int, int] | None
    """Major and minor number of a device."""
    xattrs: dict[str, bytes]
    sha256: str
    """Lowercase hex of the content; empty for what has none."""
    file_type: str
    """What the content is (`ocianalyze.detectors.filetype`), empty for what has none."""
    layer: int
    """Index of the layer, 0 the lowest."""
    member: int
    """Position in the layer, counting every member from 0."""
    state: State
    ended_by: int | None
    """Layer that overwrote or deleted it; None while visible."""
    dangling: bool = False
    """A hard link that names nothing, or a directory: it has no content."""

    @property
    def is_setid(self) -> bool:
        """Tell a file that runs with another user's or group's rights."""
        return self.kind in (Kind.FILE, Kind.HARDLINK) and bool(self.mode & 0o6000)

    @property
    def is_implicit(self) -> bool:
        """Tell a directory that no layer has an entry for: it has no layer, no member, no time."""
        return self.member < 0


class HardLink(NamedTuple):
    """One of several names of a file."""

    inode: tuple[int, int]
    """Layer and member that hold the content."""
    path: str
    link: str
    """As stored."""


def implicit_directory(path: str) -> Entry:
    """Return a directory that exists because something was written below it.

    Runtimes make it root's and of mode 0755 (umoci, containerd: mode 0777 less a umask of 022).
    """
    return Entry(
        path=path,
        kind=Kind.DIRECTORY,
        mode=0o755,
        uid=0,
        gid=0,
        uname="",
        gname="",
        mtime_ns=0,
        size=0,
        link="",
        device=None,
        xattrs={},
        sha256="",
        file_type="",
        layer=-1,
        member=-1,
        state=State.VISIBLE,
        ended_by=None,
    )
