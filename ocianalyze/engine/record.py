"""What is kept of one analysed image: all that is not the facts of its layers and no verdict.

A record holds no secret: texts are as later stages see them, and of an image whose very names hold
a secret nothing is kept. Nothing in it depends on the day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Protocol

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.masking import Identities
from ocianalyze.detectors.secrets.shown import identities_of, names_of
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Finding
from ocianalyze.model.history import History
from ocianalyze.model.oci import ImageConfig
from ocianalyze.model.package import Inventory, Ownership, Package
from ocianalyze.model.secret import Secret
from ocianalyze.model.verification import Difference, RecordKind, Verification
from ocianalyze.store.columns import Damaged
from ocianalyze.store.graph import packed, unpacked

_UNOWNED = 100_000
"""Executables without an owner; of an image with more nothing is kept."""


class Rows(Protocol):
    """A tree whose entries can be asked for by layer and member."""

    def entry(self, row: int) -> Entry:
        """Return the entry of `layer << 32 | member`."""
        ...


@dataclass(frozen=True, slots=True)
class Owned:
    """A table of owners: paths share few sets of owners."""

    paths: tuple[str, ...]
    numbers: tuple[int, ...]
    """Of each path, an index into the sets."""
    sets: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Secrets by identity (`Identities`)."""

    masks: dict[str, str]
    beginnings: tuple[tuple[str, tuple[int, ...]], ...]
    sizes: str
    """A number in hexadecimal digits."""
    tries: int
    shapes: tuple[tuple[int, int], ...] = ()
    told: tuple[str, ...] = ()
    """Texts without a secret, which need no second look."""
    silent: bool = False
    """No name of a file holds one."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A `Difference`; packages are indexes into the inventory's."""

    path: str
    at: tuple[int, int] | None
    """Layer and member."""
    package: int | None
    kind: RecordKind
    replaced_by: int | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A `Verification`."""

    recorded: int
    matched: int
    unhashed: int
    changed: tuple[Differing, ...]
    missing: tuple[Differing, ...]
    undigested: tuple[Differing, ...]
    unrecorded: tuple[Differing, ...]
    unlisted: int
    types: dict[str, int]
    problems: tuple[str, ...]
    privileged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept."""

    config: dict[str, Any] | None
    """Where it is not as the image has it."""
    history: History
    findings: tuple[Finding, ...]
    inventory: Inventory
    """Without ownership."""
    owned: tuple[Owned, Owned, Owned]
    """Files, trees, homes."""
    secrets: tuple[Secret, ...]
    known: Known
    read: int
    """Bytes of documents read for this image and those before it."""
    compared: Compared | None = None


def recorded(view: ImageView, config: ImageConfig | None, read: int) -> Record | None:
    """Return what to keep of an analysed image, None when nothing may be kept of it.

    Args:
        view: whose secrets are masked.
        config: as the image has it.
        read: bytes of documents read so far.

    """
    known = view.once(identities_of)
    if known.named or len(view.inventory.unowned) > _UNOWNED:
        return None
    owned = view.inventory.ownership
    return Record(
        config=_changed(view.config, config),
        history=view.history,
        findings=view.findings,
        inventory=replace(view.inventory, ownership=Ownership()),
        owned=(_owned(owned.files), _owned(owned.trees), _owned(owned.homes)),
        secrets=view.secrets,
        known=Known(
            masks=dict(known.masks),
            beginnings=tuple(
                (begun.decode("latin-1"), tuple(sorted(sizes)))
                for begun, sizes in known.beginnings.items()
            ),
            sizes=f"{known.sizes:x}",
            tries=known.tries,
            shapes=tuple(sorted(known.shapes)),
        ),
        read=read,
    )


def with_comparison(record: Record, view: ImageView, found: Verification) -> Record:
    """Return the record with what a comparison of packages with their records found."""
    known = view.once(identities_of)
    if any(known.masked(problem) != problem for problem in found.problems):
        return record
    numbers = {id(package): number for number, package in enumerate(view.inventory.packages)}

    def differing(one: Difference) -> Differing:
        at = (one.entry.layer, one.entry.member) if one.entry else None
        package, instead = numbers.get(id(one.package)), numbers.get(id(one.replaced_by))
        return Differing(one.path, at, package, one.kind, instead)

    compared = Compared(
        recorded=found.recorded,
        matched=found.matched,
        unhashed=found.unhashed,
        changed=tuple(map(differing, found.changed)),
        missing=tuple(map(differing, found.missing)),
        undigested=tuple(map(differing, found.undigested)),
        unrecorded=tuple(map(differing, found.unrecorded)),
        unlisted=found.unlisted,
        types=dict(found.types),
        problems=tuple(found.problems),
        privileged=tuple(sorted(found.privileged)),
    )
    return replace(record, compared=compared)


def with_texts(record: Record, view: ImageView) -> Record:
    """Return the record with the texts in which no secret was found, the report's too.

    Names of files are looked at now, so that no listing needs to.
    """
    silent = not view.once(names_of)
    known = view.once(identities_of).known
    told = tuple(text for text, shown in known.items() if text == shown)
    return replace(record, known=replace(record.known, told=told, silent=silent))


def written(record: Record) -> bytes:
    """Return a record as bytes."""
    return packed(record)


def read_record(data: bytes, layers: Sequence[int]) -> Record:
    """Return a record.

    Args:
        data: as `written`.
        layers: how many entries each layer of the image has.

    Raises:
        Damaged: it is none, or none of such an image.

    """
    record = unpacked(data, Record)
    packages, compared = len(record.inventory.packages), record.compared
    for table in record.owned:
        _within(table.numbers, len(table.sets))
        _within(chain.from_iterable(table.sets), packages)
        if len(table.paths) != len(table.numbers):
            raise Damaged("record is broken")
    for one in (*compared.changed, *compared.missing) if compared else ():
        _within((x for x in (one.package, one.replaced_by) if x is not None), packages)
        if one.at is not None:
            _within(one.at[:1], len(layers))
            _within(one.at[1:], layers[one.at[0]])
    try:
        int(record.known.sizes, 16)
        [begun.encode("latin-1") for begun, _ in record.known.beginnings]
    except ValueError as error:
        raise Damaged("record is broken") from error
    return record


def inventory_of(record: Record) -> Inventory:
    """Return the inventory with its ownership."""
    files, trees, homes = map(_table, record.owned)
    return replace(record.inventory, ownership=Ownership(files, trees, homes))


def known_of(record: Record) -> Identities:
    """Return the secrets by identity."""
    known = record.known
    return Identities(
        masks=known.masks,
        beginnings={begun.encode("latin-1"): set(sizes) for begun, sizes in known.beginnings},
        sizes=int(known.sizes, 16),
        tries=known.tries,
        shapes=set(known.shapes),
        known=dict(zip(known.told, known.told, strict=True)),
    )


def config_of(record: Record, config: ImageConfig | None) -> ImageConfig | None:
    """Return the config as later stages see it, given the image's own.

    Raises:
        Damaged: the record holds none.

    """
    if record.config is None or config is None:
        return config
    try:
        return ImageConfig.model_validate(record.config).without(config.unread)
    except ValueError as error:
        raise Damaged("record is broken") from error


def verification_of(compared: Compared, packages: Sequence[Package], tree: Rows) -> Verification:
    """Return what a comparison found."""

    def package(number: int | None) -> Package | None:
        return None if number is None else packages[number]

    def difference(one: Differing) -> Difference:
        entry = None if one.at is None else tree.entry(one.at[0] << 32 | one.at[1])
        return Difference(one.path, entry, package(one.package), one.kind, package(one.replaced_by))

    return Verification(
        recorded=compared.recorded,
        matched=compared.matched,
        unhashed=compared.unhashed,
        changed=list(map(difference, compared.changed)),
        missing=list(map(difference, compared.missing)),
        undigested=list(map(difference, compared.undigested)),
        unrecorded=list(map(difference, compared.unrecorded)),
        unlisted=compared.unlisted,
        types=compared.types,
        problems=list(compared.problems),
        privileged=set(compared.privileged),
    )


def _changed(shown: ImageConfig | None, config: ImageConfig | None) -> dict[str, Any] | None:
    """Return a config that is not as the image has it."""
    return None if shown is None or shown == config else shown.model_dump(by_alias=True)


def _owned(table: Mapping[str, tuple[int, ...]]) -> Owned:
    sets = {owners: number for number, owners in enumerate(dict.fromkeys(table.values()))}
    return Owned(tuple(table), tuple(sets[owners] for owners in table.values()), tuple(sets))


def _table(owned: Owned) -> dict[str, tuple[int, ...]]:
    return dict(zip(owned.paths, map(owned.sets.__getitem__, owned.numbers), strict=True))


def _within(numbers: Any, size: int) -> None:
    found = tuple(numbers)
    if found and not 0 <= min(found) <= max(found) < size:
        raise Damaged("record is broken")
