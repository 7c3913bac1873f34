"""Every error that ocianalyze raises.

OcianalyzeError             exit status 3
├── UsageError              2   the command line or the API was called wrongly
├── SourceError             3   the place where images are kept cannot be read
│   ├── NotAnImage          3   nothing at the reference is a container image
│   ├── ImageNotFound       3   the selection matches no image of the source
│   └── BlobMissing         3   a descriptor names a blob that the source does not hold
├── MalformedImage          3   a document of the image breaks its specification
├── IntegrityError          3   size or digest differ from what the descriptor promises
└── LimitExceeded           4   a bound of `ocianalyze.limits` was reached
"""

from typing import Self


def said_of(error: Exception) -> tuple[str, int]:
    """Return any error as one line, and the exit status of a command that it ends."""
    if isinstance(error, OcianalyzeError):
        return str(error), error.exit_status
    if isinstance(error, OSError) and error.strerror:
        cure = "name one that exists and may be read"
        told = f"{error.filename}: {error.strerror}; {cure}" if error.filename else error.strerror
        return told, OcianalyzeError.exit_status
    if isinstance(error, MemoryError):
        told = "not enough memory; allow more (ulimit -v), or read fewer layers at once: --jobs 1"
        return told, OcianalyzeError.exit_status
    told = f"internal error: {type(error).__name__}: {error}; please report it, with --debug"
    return told, OcianalyzeError.exit_status


class OcianalyzeError(Exception):
    """Base of every error raised on purpose: one clear line, and what to do about it."""

    exit_status = 3
    """Process exit status when the error ends a command (docs/reference/exit-status)."""

    usual_cure = ""
    """What helps where an error of the class names no cure of its own."""

    def __init__(self, message: str, *, place: str = "", cure: str = "") -> None:
        """Say what is wrong, where in the input, and what helps."""
        super().__init__(message)
        self.message = message
        self.place = place
        """File, blob or JSON pointer; empty when the message names it."""
        self.cure = cure or self.usual_cure
        """What the reader can do; empty when nothing helps."""

    def __str__(self) -> str:
        """Return the one line that is shown to people."""
        line = f"{self.place}: {self.message}" if self.place else self.message
        return f"{line}; {self.cure}" if self.cure else line

    @property
    def summary(self) -> str:
        """What is wrong, for lists that say where; of a limit also what allows more."""
        return self.message

    def of(self, subject: str) -> Self:
        """Return the error with its input before its place, unless the place begins with it."""
        if not self.place.startswith(subject):
            self.place = f"{subject}: {self.place}" if self.place else subject
        return self


class UsageError(OcianalyzeError):
    """The command line or the API was called wrongly."""

    exit_status = 2


class SourceError(OcianalyzeError):
    """The place where images are kept cannot be read."""

    usual_cure = "name a file or a directory that exists and may be read"


class NotAnImage(SourceError):
    """Nothing at the reference is a container image."""

    usual_cure = "save the image again: docker save -o FILE NAME"

    is_archive = False
    """Whether it is a sound archive of something else."""


class ImageNotFound(SourceError):
    """The selection matches no image of the source."""

    usual_cure = "`ocianalyze inspect` lists what there is"


class BlobMissing(SourceError):
    """A descriptor names a blob that the source does not hold."""

    usual_cure = "save or copy the image again, with all its blobs"


class MalformedImage(OcianalyzeError):
    """A document of the image breaks its specification."""

    usual_cure = "save or copy the image again; if that changes nothing, tell whoever wrote it"


class IntegrityError(OcianalyzeError):
    """Size or digest differ from what the descriptor promises."""

    usual_cure = "save or copy the image again"


class LimitExceeded(OcianalyzeError):
    """A bound of `ocianalyze.limits` was reached."""

    exit_status = 4

    def __init__(self, message: str, *, place: str = "", cure: str = "", limit: str = "") -> None:
        """Say also which field of `Limits` it is; the cure is to allow more of it."""
        option = limit.replace("_", "-")
        super().__init__(
            message, place=place, cure=cure or (f"--limit {option}=N allows more" if limit else "")
        )
        self.limit = limit
        """Empty for a bound that cannot be changed."""

    @property
    def summary(self) -> str:
        """What is wrong, and what allows more."""
        return f"{self.message}; {self.cure}" if self.cure else self.message
