"""Scripts of shells: what containers start, what services run, and what build steps may run."""

from ocianalyze.detectors.captures._base import Capture
from ocianalyze.layers.observer import Interest, Seen
from ocianalyze.limits import KIB

_NAMES = frozenset(
    {
        b"docker-entrypoint.sh",
        b"docker-entrypoint",
        b"entrypoint.sh",
        b"entrypoint",
        b"start.sh",
        b"run.sh",
        b"init",
    }
)
_HOMES = frozenset({b"", b"usr/local/bin", b"usr/local/sbin", b"opt/bin"})
_SERVICE = b"run"
"""The script of a service of s6 and runit, in a directory of its own below `etc`."""
_SUFFIXES = frozenset({b".sh", b".bash"})
"""Build steps run such scripts from anywhere."""
_OF_PACKAGES = (b"usr/share/", b"usr/lib", b"usr/include/", b"lib", b"proc/", b"sys/", b"nix/")
"""Where scripts are parts of what is installed; `lib` is `lib32` and `lib64`, too."""
_MODULES = (b"/node_modules/", b"/site-packages/", b"/dist-packages/", b"/vendor/", b"/.git/")
_DEPTH = 6
"""Parts of the path of a script that only its suffix tells."""
_BYTES = 64 * KIB
_ANYWHERE_BYTES = 16 * KIB
"""Of a script that only its suffix tells; the walk bounds how much is kept of a layer."""


def _is_script(seen: Seen, head: memoryview) -> bool:
    directory, _, name = seen.path.rpartition(b"/")
    return seen.size <= _room(seen.path, directory, name) and _is_shell(name, bytes(head))


def _room(path: bytes, directory: bytes, name: bytes) -> int:
    """Return how large a script may be that is kept; 0 for none that a build step would run."""
    is_service = name == _SERVICE and path.startswith(b"etc/")
    if name in _NAMES or directory in _HOMES or is_service:
        return _BYTES
    is_part = path.startswith(_OF_PACKAGES) or any(part in b"/" + path for part in _MODULES)
    return 0 if is_part or path.count(b"/") >= _DEPTH else _ANYWHERE_BYTES


def _is_shell(name: bytes, head: bytes) -> bool:
    """Tell a script of a shell; what `sh` is given needs no first line that says so."""
    if head.startswith(b"#!"):
        first = head.split(b"\n", 1)[0]
        return b"sh" in first or b"execlineb" in first
    return name.endswith(tuple(_SUFFIXES)) and b"\0" not in head


CAPTURE = Capture(
    Interest(names=_NAMES | {_SERVICE}, suffixes=_SUFFIXES, directories=_HOMES), _is_script
)
