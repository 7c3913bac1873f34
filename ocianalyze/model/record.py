"""What all parts of the result document have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

EXCERPT = 200
"""Characters of a history line in the document."""


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


class LayerRef(Record):
    """Which layer a record is about."""

    index: int
    """0 is the lowest."""
    digest: str | None
    """Of the stored bytes; null when unknown."""
    diff_id: str | None
    """Of the uncompressed tar; null when unknown."""


class StepRef(Record):
    """Which history entry a record is about."""

    index: int
    """Position in the history, 0 first."""
    created_by: Annotated[str, Field(max_length=EXCERPT)]
    """The beginning of the line; values that look secret are masked."""
