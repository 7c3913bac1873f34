"""Which observers want which file: interests compiled into few lookups a file."""

from collections.abc import Iterable, Sequence
from dataclasses import field, replace

from ocianalyze.dataclass import dataclass
from ocianalyze.layers.observer import Observer, Seen, Tap
from ocianalyze.limits import Limits
from ocianalyze.model.observation import Observation, Observations

_SETS = 4096


@dataclass(slots=True)
class Open:
    """A tap that is being fed."""

    observer: Observer
    tap: Tap
    hungry: bool = True


@dataclass(slots=True)
class Attention:
    """The observers of one walk and what they have seen."""

    limits: Limits
    observers: Sequence[Observer]
    names: dict[bytes, int] = field(init=False)
    """Who wants a name, a bit for each observer; the same in the next four."""
    suffixes: dict[bytes, int] = field(init=False)
    directories: dict[bytes, int] = field(init=False)
    paths: dict[bytes, int] = field(init=False)
    magics: dict[bytes, int] = field(init=False)
    observations: dict[str, Observations] = field(init=False)
    kept: int = 0
    """Bytes of all observations."""
    dropped: int = 0
    """Observations that `limits.capture_bytes` left no room for."""
    _sets: dict[int, tuple[Observer, ...]] = field(default_factory=dict)
    """Observers by their bits, those sets that came up."""

    def __post_init__(self) -> None:
        """Turn every interest around: from what is wanted to who wants it."""
        self.observers = tuple(map(_begun, self.observers))
        self.names = _who(self.observers, "names")
        self.suffixes = _who(self.observers, "suffixes")
        self.directories = _who(self.observers, "directories")
        self.paths = _who(self.observers, "paths")
        self.magics = _who(self.observers, "magics")
        self.observations = {observer.name: Observations() for observer in self.observers}

    def interested(self, directory: bytes, name: bytes, head: bytes) -> tuple[Observer, ...]:
        """Return who wants a file, in the order of the observers; `head` is at least 4 bytes."""
        path = directory + b"/" + name if directory else name
        bits = (
            self.names.get(name, 0)
            | (self.suffixes.get(name[name.rfind(b".") :], 0) if b"." in name else 0)
            | self.directories.get(directory, 0)
            | self.paths.get(path, 0)
            | self.magics.get(head[:4], 0)
            | self.magics.get(head[:2], 0)
        )
        found = self._sets.get(bits)
        return self._set(bits) if found is None else found

    def _set(self, bits: int) -> tuple[Observer, ...]:
        """Return observers by their bits; as many sets as kinds of files are remembered."""
        found = tuple(one for at, one in enumerate(self.observers) if bits >> at & 1)
        if len(self._sets) < _SETS:
            self._sets[bits] = found
        return found

    def open(self, who: Iterable[Observer], seen: Seen, head: memoryview) -> list[Open]:
        """Open the taps of those who want the file after a look at its first bytes."""
        opened = []
        for observer in who:
            tap = observer.open(seen, head)
            if tap is not None:
                opened.append(Open(observer, tap))
        return opened

    def feed(self, taps: list[Open], piece: bytes | memoryview) -> None:
        """Show the next piece to all taps that still want to see."""
        for tap in taps:
            if tap.hungry:
                tap.hungry = tap.tap.feed(piece)

    def close(self, taps: list[Open], entry: int, *, whole: bool) -> None:
        """Keep what the taps made of the entry, within `limits.capture_bytes`.

        Args:
            taps: as `open` returned them.
            entry: its number in the layer.
            whole: the content was shown to its end to all who wanted it.

        """
        for tap in taps:
            value = tap.tap.close()
            if value is None:
                continue
            if self.kept + len(value) > self.limits.capture_bytes:
                self.dropped += 1
                continue
            self.kept += len(value)
            seen = Observation(entry, value, whole or not tap.hungry)
            self.observations[tap.observer.name].append(seen)


def _begun(observer: Observer) -> Observer:
    """Return the observer as it is in one layer."""
    return replace(observer, open=observer.begin()) if observer.begin else observer


def _who(observers: Sequence[Observer], interest: str) -> dict[bytes, int]:
    table: dict[bytes, int] = {}
    for at, observer in enumerate(observers):
        for wanted in getattr(observer.interest, interest):
            table[wanted] = table.get(wanted, 0) | 1 << at
    return table
