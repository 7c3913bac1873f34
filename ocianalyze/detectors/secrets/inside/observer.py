"""The observer that looks inside packed files and key stores."""

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.by_name import NOTHING, ByName
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.inside import _der, stores
from ocianalyze.detectors.secrets.inside._constants import Beginnings, compiled
from ocianalyze.detectors.secrets.inside._flow import SpentError
from ocianalyze.detectors.secrets.inside._named import Naming
from ocianalyze.detectors.secrets.inside._quick import (
    SMALL,
    Prefixed,
    Small,
    in_compiled,
    in_gzip,
)
from ocianalyze.detectors.secrets.inside._sqlite import LOG
from ocianalyze.detectors.secrets.inside.allowance import Allowance, Spending
from ocianalyze.detectors.secrets.inside.content import LARGEST, Content
from ocianalyze.detectors.secrets.inside.inner import NAME, packed
from ocianalyze.detectors.secrets.inside.look import Look
from ocianalyze.detectors.secrets.inside.recognise import (
    BEHIND,
    HEAD,
    UNREAD,
    may_be_packed,
    recognise,
    unread,
)
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap

VERSION = 13
_ZLIB = tuple(bytes((0x78, level)) for level in (0x01, 0x5E, 0x9C, 0xDA))
_DER = (b"0\x80", b"0\x81", b"0\x82", b"0\x83")
INTEREST = Interest(
    suffixes=frozenset(
        {b".tar", b".gem", b".ova", b".lzma", b".gpg", b".pgp", b".sec", b".key", b".pyc", b".pyo"}
    ),
    magics=frozenset(
        {
            *(b"PK\3\4", b"\xfd7zX", b"\x28\xb5\x2f\xfd", b"!<ar", b"\xed\xab\xee\xdb", b"0707"),
            *(b"BZh%d" % level for level in range(1, 10)),
            *(
                b"PACK",
                b"# v2",
                b"# v3",
                b"\xfe\xed\xfe\xed",
                b"\xce\xce\xce\xce",
                b"\x1f\x8b",
                b"\5\2",
                *(b"#!", b"MZ", b"\x7fELF", b"Cr24", b"JM\1\0", b"\xff\xd8", b"\x89PNG", b"GIF8"),
                *(b"%PDF", b"SQLi", *LOG, b"\xc7\x71", b"\x71\xc7"),
                b"\xca\xfe\xba\xbe",
            ),
            *(*_ZLIB, *_DER, *_der.SHORT, *UNREAD),
        }
    ),
)


@dataclass(slots=True)
class _Inside:
    """Sees one file."""

    look: Look
    content: Content
    spending: Spending
    is_spent: bool = False

    def feed(self, piece: bytes | memoryview) -> bool:
        """Take the next piece."""
        self.spending.stored += len(piece)
        self.spending.resume()
        try:
            self.content.feed(piece)
            self.spending.clock()
        except SpentError as error:
            self._stop(error)
        return not self.is_spent and self.content.hungry

    def close(self) -> bytes | None:
        """Return what was found and what was not looked at."""
        self.spending.resume()
        try:
            if not self.is_spent:
                self.content.close()
            self.look.finish()
            self.spending.clock()
        except SpentError as error:
            self._stop(error)
            self.look.finish()
        if not self.look.hits and not self.look.unread:
            return None
        return packed(self.look.hits, self.look.unread)

    def _stop(self, error: SpentError) -> None:
        if not self.is_spent:
            self.is_spent = True
            self.look.note("", str(error))
            self.content.stop()


@dataclass(frozen=True, slots=True)
class Opening:
    """What every file of an analysis is looked at with."""

    engine: Engine
    allowance: Allowance
    bare: bool
    beginnings: Beginnings
    naming: Naming

    def __call__(self, seen: Seen, head: memoryview) -> Tap | None:
        """Return a tap for a file that is packed or a key store."""
        first, path = bytes(head[:HEAD]), seen.path
        if compiled(first, path):
            is_alone = not may_be_packed(first) and seen.size <= LARGEST
            return Small(self, path, in_compiled) if is_alone else self.inside(path)
        kind = recognise(first, path)
        if kind == BEHIND:
            return Prefixed(self, path, first)
        if kind == "gzip" and seen.size <= SMALL:
            return Small(self, path, in_gzip)
        is_other = kind or unread(first) or stores.recognise(first, path)
        return self.inside(path) if is_other else None

    def inside(self, path: bytes, kind: str = "") -> _Inside:
        """Return what looks into a file, whatever it is unless its kind is known."""
        spending = Spending(self.allowance)
        look = self.look(path, spending)
        return _Inside(look, Content(look, "", kind=kind), spending)

    def look(self, path: bytes, spending: Spending) -> Look:
        """Begin to gather what a file holds."""
        return Look(self.engine, path, spending, self.beginnings, self.naming, self.bare)


def observer(
    engine: Engine,
    allowance: Allowance,
    *,
    small: ByName = NOTHING,
    bare: bool = False,
) -> Observer:
    """Return the observer for one set of rules.

    Args:
        engine: made of the rules.
        allowance: what one layer may cost; whoever reads layers begins it with each.
        small: rules for small files of known names.
        bare: keep the values themselves; such facts must not be stored.

    """
    return Observer(
        name=NAME,
        version=VERSION,
        interest=INTEREST,
        open=Opening(engine, allowance, bare, Beginnings(engine), Naming(small)),
        summary="secrets in archives, compressed files, git objects and key stores",
    )
