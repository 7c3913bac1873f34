"""Hand-made images in which every rule of merging meets another one."""

from tests.images import File, directory, hardlink, symlink
from tests.property.random_layers import Member, Members

_BASE: Members = [
    ("usr", directory()),
    ("usr/bin", directory(0o711)),
    ("usr/bin/sh", File(b"sh", mode=0o755)),
    ("usr/bin/su", File(b"su", mode=0o4755, gid=5)),
    ("usr/lib", directory()),
    ("usr/lib/libc", File(b"libc")),
    ("bin", symlink("usr/bin")),
    ("lib", symlink("/usr/lib")),
    ("home", directory()),
    ("home/me", directory(0o700)),
    ("home/me/key", File(b"not a real key", mode=0o600, uid=7, gid=7)),
]


def _whiteout(path: str) -> Member:
    above, slash, name = path.rpartition("/")
    return f"{above}{slash}.wh.{name}", File()


def _opaque(path: str) -> Member:
    return f"{path}/.wh..wh..opq", File()


AGREED: dict[str, list[Members]] = {
    "nothing-above": [_BASE],
    "root-entry": [_BASE, [(".", directory(0o711))]],
    "write-through-a-relative-link": [_BASE, [("bin/new", File(b"new", mode=0o755))]],
    "write-through-an-absolute-link": [_BASE, [("lib/new", File(b"new"))]],
    "overwrite-through-a-link": [_BASE, [("bin/su", File(b"other", mode=0o755))]],
    "whiteout-through-a-link": [_BASE, [_whiteout("bin/su")]],
    "opaque-through-a-link": [_BASE, [_opaque("bin")]],
    "opaque-and-siblings": [
        _BASE,
        [("usr/bin/a", File()), _opaque("usr/bin"), ("usr/bin/b", File())],
    ],
    "link-becomes-a-directory": [_BASE, [("bin", directory()), ("bin/own", File(b"own"))]],
    "directory-becomes-a-link": [_BASE, [("home", symlink("usr")), ("home/bin/x", File(b"x"))]],
    "link-out-of-the-root": [_BASE, [("out", symlink("../../..")), ("out/etc/x", File(b"x"))]],
    "link-to-nothing": [_BASE, [("new", symlink("not/yet")), ("new/x", File(b"x"))]],
    "chain-of-links": [
        [*_BASE, ("one", symlink("two/sub")), ("two", symlink("/three"))],
        [("one/x", File(b"x")), ("three/sub/y", File(b"y"))],
    ],
    "link-made-and-used-in-one-layer": [_BASE, [("l", symlink("home/me")), ("l/x", File(b"x"))]],
    "link-made-after-its-use": [_BASE, [("l/x", File(b"x")), ("l", symlink("home/me"))]],
    "link-removed-by-a-whiteout-before": [_BASE, [_whiteout("bin"), ("bin/x", File(b"x"))]],
    "link-removed-by-a-whiteout-after": [_BASE, [("bin/x", File(b"x")), _whiteout("bin")]],
    "file-over-directory-and-back": [
        _BASE,
        [("home", File(b"a file"))],
        [("home", directory()), ("home/new", File(b"new"))],
    ],
    "whiteout-and-again": [_BASE, [_whiteout("home"), ("home", directory(0o750))]],
    "again-and-whiteout": [_BASE, [("home/me/key", File(b"new")), _whiteout("home/me/key")]],
    "hard-links": [
        _BASE,
        [("usr/bin/su2", hardlink("usr/bin/su")), ("su3", hardlink("bin/su2"))],
        [("usr/bin/su", File(b"replaced")), _whiteout("usr/bin/su2")],
    ],
    "hard-link-to-a-link": [_BASE, [("bin2", hardlink("bin")), ("bin2/x", File(b"x"))]],
    "xattrs": [
        [("f", File(b"1", xattrs={"user.a": b"1", "user.b": b"2"})), ("d", directory())],
        [("f", File(b"1", xattrs={"user.c": b"3"})), ("g", hardlink("f"))],
    ],
    "special-files": [[("pipe", File(kind="p", mode=0o620)), ("null", File(kind="c", mode=0o666))]],
    "duplicates": [[("a", File(b"1")), ("a", directory()), ("a/b", File()), ("a", File(b"2"))]],
    "aufs": [_BASE, [(".wh..wh.plnk", File()), (".wh..wh.aufs", File())]],
}

REFUSED: dict[str, tuple[list[Members], str, str]] = {
    "under-a-file": (
        [_BASE, [("usr/bin/sh/x", File(b"x"))]],
        "not a directory",
        "merge.under-file",
    ),
    "loop": ([_BASE, [("l", symlink("l")), ("l/x", File(b"x"))]], "too many", "merge.link-loop"),
    "hard-link-to-nothing": ([_BASE, [("l", hardlink("no"))]], "no such file", "tar.link-missing"),
    "hard-link-before-its-target": (
        [[("l", hardlink("f")), ("f", File(b"1"))]],
        "no such file",
        "tar.link-missing",
    ),
    "hard-link-to-a-directory": (
        [_BASE, [("l", hardlink("home"))]],
        "not permitted",
        "tar.link-missing",
    ),
}
"""Images that umoci refuses: what it says, and what we report while we show all of them."""
