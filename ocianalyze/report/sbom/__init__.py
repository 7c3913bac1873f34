"""SBOM formats: one module each, imported when it is asked for."""

import sys
from importlib import import_module
from pkgutil import iter_modules

from ocianalyze.discovery import parts, plugins
from ocianalyze.errors import UsageError
from ocianalyze.report.sbom._base import SbomFormat

GROUP = "ocianalyze.sboms.v1"
"""Entry points under which other distributions offer formats."""


def names() -> list[str]:
    """Return the names of the formats that come with ocianalyze, importing none."""
    return [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]


def load(name: str) -> SbomFormat:
    """Return one format.

    Raises:
        UsageError: there is none of this name.

    """
    if name in names():
        found = import_module(f"{__name__}.{name}").SBOM
        if isinstance(found, SbomFormat):
            return found
    for plugin in plugins(GROUP, SbomFormat):
        if plugin.name == name:
            return plugin
    raise UsageError(f"no SBOM format {name!r}", cure=f"take one of {', '.join(names())}")


def formats() -> list[SbomFormat]:
    """Return every format, for the reference page."""
    return [*parts(sys.modules[__name__], "SBOM", SbomFormat), *plugins(GROUP, SbomFormat)]
