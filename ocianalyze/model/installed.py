"""What is installed in an image, for the document: its distribution, packages, other programs."""

from typing import Literal

from ocianalyze.model.finding import Confidence
from ocianalyze.model.record import ImageRef, LayerRef, Record, StepRef


class DistributionRecord(Record):
    """Which distribution the image says it is."""

    id: str
    version: str
    name: str
    """PRETTY_NAME."""
    codename: str
    end_of_life: str | None
    """Date of the end of general support; null when unknown."""
    path: str
    """Where it was read."""


class InventoryRecord(Record):
    """How much is installed; `packages` and `unowned` of the document list it."""

    distribution: DistributionRecord | None
    packages: int
    """Of the final filesystem."""
    removed: int
    """Packages that a later layer removed."""
    types: dict[str, int]
    """Packages of the final filesystem by type."""
    owned_files: int
    """Paths that packages name one by one."""
    unowned: int
    """Executables that no package vouches for."""
    problems: tuple[str, ...]
    """Package data that could not be read."""


class PackageRecord(Record):
    """One package, visible or removed by a later layer."""

    image: ImageRef
    purl: str
    type: str
    """Of the purl: `deb`, `pypi`, `npm` ..."""
    namespace: str
    name: str
    version: str
    """As recorded, without the epoch."""
    epoch: str
    arch: str
    source: str
    """Source package or origin; empty when it is the package's own name or unknown."""
    source_version: str
    licenses: tuple[str, ...]
    """As recorded."""
    supplier: str
    reason: Literal["", "manual", "automatic"]
    """Why it was installed, where that is recorded."""
    location: str
    """Directory or file of this installation; empty for packages of a database."""
    evidence: tuple[str, ...]
    """Paths, the one that was read first."""
    confidence: Confidence
    cataloger: str
    presence: Literal["visible", "removed"]
    introduced: LayerRef | None
    """Layer of the last unbroken run that records it."""
    step: StepRef | None
    """History step of that layer."""
    removed: LayerRef | None
    owner: str | None
    """purl of the package that ships this one."""
    properties: dict[str, str]


class UnownedRecord(Record):
    """An executable of the final filesystem that no package vouches for."""

    image: ImageRef
    path: str
    kind: str
    sha256: str | None
    size: int
    layer: LayerRef | None
    within: str | None
    """The package, as a purl, in whose directory it lies although no record names it and it did
    not come with that package; null for none."""
