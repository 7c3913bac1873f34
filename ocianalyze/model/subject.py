"""What a document is about: the input, and what is known of each image beside verdicts."""

from typing import Literal

from ocianalyze.model.finding import Confidence
from ocianalyze.model.installed import InventoryRecord
from ocianalyze.model.record import Record, StepRef

IntegrityStatus = Literal["ok", "failed", "partial"]


class Tool(Record):
    """Who wrote the document."""

    name: str = "ocianalyze"
    """Of the program."""
    version: str
    """Of the program."""


class Input(Record):
    """What was analysed."""

    reference: str
    """As given, without leading directories."""
    kind: str
    """`docker-archive`, `oci-layout` ...; `several` for more than one input."""


class InputRecord(Input):
    """One of the inputs of a scan."""

    index: int
    """Position in `inputs`."""
    images: int
    """How many of it were analysed."""
    error: str | None
    """Why it could not be analysed at all; null where it was."""


class LayerRecord(Record):
    """One layer of an image, lowest first."""

    index: int
    """0 is the lowest."""
    digest: str | None
    """Of the stored bytes."""
    diff_id: str | None
    """Of the uncompressed tar."""
    size: int
    """Bytes as stored."""
    raw_size: int
    """Bytes of the uncompressed tar."""
    compression: str
    """`none`, `gzip`, `zstd` ..."""
    flavour: str
    """`estargz` or `zstd:chunked`; empty for none."""
    entries: int
    """Members of the tar."""
    status: Literal["read", "partial", "absent"]
    """How far it was read."""
    detail: str
    """Why it was not read to its end."""
    step: StepRef | None
    """That made it; null when the history does not tell."""


class HistorySummary(Record):
    """How the image was built, as far as it says."""

    steps: int
    """Entries of the history."""
    reliable: bool
    """Every step that is not empty has its layer."""
    marked: int
    """Steps on which a builder left its mark."""
    builders: tuple[str, ...]
    """Those that left marks."""


class BaseRecord(Record):
    """Where the base ends and the author's own steps begin, as far as the image tells."""

    layers: int
    """Layers below this index belong to the base."""
    steps: int
    """History steps below this index belong to the base."""
    confidence: Confidence
    """`exact` when digests prove it, `heuristic` when it is guessed."""
    method: str
    """How it was found, for people."""


class Integrity(Record):
    """Whether the bytes are what the image's documents promise."""

    status: IntegrityStatus
    """`failed` when bytes differ, `partial` when some were not there or not read."""
    digests_verified: int
    """Blobs whose bytes have their digest."""
    diff_ids_verified: int
    """Layers whose uncompressed bytes have their diff_id."""


class ImageRecord(Record):
    """One image for one platform."""

    index: int
    """Position in `images`."""
    input: int
    """Position in `inputs` of what holds it; 0 where a command reads but one."""
    names: tuple[str, ...]
    """Tags and references that the input has for it."""
    platform: str
    """`os/architecture[/variant]`."""
    os_version: str
    """Of the platform, as Windows images have it; empty for none."""
    manifest_digest: str | None
    """Null where the input has no manifest of it."""
    config_digest: str | None
    """Null where there is no config."""
    size: int
    """Bytes of all layers as stored."""
    raw_size: int
    """Bytes of all layers, uncompressed."""
    entries: int
    """Members of all layers."""
    distribution: str
    """PRETTY_NAME of os-release, else what another file calls it; empty when none does."""
    base: BaseRecord | None
    """Null when nothing tells where it ends."""
    layers: tuple[LayerRecord, ...]
    """The lowest first."""
    history: HistorySummary
    """What it tells of the build."""
    integrity: Integrity
    """Whether the bytes are what they should be."""
    attestations: int
    """Manifests with statements about the image."""
    inventory: InventoryRecord
    """How much is installed."""
    skipped: tuple[Literal["packages", "secrets"], ...]
    """What nobody looked for (`--skip`): that there is none of it says nothing."""
