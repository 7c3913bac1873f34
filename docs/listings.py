"""The lists that commands write as JSON, and the records of each."""

from documents import (
    BuildStepRecord,
    CatalogueRecord,
    ChosenRecord,
    FileRecord,
    InImage,
    InspectedConfig,
    KnownBaseRecord,
    OwnerRecord,
    ProblemRecord,
    RemovalRecord,
    RowRecord,
    StoreRecord,
    TableRecord,
    UnreadRecord,
)

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.model.installed import PackageRecord, UnownedRecord
from ocianalyze.model.record import Record
from ocianalyze.model.report import (
    ArtifactRecord,
    ControlRecord,
    FindingRecord,
    SecretRecord,
    UnreferencedRecord,
)
from ocianalyze.model.standing import StandingRecord
from ocianalyze.model.subject import ImageRecord, LayerRecord


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of a document, and what a line of it is called."""

    commands: tuple[str, ...]
    once: tuple[str, ...]
    """Keys beside `schema_version`, `tool` and the lists."""
    name: str
    record: str
    of: type[Record] | type[Rule]
    without: frozenset[str] = frozenset()
    """Fields of the record that this list leaves out."""
    more: type[Record] | None = None
    """Fields beside those of the record."""


_INPUT = ("input",)
_REPORT = ("input", "inputs", "profile")
LISTINGS = (
    Listing(
        ("inspect",), _INPUT, "images", "image", ImageRecord, frozenset({"layers"}), InspectedConfig
    ),
    Listing(("inspect",), _INPUT, "layers", "layer", LayerRecord, more=InImage),
    Listing(("inspect",), _INPUT, "history", "step", BuildStepRecord),
    Listing(("inspect",), _INPUT, "findings", "finding", FindingRecord),
    Listing(("inspect",), _INPUT, "artifacts", "artifact", ArtifactRecord),
    Listing(("inspect",), _INPUT, "unreferenced", "unreferenced", UnreferencedRecord),
    Listing(("files",), _INPUT, "files", "file", FileRecord),
    Listing(("owner",), _INPUT, "owners", "owner", OwnerRecord),
    Listing(("packages",), _INPUT, "packages", "package", PackageRecord),
    Listing(("packages",), _INPUT, "problems", "problem", ProblemRecord),
    Listing(("secrets",), _INPUT, "secrets", "secret", SecretRecord),
    Listing(("secrets",), _INPUT, "unread", "unread", UnreadRecord),
    Listing(("secrets rules list",), (), "rules", "rule", Rule),
    Listing(("sql",), ("input", "cut"), "rows", "row", RowRecord),
    Listing(("sql --tables",), (), "tables", "table", TableRecord),
    Listing(("controls", "explain"), (), "controls", "control", CatalogueRecord),
    Listing(("profile show",), ("profile",), "controls", "control", ChosenRecord),
    Listing(("bases list", "bases add"), (), "bases", "base", KnownBaseRecord),
    Listing(("store info",), (), "stores", "store", StoreRecord),
    Listing(("store prune",), (), "removals", "removal", RemovalRecord),
    Listing(("scan",), _REPORT, "images", "image", ImageRecord),
    Listing(("scan",), _REPORT, "controls", "control", ControlRecord),
    Listing(("scan",), _REPORT, "standings", "standing", StandingRecord),
    Listing(("scan",), _REPORT, "findings", "finding", FindingRecord),
    Listing(("scan",), _REPORT, "packages", "package", PackageRecord),
    Listing(("scan",), _REPORT, "unowned", "unowned", UnownedRecord),
    Listing(("scan",), _REPORT, "secrets", "secret", SecretRecord),
    Listing(("scan",), _REPORT, "artifacts", "artifact", ArtifactRecord),
)
"""Every list that a command writes, in the order of the page."""


def fields(listing: Listing) -> str:
    """Return with links where the fields of a list's records are described."""
    parts = [_chapter(listing.of)]
    parts += [f"without `{name}`" for name in sorted(listing.without)]
    parts += [f"with {_chapter(listing.more)}"] if listing.more else []
    return ", ".join(parts)


def _chapter(of: type) -> str:
    page = "report.md" if of.__module__.startswith("ocianalyze.model.") else ""
    return f"[{of.__name__}]({page}#{of.__name__.lower()})"
