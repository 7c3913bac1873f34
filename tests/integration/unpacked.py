"""Trees that independent tools unpack, and ours in the same form."""

import hashlib
import os
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ocianalyze.filesystem.index import MergedTree
from ocianalyze.filesystem.merged import Pairs
from ocianalyze.model.entry import Entry, Kind
from tests.archives import Image, Layout, oci_layout

_KINDS = {
    stat.S_IFREG: "f",
    stat.S_IFDIR: "d",
    stat.S_IFLNK: "l",
    stat.S_IFIFO: "p",
    stat.S_IFCHR: "c",
    stat.S_IFBLK: "b",
}


@dataclass(frozen=True)
class Object:
    """What is at a path."""

    kind: str
    mode: int = 0
    owner: tuple[int, int] = (0, 0)
    content: str = ""
    """sha256 of a file, target of a symbolic link."""
    names: tuple[str, ...] = ()
    """All paths of an inode with more than one."""
    xattrs: tuple[tuple[str, bytes], ...] = ()
    device: tuple[int, int] | None = None


Objects = dict[str, Object]


def umoci_unpack(program: str, folder: Path, layers: Sequence[bytes]) -> Path | str:
    """Return the root filesystem that umoci unpacks, or why it refuses."""
    oci_layout(folder / "layout", [Image(list(layers), names=["t"])], Layout(layers="none"))
    command = [program, "unpack", "--image", f"{folder}/layout:t", f"{folder}/bundle"]
    if os.geteuid():
        command.insert(2, "--rootless")
    done = subprocess.run(command, capture_output=True, text=True, check=False, umask=0o022)
    return done.stderr if done.returncode else folder / "bundle" / "rootfs"


def read_folder(root: Path) -> Objects:
    """Return what an unpacked root filesystem holds; the root itself is the empty path."""
    names: dict[int, list[str]] = {}
    found: Objects = {}
    for path in [root, *root.rglob("*")]:
        name = "" if path == root else str(path.relative_to(root))
        status = path.lstat()
        names.setdefault(status.st_ino, []).append(name)
        found[name] = _read(path, status)
    shared = {name: tuple(sorted(group)) for group in names.values() for name in group}
    return {
        name: replace(x, names=shared[name]) if len(shared[name]) > 1 else x
        for name, x in found.items()
    }


def _read(path: Path, status: os.stat_result) -> Object:
    kind = _KINDS[stat.S_IFMT(status.st_mode)]
    content = os.readlink(path) if kind == "l" else ""  # noqa: PTH115 - pathlib tidies it
    if kind == "f":
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    xattrs = os.listxattr(path, follow_symlinks=False)
    return Object(
        kind=kind,
        mode=0 if kind == "l" else stat.S_IMODE(status.st_mode),
        owner=(status.st_uid, status.st_gid),
        content=content,
        xattrs=tuple((x, os.getxattr(path, x, follow_symlinks=False)) for x in sorted(xattrs)),
        device=(os.major(status.st_rdev), os.minor(status.st_rdev)) if kind in "cb" else None,
    )


def ours(tree: MergedTree, *, links_write: bool) -> Objects:
    """Return the merged tree in the same form.

    Args:
        tree: merged.
        links_write: a hard link's header counts for its inode; False for umoci.

    """
    if not links_write:
        tree.merged.headers = Pairs()
    names: dict[int, list[str]] = {}
    entries = list(tree.visible())
    for entry in entries:
        names.setdefault(_inode(tree, entry), []).append(entry.path)
    return {
        entry.path: Object("d", entry.mode, (entry.uid, entry.gid))
        if entry.is_implicit
        else _object(tree, entry, tuple(sorted(names[_inode(tree, entry)])))
        for entry in entries
    }


def _inode(tree: MergedTree, entry: Entry) -> int:
    return tree.merged.inode(entry.layer << 32 | entry.member)


def _object(tree: MergedTree, entry: Entry, names: tuple[str, ...]) -> Object:
    inode = tree.entry(_inode(tree, entry))
    is_link = inode.kind is Kind.SYMLINK
    return Object(
        kind=inode.kind.value,
        mode=0 if is_link else entry.mode,
        owner=(entry.uid, entry.gid),
        content=inode.link if is_link else inode.sha256,
        names=names if len(names) > 1 else (),
        xattrs=tuple(sorted(entry.xattrs.items())),
        device=inode.device,
    )


def compared(real: Objects, ours: Objects, *, owners: bool = True) -> tuple[Objects, Objects]:
    """Return both without what no layer says: a root without an entry."""
    kept = {path: x for path, x in real.items() if path or path in ours}
    if owners:
        return kept, ours
    return _without_owners(kept), _without_owners(ours)


def _without_owners(objects: Objects) -> Objects:
    return {path: replace(x, owner=(0, 0)) for path, x in objects.items()}
