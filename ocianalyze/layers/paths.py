"""Paths of members, made relative to the root of the image and normal, once per directory."""

from collections.abc import Container
from typing import NamedTuple

from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import CODES, Anomaly

ESCAPES = "tar.path-escapes"
NOT_NORMAL = "tar.path-not-normal"
TOO_LONG = "tar.path-too-long"
ODD_NAMES = frozenset({b"", b".", b".."})
"""Last parts of a path that are no name."""


def normalise(raw: bytes) -> tuple[bytes, str]:
    """Return the path inside the root and the code of what was odd about it, or an empty code.

    `..` is taken as runtimes take it that stay inside the root: it never climbs above it.
    """
    if b"//" not in raw and b"/." not in raw:
        path = raw.removeprefix(b"./").strip(b"/")
        if path and path[:1] != b".":
            return path, ""
    parts: list[bytes] = []
    code = ""
    for part in raw.strip(b"/").split(b"/"):
        if part == b"..":
            code = code or NOT_NORMAL if parts else ESCAPES
            del parts[-1:]
        elif part in (b"", b"."):
            code = code or (NOT_NORMAL if parts else "")
        else:
            parts.append(part)
    return b"/".join(parts), code


class Place(NamedTuple):
    """Where a member belongs."""

    parent: int
    """Number of its directory."""
    name: bytes
    path: bytes
    """Directory and name, normal."""


class Directories(dict[bytes, int]):
    """Directories as written in the tar, and normal, to their number in the layer's table.

    A spelling that is odd has the number -1 until `place` has reported it.
    """

    def __init__(
        self, limits: Limits, anomalies: "Anomalies", watched: Container[bytes] = ()
    ) -> None:
        """Begin with the root as number 0."""
        super().__init__({b"": 0, b".": 0, b"/": 0})
        self._limits = limits
        self._anomalies = anomalies
        self.paths: list[bytes] = [b""]
        self.bytes = 0
        """Length of all paths and spellings."""
        self._watched = watched
        self.watched = {0} if b"" in watched else set()
        """Numbers of the directories in `watched`."""

    def __missing__(self, raw: bytes) -> int:
        """Number a new spelling, and remember it, unless it is odd."""
        path, code = normalise(raw)
        if code or raw.endswith(b"/") or self._is_too_deep(path):
            return -1
        found = self._number(path)
        return found if raw == path else self._remember(raw, found)

    def place(self, raw: bytes, offset: int) -> Place:
        """Return where a member belongs; say what was odd about its path."""
        if len(raw) > self._limits.path_bytes:
            self._anomalies.lose(TOO_LONG, self._limits.reached("path_bytes"), raw[:256], offset)
            raw = raw[: self._limits.path_bytes]
        directory, _, name = raw.rstrip(b"/").rpartition(b"/")
        odd = name in ODD_NAMES
        parent = -1 if odd else self[directory]
        if parent < 0:
            path, code = normalise(raw)
            if code:
                self._anomalies.add(code, "", raw[:1024], offset)
            above, _, name = path.rpartition(b"/")
            parent = self._number(self._cut(above, offset))
            if not odd and code != ESCAPES:
                self._remember(directory, parent)
        above = self.paths[parent]
        return Place(parent, name, above + b"/" + name if above else name)

    def _is_too_deep(self, path: bytes) -> bool:
        return path.count(b"/") >= self._limits.path_depth or len(path) > self._limits.path_bytes

    def _cut(self, path: bytes, offset: int) -> bytes:
        if not self._is_too_deep(path):
            return path
        self._anomalies.lose(TOO_LONG, self._limits.reached("path_depth"), path[:256], offset)
        return b"/".join(path.split(b"/")[: self._limits.path_depth])

    def _remember(self, raw: bytes, found: int) -> int:
        self.bytes += len(raw)
        self[raw] = found
        return found

    def _number(self, path: bytes) -> int:
        found = self.get(path)
        if found is None:
            found = self._remember(path, len(self.paths))
            self.paths.append(path)
            if path in self._watched:
                self.watched.add(found)
        return found


class Anomalies(list[Anomaly]):
    """Anomalies up to the limit; what is more is counted."""

    def __init__(self, limits: Limits) -> None:
        """Begin empty."""
        super().__init__()
        self._limit = limits.anomalies
        self.dropped = 0
        self.lost = ""
        """What was not read first while the walk went on, or is refused by runtimes."""

    def add(self, code: str, detail: str = "", path: bytes = b"", offset: int = -1) -> None:
        """Record one, or count it."""
        if len(self) < self._limit:
            self.append(Anomaly(code, detail, path, offset))
        else:
            self.dropped += 1

    def lose(self, code: str, detail: str = "", path: bytes = b"", offset: int = -1) -> None:
        """Record one after which not all of the layer is known."""
        self.add(code, detail, path, offset)
        self.lost = self.lost or ": ".join(filter(None, (CODES[code].title, detail)))
