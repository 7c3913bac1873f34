"""What commands write as JSON, and the records that the result document does not have.

Nothing of the program needs these records: they describe what its commands build as they go.
`tests/architecture/test_documents.py` holds them against what the commands print.
"""

from typing import Any, Literal

from ocianalyze.model.entry import State
from ocianalyze.model.record import ImageRef, LayerRef, Record, StepRef

FileKind = Literal[
    "file",
    "directory",
    "symlink",
    "hardlink",
    "character-device",
    "block-device",
    "fifo",
    "whiteout",
    "opaque",
    "unknown",
]


class ColumnRecord(Record):
    """One column of a table."""

    name: str
    """As SQL names it."""
    type: str
    """SQLite's: `TEXT`, `INTEGER` ..."""
    text: str
    """What it holds."""


class TableRecord(Record):
    """One table that SQL can read."""

    name: str
    """As SQL names it."""
    summary: str
    """What its rows are."""
    evidence: str | None
    """What of an image fills it: what `scan --skip` leaves out, or controls ask for."""
    columns: tuple[ColumnRecord, ...]
    """In their order."""


class RowRecord(Record):
    """One row that a query answers."""

    image: ImageRef
    """The image that it is about."""
    row: dict[str, str | int | float | None]
    """By column; one whose name is there already ends in its position: `path:1`. Bytes are hex."""


class RemovalRecord(Record):
    """What was removed from the store."""

    files: int
    """That were removed."""
    bytes: int
    """That these had."""
    stayed: int
    """Files that could not be removed; then the exit status is 3."""


class StoreRecord(Record):
    """What is kept between runs."""

    directory: str
    """Where it is."""
    layers: int
    """Whose facts are kept."""
    records: int
    """Of images."""
    bytes: int
    """Of all that is kept."""
    verified: int
    """Blobs whose digest is known by their size and time."""
    version: str
    """Of what is kept; other versions read nothing of it."""


class KnownBaseRecord(Record):
    """An image that others are built on."""

    name: str
    """As it is shown: `debian:12`."""
    source: Literal["bundled", "own"]
    """It comes with the program, or is of your table."""
    digest: str | None
    """Of its manifest."""
    steps: int | None
    """Of its history; null when unknown."""
    diff_ids: tuple[str, ...]
    """Of its uncompressed layers, the lowest first."""


class ChosenRecord(Record):
    """A control that a profile judges."""

    id: str
    """As people name it: `CIS-4.8`."""
    framework: str
    """Empty for what is in no catalogue."""
    title: str
    """The item's own."""
    level: int | str | None
    """1, 2, or a word of the framework; null for none."""
    severity: str
    """Of the item."""
    owner: str
    """Who can meet it."""
    automation: str
    """How far a program can decide it from an image alone: `full`, `partial` ..."""


class CatalogueRecord(Record):
    """One item of a catalogue, or a control beside them."""

    id: str
    """For people: `CIS-4.8`."""
    control: str
    """For machines: `cis-docker-4.8`."""
    framework: str
    """Empty for what is in no catalogue."""
    version: str
    """Of the framework; empty for one without versions."""
    number: str
    """Of the item in its framework."""
    title: str
    """The item's own."""
    level: int | str | None
    """1 or 2; `baseline`, `L3` and the like where a framework has other words."""
    assessment: str | None
    """The benchmark's own: `automated` or `manual`."""
    owner: str
    """Who has the answer: `image`, `runtime`, `node`, `platform` ..."""
    include: str
    """`core`, `extended`, `hint`, `out-of-scope` or `excluded`."""
    severity: str
    """Of the item."""
    implemented: bool
    """A control decides it."""
    decided_by: str | None
    """The control that decides it; null when none does."""
    automation: str
    """How far a program can decide it from an image alone."""
    evidence: tuple[str, ...]
    """What decides it: `merged_fs`, `history` ..."""
    hint: str
    """What an image tells of an item that another party owns."""
    xrefs: tuple[str, ...]
    """The same elsewhere: ids of the catalogue, or `external:FRAMEWORK:NUMBER`."""
    reads: str
    """Evidence that the control looks at."""
    decides: str
    """What makes it pass and fail."""
    limits: str
    """What it cannot know."""
    remediation: str
    """What helps."""
    parameters: dict[str, Any]
    """What a profile can set, with the value that is taken else."""


class UnreadRecord(Record):
    """What nobody looked into for secrets."""

    image: ImageRef | None
    """Null for files that are no image's."""
    why: str
    """`limit`, `closed`, `damaged` or `documents`; only the first makes an answer partial."""
    path: str
    """Of what was not read."""
    detail: str
    """What stood in the way."""
    layer: int | None
    """Index of its layer; null for none."""


class ProblemRecord(Record):
    """Why packages of an image may be missing."""

    image: ImageRef
    """The image that it is about."""
    detail: str
    """What could not be read."""


class OwningRecord(Record):
    """A package, by what tells it from others."""

    purl: str
    """Package URL."""
    type: str
    """Of the purl: `deb`, `pypi` ..."""
    name: str
    """With its namespace, unless that is the distribution."""
    version: str
    """As recorded."""
    introduced: int
    """The layer that brought it."""


class VouchingRecord(Record):
    """A package that vouches for a path."""

    purl: str
    """Package URL."""
    type: str
    """Of the purl: `deb`, `pypi` ..."""
    name: str
    """With its namespace, unless that is the distribution."""
    version: str
    """As recorded."""
    introduced: int
    """Index of the layer that brought it."""
    by: Literal["record", "directory"]
    """Its records name the path, or only its directory holds it."""


class DifferenceRecord(Record):
    """A record of a package that the content does not meet."""

    path: str
    """That the record names."""
    kind: str | None
    """`configuration` for a file that is made to be edited."""
    package: OwningRecord | None
    """Whose record it is."""
    as_recorded_by: OwningRecord | None
    """The package whose record the content meets instead."""


class OwnerRecord(Record):
    """Whose one path of one image is."""

    image: ImageRef
    """The image that it is about."""
    asked: str
    """As given."""
    path: str | None
    """Where it is, links of its directories followed; null where nothing is nor was."""
    kind: FileKind | None
    """As of a file."""
    state: State | None
    """Of the version that is told; null where no layer has an entry."""
    link: str | None
    """Target as it is written."""
    target: str | None
    """Path that a symbolic link leads to."""
    sha256: str | None
    """Of the content; null for what has none, as a symbolic link."""
    target_sha256: str | None
    """Of the content of what a symbolic link leads to."""
    layer: LayerRef | None
    """That wrote the path itself: of a link, the link."""
    step: StepRef | None
    """That made this layer."""
    content_layer: LayerRef | None
    """That wrote the content: of a link, what it leads to."""
    content_step: StepRef | None
    """That made that layer."""
    differs: tuple[DifferenceRecord, ...]
    """Records that the content does not meet."""
    owners: tuple[VouchingRecord, ...]
    """Packages that vouch for the path itself."""
    within: tuple[VouchingRecord, ...]
    """Packages in whose directory an executable lies that none owns."""
    target_owners: tuple[VouchingRecord, ...]
    """Packages that vouch for what a link leads to."""
    target_within: tuple[VouchingRecord, ...]
    """The same as `within`, of what a link leads to."""
    former_owners: tuple[OwningRecord, ...]
    """Of what is deleted."""
    below: tuple[OwningRecord, ...]
    """Packages with files below a directory."""


class FileRecord(Record):
    """One entry of the final filesystem or of a layer."""

    image: ImageRef
    """The image that it is about."""
    path: str
    """Without a leading slash; bytes that are no UTF-8 read `\\xNN`, a backslash before such four
    characters is written twice."""
    path_hex: str = ""
    """The bytes of the path; only there when they are no UTF-8."""
    kind: FileKind
    """`file`, `directory`, `symlink`, `hardlink`, `character-device`, `block-device`, `fifo`; of a
    layer also `whiteout`, `opaque`, `unknown`."""
    mode: str
    """Octal: permissions, set-id and sticky bits."""
    uid: int
    """Of the owner."""
    gid: int
    """Of the group."""
    uname: str
    """As the layer says; empty for none."""
    gname: str
    """As the layer says; empty for none."""
    mtime: str | None
    """UTC (RFC 3339), with nanoseconds where there are any; `@` and seconds since 1970 beyond the
    year 9999; null for what is implicit."""
    size: int
    """Bytes; of a hard link those of its target."""
    link: str | None
    """Target of a symbolic or hard link."""
    device: tuple[int, int] | None
    """Major and minor number."""
    xattrs: dict[str, str]
    """Extended attributes; their values in base64."""
    sha256: str | None
    """Of the content; null for what has none."""
    type: str | None
    """What the content is."""
    layer: int | None
    """That holds this version."""
    step: int | None
    """That made the layer: its index in the history; null when the history does not tell."""
    member: int | None
    """Position in the layer."""
    state: State | None
    """Null for what is no part of a filesystem: whiteouts, and kinds that are not known."""
    ended_by: int | None
    """The layer that overwrote or deleted it."""
    implicit: bool = False
    """A directory that no layer has an entry for; only there when true."""
    dangling: bool = False
    """A hard link to nothing; only there when true."""


class InspectedConfig(Record):
    """What `inspect` tells of an image beside the above."""

    config: dict[str, Any] | None
    """The image config in the names of its specification, without rootfs and history; values that
    look secret are masked. Null when it could not be read."""


class BuildStepRecord(Record):
    """One entry of the history."""

    image: ImageRef
    """The image that it is about."""
    index: int
    """Position in the history, 0 first."""
    layer: int | None
    """That it made; null for none."""
    instruction: str
    """`RUN`, `COPY`, `CMD` ...; `ROOTFS` for the import of a whole root, `RAW` for no known form,
    `EMPTY` for none."""
    created_by: str
    """The whole line; values that look secret are masked."""
    builder: str
    """`buildkit`, `classic`, `buildah` ...; empty when unknown."""
    created: str
    """As stored."""
    author: str
    """As stored."""
    comment: str
    """As stored."""


class InImage(Record):
    """What a record has that stands outside of its image's."""

    image: ImageRef
    """The image that it is about."""
