"""Files in most of which nothing hides: a quick look, and a close one where it is worth it."""

from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from typing import Protocol

from isal import isal_zlib

from ocianalyze.detectors.secrets._engine import Engine
from ocianalyze.detectors.secrets.inside._allowance import Allowance, Spending
from ocianalyze.detectors.secrets.inside._behind import Behind
from ocianalyze.detectors.secrets.inside._compressed import inner_name
from ocianalyze.detectors.secrets.inside._constants import Beginnings, compiled, hidden
from ocianalyze.detectors.secrets.inside._flow import Data, SpentError
from ocianalyze.detectors.secrets.inside._named import Naming
from ocianalyze.detectors.secrets.inside._recognise import HEAD, may_be_packed
from ocianalyze.detectors.secrets.inside.look import BETWEEN
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
    def inside(self, path: bytes) -> Tap:
        """Return what looks closely into a file, whatever it is."""
        ...


@dataclass(slots=True)
class Small:
    """A file that is looked at when it is whole."""

    by: Inspector
    path: bytes
    hides: "Callable[[Inspector, bytes, bytes, Spending], bool]"
    """Given path and content, tells whether anything may hide there."""
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
            hides = self.hides(self.by, self.path, self.data, spending)
            spending.clock()
        except SpentError:
            hides = True
        return self._closely() if hides else None

    def _closely(self) -> bytes | None:
        inside = self.by.inside(self.path)
        inside.feed(self.data)
        return inside.close()


def in_compiled(by: Inspector, path: bytes, data: bytes, _spending: Spending) -> bool:
    """Tell whether a compiled file has a text whose borders are hidden; few have."""
    kind = compiled(data[:HEAD], path)
    if not kind:
        return True
    starts, too_many = by.beginnings.starts(data)
    texts = [data[slice(*span)] for span in hidden(data, starts, kind)]
    events, more = by.engine.scan(BETWEEN.join(texts)) if texts else ((), False)
    return bool(events) or too_many or more


def in_gzip(by: Inspector, path: bytes, data: bytes, spending: Spending) -> bool:
    """Tell whether a file of one gzip member may hold a secret; few do."""
    codec = isal_zlib.decompressobj(_WBITS)
    try:
        text = codec.decompress(data, _INFLATED)
    except isal_zlib.error:  # type: ignore[misc] # its stub calls the class an instance
        return True
    name = inner_name(path.decode("utf-8", "backslashreplace"), "gzip").encode(errors="replace")
    if not codec.eof or codec.unused_data or may_be_packed(text) or by.naming.may_say(name):
        return True
    events, too_many = by.engine.scan(text)
    if events or too_many or compiled(text[:HEAD], name):
        return True
    spending.inflate(len(text))
    return False


@dataclass(slots=True)
class Prefixed:
    """A program, script or picture: most have no archive behind them."""

    by: Inspector
    path: bytes
    head: InitVar[bytes]
    _behind: Behind = field(init=False)
    _inside: Tap | None = None

    def __post_init__(self, head: bytes) -> None:
        """Look at the first bytes, which are fed as well."""
        self._behind = Behind(head, self._enter)

    def _enter(self) -> "_Sink":
        self._inside = self.by.inside(self.path)
        return _Sink(self._inside)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        if self._inside:
            return self._inside.feed(piece)
        self._behind.feed(piece)
        return True

    def close(self) -> bytes | None:
        """Return what was found behind it."""
        return self._inside.close() if self._inside else None


@dataclass(slots=True)
class _Sink:
    """What a tap is as a sink: it is given what it wants."""

    tap: Tap
    is_hungry: bool = True

    def feed(self, piece: Data) -> None:
        """Take the next piece."""
        if self.is_hungry:
            self.is_hungry = self.tap.feed(piece)

    def close(self) -> None:
        """End where the tap is closed."""
