"""Everything about secrets that an analysis needs, loaded when it is needed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from functools import cache, partial
from itertools import chain
from pathlib import Path

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors import filetype
from ocianalyze.detectors.secrets import encoded, names, small
from ocianalyze.detectors.secrets._cache import Loaded, load
from ocianalyze.detectors.secrets.beside import NOTHING, Beside, read_beside
from ocianalyze.detectors.secrets.by_name import ByName
from ocianalyze.detectors.secrets.document import Document
from ocianalyze.detectors.secrets.engine import Engine, Kind
from ocianalyze.detectors.secrets.gather import Gathered, gather
from ocianalyze.detectors.secrets.hits import VERSION as KEPT
from ocianalyze.detectors.secrets.inside import observer as inside
from ocianalyze.detectors.secrets.inside.allowance import Allowance
from ocianalyze.detectors.secrets.sieve import sieving
from ocianalyze.detectors.secrets.unread import unread, unread_beside
from ocianalyze.filesystem.view import ImageView
from ocianalyze.layers.observer import Observer
from ocianalyze.layers.read import Reading
from ocianalyze.layers.sieve import Sieve, Sieving
from ocianalyze.limits import Limits
from ocianalyze.model.finding import Finding
from ocianalyze.sources._base import StoredFile


@dataclass(frozen=True, slots=True)
class Seeking:
    """One set of rules and how they are used."""

    folders: tuple[Path, ...]
    cache: Path | None
    """Folder of the store, where compiled rules are kept; None keeps none."""
    limits: Limits
    bare: bool = False
    """Keep the values themselves."""
    elsewhere: Path | None = None
    """Another folder in which compiled rules may be; nothing is written there."""
    kind: Kind = "auto"
    told: Callable[[int, bool], None] | None = field(default=None, compare=False)
    """Takes how many rules are compiled, when that begins, and whether they are kept."""
    allowance: Allowance = field(default_factory=Allowance, compare=False)
    """What looking inside files may cost; the sieve, opened first, begins it for each layer."""

    @property
    def engine(self) -> Engine:
        """The compiled rules, loaded once in a process."""
        return self._loaded.engine

    @property
    def small(self) -> ByName:
        """The compiled rules for small files of known names."""
        return self._loaded.small

    @property
    def _loaded(self) -> Loaded:
        return _loaded(_Which(self.folders, self.cache, self.kind, self.elsewhere, self.told))

    @property
    def version(self) -> str:
        """Digest of the rules, with the versions of those who look at single files."""
        inner = f"{KEPT}.{inside.VERSION}"
        return f"{self._loaded.version}.{small.VERSION}.{encoded.VERSION}.{inner}.{names.version()}"

    def observers(self) -> tuple[Observer, ...]:
        """Return what looks at the contents of single files."""
        return (
            small.observer(self.small, bare=self.bare),
            self._inside(),
            encoded.observer(self.engine, bare=self.bare, limits=self.limits),
            names.observer(),
        )

    def _inside(self) -> Observer:
        return inside.observer(self.engine, self.allowance, small=self.small, bare=self.bare)

    def sieving(self) -> Sieving:
        """Return the sieve that layers are read with."""
        sieve = sieving(self.engine, self.version, self.allowance, small=self.small, bare=self.bare)
        return replace(sieve, open=partial(_begin, sieve.open, self.allowance))

    def beside(self, files: Iterable[StoredFile]) -> Beside:
        """Look at what a source holds beside its images, while it is open."""
        reading = Reading(self.observers(), filetype.classify, self.limits, self.sieving())
        return read_beside(files, self.engine, reading, bare=self.bare)

    def secrets(
        self, view: ImageView, documents: Sequence[Document], beside: Beside = NOTHING
    ) -> Gathered:
        """Return the secrets of one image."""
        return gather(
            view,
            documents,
            self.engine,
            self.limits,
            more=self._loaded.small.every.rules,
            beside=beside.found,
            bare=self.bare,
        )

    def unread(
        self, view: ImageView, gathered: Gathered, beside: Beside = NOTHING
    ) -> tuple[Finding, ...]:
        """Return which files have an inside that was not looked at, and what is not told."""
        told = unread(view, self.limits, left_out=gathered.left_out)
        named = ((f"{name}, which no image is made of", one) for name, one in beside.unread)
        return (*told, *unread_beside(chain(gathered.unread, named), self.limits))


def _begin(opens: Callable[[Limits], Sieve], allowance: Allowance, limits: Limits) -> Sieve:
    allowance.begin(limits)
    return opens(limits)


@dataclass(frozen=True, slots=True)
class _Which:
    """As of `Seeking`."""

    folders: tuple[Path, ...]
    cache: Path | None
    kind: Kind
    elsewhere: Path | None
    told: Callable[[int, bool], None] | None = field(compare=False)


@cache
def _loaded(which: _Which) -> Loaded:
    return load(which.folders, which.cache, which.kind, elsewhere=which.elsewhere, told=which.told)
