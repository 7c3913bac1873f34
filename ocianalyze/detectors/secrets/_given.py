"""Files that the user names."""

from pathlib import Path

from ocianalyze.errors import UsageError


def given(path: Path, most: int) -> bytes:
    """Return the content of a file; of a larger one the first bytes, one more than `most`.

    Raises:
        UsageError: it cannot be read.

    """
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        cure = "name a file that may be read"
        raise UsageError(f"cannot be read: {error.strerror}", place=str(path), cure=cure) from error
