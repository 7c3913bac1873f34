r"""The result document: what `ocianalyze scan` says, versioned, the same bytes on every machine.

It holds no time, no absolute path and nothing about the host. Texts of the image are valid Unicode:
bytes that are no UTF-8 read `\xNN`. The formats escape what a terminal must not see.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, WrapSerializer, WrapValidator

from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Confidence, Origin, Status
from ocianalyze.model.installed import PackageRecord, UnownedRecord
from ocianalyze.model.record import ImageRef, LayerRef, Record, StepRef
from ocianalyze.model.secret import Coding, Proven, Where
from ocianalyze.model.standing import StandingRecord, WaivedRecord
from ocianalyze.model.subject import ImageRecord, Input, InputRecord, Tool

SCHEMA_VERSION: Literal["1.4"] = "1.4"
"""Major: readers must change; minor: a field, a value of one, or a code was added."""

_SHORT_ID = (
    "For people: `CIS-4.8`, short for `cis-docker-4.8`; of other frameworks the same as `control`. "
    "Commands and profiles take either, in small and capital letters."
)
_WHOLE_ID = (
    "For machines: `cis-docker-4.8`, an item's id in the catalogue, the same in all versions of "
    "its benchmark. `decided_by`, `same_as`, `xrefs`, `standings` and SQL name controls so."
)

T = TypeVar("T")
Lazy = Annotated[
    Sequence[T],
    WrapValidator(lambda items, rest: rest(items) if isinstance(items, list | tuple) else items),
    WrapSerializer(lambda items, rest: rest(tuple(items))),
]
"""Records that are made while they are read."""


class EvidenceRecord(Record):
    """One fact behind a verdict."""

    kind: Literal["file", "config", "history", "layer", "manifest", "package"]
    """Where the fact was seen."""
    detail: str
    """The fact in a few words: `mode 4755, uid 0`."""
    reason: str
    """Machine word, where it differs from the verdict's."""
    path: str | None
    """In the image; null for none."""
    pointer: str | None
    """JSON pointer into the config or manifest; null for none."""
    layer: LayerRef | None
    """Null where it is about none."""
    step: StepRef | None
    """Null where it is about none."""
    state: State | None
    """What became of the path in the final filesystem; null without a path."""
    origin: Origin
    """Whose part of the image it is in."""
    severity: Severity
    """Of this fact."""
    sha256: str | None
    """Of the content, or of the full value that `detail` shortens."""
    allowed: str | None
    """Why a profile lets it stay; null when none does."""


class ControlRecord(Record):
    """What one control says of one image."""

    image: ImageRef
    """The image that it is about."""
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
    """Of the framework."""
    number: str
    """Of the item in its framework."""
    title: str
    """The item's own."""
    short: str
    """A few words for a table."""
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
    """The verdict."""
    reason: str
    """Machine word for it: `runs-as-root`."""
    summary: str
    """The same in one line, for people."""
    confidence: Confidence
    """How sure the verdict is."""
    origin: Origin
    """Whose part of the image decided the status: `author` as soon as one fact of the author's own
    layers or steps did, `base` where all of it came with the base; `unknown` where nothing tells
    the two apart, or nothing was found. Evidence has its own."""
    waived: WaivedRecord | None
    """Set where the status is `pass` by the profile's allowances alone; sums count it apart."""
    evidence: tuple[EvidenceRecord, ...]
    """Facts that it rests on."""
    remediation: str
    """A Dockerfile change, or what else helps."""


class FindingRecord(Record):
    """Integrity, anomalies: what no control decides."""

    image: ImageRef | None
    """Null when it is about the whole input."""
    input: int
    """Position in `inputs`."""
    code: str
    """Machine word: `image.base-differs`."""
    severity: Severity
    """Of this code."""
    title: str
    """What it means."""
    detail: str
    """What was seen."""
    path: str | None
    """In the image; null for none."""
    pointer: str | None
    """JSON pointer into the document; null for none."""
    layer: LayerRef | None
    """Null where it is about none."""
    step: StepRef | None
    """Null where it is about none."""
    offset: int | None
    """Byte in the uncompressed layer."""
    state: State | None
    """What became of the path in the final filesystem; null without a path."""
    origin: Origin
    """Whose part of the image it is in."""


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
    """Null for what is in no layer."""
    step: StepRef | None
    """That wrote it; null when unknown."""
    offset: int | None
    """Byte in the content; in the decoded text where `coding` is set."""
    coding: Coding
    """How the secret is written; empty for plain."""
    state: State | None
    """What became of the file in the final filesystem; null outside of it."""
    origin: Origin
    """Whose part of the image it is in."""


class SecretRecord(Record):
    """One secret, however many places hold it."""

    image: ImageRef | None
    """Null for files that are no image's."""
    rule: str
    """Id of the rule that found it."""
    id: str
    """Keyed hash of the value: equal for equal values; what an ignore list names."""
    provider: str
    """Who issues such secrets; empty for none."""
    kind: str
    """What sort of secret it is."""
    title: str
    """Of the rule."""
    masked: str
    """The value without what makes it secret."""
    proven: Proven
    """What verified or disproved it without a network."""
    severity: Severity
    """With what its proof and places take off."""
    detail: str
    """What the proof found out."""
    facts: dict[str, str]
    """Public facts, such as account, expiry, fingerprint of the public half."""
    places: tuple[PlaceRecord, ...]
    """Where it is."""
    more_places: int
    """Places that are not listed."""
    remediation: str
    """What to do about it."""
    ignored: str | None
    """The reason of the ignore list that names it."""
    value: str | None
    """The secret itself, only with `--show-secrets`."""


class ArtifactRecord(Record):
    """What the input holds beside images."""

    input: int
    """Position in `inputs`."""
    name: str
    """As the input names it; empty for none."""
    digest: str | None
    """Of its manifest; null when unknown."""
    media_type: str
    """As its descriptor says; empty for none."""
    reason: str
    """Why it is no image."""
    error: bool
    """It should have been an image."""
    limit: str | None
    """The limit that kept it from being read; null for none."""


class UnreferencedRecord(Record):
    """A file of the input that no document which was read names; the first 1,000 are told."""

    name: str
    """Path in the input."""
    size: int
    """Bytes as stored."""
    kind: str
    """What its first bytes tell, or where a link leads; empty when unknown."""


class Report(Record):
    """The whole document."""

    schema_version: Literal["1.4"] = SCHEMA_VERSION
    """Its minor number rises with what is added."""
    tool: Tool
    """What wrote it."""
    input: Input
    """What was analysed; of several inputs how many they are."""
    inputs: tuple[InputRecord, ...]
    """All that were asked for, in their order."""
    profile: str
    """What was judged: `l1`, `l2`, `all`, or other names of the catalogue."""
    images: tuple[ImageRecord, ...]
    """In the order of the inputs."""
    controls: tuple[ControlRecord, ...]
    """By image, then by number."""
    standings: tuple[StandingRecord, ...]
    """By image: the sums of its verdicts."""
    findings: tuple[FindingRecord, ...]
    """Integrity and anomalies, by image."""
    packages: Lazy[PackageRecord]
    """By image, then by purl."""
    unowned: Lazy[UnownedRecord]
    """By image, then by path."""
    secrets: tuple[SecretRecord, ...]
    """By image, the gravest first."""
    artifacts: tuple[ArtifactRecord, ...]
    """What the input holds beside images."""


def schema() -> dict[str, Any]:
    """Return the document's JSON Schema (draft 2020-12)."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return head | Report.model_json_schema(mode="serialization")
