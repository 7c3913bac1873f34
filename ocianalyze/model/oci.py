"""Documents of an image (image-spec: descriptor, index, manifest, config; Docker schema 2).

Lenient where runtimes are: unknown fields are ignored and null stands for empty. What a runtime
refuses is a `pydantic.ValidationError`, which the reader of the document turns into
`MalformedImage`, or, for single fields of a config, into an anomaly.
"""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    PlainValidator,
    PrivateAttr,
)

from ocianalyze.errors import MalformedImage
from ocianalyze.model.digest import Digest


def _digest(value: Any) -> Digest:
    try:
        return Digest.parse(value)
    except MalformedImage as error:
        raise ValueError(error.message) from error


Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
DigestField = Annotated[Digest, PlainValidator(_digest)]
TextMap = Annotated[dict[str, str], BeforeValidator(lambda value: {} if value is None else value)]
KeySet = Annotated[dict[str, Any], BeforeValidator(lambda value: {} if value is None else value)]


def _list(value: Any) -> Any:
    return [] if value is None else [value] if isinstance(value, str) else value


TextList = Annotated[list[str], BeforeValidator(_list)]


class Document(BaseModel):
    """Base of all documents: frozen, unknown fields ignored, JSON names as aliases."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, defer_build=True)


class Platform(Document):
    """What an image runs on (image-spec "Image Index")."""

    architecture: Text = ""
    os: Text = ""
    os_version: Text = Field("", alias="os.version")
    variant: Text = ""

    def __str__(self) -> str:
        """Return `os/architecture[/variant]` as `--platform` takes it."""
        parts = (self.os or "unknown", self.architecture or "unknown", self.variant)
        return "/".join(part for part in parts if part)


class Descriptor(Document):
    """A typed, sized and digested pointer to a blob (image-spec "Content Descriptors")."""

    media_type: Text = Field("", alias="mediaType")
    digest: DigestField
    size: int
    urls: TextList = []
    annotations: TextMap = {}
    data: str | None = None
    """Base64 of the blob itself."""
    platform: Platform | None = None
    artifact_type: Text = Field("", alias="artifactType")


Descriptors = Annotated[list[Descriptor], FailFast(), BeforeValidator(_list)]


class Index(Document):
    """An image index or Docker manifest list."""

    media_type: Text = Field("", alias="mediaType")
    artifact_type: Text = Field("", alias="artifactType")
    manifests: Descriptors = []
    subject: Descriptor | None = None
    annotations: TextMap = {}


class Manifest(Document):
    """An image manifest or Docker schema 2 manifest."""

    media_type: Text = Field("", alias="mediaType")
    artifact_type: Text = Field("", alias="artifactType")
    config: Descriptor
    layers: Descriptors = []
    subject: Descriptor | None = None
    annotations: TextMap = {}


class Healthcheck(Document):
    """How a runtime asks whether the container works; a Docker extension of the config."""

    test: TextList = Field([], alias="Test")
    interval: int = Field(0, alias="Interval")
    """Nanoseconds; 0 is the default of 30 s."""
    timeout: int = Field(0, alias="Timeout")
    start_period: int = Field(0, alias="StartPeriod")
    start_interval: int = Field(0, alias="StartInterval")
    retries: int = Field(0, alias="Retries")


class RunConfig(Document):
    """The `config` object of an image config: defaults for a container."""

    user: Text = Field("", alias="User")
    env: TextList = Field([], alias="Env")
    entrypoint: TextList = Field([], alias="Entrypoint")
    cmd: TextList = Field([], alias="Cmd")
    shell: TextList = Field([], alias="Shell")
    on_build: TextList = Field([], alias="OnBuild")
    working_dir: Text = Field("", alias="WorkingDir")
    stop_signal: Text = Field("", alias="StopSignal")
    labels: TextMap = Field({}, alias="Labels")
    volumes: KeySet = Field({}, alias="Volumes")
    exposed_ports: KeySet = Field({}, alias="ExposedPorts")
    healthcheck: Healthcheck | None = Field(None, alias="Healthcheck")


class RootFs(Document):
    """The uncompressed layers, lowest first."""

    type: Text = "layers"
    diff_ids: Annotated[list[DigestField], BeforeValidator(_list)] = []


class HistoryEntry(Document):
    """One build step (image-spec "Image Configuration", history)."""

    created: Text = ""
    created_by: Text = ""
    author: Text = ""
    comment: Text = ""
    empty_layer: bool = False


class ImageConfig(Document):
    """An image config (image-spec "OCI Image Configuration"; Docker image JSON)."""

    created: Text = ""
    author: Text = ""
    architecture: Text = ""
    variant: Text = ""
    os: Text = ""
    os_version: Text = Field("", alias="os.version")
    config: Annotated[RunConfig, BeforeValidator(lambda v: RunConfig() if v is None else v)] = (
        RunConfig()
    )
    rootfs: Annotated[RootFs, BeforeValidator(lambda v: RootFs() if v is None else v)] = RootFs()
    history: Annotated[list[HistoryEntry], BeforeValidator(_list)] = []
    _unread: frozenset[str] = PrivateAttr(frozenset())

    @property
    def unread(self) -> frozenset[str]:
        """Pointers to fields that were left out, in part or whole: `/config`, `/config/User`."""
        return self._unread

    def without(self, pointers: frozenset[str]) -> "ImageConfig":
        """Return the same config, knowing which fields could not be read."""
        copy = self.model_copy()
        copy._unread = pointers  # noqa: SLF001 - its own
        return copy

    @property
    def platform(self) -> Platform:
        """What the image says it runs on."""
        return Platform(
            architecture=self.architecture,
            os=self.os,
            variant=self.variant,
            os_version=self.os_version,
        )


class LayerDocument(Document):
    """The document of a layer in Docker's image format v1; what is read of it."""

    id: Text = ""
    parent: Text = ""
    created: Text = ""
    author: Text = ""
    comment: Text = ""
    architecture: Text = ""
    variant: Text = ""
    os: Text = ""
    os_version: Text = Field("", alias="os.version")
    config: RunConfig = RunConfig()
    container_config: RunConfig = RunConfig()
    throwaway: bool = False


class Schema1Layer(Document):
    """A layer of a Docker schema 1 manifest."""

    blob_sum: Text = Field("", alias="blobSum")


class Schema1Step(Document):
    """What a Docker schema 1 manifest says of a layer."""

    v1_compatibility: Text = Field("", alias="v1Compatibility")
    """A `LayerDocument` as text."""


class Schema1(Document):
    """A Docker schema 1 manifest (distribution, "Image Manifest Version 2, Schema 1")."""

    schema_version: int = Field(0, alias="schemaVersion")
    media_type: Text = Field("", alias="mediaType")
    name: Text = ""
    tag: Text = ""
    architecture: Text = ""
    fs_layers: list[Schema1Layer] = Field([], alias="fsLayers")
    history: list[Schema1Step] = []
