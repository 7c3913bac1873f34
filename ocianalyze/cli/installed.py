"""Packages as lines for people, as JSON and as a table for machines."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from rich.cells import cell_len

from ocianalyze.cli import envelope, separated
from ocianalyze.cli.listing import title
from ocianalyze.dataclass import dataclass
from ocianalyze.errors import UsageError
from ocianalyze.model.installed import PackageRecord
from ocianalyze.model.package import REMOVED_WITH, Package, Scope
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.report.escape import shown, spelled, unicode
from ocianalyze.report.installed import package_records
from ocianalyze.report.layout import fit
from ocianalyze.report.subject import image_ref, input_record

_COLUMNS = (
    "image",
    "purl",
    "type",
    "namespace",
    "name",
    "version",
    "epoch",
    "arch",
    "source",
    "source_version",
    "licenses",
    "reason",
    "location",
    "confidence",
    "cataloger",
    "presence",
    "layer",
    "removed",
    "owner",
)
_DISTRIBUTIONS = frozenset({"deb", "apk", "rpm", "alpm"})
"""purl types whose namespace is the distribution."""
_HEAD = ("type", "name", "version")
_TYPE, _NAME, _VERSION = 8, 28, 22
"""Cells of the columns where nothing is longer."""
_LAYER = 5
_WIDEST = 60
"""Cells that one is widened to; what is longer still is cut off with `..`."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which packages are asked for."""

    scope: Scope = "visible"
    types: frozenset[str] = frozenset()
    """purl types; none means all."""

    def of(self, image: AnalysedImage) -> list[Package]:
        """Return the packages of one image."""
        found = image.view.packages(self.scope)
        return [one for one in found if not self.types or one.type in self.types]


def refuse(analysis: Analysis, wanted: Selection) -> None:
    """Refuse types that no package has and no cataloger finds.

    Raises:
        UsageError: there is such a type.

    """
    unknown = wanted.types - {
        one.type for image in analysis.images for one in image.view.packages("all")
    }
    if not unknown:
        return
    from ocianalyze.inventory.assembly import catalogers  # noqa: PLC0415 - imports all of them

    known = {kind for each in catalogers() for kind in each.types}
    if unknown := unknown - known:
        cure = f"take some of {', '.join(sorted(known))}"
        raise UsageError(f"no package type {min(unknown)[:40]!r}", place="--type", cure=cure)


def text(analysis: Analysis, wanted: Selection, room: int | None = None) -> Iterator[bytes]:
    """Yield a line for each package, and a title for each image where there are several.

    Args:
        analysis: with the images.
        wanted: what to show.
        room: cells of a line; columns of names and versions become no wider than it allows.

    """
    for image in analysis.images:
        if len(analysis.images) > 1:
            yield f"{title(image)}:\n".encode()
        for line in rows(wanted.of(image), room):
            yield f"{line}\n".encode()


def rows(packages: Sequence[Package], room: int | None = None) -> Iterator[str]:
    """Yield type, name, version, layer in columns below a head, and what else is remarkable.

    Where packages would read the same, their locations tell them apart.
    """
    if not packages:
        return
    cells = [_cells(package) for package in packages]
    widths = _widths(cells, room)
    alike = Counter(zip(cells, map(_remarks, packages), strict=True))
    yield f"{' '.join(map(fit, _HEAD, widths))} layer"
    for package, own in zip(packages, cells, strict=True):
        remarks = _remarks(package)
        place = package.found.location or next(iter(package.evidence), "")
        told = (*remarks, f"at {spelled(place)}") if alike[own, remarks] > 1 and place else remarks
        line = " ".join(map(fit, own, widths))
        yield f"{line} {package.introduced:>5}" + "".join(f"  [{shown(x)}]" for x in told)


def _widths(cells: Sequence[tuple[str, ...]], room: int | None) -> list[int]:
    """Return the cells of columns; where a line has no room, versions and names give way."""
    least = (_TYPE, _NAME, _VERSION)
    widths = [
        min(max([few, *map(cell_len, column)]), _WIDEST)
        for few, column in zip(least, zip(*cells, strict=True), strict=True)
    ]
    excess = 0 if room is None else sum(widths) + len(widths) + _LAYER - room
    for at in (2, 1):
        cut = min(max(excess, 0), widths[at] - least[at])
        widths[at] -= cut
        excess -= cut
    return widths


def _cells(package: Package) -> tuple[str, str, str]:
    found = package.found
    version = f"{found.epoch}:{found.version}" if found.epoch else found.version
    return shown(found.type), shown(full_name(package)), shown(version) or "-"


def full_name(package: Package) -> str:
    """Return the name with its namespace, unless that is the distribution."""
    found = package.found
    if not found.namespace or found.type in _DISTRIBUTIONS:
        return found.name
    between = ":" if found.type == "maven" else "/"
    return f"{found.namespace}{between}{found.name}"


def _remarks(package: Package) -> tuple[str, ...]:
    found = package.found
    remarks = (
        "" if package.removed is None else f"removed{_with(package)} by layer {package.removed}",
        f"in {_brief(package.owner)}" if package.owner else "",
        "heuristic" if found.confidence == "heuristic" else "",
        "development" if ("dependency", "development") in found.properties else "",
    )
    return tuple(filter(None, remarks))


def _with(package: Package) -> str:
    """Return what went with a package, where that is how it went."""
    went = dict(package.found.properties).get(REMOVED_WITH)
    return f" with its {went}" if went else ""


def _brief(purl: str) -> str:
    """Return type and name of a purl."""
    path = purl.removeprefix("pkg:").partition("?")[0].rpartition("@")[0]
    kind, _, names = path.partition("/")
    return f"{kind} {unquote(names.rpartition('/')[2])}"


def jsonl(analysis: Analysis, wanted: Selection) -> Iterator[bytes]:
    """Yield one object for each package, then one for each problem."""
    yield from envelope.jsonl("package", _documents(analysis, wanted))
    yield from envelope.jsonl("problem", _problems(analysis))


def json(analysis: Analysis, wanted: Selection) -> Iterator[bytes]:
    """Yield one object with the lists `packages`, a package at a time, and `problems`."""
    once = envelope.head(input=input_record(analysis).model_dump(mode="json"))
    lists = {"packages": _documents(analysis, wanted), "problems": _problems(analysis)}
    return envelope.json(once, lists)


def _problems(analysis: Analysis) -> Iterator[dict[str, Any]]:
    """Yield why packages may be missing, by image."""
    for index, image in enumerate(analysis.images):
        ref = image_ref(index, image).model_dump(mode="json")
        for problem in image.view.inventory.problems:
            yield {"image": ref, "detail": unicode(problem)}


def _documents(analysis: Analysis, wanted: Selection) -> Iterator[dict[str, Any]]:
    return (record.model_dump(mode="json") for record in _records(analysis, wanted))


def table(analysis: Analysis, wanted: Selection) -> Iterator[bytes]:
    """Yield a head and a line of comma-separated values for each package (RFC 4180)."""
    yield separated.line(_COLUMNS)
    for record in _records(analysis, wanted):
        yield separated.line(_cell(record, column) for column in _COLUMNS)


def _cell(record: PackageRecord, column: str) -> separated.Cell:
    if column == "image":
        return record.image.index
    if column in ("layer", "removed"):
        layer = record.removed if column == "removed" else record.introduced
        return None if layer is None else layer.index
    value = getattr(record, column)
    return " | ".join(value) if isinstance(value, tuple) else str(value or "")


def _records(analysis: Analysis, wanted: Selection) -> Iterator[PackageRecord]:
    for index, image in enumerate(analysis.images):
        ref, packages = image_ref(index, image), wanted.of(image)
        yield from package_records(ref, image.view, packages, lambda record: record).records()


FORMATS: dict[str, Callable[[Analysis, Selection], Iterator[bytes]]] = {
    "text": text,
    "json": json,
    "jsonl": jsonl,
    "csv": table,
}
