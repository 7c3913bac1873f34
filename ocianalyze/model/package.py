"""A package: what somebody installed, where that is recorded, and which layer brought it."""

from collections.abc import Sequence
from dataclasses import field
from enum import StrEnum
from typing import Literal

from ocianalyze.dataclass import dataclass
from ocianalyze.model.finding import Confidence

InstallReason = Literal["", "manual", "automatic"]
Scope = Literal["visible", "all"]


OS_TYPES = frozenset({"deb", "apk", "rpm", "alpm", "nix"})
"""purl types of distributions' packages."""
SHIPPING = OS_TYPES | {"conda"}
"""purl types of packages that ship packages of languages."""
DOCUMENTS = "sbom"
"""The cataloger that reads claims."""
REMOVED_WITH = "removed-with"
"""Property of a package whose record went without it: with the `database`, or as a `record`."""


class Presence(StrEnum):
    """Whether a package is part of the final filesystem."""

    VISIBLE = "visible"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Found:
    """A package as one piece of evidence names it; layers are not known yet."""

    type: str
    """As in purls: `deb`, `apk`, `rpm`, `pypi`, `npm`, `golang`, `maven`, `generic` ...; the purl
    itself is a generic one where what its type demands is unknown."""
    name: str
    version: str
    """As recorded, without the epoch; empty when the evidence names none."""
    namespace: str = ""
    """purl namespace: `debian`, an npm scope with its `@`, a Maven group."""
    epoch: str = ""
    arch: str = ""
    source: str = ""
    """Source package or origin, empty when it is the package's own name or unknown."""
    source_version: str = ""
    qualifiers: tuple[tuple[str, str], ...] = ()
    """More purl qualifiers: `("distro", "debian-12")`; sorted."""
    subpath: str = ""
    """purl subpath."""
    licenses: tuple[str, ...] = ()
    """As recorded."""
    supplier: str = ""
    """Maintainer, vendor or author as recorded."""
    reason: InstallReason = ""
    location: str = ""
    """What tells two installations of one package apart: its directory or file; empty for those
    of a package database, of which there is one of each name and architecture."""
    evidence: tuple[str, ...] = ()
    """Paths beside the one that was read; that one is always evidence."""
    confidence: Confidence = "exact"
    depends: tuple[str, ...] = ()
    """What it needs when it runs, as recorded, in the ecosystem's own syntax."""
    provides: tuple[str, ...] = ()
    """Names that it answers to beside its own, likewise."""
    properties: tuple[tuple[str, str], ...] = ()
    """More facts worth keeping, sorted: `("modularity", ...)`, `("replaced-by", ...)`."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package of an image."""

    found: Found
    purl: str
    cataloger: str
    presence: Presence
    evidence: tuple[str, ...]
    """Paths, the one that was read first."""
    introduced: int
    """Layer that introduced it: the first of an unbroken run of layers that record it; one that
    went and came again is a package for each run."""
    removed: int | None = None
    """Layer that removed it; None while it is visible."""
    owner: str = ""
    """Of the package, as a purl, that ships this one; empty for none.

    An OS or conda package ships language packages, and each one what its own documents name.
    """

    @property
    def name(self) -> str:
        """Name without namespace."""
        return self.found.name

    @property
    def version(self) -> str:
        """Version without epoch."""
        return self.found.version

    @property
    def type(self) -> str:
        """Type, also where the purl is a generic one."""
        return self.found.type

    @property
    def is_of_distribution(self) -> bool:
        """Whether the distribution's database has it; what a document names may be a copy of it."""
        return self.found.type in OS_TYPES and self.cataloger != DOCUMENTS


@dataclass(frozen=True, slots=True)
class Distribution:
    """What the image says it is (`os-release` and its relatives)."""

    id: str = ""
    """`debian`, `alpine`, `rhel` ... as in os-release ID."""
    version: str = ""
    """VERSION_ID, or the best substitute (`12`, `3.19.1`)."""
    name: str = ""
    """PRETTY_NAME."""
    like: tuple[str, ...] = ()
    """ID_LIKE."""
    codename: str = ""
    variant: str = ""
    path: str = ""
    """Where it was read."""
    end_of_life: str = ""
    """Date of the end of general support as `2026-06-10`; empty when unknown."""
    end_of_lts: str = ""
    """Date of the end of free long-term support after that; empty for none."""


@dataclass(frozen=True, slots=True)
class Unowned:
    """An executable that no package claims, or that only a directory of one makes its own."""

    path: str
    kind: str
    """`elf`, `script`, `pe`, `macho` or `data`."""
    sha256: str
    size: int
    layer: int
    within: str = ""
    """The package, as a purl, in whose directory it lies, although no record names the file and it
    did not come with that package; empty for none."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who put what into the final filesystem; packages are indexes into `Inventory.packages`.

    Paths are canonical: links above the last component are followed, as in `Entry.path`.
    """

    files: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Files, and the packages that name them: language packages before distributions' ones."""
    trees: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Directories that belong to a language package with all below; no record names what is there.

    Other names of files in one are here, too."""
    homes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Directories of language runtimes; one without packages is not the runtime's."""

    def of(self, path: str) -> tuple[int, ...]:
        """Return the packages that own a canonical path, the most specific first."""
        return self.claimed(path) or self.home(path)

    def claimed(self, path: str) -> tuple[int, ...]:
        """Return the packages that claim a canonical path or a directory above, no runtimes."""
        nearest = (*_above(self.trees, path), *self.files.get(path, ()))
        return tuple(dict.fromkeys(nearest)) if nearest else ()

    def home(self, path: str) -> tuple[int, ...]:
        """Return the runtimes in whose directories a canonical path is."""
        return _above(self.homes, path)


def _above(trees: dict[str, tuple[int, ...]], path: str) -> tuple[int, ...]:
    """Return the owners of the nearest directory that has any."""
    while path and trees:
        if path in trees:
            return trees[path]
        path = path.rpartition("/")[0]
    return ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything installed in one image."""

    distribution: Distribution = field(default_factory=Distribution)
    packages: tuple[Package, ...] = ()
    """Visible and removed ones, sorted by purl, location and layer."""
    ownership: Ownership = field(default_factory=Ownership)
    unowned: Sequence[Unowned] = ()
    """Executables of the visible tree that nobody vouches for, sorted by path."""
    problems: tuple[str, ...] = ()
    """What could not be read: a damaged database, evidence that a limit cut."""

    def owners(self, path: str) -> tuple[Package, ...]:
        """Return the packages that own a canonical path, the most specific first."""
        return tuple(self.packages[number] for number in self.ownership.of(path))

    def recorders(self, path: str) -> tuple[Package, ...]:
        """Return those owners of a canonical path whose records name it, not only a directory."""
        return tuple(self.packages[number] for number in self.ownership.files.get(path, ()))
