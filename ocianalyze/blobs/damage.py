"""The one way in which decompression fails."""

from ocianalyze.errors import OcianalyzeError


class DamagedStreamError(OcianalyzeError):
    """A compressed stream that ends early, is corrupt, or is followed by something else."""

    def __init__(self, code: str, message: str) -> None:
        """Say which anomaly it is (`blob.truncated` ...) and what was wrong."""
        super().__init__(message)
        self.code = code
