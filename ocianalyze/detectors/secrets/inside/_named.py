"""Members of archives whose name alone says something, as it does of files of a layer."""

import hashlib
from collections.abc import Iterable
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets import names, small
from ocianalyze.detectors.secrets.by_name import ByName
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.inside._flow import Data
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.layers.observer import Interest
from ocianalyze.limits import MIB

_BEGINNING = MIB
"""Bytes in which a secret is looked for that says more than the name."""


class Named:
    """A member of such a name while its content passes."""

    def __init__(self, rule: str, search: Search | None) -> None:
        """Take nothing yet."""
        self.rule = rule
        """Id of the rule that the name is of; empty for none."""
        self.search = search
        """By the rules for files of its name; None if there are none."""
        self.found: list[Proved] = []
        """What these rules found so far."""
        self.data = bytearray()
        """The beginning of the content, where the name itself says something."""
        self.size = 0
        self._sha256 = hashlib.sha256()

    def feed(self, piece: Data) -> None:
        """Take the next piece."""
        self.size += len(piece)
        if self.search:
            self.found += self.search.feed(piece)
        if self.rule:
            self._sha256.update(piece)
            self.data += piece[: max(0, _BEGINNING - len(self.data))]

    @property
    def sha256(self) -> str:
        """Digest of what passed, in hexadecimal; of nothing where the name says nothing."""
        return self._sha256.hexdigest()


@dataclass(slots=True)
class Naming:
    """Knows which names say something."""

    rules: ByName
    """For files of known names."""
    _suffixes: frozenset[bytes] = field(init=False)
    """With that of files of which the path tells the format (`stores`)."""
    _names: frozenset[bytes] = field(init=False)
    _places: frozenset[bytes] = field(init=False)
    """Whole paths, and directories with a slash behind."""

    def __post_init__(self) -> None:
        """Gather what the tables name, for one look at each part of a path."""
        wanted = (names.observer().interest, small.observer(self.rules, bare=False).interest)
        self._suffixes = _union(one.suffixes for one in wanted) | {b".key"}
        self._names = _union(one.names for one in wanted)
        self._places = _union(map(_places, wanted))

    def may_say(self, path: bytes) -> bool:
        """Tell by very little whether `named` is worth asking."""
        name = path[path.rfind(b"/") + 1 :]
        return (
            name[name.rfind(b".") :] in self._suffixes
            or name in self._names
            or path[: len(path) - len(name)] in self._places
            or path in self._places
        )

    def named(self, path: bytes, place: bytes) -> Named | None:
        """Return what takes the content of a member, None for one of which the name says nothing.

        Args:
            path: of the member in its archive.
            place: of the archive and the member.

        """
        path = path.lstrip(b"/")
        if not self.may_say(path):
            return None
        found = next((one.rule.id for one in names.table() if one.fits(path)), "")
        engine = self.rules.of(place)
        search = Search(engine, place) if engine else None
        return Named(found, search) if found or search else None


def _union(parts: Iterable[frozenset[bytes]]) -> frozenset[bytes]:
    return frozenset[bytes]().union(*parts)


def _places(interest: Interest) -> frozenset[bytes]:
    return interest.paths | {directory + b"/" for directory in interest.directories}
