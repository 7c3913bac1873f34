"""What a comparison of package contents with the packages' own records found."""

from dataclasses import field
from typing import Literal, NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.model.entry import Entry
from ocianalyze.model.package import Package

SETTINGS = "package-settings"
"""The observer that keeps the settings of package managers."""
RecordKind = Literal["", "configuration", "documentation", "optional"]
"""What may differ without anybody having tampered: files made to be edited, files that an
installation may leave out, files that may be absent."""


class Difference(NamedTuple):
    """One file that is not as a package database says."""

    path: str
    entry: Entry | None
    """None when the file is missing."""
    package: Package | None
    kind: RecordKind
    replaced_by: Package | None = None
    """The package whose record the content matches instead."""


@dataclass(slots=True)
class Verification:
    """What a comparison of all records with all files found."""

    recorded: int = 0
    """Digests in package databases."""
    matched: int = 0
    unhashed: int = 0
    """Files whose digest of the recorded kind was not made."""
    changed: list[Difference] = field(default_factory=list)
    missing: list[Difference] = field(default_factory=list)
    undigested: list[Difference] = field(default_factory=list)
    """Those of them that run: what their layer showed first spoke for digests of another kind."""
    unrecorded: list[Difference] = field(default_factory=list)
    """Programs of packages whose database records digests, of which it has none, and files of
    Python packages that RECORD names without a SHA-256."""
    unlisted: int = 0
    """Differences beyond those kept."""
    types: dict[str, int] = field(default_factory=dict)
    """purl types that have records, with how many."""
    problems: list[str] = field(default_factory=list)
    privileged: set[str] = field(default_factory=set)
    """Paths of set-id files, and of those with capabilities, whose content is as recorded."""
