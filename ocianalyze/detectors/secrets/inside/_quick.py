"""Files in most of which nothing hides: a quick look, and a close one where it is worth it."""

from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from typing import Protocol

from isal import isal_zlib

from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.inside._behind import Behind
from ocianalyze.detectors.secrets.inside._compressed import inner_name
from ocianalyze.detectors.secrets.inside._constants import Beginnings, compiled, hidden
from ocianalyze.detectors.secrets.inside._flow import Data, SpentError
from ocianalyze.detectors.secrets.inside._named import Naming
from ocianalyze.detectors.secrets.inside.allowance import Allowance, Spending
from ocianalyze.detectors.secrets.inside.gzips import MAGIC
from ocianalyze.detectors.secrets.inside.inner import packed
from ocianalyze.detectors.secrets.inside.look import BETWEEN, Look
from ocianalyze.detectors.secrets.inside.recognise import HEAD, may_be_packed
from ocianalyze.layers.observer import Tap
from ocianalyze.limits import KIB, MIB

SMALL = 256 * KIB
"""Bytes of a gzip file that is inflated at once."""
_INFLATED = MIB
_WBITS = 31


class Inspector(Protocol):
    """What every file is looked at with."""

    @property
    def engine(self) -> Engine: ...
    @property
    def allowance(self) -> Allowance: ...
    @property
    def beginnings(self) -> Beginnings: ...
    @property
    def naming(self) -> Naming: ...
    def look(self, path: bytes, spending: Spending) -> Look:
        """Begin to gather what a file holds."""
        ...

    def inside(self, path: bytes, kind: str = "") -> Tap:
        """Return what looks closely into a file, whatever it is unless its kind is known."""
        ...


@dataclass(slots=True)
class Small:
    """A file that is looked at when it is whole."""

    by: Inspector
    path: bytes
    ask: "Callable[[Inspector, bytes, bytes, Spending], bytes | None]"
    """Given path and content, returns what was found, None for what needs a close look."""
    data: bytes = b""

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        self.data = self.data + bytes(piece) if self.data else bytes(piece)
        return True

    def close(self) -> bytes | None:
        """Return what was found; looks closely only where there may be something."""
        spending = Spending(self.by.allowance, stored=len(self.data))
        spending.resume()
        try:
            spending.clock()
            found = self.ask(self.by, self.path, self.data, spending)
            spending.clock()
        except SpentError:
            found = None
        return self._closely() if found is None else found or None

    def _closely(self) -> bytes | None:
        inside = self.by.inside(self.path)
        inside.feed(self.data)
        return inside.close()


def in_compiled(by: Inspector, path: bytes, data: bytes, _spending: Spending) -> bytes | None:
    """Return nothing where no text of a compiled file has hidden borders; few have one."""
    kind = compiled(data[:HEAD], path)
    if not kind:
        return None
    starts, too_many = by.beginnings.starts(data)
    texts = [data[slice(*span)] for span in hidden(data, starts, kind)]
    events, more = by.engine.scan(BETWEEN.join(texts)) if texts else ((), False)
    return None if events or too_many or more else b""


def in_gzip(by: Inspector, path: bytes, data: bytes, spending: Spending) -> bytes | None:
    """Return what a file of one gzip member holds, as far as that is a text."""
    codec = isal_zlib.decompressobj(_WBITS)
    try:
        text = codec.decompress(data, _INFLATED)
    except isal_zlib.error:  # type: ignore[misc] # its stub calls the class an instance
        return None
    inner = inner_name(path.decode("utf-8", "backslashreplace"), "gzip")
    name = inner.encode(errors="replace")
    if not codec.eof or codec.unused_data or MAGIC in text or may_be_packed(text):
        return None
    if by.naming.may_say(name) or compiled(text[:HEAD], name):
        return None
    spending.inflate(len(text))
    events, too_many = by.engine.scan(text)
    return _told(by.look(path, spending), inner, text) if events or too_many else b""


def _told(look: Look, inner: str, text: bytes) -> bytes:
    """Return what a text holds in which triggers are."""
    look.whole(inner, text)
    look.finish()
    return packed(look.hits, look.unread) if look.hits or look.unread else b""


@dataclass(slots=True)
class Prefixed:
    """A program, script or picture: most have no archive behind them."""

    by: InitVar[Inspector]
    path: InitVar[bytes]
    head: InitVar[bytes]
    _rest: "_Rest" = field(init=False)
    _behind: Behind = field(init=False)

    def __post_init__(self, by: Inspector, path: bytes, head: bytes) -> None:
        """Look at the first bytes, which are fed as well."""
        self._rest = _Rest(by, path)
        self._behind = Behind(head, self._rest.enter)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        self._behind.feed(piece)
        return self._rest.is_hungry

    def close(self) -> bytes | None:
        """Return what was found behind it."""
        return self._rest.found()


@dataclass(slots=True)
class _Rest:
    """What begins behind the first bytes, if anything does."""

    by: Inspector
    path: bytes
    is_hungry: bool = True
    _inside: Tap | None = None

    def enter(self, at: int, kind: str) -> "_Rest":
        """Begin."""
        if not kind:
            self.by.allowance.inflated_in.setdefault(self.path, at)
        self._inside = self.by.inside(self.path, kind)
        return self

    def feed(self, piece: Data) -> None:
        """Take the next piece."""
        if self._inside and self.is_hungry:
            self.is_hungry = self._inside.feed(piece)

    def found(self) -> bytes | None:
        """Return what is in it."""
        return self._inside.close() if self._inside else None

    def close(self) -> None:
        """End where the tap is closed."""
