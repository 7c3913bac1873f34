"""The observer that keeps the interpreter line of executable scripts (execve(2))."""

from ocianalyze.dataclass import dataclass
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap

_LINE_LIMIT = 256
"""Bytes of the line that Linux reads (BINPRM_BUF_SIZE)."""
_MAGIC = b"#!"


def words(value: bytes) -> tuple[str, ...]:
    """Return interpreter and arguments of a kept line; empty when it names none."""
    return tuple(value.decode("utf-8", "backslashreplace").split())


@dataclass(slots=True)
class _LineTap:
    """Keeps what follows `#!` on the first line."""

    head: bytes = b""

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        self.head += bytes(piece[: _LINE_LIMIT - len(self.head)])
        return len(self.head) < _LINE_LIMIT and b"\n" not in self.head

    def close(self) -> bytes | None:
        """Return the line without `#!` and surrounding space; None when it is empty."""
        return self.head.partition(b"\n")[0].removeprefix(_MAGIC).strip() or None


def _open(seen: Seen, head: memoryview) -> Tap | None:
    return _LineTap() if seen.mode & 0o111 and head[:2] == _MAGIC else None


OBSERVER = Observer(
    name="shebang",
    version=1,
    interest=Interest(magics=frozenset({_MAGIC})),
    open=_open,
    summary="interpreter and its arguments of executable scripts",
)
