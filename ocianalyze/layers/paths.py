"""Paths of members, made relative to the root of the image and normal, once per directory."""

from collections.abc import Container

from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly


def normalise(raw: bytes) -> tuple[bytes, str]:
    """Return the path inside the root and the code of what was odd about it, or an empty code.

    `..` is taken as runtimes take it that stay inside the root: it never climbs above it.
    """
    parts: list[bytes] = []
    code = ""
    for part in raw.strip(b"/").split(b"/"):
        if part == b"..":
            code = "tar.path-not-normal" if parts and not code else "tar.path-escapes"
            del parts[-1:]
        elif part in (b"", b"."):
            code = code or ("tar.path-not-normal" if parts else "")
        else:
            parts.append(part)
    return b"/".join(parts), code


class Directories(dict[bytes, int]):
    """Parents as written in the tar to their number in the layer's table of directories."""

    def __init__(
        self, limits: Limits, anomalies: "Anomalies", watched: Container[bytes] = ()
    ) -> None:
        """Begin with the root as number 0."""
        super().__init__({b"": 0, b".": 0, b"/": 0})
        self._limits = limits
        self._anomalies = anomalies
        self._numbers: dict[bytes, int] = {b"": 0}
        self.paths: list[bytes] = [b""]
        self._watched = watched
        self.watched = {0} if b"" in watched else set()
        """Numbers of the directories in `watched`."""

    def __missing__(self, raw: bytes) -> int:
        """Normalise a new spelling, number it, remember it."""
        path, code = normalise(raw)
        if code:
            self._anomalies.add(code, "", raw)
        if len(raw) > self._limits.path_bytes or path.count(b"/") >= self._limits.path_depth:
            self._anomalies.add("tar.path-too-long", f"{len(raw)} bytes", path[:256])
            path = b"/".join(path[: self._limits.path_bytes].split(b"/")[: self._limits.path_depth])
        return self._number(raw, path)

    def _number(self, raw: bytes, path: bytes) -> int:
        found = self._numbers.get(path)
        if found is None:
            found = self._numbers[path] = len(self.paths)
            self.paths.append(path)
            if path in self._watched:
                self.watched.add(found)
        self[raw] = found
        return found


class Anomalies(list[Anomaly]):
    """Anomalies up to the limit; what is more is counted."""

    def __init__(self, limits: Limits) -> None:
        """Begin empty."""
        super().__init__()
        self._limit = limits.anomalies
        self.dropped = 0

    def add(self, code: str, detail: str = "", path: bytes = b"", offset: int = -1) -> None:
        """Record one, or count it."""
        if len(self) < self._limit:
            self.append(Anomaly(code, detail, path, offset))
        else:
            self.dropped += 1
