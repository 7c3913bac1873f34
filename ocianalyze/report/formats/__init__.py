"""Report formats: one module each, imported when it is asked for."""

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from ocianalyze.discovery import parts, plugins
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.report._base import ReportFormat

GROUP = "ocianalyze.reports.v1"
"""Entry points under which other distributions offer formats."""


def names() -> list[str]:
    """Return the names of the formats that come with ocianalyze, importing none."""
    return [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]


def load(name: str) -> "ReportFormat":
    """Return one format.

    Raises:
        UsageError: there is none of this name.

    """
    from ocianalyze.report._base import ReportFormat  # noqa: PLC0415 - names alone need it not

    if name in names():
        found = import_module(f"{__name__}.{name}").FORMAT
        if isinstance(found, ReportFormat):
            return found
    for plugin in plugins(GROUP, ReportFormat):
        if plugin.name == name:
            return plugin
    raise UsageError(f"no report format {name!r}", cure=f"take one of {', '.join(names())}")


def known(name: str) -> None:
    """Refuse a format that there is not; those that come with ocianalyze are not imported.

    Raises:
        UsageError: there is none of this name.

    """
    if name not in names():
        load(name)


def formats() -> "list[ReportFormat]":
    """Return every format, for the reference page."""
    from ocianalyze.report._base import ReportFormat  # noqa: PLC0415 - as above

    return [*parts(sys.modules[__name__], "FORMAT", ReportFormat), *plugins(GROUP, ReportFormat)]
