"""Everything about secrets that an analysis needs, loaded when it is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ocianalyze.detectors.secrets._cache import digest, load
from ocianalyze.detectors.secrets._engine import Engine, Kind
from ocianalyze.detectors.secrets.documents import Document
from ocianalyze.detectors.secrets.gather import gather
from ocianalyze.detectors.secrets.sieve import sieving
from ocianalyze.filesystem.view import ImageView
from ocianalyze.layers.sieve import Sieving
from ocianalyze.limits import Limits
from ocianalyze.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Seeking:
    """One set of rules and how they are used."""

    folders: tuple[Path, ...]
    cache: Path | None
    """Folder of the store, where compiled rules are kept; None keeps none."""
    limits: Limits
    bare: bool = False
    """Keep the values themselves."""
    kind: Kind = "auto"

    @property
    def engine(self) -> Engine:
        """The compiled rules, loaded once in a process."""
        return _engine(self.folders, self.cache, self.kind)

    @property
    def version(self) -> str:
        """Digest of the rules."""
        return _digest(self.folders)

    def sieving(self) -> Sieving:
        """Return the sieve that layers are read with."""
        return sieving(self.engine, self.version, bare=self.bare)

    def secrets(self, view: ImageView, documents: Sequence[Document]) -> tuple[Secret, ...]:
        """Return the secrets of one image."""
        return gather(view, documents, self.engine, self.limits, bare=self.bare)


@cache
def _engine(folders: tuple[Path, ...], cache: Path | None, kind: Kind) -> Engine:
    return load(folders, cache, kind)


@cache
def _digest(folders: tuple[Path, ...]) -> str:
    return digest(folders)
