"""What every kind of source offers: images as parts, blobs as byte ranges of local files."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self, TypeVar, cast

from ocianalyze.errors import LimitExceeded, OcianalyzeError
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.model.oci import Platform

T = TypeVar("T")

STATEMENTS = 100
"""Statements of one image that are read with it; BuildKit makes a few for each build stage."""


class Blob(Protocol):
    """Bytes that a source holds: picklable, so that a worker reads them itself, and hashable."""

    @property
    def size(self) -> int:
        """Bytes as stored."""
        ...

    @property
    def identity(self) -> str:
        """A text that changes when the stored bytes may have changed; empty when unknown."""
        ...

    def is_settled(self) -> bool:
        """Tell that `identity` still names these bytes, and will until they change."""
        ...

    def open(self) -> BinaryIO:
        """Open the bytes from their beginning."""
        ...


def read_blob(blob: Blob, limit: int, place: str) -> bytes:
    """Return a small blob whole.

    Raises:
        LimitExceeded: it is larger than `limit`.
        SourceError: it cannot be read.

    """
    if blob.size > limit:
        what = f"document of more than {limit} bytes"
        raise LimitExceeded(what, place=place, limit="document_bytes")
    with blob.open() as file:
        return file.read()


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A JSON document with the bytes that its digest covers."""

    data: bytes
    digest: Digest | None = None
    """As the descriptor promises; None where the format names none."""
    size: int | None = None
    """As the descriptor promises."""
    media_type: str = ""
    place: str = ""
    """Where it is in the source, for errors."""


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """One layer of a manifest, lowest first."""

    blob: Blob | None
    """None when the bytes are not to be had; `absent` says why."""
    digest: Digest | None = None
    """As the descriptor promises; None where the format names none (docker archives)."""
    size: int | None = None
    media_type: str = ""
    absent: str = ""
    """`foreign`, `encrypted`, `missing`, or a sentence; empty when the blob is there."""
    place: str = ""


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """One statement about an image, unread: an SBOM, a provenance."""

    blob: Blob | None
    """None when the bytes are not in the source."""
    digest: Digest
    size: int
    media_type: str = ""
    predicate: str = ""
    """Type of its predicate as its descriptor says; empty when it does not."""
    place: str = ""
    index: Digest | None = None
    """The index that it is about, of those that list the image; None for the image itself."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Bytes of a source that no image is made of."""

    name: str
    """In the source; of what lies between its files, what that is."""
    blob: Blob
    link: str = ""
    """Where a link of an archive leads; empty for a file."""


Rest = Callable[[], Iterable[StoredFile]]
"""Lists such bytes while the source is open."""


@dataclass(frozen=True, slots=True)
class Unreferenced:
    """A file of a source that no document of it names."""

    name: str
    size: int
    kind: str
    """What its first bytes tell, or where a link leads."""


@dataclass(frozen=True, slots=True)
class StoredImage:
    """One image for one platform, as parts that nobody has verified yet."""

    names: tuple[str, ...]
    """Tags and references that the source gives it, possibly none."""
    aliases: tuple[str, ...] = field(default=(), kw_only=True)
    """Shorter spellings of these that the source has too: they select it, and say no more."""
    layers: tuple[StoredLayer, ...]
    manifest: StoredDocument | None = None
    """None for docker archives and root filesystems, which have none."""
    config: StoredDocument | None = None
    platform: Platform | None = None
    """As the index says; the config decides when this is None."""
    index_digest: Digest | None = None
    """The index that lists the manifest, when it is nested in `index.json`."""
    attestations: tuple[StoredDocument, ...] = ()
    """Manifests of BuildKit attestations about this image."""
    statements: tuple[StoredStatement, ...] = ()
    """What those manifests and other artifacts about this image, or its index, list."""
    anomalies: tuple[Anomaly, ...] = ()
    rest: Rest = field(default=tuple, compare=False)
    """What the source holds beside its images, given to the first one that is analysed."""


@dataclass(frozen=True, slots=True)
class StoredArtifact:
    """What a source holds beside images: an artifact, an unreadable or a foreign manifest."""

    name: str
    digest: Digest | None
    media_type: str
    reason: str
    """Why it is no image: `artifact type application/x`, `manifest is missing`."""
    error: bool = False
    """True when it should have been an image."""
    limit: str = ""
    """The field of `Limits` that kept it from being read; empty for none."""

    @classmethod
    def unread(
        cls, error: OcianalyzeError, name: str = "", digest: Digest | None = None, kind: str = ""
    ) -> Self:
        """Return what an error made unreadable: under its name, with its digest and media type."""
        limit = error.limit if isinstance(error, LimitExceeded) else ""
        return cls(name, digest, kind, error.summary, error=True, limit=limit)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a source holds, in the order of the source."""

    images: tuple[StoredImage, ...]
    artifacts: tuple[StoredArtifact, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    rest: Rest = field(default=tuple, compare=False)
    """What the source holds beside its images: documents, artifacts, files that nobody names."""
    unreferenced: tuple[Unreferenced, ...] = ()
    """Files that no document which was read names, the first ones; an anomaly counts them."""


class Source(Protocol):
    """An opened place where images are kept; a context manager that removes what it spooled."""

    @property
    def kind(self) -> str:
        """`docker-archive`, `oci-layout`, `oci-archive`, `directory`, `rootfs-archive` ..."""
        ...

    def contents(self) -> Contents:
        """Read manifests and configs, never layers.

        Raises:
            MalformedImage: the documents that name the images cannot be read at all.

        """
        ...

    def close(self) -> None:
        """Release what was opened; remove what was spooled."""
        ...

    def __enter__(self) -> Self:
        """Return the source."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the source."""
        ...


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One way to keep images; each source module exports one as `SOURCE`."""

    name: str
    schemes: tuple[str, ...]
    """Prefixes that name it without the colon: `docker-archive`."""
    summary: str
    """What it reads, for the reference page."""
    order: int
    """Kinds with a lower number are asked first when the content decides."""
    recognise: "Callable[[Place], bool]"
    open: "Callable[[Place, Limits], Source]"
    overrules: bool = False
    """Its scheme is believed whatever the content is."""


@dataclass(frozen=True, slots=True)
class Place:
    """A path that was looked at once, so that every kind can recognise it cheaply."""

    path: Path
    """What the user named; `-` is standard input."""
    archive: "Archive | None"
    """The tar at the path, indexed; None for a directory."""
    limits: Limits = DEFAULT
    _made: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, make: "Callable[[Place], T]") -> T:
        """Return what is made of the place, made when it is first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])


class Archive(Protocol):
    """An indexed outer tar (`ocianalyze.sources._archive`)."""

    @property
    def names(self) -> Sequence[str]:
        """Normalised member names in file order: no leading `./` or `/`."""
        ...

    @property
    def documents(self) -> Sequence[str]:
        """Names of members called like an image's documents, in whatever folder."""
        ...

    @property
    def whole(self) -> Blob:
        """The tar itself, once decompressed."""
        ...

    def find(self, name: str) -> Blob | None:
        """Return a member's bytes, links inside the archive followed; None when absent."""
        ...

    def read(self, name: str, limit: int) -> bytes | None:
        """Return a small member whole; None when absent.

        Raises:
            LimitExceeded: it is larger than `limit`.

        """
        ...

    def files(self) -> Iterator[StoredFile]:
        """Yield every member with content, of equal names all, and what lies between them."""
        ...

    def others(self, usual: Callable[[str], bool]) -> Iterator[StoredFile]:
        """Yield members that nobody has found, but for those with usual names."""
        ...

    def beginnings(self, least: int) -> Iterator[tuple[StoredFile, bytes]]:
        """Yield all files of some bytes at least, each with its first block."""
        ...

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """What was odd about the outer tar."""
        ...

    def forget_members(self) -> None:
        """Let go of the index of an archive that is read as a whole."""
        ...

    def close(self) -> None:
        """Close the file and remove what was spooled."""
        ...
