r"""The result document: what `ocianalyze scan` says, versioned, the same bytes on every machine.

It holds no time, no duration, no absolute path and nothing about the host. Texts that came from
the image are valid Unicode here: bytes that are no UTF-8 read `\xNN`. What a terminal must not
see (control characters, bidi) is still in them; the formats escape it.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Confidence, Origin, Status
from ocianalyze.model.installed import InventoryRecord, PackageRecord, UnownedRecord
from ocianalyze.model.record import ImageRef, LayerRef, Record, StepRef
from ocianalyze.model.secret import Coding, Proven, Where
from ocianalyze.model.standing import StandingRecord, WaivedRecord

SCHEMA_VERSION: Literal["1.3"] = "1.3"
"""Major: readers must change; minor: a field, a value of one, or a code was added."""

_SHORT_ID = (
    "For people: `CIS-4.8`, short for `cis-docker-4.8`; of other frameworks the same as `control`. "
    "Commands and profiles take either, in small and capital letters."
)
_WHOLE_ID = (
    "For machines: `cis-docker-4.8`, an item's id in the catalogue, the same in all versions of "
    "its benchmark. `decided_by`, `same_as`, `xrefs`, `standings` and SQL name controls so."
)

IntegrityStatus = Literal["ok", "failed", "partial"]


class Tool(Record):
    """Who wrote the document."""

    name: str = "ocianalyze"
    version: str


class Input(Record):
    """What was analysed."""

    reference: str
    """As given, without leading directories."""
    kind: str
    """`docker-archive`, `oci-layout` ..."""


class LayerRecord(Record):
    """One layer of an image, lowest first."""

    index: int
    digest: str | None
    """Of the stored bytes."""
    diff_id: str | None
    """Of the uncompressed tar."""
    size: int
    raw_size: int
    compression: str
    flavour: str
    entries: int
    status: Literal["read", "partial", "absent"]
    detail: str
    """Why it was not read to its end."""
    step: StepRef | None


class HistorySummary(Record):
    """How the image was built, as far as it says."""

    steps: int
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
    method: str
    """How it was found, for people."""


class Integrity(Record):
    """Whether the bytes are what the image's documents promise."""

    status: IntegrityStatus
    digests_verified: int
    diff_ids_verified: int


class ImageRecord(Record):
    """One image for one platform."""

    index: int
    names: tuple[str, ...]
    platform: str
    """`os/architecture[/variant]`."""
    os_version: str
    manifest_digest: str | None
    config_digest: str | None
    size: int
    """Bytes of all layers as stored."""
    raw_size: int
    entries: int
    distribution: str
    """PRETTY_NAME of os-release; empty when there is none."""
    base: BaseRecord | None
    layers: tuple[LayerRecord, ...]
    history: HistorySummary
    integrity: Integrity
    attestations: int
    inventory: InventoryRecord
    skipped: tuple[Literal["packages", "secrets"], ...]
    """What nobody looked for (`--skip`): that there is none of it says nothing."""


class EvidenceRecord(Record):
    """One fact behind a verdict."""

    kind: Literal["file", "config", "history", "layer", "manifest", "package"]
    detail: str
    reason: str
    path: str | None
    pointer: str | None
    layer: LayerRef | None
    step: StepRef | None
    state: State | None
    """What became of the path in the final filesystem; null without a path."""
    origin: Origin
    severity: Severity
    sha256: str | None
    allowed: str | None
    """Why a profile lets it stay; null when none does."""


class ControlRecord(Record):
    """What one control says of one image."""

    image: ImageRef
    id: Annotated[str, Field(description=_SHORT_ID)]
    """`CIS-4.8`, as people name it."""
    control: Annotated[str, Field(description=_WHOLE_ID)]
    """`cis-docker-4.8`, as the catalogue and all other fields name it."""
    decided_by: str
    """Control that gave the verdict; another item's where both ask the same question. As `control`
    is spelled."""
    same_as: str | None
    """The verdict of this image, by its `control`, that answers the same question in the same way
    and stands first: sums count both as one. Null for one that counts."""
    framework: str
    """Empty, as are version and number, for a control of no benchmark."""
    version: str
    number: str
    title: str
    short: str
    level: int | str | None
    """1 or 2; a word where the framework has words."""
    assessment: Literal["automated", "manual"] | None
    """The benchmark's own; null where it has none, or that version's is not known."""
    owner: Literal["image", "runtime", "node", "platform"]
    """Who can meet it."""
    severity: Severity
    """Of the item; evidence has its own."""
    xrefs: tuple[str, ...]
    """Items of other frameworks: ids of the catalogue, or `external:FRAMEWORK:NUMBER`."""
    automation: Literal["full", "partial", "assist", "none"]
    """How far ocianalyze decides it."""
    status: Status
    reason: str
    summary: str
    confidence: Confidence
    origin: Origin
    """Whose part of the image decided the status: `author` as soon as one fact of the author's own
    layers or steps did, `base` where all of it came with the base; `unknown` where nothing tells
    the two apart, or nothing was found. Evidence has its own."""
    waived: WaivedRecord | None
    """Set where the status is `pass` by the profile's allowances alone; sums count it apart."""
    evidence: tuple[EvidenceRecord, ...]
    remediation: str


class FindingRecord(Record):
    """Integrity, anomalies: what no control decides."""

    image: ImageRef | None
    """Null when it is about the whole input."""
    code: str
    severity: Severity
    title: str
    detail: str
    path: str | None
    pointer: str | None
    layer: LayerRef | None
    step: StepRef | None
    offset: int | None
    """Byte in the uncompressed layer."""
    state: State | None
    origin: Origin


class PlaceRecord(Record):
    """One place of a secret."""

    where: Where
    """`header`: of the tar, beside names; `slack`: bytes that belong to no file."""
    path: str | None
    """Of the file; of a document, its name."""
    inner: str | None
    """Path inside the archive that the file is."""
    pointer: str | None
    """JSON pointer into the config or manifest."""
    layer: LayerRef | None
    step: StepRef | None
    offset: int | None
    """Byte in the content; in the decoded text where `coding` is set."""
    coding: Coding
    """How the secret is written; empty for plain."""
    state: State | None
    """What became of the file in the final filesystem; null outside of it."""
    origin: Origin


class SecretRecord(Record):
    """One secret, however many places hold it."""

    image: ImageRef | None
    """Null for files that are no image's."""
    rule: str
    """Id of the rule that found it."""
    id: str
    """Keyed hash of the value: equal for equal values; what an ignore list names."""
    provider: str
    kind: str
    title: str
    masked: str
    """The value without what makes it secret."""
    proven: Proven
    severity: Severity
    detail: str
    """What the proof found out."""
    facts: dict[str, str]
    """Public facts, such as account, expiry, fingerprint of the public half."""
    places: tuple[PlaceRecord, ...]
    more_places: int
    """Places that are not listed."""
    remediation: str
    ignored: str | None
    """The reason of the ignore list that names it."""
    value: str | None
    """The secret itself, only with `--show-secrets`."""


class ArtifactRecord(Record):
    """What the input holds beside images."""

    name: str
    digest: str | None
    media_type: str
    reason: str
    error: bool
    """It should have been an image."""
    limit: str | None
    """The limit that kept it from being read; null for none."""


class UnreferencedRecord(Record):
    """A file of the input that no document which was read names; the first 1,000 are told."""

    name: str
    size: int
    """Bytes as stored."""
    kind: str
    """What its first bytes tell, or where a link leads; empty when unknown."""


class Report(Record):
    """The whole document."""

    schema_version: Literal["1.3"] = SCHEMA_VERSION
    tool: Tool
    input: Input
    profile: str
    """What was judged: `l1`, `l2`, `all`, or other names of the catalogue."""
    images: tuple[ImageRecord, ...]
    controls: tuple[ControlRecord, ...]
    """By image, then by number."""
    standings: tuple[StandingRecord, ...]
    """By image: the sums of its verdicts."""
    findings: tuple[FindingRecord, ...]
    packages: tuple[PackageRecord, ...]
    """By image, then by purl."""
    unowned: tuple[UnownedRecord, ...]
    """By image, then by path."""
    secrets: tuple[SecretRecord, ...]
    """By image, the gravest first."""
    artifacts: tuple[ArtifactRecord, ...]


def schema() -> dict[str, Any]:
    """Return the document's JSON Schema (draft 2020-12)."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return head | Report.model_json_schema(mode="serialization")
