"""Packages as lines for people, as JSON and as a table for machines."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ocianalyze.cli import envelope
from ocianalyze.cli.listing import title
from ocianalyze.model.package import Package, Scope
from ocianalyze.model.report import PackageRecord
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.report.assemble import image_ref, input_record
from ocianalyze.report.escape import shown
from ocianalyze.report.installed import package_record

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
_NAME, _VERSION = 28, 24


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


def text(analysis: Analysis, wanted: Selection) -> Iterator[bytes]:
    """Yield a line for each package, and a title for each image where there are several."""
    for image in analysis.images:
        if len(analysis.images) > 1:
            yield f"{title(image)}:\n".encode()
        for package in wanted.of(image):
            yield f"{row(package)}\n".encode()


def row(package: Package) -> str:
    """Return type, name, version, layer, and what else is remarkable."""
    found = package.found
    version = f"{found.epoch}:{found.version}" if found.epoch else found.version
    name, version = shown(full_name(package)), shown(version) or "-"
    line = f"{shown(found.type):<8} {name:<{_NAME}} {version:<{_VERSION}} {package.introduced:>3}"
    return line + "".join(f"  [{shown(remark)}]" for remark in _remarks(package))


def full_name(package: Package) -> str:
    """Return the name with its namespace, unless that is the distribution."""
    found = package.found
    if not found.namespace or found.type in _DISTRIBUTIONS:
        return found.name
    between = ":" if found.type == "maven" else "/"
    return f"{found.namespace}{between}{found.name}"


def _remarks(package: Package) -> Iterator[str]:
    if package.removed is not None:
        yield f"removed by layer {package.removed}"
    if package.owner:
        yield f"in {_brief(package.owner)}"
    if package.found.confidence == "heuristic":
        yield "heuristic"


def _brief(purl: str) -> str:
    """Return type and name of a purl."""
    path = purl.removeprefix("pkg:").partition("?")[0].rpartition("@")[0]
    kind, _, names = path.partition("/")
    return f"{kind} {unquote(names.rpartition('/')[2])}"


def jsonl(analysis: Analysis, wanted: Selection) -> Iterator[bytes]:
    """Yield one object for each package."""
    return envelope.jsonl("package", _documents(analysis, wanted))


def json(analysis: Analysis, wanted: Selection) -> Iterator[bytes]:
    """Yield one object with the list `packages`, a package at a time."""
    once = envelope.head(input=input_record(analysis).model_dump(mode="json"))
    return envelope.json(once, {"packages": _documents(analysis, wanted)})


def _documents(analysis: Analysis, wanted: Selection) -> Iterator[dict[str, Any]]:
    return (record.model_dump(mode="json") for record in _records(analysis, wanted))


def table(analysis: Analysis, wanted: Selection) -> Iterator[bytes]:
    """Yield a head and a line of comma-separated values for each package (RFC 4180)."""
    yield _line(_COLUMNS)
    for record in _records(analysis, wanted):
        yield _line([_cell(record, column) for column in _COLUMNS])


def _cell(record: PackageRecord, column: str) -> str:
    if column == "image":
        return str(record.image.index)
    if column in ("layer", "removed"):
        layer = record.removed if column == "removed" else record.introduced
        return "" if layer is None else str(layer.index)
    value = getattr(record, column)
    return shown(" | ".join(value) if isinstance(value, tuple) else value or "")


def _line(cells: tuple[str, ...] | list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode()


def _records(analysis: Analysis, wanted: Selection) -> Iterator[PackageRecord]:
    for index, image in enumerate(analysis.images):
        for package in wanted.of(image):
            yield package_record(image_ref(index, image), image.view, package)


FORMATS: dict[str, Callable[[Analysis, Selection], Iterator[bytes]]] = {
    "text": text,
    "json": json,
    "jsonl": jsonl,
    "csv": table,
}
