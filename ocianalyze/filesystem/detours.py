"""Symbolic links in the directories above entries, as they stand while layers are applied.

Nothing is ever removed here: a link carries the time at which it was written, a path the time at
which what was below it ended, and a link that is older than such a time on its way is dead.
"""

from ocianalyze.filesystem.oddities import Oddities
from ocianalyze.filesystem.skeleton import DIRECTORY, OPAQUE, WHITEOUT, Skeleton
from ocianalyze.limits import Limits

LOOP = "merge.link-loop"
_NEVER = -1


class Detours:
    """Follows links inside the root, where runtimes put what is written below them."""

    def __init__(self, skeleton: Skeleton, limits: Limits, oddities: Oddities) -> None:
        """Begin without links."""
        self._skeleton = skeleton
        self._limits = limits
        self._oddities = oddities
        self._steps = limits.link_steps
        self._links: dict[int, tuple[int, bytes]] = {}
        """Numbers of links, when they were written, their targets."""
        self._cuts: dict[int, int] = {}
        """When a path last lost what was below it."""
        self._told: set[tuple[int, bytes]] = set()
        """Layers and paths of which it was said that they lead elsewhere."""

    def write(self, row: int, kind: int, at: tuple[int, bytes], target: bytes | None) -> bool:
        """Take note of an entry; tell whether other paths may lead elsewhere now.

        Args:
            row: the entry, which is also its time.
            kind: its kind.
            at: its directory and its name.
            target: of a symbolic link, or of the one that a hard link names; None for others.

        """
        if target is not None:
            number = self._skeleton.add(*at)
            self._links[number] = row, target
            self._cuts[number] = row
            return True
        known = self._skeleton.child(*at)
        if known is None:
            return False
        if kind in (WHITEOUT, OPAQUE):
            before = (row >> 32 << 32) - 1  # only lower layers
            self._cuts[known] = max(before, self._cuts.get(known, _NEVER))
            return True
        if kind != DIRECTORY:
            self._cuts[known] = row
        return self._links.pop(known, None) is not None or kind != DIRECTORY

    def target(self, path: bytes) -> bytes | None:
        """Return where the link at a path leads, the last name not followed; None for others."""
        above, _, name = path.rpartition(b"/")
        directory = self.look(above)
        number = None if directory is None else self._skeleton.child(directory, name)
        return None if number is None else self._live(number, self._cut(number))

    def look(self, path: bytes) -> int | None:
        """Return the directory that a path leads to; None when nothing was ever below it."""
        here, missing, _, _ = self._follow(_parts(path), stop=False)
        return None if missing else here

    def place(self, layer: int, path: bytes, *, entry: bool) -> int:
        """Return the directory that an entry's or a whiteout's directory leads to, new or not.

        A link that leads nowhere becomes a directory for an entry, not for a whiteout.
        """
        here, missing, hops = self._walk(layer, path, entry=entry)
        if hops:
            room = self._room(here, missing)
            if room < len(missing):
                self._oddities.add(layer, "tar.path-too-long", path)
            del missing[room:]
        for name in missing:
            here = self._skeleton.add(here, name)
        if hops and (layer, path) not in self._told:
            self._told.add((layer, path))
            where = self._skeleton.path(here)
            self._oddities.add(layer, "merge.under-symlink", path, b"placed in /" + where)
        return here

    def _walk(self, layer: int, path: bytes, *, entry: bool) -> tuple[int, list[bytes], int]:
        """Return the last directory on a path, the names missing below it, and the hops."""
        while True:
            here, missing, hops, stuck = self._follow(_parts(path), stop=True)
            if stuck is None:
                return here, missing, hops
            limit = "link_hops" if self._steps > 0 else "link_steps"
            self._oddities.lose(layer, LOOP, path, self._limits.reached(limit).encode())
            if not entry:
                return self._follow(_parts(path), stop=False)[:3]
            del self._links[stuck]

    def _follow(self, rest: list[bytes], *, stop: bool) -> tuple[int, list[bytes], int, int | None]:
        """Walk; the last value is the link after which no more are followed."""
        here, cut, hops = 0, self._cuts.get(0, _NEVER), 0
        missing: list[bytes] = []
        while rest:
            part = rest.pop()
            self._steps -= 1
            number = None if missing else self._skeleton.child(here, part)
            if part == b"..":
                here, cut = self._up(here, missing)
            elif number is None:
                missing.append(part)
            elif (target := self._live(number, cut)) is None:
                here, cut = number, max(cut, self._cuts.get(number, _NEVER))
            elif hops < self._limits.link_hops and self._steps > 0:
                hops += 1
                here = 0 if target.startswith(b"/") else here
                cut = self._cut(here)
                rest += _parts(target)
            elif stop:
                return here, missing, hops, number
            else:
                here, cut = number, self._cut(number)
        return here, missing, hops, None

    def _up(self, here: int, missing: list[bytes]) -> tuple[int, int]:
        if missing:
            missing.pop()
        else:
            here = self._skeleton.parents[here]
        return here, self._cut(here)

    def _live(self, number: int, cut: int) -> bytes | None:
        """Return the target of a link unless it ended; `cut` is of its directory."""
        time, target = self._links.get(number, (_NEVER, None))
        return target if time >= max(cut, self._cuts.get(number, _NEVER)) else None

    def _cut(self, number: int) -> int:
        """Return when a directory last lost its contents."""
        found = self._cuts.get(0, _NEVER)
        while number:
            found = max(found, self._cuts.get(number, _NEVER))
            number = self._skeleton.parents[number]
        return found

    def _room(self, here: int, missing: list[bytes]) -> int:
        """Return how many names may still be added to a path."""
        above = self._skeleton.path(here)
        size, depth = len(above), above.count(b"/") + bool(above)
        for room, name in enumerate(missing):
            size += 1 + len(name)
            if size > self._limits.path_bytes or depth + room >= self._limits.path_depth:
                return room
        return len(missing)


def _parts(path: bytes) -> list[bytes]:
    """Return what a path is made of, last part first."""
    return [part for part in reversed(path.split(b"/")) if part not in (b"", b".")]
