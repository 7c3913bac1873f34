"""What is installed in an image, for the document: its distribution, packages, other programs."""

from typing import Literal

from ocianalyze.model.finding import Confidence
from ocianalyze.model.record import ImageRef, LayerRef, Record, StepRef


class DistributionRecord(Record):
    """Which distribution the image says it is."""

    id: str
    """ID of os-release: `debian`, `alpine` ..."""
    version: str
    """VERSION_ID, or what stands for it."""
    name: str
    """PRETTY_NAME."""
    codename: str
    """`bookworm`; empty when unknown."""
    end_of_life: str | None
    """Date of the end of general support; null when unknown."""
    path: str
    """Where it was read."""


class InventoryRecord(Record):
    """How much is installed; `packages` and `unowned` of the document list it."""

    distribution: DistributionRecord | None
    """Null when nothing says which one it is."""
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
    """The image that it is about."""
    purl: str
    """Package URL, with what qualifies it."""
    type: str
    """Of the purl: `deb`, `pypi`, `npm` ..."""
    namespace: str
    """Of the purl: `debian`, a scope of npm, a group of Maven."""
    name: str
    """Without the namespace."""
    version: str
    """As recorded, without the epoch."""
    epoch: str
    """Empty for none."""
    arch: str
    """As recorded; empty for none."""
    source: str
    """Source package or origin; empty when it is the package's own name or unknown."""
    source_version: str
    """Empty when it is the own one or unknown."""
    licenses: tuple[str, ...]
    """As recorded."""
    supplier: str
    """Maintainer, vendor or author, as recorded."""
    reason: Literal["", "manual", "automatic"]
    """Why it was installed, where that is recorded."""
    location: str
    """Directory or file of this installation; empty for packages of a database."""
    evidence: tuple[str, ...]
    """Paths, the one that was read first."""
    confidence: Confidence
    """How far the evidence shows that it is installed."""
    cataloger: str
    """What found it."""
    presence: Literal["visible", "removed"]
    """In the final filesystem, or removed by a later layer."""
    introduced: LayerRef | None
    """First layer of an unbroken run that records it: what went and came again is several."""
    step: StepRef | None
    """History step of that layer."""
    removed: LayerRef | None
    """Layer that removed it; null while it is visible."""
    owner: str | None
    """purl of the package that ships this one."""
    properties: dict[str, str]
    """More that is recorded, by name."""


class UnownedRecord(Record):
    """An executable of the final filesystem that no package vouches for."""

    image: ImageRef
    """The image that it is about."""
    path: str
    """In the final filesystem."""
    kind: str
    """`elf`, `script`, `pe`, `macho` or `data`."""
    sha256: str | None
    """Of the content; null when unknown."""
    size: int
    """Bytes."""
    layer: LayerRef | None
    """That holds it."""
    within: str | None
    """The package, as a purl, in whose directory it lies although no record names it and it did
    not come with that package; null for none."""
