"""Keep whole small files that controls read: accounts, sudo rules, entry scripts.

`etc/shadow` is kept too, because who has a password is evidence; nothing ever prints it.
"""

from dataclasses import dataclass, field

from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB, MIB

_ACCOUNTS = frozenset({b"passwd", b"group", b"shadow", b"os-release", b"sudoers"})
_ENTRY_SCRIPTS = frozenset(
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
_PATHS = frozenset({b"etc/nginx/nginx.conf"})
_RULES = frozenset({b"etc/sudoers.d"})
_SCRIPT_HOMES = frozenset({b"", b"usr/local/bin", b"usr/local/sbin", b"opt/bin"})
_FILE_BYTES = 1 * MIB
_SCRIPT_BYTES = 64 * KIB


@dataclass(slots=True)
class _Whole:
    """Collects one content; its size was known to fit."""

    room: int
    pieces: list[bytes] = field(default_factory=list)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Keep the next piece."""
        kept = bytes(piece[: self.room])
        self.pieces.append(kept)
        self.room -= len(kept)
        return self.room > 0

    def close(self) -> bytes | None:
        """Return the content."""
        return b"".join(self.pieces)


def _open(seen: Seen, head: memoryview) -> Tap | None:
    """Take account files as they are, scripts only when a shell runs them.

    A file larger than its bound is declined: half an account file would answer wrongly.
    """
    directory, _, name = seen.path.rpartition(b"/")
    first = bytes(head[:64]).split(b"\n", 1)[0]
    if name in _ACCOUNTS or seen.path in _PATHS or directory in _RULES:
        wanted = seen.size <= _FILE_BYTES and not first.startswith(b"\x7fELF")
    else:
        wanted = seen.size <= _SCRIPT_BYTES and first.startswith(b"#!") and b"sh" in first
    return _Whole(seen.size) if wanted else None


OBSERVER = Observer(
    name="captured",
    version=1,
    interest=Interest(
        paths=_PATHS,
        names=_ACCOUNTS | _ENTRY_SCRIPTS,
        directories=_RULES | _SCRIPT_HOMES,
    ),
    open=_open,
    summary="contents of account files, sudo rules and entry scripts",
)
