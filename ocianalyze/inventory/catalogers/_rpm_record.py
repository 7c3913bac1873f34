"""What a reader of a database yields for each package; a text instead tells of damage."""

from typing import NamedTuple

from ocianalyze.limits import MIB

HEADER_BYTES = 32 * MIB
"""Read of one header; a hundred thousand files need half of it."""


class Record(NamedTuple):
    """One package's header as stored."""

    header: bytes
    row: int = 0
    """Number of the package in its database."""
