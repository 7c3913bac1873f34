"""What all parts of the result document have in common."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Base of all parts: frozen, nothing unnamed."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


class ImageRef(Record):
    """Which image a record is about: `image` in records of all commands; CSV has its index."""

    index: int
    """Position in `images`."""
    digest: str | None
    """Of the manifest, else of the config."""
