"""Members of a layer, and the tar that a builder would write for them."""

import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a layer; owners have numbers only, as builders write them."""

    path: str
    type: bytes = tarfile.REGTYPE
    mode: int = 0o644
    content: bytes = b""
    link: str = ""
    uid: int = 0
    gid: int = 0
    xattrs: dict[str, str] = field(default_factory=dict)
    """Values as text: those used here have no byte over 127."""


def directory(path: str, mode: int = 0o755, *, uid: int = 0, gid: int = 0) -> Member:
    """Return a directory."""
    return Member(path, tarfile.DIRTYPE, mode, uid=uid, gid=gid)


def symlink(path: str, target: str) -> Member:
    """Return a symbolic link."""
    return Member(path, tarfile.SYMTYPE, 0o777, link=target)


def hardlink(path: str, target: Member) -> Member:
    """Return another name of a file that the same layer holds."""
    return Member(path, tarfile.LNKTYPE, target.mode, link=target.path)


def whiteout(path: str) -> Member:
    """Return the member that deletes what lower layers have at a path."""
    gone = PurePosixPath(path)
    return Member(str(gone.parent / f".wh.{gone.name}"), mode=0)


def opaque(path: str) -> Member:
    """Return the member that hides everything lower layers have in a directory."""
    return Member(f"{path}/.wh..wh..opq", mode=0)


def with_parents(members: Iterable[Member]) -> list[Member]:
    """Return the members in the order of their paths, each after its directories."""
    found = {member.path: member for member in members}
    for path in list(found):
        for parent in PurePosixPath(path).parents:
            if str(parent) != ".":
                found.setdefault(str(parent), directory(str(parent)))
    return sorted(found.values(), key=lambda member: (_last(member), member.path.split("/")))


def tar(members: Iterable[Member], mtime: int) -> bytes:
    """Return an uncompressed layer; the same members and time give the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            archive.addfile(_header(member, mtime), io.BytesIO(member.content))
    return buffer.getvalue()


def _last(member: Member) -> bool:
    """Tell hard links: they follow the file that they name."""
    return member.type == tarfile.LNKTYPE


def _header(member: Member, mtime: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(member.path)
    header.type, header.mode, header.mtime = member.type, member.mode, mtime
    header.uid, header.gid = member.uid, member.gid
    header.size, header.linkname = len(member.content), member.link
    header.pax_headers = {f"SCHILY.xattr.{key}": text for key, text in member.xattrs.items()}
    return header
