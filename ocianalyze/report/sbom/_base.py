"""What one SBOM is made of, and what an SBOM format is."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.dependencies import dependencies
from ocianalyze.model.entry import Entry
from ocianalyze.model.package import Inventory, Package, Presence, Scope
from ocianalyze.report._base import AnalysedImage
from ocianalyze.report.escape import json_text, unicode

_START = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = 32
"""Items written at a time: each has a buffer of a kibibyte, and what is over 128 KiB is given back
to the system and asked for again with the next ones, which takes as long as the writing."""
_SHA256 = re.compile("[0-9a-f]{64}")
_VENDOR_NAMESPACES = frozenset({"deb", "rpm", "apk", "alpm"})
"""purl types whose namespace is a distribution, no part of the name."""
_GROUPED = frozenset({"composer", "maven", "npm"})
"""purl types whose ecosystems have groups; a Go module's name is all of its path."""
_EPOCH_TYPES = frozenset({"deb", "rpm", "alpm"})
"""purl types that write an epoch before the version, with a colon."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What one document is made of."""

    image: AnalysedImage
    inventory: Inventory
    scope: Scope = "visible"
    epoch: int | None = None
    """Seconds since 1970 (SOURCE_DATE_EPOCH) in place of the image's own time."""
    seen: dict[str, Entry | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Visible files that were looked up: packages share their evidence."""


@dataclass(frozen=True, slots=True)
class SbomFormat:
    """One way to write an SBOM; each module of `report.sbom` exports one as `SBOM`."""

    name: str
    """What `--format` takes."""
    summary: str
    render: Callable[[Bill], Iterator[bytes]]
    """Yield the bytes of the document."""
    needs_sha1: bool = False
    """Whether files need a SHA-1, which the walk makes when it is asked to."""


class Named(NamedTuple):
    """A package and its identifier within a document."""

    ref: str
    package: Package


def named(bill: Bill, name: Callable[[Package], str]) -> list[Named]:
    """Return the packages of the scope, each with a unique identifier.

    Args:
        bill: what is documented.
        name: returns the identifier that a package should have; a number tells equal ones apart.

    """
    taken: dict[str, int] = {}
    packages = sorted(bill.inventory.packages, key=_order)
    wanted = (x for x in packages if bill.scope == "all" or x.presence is Presence.VISIBLE)
    return [Named(unique(name(package), taken), package) for package in wanted]


def unique(name: str, taken: dict[str, int]) -> str:
    """Return the name, with a number when it is taken, and remember it."""
    number = taken.get(name, 0) + 1
    chosen = name if number == 1 else f"{name}-{number}"
    while chosen in taken:
        number += 1
        chosen = f"{name}-{number}"
    taken[name] = number
    taken.setdefault(chosen, 1)
    return chosen


def owners(packages: Iterable[Named]) -> dict[str, str]:
    """Return the identifier of the first visible package of each purl."""
    refs: dict[str, str] = {}
    for ref, package in packages:
        if package.presence is Presence.VISIBLE and package.purl and not package.owner:
            refs.setdefault(package.purl, ref)
    return refs


def group(package: Package) -> str:
    """Return the group that a package's own ecosystem names apart from its name, else nothing."""
    return package.found.namespace if package.type in _GROUPED else ""


def whole_name(package: Package) -> str:
    """Return the name that is unique in its ecosystem: with the namespace that is part of it."""
    space = "" if package.type in _VENDOR_NAMESPACES else package.found.namespace
    separator = ":" if package.type == "maven" else "/"
    name = package.name or "unnamed"
    return f"{space}{separator}{name}" if space else name


def version(package: Package) -> str:
    """Return the version as the package's own tools write it, with its epoch."""
    found = package.found
    if found.epoch and found.type in _EPOCH_TYPES:
        return f"{found.epoch}:{found.version}"
    return found.version


def purl(package: Package) -> str:
    """Return the purl, empty when there is none that a reader can take or that names nothing."""
    text = package.purl
    sound = text.startswith("pkg:") and text.isascii() and text.isprintable() and " " not in text
    return text if sound and all(text[4:].split("/", 2)[:2]) and "/" in text[4:] else ""


class Needs(NamedTuple):
    """Which packages of a document need which others."""

    edges: Mapping[str, Sequence[str]]
    """Identifiers of both."""
    gaps: tuple[str, ...]
    """Why there may be more; empty when all are there."""


def needs(bill: Bill, packages: Sequence[Named]) -> Needs:
    """Return what the packages of a document need of each other, as their databases record."""

    def follow(path: str) -> str:
        entry = entry_at(bill, path)
        return entry.path if entry else ""

    refs = [ref for ref, _ in packages]
    found = dependencies([package for _, package in packages], follow, bill.inventory.owners)
    edges = {refs[one]: [refs[other] for other in others] for one, others in found.edges.items()}
    return Needs(edges, ("dependencies: more than are taken",) if found.is_cut else ())


def seen_at(bill: Bill, package: Package) -> Iterator[tuple[str, str]]:
    """Yield the evidence of a package: path, and the sha256 of the visible file or nothing."""
    visible = package.presence is Presence.VISIBLE
    for path in package.evidence:
        entry = entry_at(bill, path) if visible else None
        yield path, entry.sha256 if entry else ""


def entry_at(bill: Bill, path: str) -> Entry | None:
    """Return what is visible at a path; a link is not followed."""
    if path not in bill.seen:
        bill.seen[path] = bill.image.view.tree.get(path)
    return bill.seen[path]


def moment(bill: Bill) -> str:
    """Return the time of the document in UTC; empty when the image names none that is one."""
    config = bill.image.view.config
    try:
        if bill.epoch is not None:
            return _utc(_START + timedelta(seconds=bill.epoch))
        return _utc(datetime.fromisoformat(config.created if config else ""))
    except (ValueError, OverflowError):
        return ""


def gaps(bill: Bill) -> list[str]:
    """Return why the document may lack packages."""
    unread = bill.image.view.unread
    found = [*bill.inventory.problems, *([f"not read: {unread}"] if unread else [])]
    return [unicode(problem) for problem in found]


def filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are not empty."""
    return {name: value for name, value in fields.items() if value}


def lines(head: Mapping[str, Any], lists: Mapping[str, Iterable[Any]]) -> Iterator[bytes]:
    """Yield one JSON object: its single fields, then its lists with one item a line.

    Only a few items are in memory at a time, and two documents can be compared line by line.
    """
    yield _texts([head])[:-1]
    for name, items in lists.items():
        yield b',\n"%s":[' % name.encode()
        left, lead = iter(items), b"\n"
        while batch := list(islice(left, _BATCH)):
            yield lead + _texts(batch)
            lead = b",\n"
        yield b"\n]"
    yield b"\n}\n"


def _texts(items: Sequence[Any]) -> bytes:
    """Return items as lines of JSON; texts that are no valid Unicode are made so."""
    try:
        return json_text(b",\n".join(map(orjson.dumps, items)))
    except TypeError:
        return json_text(b",\n".join(orjson.dumps(_valid(item)) for item in items))


def _valid(item: Any) -> Any:
    if isinstance(item, str):
        return unicode(item)
    if isinstance(item, Mapping):
        return {unicode(name): _valid(value) for name, value in item.items()}
    return [_valid(value) for value in item] if isinstance(item, list) else item


def _order(package: Package) -> tuple[str, str, bool, int, str, str, str]:
    """Return what sorts packages: one that is there comes before what it was in lower layers."""
    found = package.found
    return (
        package.purl,
        found.location,
        package.presence is Presence.REMOVED,
        package.introduced,
        package.cataloger,
        found.name,
        found.version,
    )


def _utc(when: datetime) -> str:
    """Return the time to the second; one without a zone is taken as UTC."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def is_sha256(text: str) -> bool:
    """Tell whether a text is the digits of a sha256."""
    return _SHA256.fullmatch(text) is not None
