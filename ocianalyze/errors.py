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


class OcianalyzeError(Exception):
    """Base of every error raised on purpose: one clear line, and what to do about it."""

    exit_status = 3
    """Process exit status when the error ends a command (docs/reference/exit-status)."""

    def __init__(self, message: str, *, place: str = "", cure: str = "") -> None:
        """Say what is wrong, where in the input, and what helps."""
        super().__init__(message)
        self.message = message
        self.place = place
        """File, blob or JSON pointer; empty when the message names it."""
        self.cure = cure
        """What the reader can do; empty when nothing helps."""

    def __str__(self) -> str:
        """Return the one line that is shown to people."""
        line = f"{self.place}: {self.message}" if self.place else self.message
        return f"{line}; {self.cure}" if self.cure else line


class UsageError(OcianalyzeError):
    """The command line or the API was called wrongly."""

    exit_status = 2


class SourceError(OcianalyzeError):
    """The place where images are kept cannot be read."""


class NotAnImage(SourceError):
    """Nothing at the reference is a container image."""


class ImageNotFound(SourceError):
    """The selection matches no image of the source."""


class BlobMissing(SourceError):
    """A descriptor names a blob that the source does not hold."""


class MalformedImage(OcianalyzeError):
    """A document of the image breaks its specification."""


class IntegrityError(OcianalyzeError):
    """Size or digest differ from what the descriptor promises."""


class LimitExceeded(OcianalyzeError):
    """A bound of `ocianalyze.limits` was reached."""

    exit_status = 4
