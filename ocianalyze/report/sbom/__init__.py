"""SBOM formats: one module each, imported when it is asked for."""

import sys

from ocianalyze import discovery
from ocianalyze.errors import UsageError
from ocianalyze.report.sbom._base import SbomFormat

GROUP = "ocianalyze.sboms.v1"
"""Entry points under which other distributions offer formats."""


def names() -> list[str]:
    """Return the names of the formats that come with ocianalyze, importing none."""
    return discovery.names(sys.modules[__name__])


def load(name: str) -> SbomFormat:
    """Return one format.

    Raises:
        UsageError: there is none of this name.

    """
    found = discovery.named(sys.modules[__name__], "SBOM", SbomFormat, GROUP, name)
    if found is None:
        cure = f"take one of {', '.join(names())}"
        raise UsageError(f"no SBOM format {name!r}", place="--format", cure=cure)
    return found


def formats() -> list[SbomFormat]:
    """Return every format, for the reference page."""
    own = discovery.parts(sys.modules[__name__], "SBOM", SbomFormat)
    return [*own, *discovery.plugins(GROUP, SbomFormat)]
