"""A JSON document about an image, as secrets are looked for in it."""

from ocianalyze.dataclass import dataclass
from ocianalyze.model.secret import Where


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON document about an image."""

    where: Where
    data: bytes
    """As stored; damaged ones are looked at as they are."""
    name: str = ""
    """What tells it from others of its kind, such as its digest."""
