"""Images that another one may have been built on, and who says so."""

from typing import Literal

from ocianalyze.dataclass import dataclass

ToldBy = Literal["operator", "annotation", "provenance", "image", "table", "history"]
"""The one who asks; the image's own annotations; its provenance; another image at hand; a table
of known bases; a comment in the image's history."""


@dataclass(frozen=True, slots=True)
class BaseImage:
    """An image that may be the base."""

    name: str
    """`debian:bookworm-slim`; empty when only a digest is known."""
    told_by: ToldBy
    diff_ids: tuple[str, ...] = ()
    """All of its layers, lowest first; empty when only its name or digest is known."""
    digest: str = ""
    """Of its manifest."""
    steps: int | None = None
    """Entries of its history; None when unknown."""
