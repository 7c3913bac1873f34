"""An opened source of any kind: what it is called, how to read it, how to let go of it."""

from collections.abc import Callable
from typing import Self

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import NotAnImage, OcianalyzeError
from ocianalyze.sources._base import Archive, Contents, Place


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """Keeps the `Source` protocol for every kind."""

    kind: str
    place: str
    """What the user named."""
    read: Callable[[], Contents]
    release: Callable[[], None] | None = None

    def contents(self) -> Contents:
        """Read manifests and configs, never layers.

        Raises:
            MalformedImage: the documents that name the images cannot be read at all.

        """
        try:
            return self.read()
        except OcianalyzeError as error:
            raise error.of(self.place)  # noqa: B904 - the same error

    def close(self) -> None:
        """Release what was opened; remove what was spooled."""
        if self.release is not None:
            self.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()


def archive_of(place: Place, kind: str) -> Archive:
    """Return the tar of a place.

    Raises:
        NotAnImage: the place is a directory.

    """
    if place.archive is None:
        raise NotAnImage(
            f"is a directory, and {_article(kind)} {kind} is one file",
            place=str(place.path),
            cure="name the file",
        )
    return place.archive


def folder_of(place: Place, kind: str) -> str:
    """Return the directory of a place.

    Raises:
        NotAnImage: the place is a file.

    """
    if place.archive is not None:
        raise NotAnImage(
            f"is a file, and {_article(kind)} {kind} is a directory",
            place=str(place.path),
            cure="leave the prefix out",
        )
    return str(place.path.absolute())


def _article(kind: str) -> str:
    return "an" if kind[0] in "AEIO" else "a"
