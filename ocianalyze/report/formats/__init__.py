"""Report formats: one module each, imported when it is asked for."""

import sys
from typing import TYPE_CHECKING

from ocianalyze import discovery
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.report._base import ReportFormat

GROUP = "ocianalyze.reports.v1"
"""Entry points under which other distributions offer formats."""


def names() -> list[str]:
    """Return the names of the formats that come with ocianalyze, importing none."""
    return discovery.names(sys.modules[__name__])


def load(name: str) -> "ReportFormat":
    """Return one format.

    Raises:
        UsageError: there is none of this name.

    """
    from ocianalyze.report._base import ReportFormat  # noqa: PLC0415 - names alone need it not

    found = discovery.named(sys.modules[__name__], "FORMAT", ReportFormat, GROUP, name)
    if found is None:
        raise UsageError(f"no report format {name!r}", cure=f"take one of {', '.join(names())}")
    return found


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

    own = discovery.parts(sys.modules[__name__], "FORMAT", ReportFormat)
    return [*own, *discovery.plugins(GROUP, ReportFormat)]
