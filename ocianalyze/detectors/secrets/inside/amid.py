"""What is packed in the middle of files, in a stream whose files are not known yet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.by_name import NOTHING, ByName
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.hits import Hit
from ocianalyze.detectors.secrets.inside._constants import Beginnings
from ocianalyze.detectors.secrets.inside._flow import Data
from ocianalyze.detectors.secrets.inside._named import Naming
from ocianalyze.detectors.secrets.inside.allowance import Allowance, Spending
from ocianalyze.detectors.secrets.inside.content import Content, Depth
from ocianalyze.detectors.secrets.inside.gzips import Entered, Gzips, named
from ocianalyze.detectors.secrets.inside.inner import Unread
from ocianalyze.detectors.secrets.inside.look import Look

_NOTES = 10_000
"""Kept of what was not looked at inside of members."""
_DEPTH = Depth(compressions=1, coded=True)


@dataclass(slots=True)
class _Alone:
    """A member that is looked at as a file of its own."""

    amid: "Amid"
    at: int
    look: Look
    content: Content

    def feed(self, piece: Data) -> None:
        self.look.spending.resume()
        self.content.feed(piece)
        self.look.spending.clock()

    def close(self) -> None:
        self.look.spending.resume()
        self.content.close()
        self._keep()

    def stop(self) -> None:
        self.content.stop()
        self._keep()

    def _keep(self) -> None:
        self.look.finish()
        self.amid.keep(self.at, self.look)


@dataclass(slots=True)
class Amid:
    """Looks into gzip members, wherever they begin; places are bytes of the stream."""

    engine: Engine
    allowance: Allowance
    is_anothers: Callable[[int, bytes], bool]
    """Tells a beginning that somebody else looks at, given 512 bytes in front too."""
    small: ByName = NOTHING
    """Rules for small files of known names."""
    bare: bool = False
    found: list[tuple[int, Hit]] = field(default_factory=list)
    """With the beginning of the member; one more than `layer_secrets` at most."""
    _gzips: Gzips = field(init=False)
    _beginnings: Beginnings = field(init=False)
    _naming: Naming | None = None
    _unread: list[tuple[int, Unread]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin a stream."""
        self._gzips = Gzips(self._enter, self.is_anothers)
        self._beginnings = Beginnings(self.engine)

    @property
    def is_full(self) -> bool:
        """Tell whether there was more than is looked at, or told."""
        return self._gzips.is_full or len(self._unread) > _NOTES

    def feed(self, piece: Data, begins: Sequence[int] | None = None) -> None:
        """Take the next piece, and where members begin as `Gzips` wants to know it."""
        self._gzips.feed(piece, begins)

    def close(self) -> None:
        """Look at what waits; the stream has ended."""
        self._gzips.close()

    def unread(self) -> Iterator[tuple[int, Unread]]:
        """Yield what was not looked at, with the beginning of the member."""
        yield from self._unread
        for at, reason in self._gzips.unread():
            yield at, Unread(reason, 1, "")

    def keep(self, at: int, look: Look) -> None:
        """Keep what a member held."""
        room = self.allowance.limits.layer_secrets + 1 - len(self.found)
        self.found += ((at, one) for one in look.hits[:room])
        if len(self._unread) <= _NOTES:
            self._unread += ((at, Unread(why, *told)) for why, told in look.unread.items())

    def _enter(self, at: int) -> Entered:
        spending = Spending(self.allowance)
        naming = self._naming = self._naming or Naming(self.small)
        look = Look(self.engine, b"", spending, self._beginnings, naming, self.bare)
        spending.resume()
        sink = _Alone(self, at, look, Content(look, "", _DEPTH))
        return Entered(sink, spending, is_stored=True)


def placed(one: Hit, begin: int) -> Hit:
    """Return a secret of a member with the byte of its file that the member begins at."""
    return replace(one, inner=_within(begin, one.inner))


def left(one: Unread, begin: int) -> Unread:
    """Return what was not looked at with the byte of its file that the member begins at."""
    return one._replace(inner=_within(begin, one.inner))


def _within(begin: int, inner: str) -> str:
    return f"{named(begin)}!/{inner}" if inner else named(begin)
