"""dpkg's database (dpkg(1), deb822(5)), distroless images' one file a package, apt's reasons."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._dpkg_licenses import licenses, links
from ocianalyze.inventory.catalogers._dpkg_records import (
    digests,
    moves_of,
    names_of,
    place,
    records,
)
from ocianalyze.inventory.catalogers._dpkg_taps import OBSERVERS, PARTS
from ocianalyze.inventory.catalogers._epoch import split_epoch
from ocianalyze.inventory.catalogers._paths import inflated, split
from ocianalyze.inventory.catalogers._table import Row, rows, sound, strings, unsound
from ocianalyze.inventory.distro import distro_qualifier
from ocianalyze.limits import KIB
from ocianalyze.model.package import Distribution, Found, InstallReason

_SCRIPTS = ("preinst", "postinst", "prerm", "postrm", "config")
"""Maintainer scripts: executables in `info` that no list names."""
_DIGITS = 15
_SOURCE = re.compile(r"(\S+)(?:\s*\(([^()]*)\))?")
_PROPERTIES = ("essential", "priority", "section", "status")


def read(kept: Kept, distribution: Distribution) -> Iterator[Found]:
    """Yield the packages of a status file, then raise for what is wrong with it."""
    if kept.observer != "dpkg":
        return
    odd = 0
    for row in rows(kept.value):
        found = _found(row, distribution)
        odd += not (found.name and found.version) or "odd" in row
        if found.name:
            yield found
    if odd:
        raise ValueError(unsound(odd))


def _found(row: Row, distribution: Distribution) -> Found:
    """Return a package.

    The epoch is split off; purl's deb type writes it back in front of the version. A database
    in an image that names no distribution is taken for Debian's, since purl wants a vendor.
    """
    name = sound(row.get("package"))
    epoch, version = split_epoch(sound(row.get("version")))
    match = _SOURCE.match(str(row.get("source", "")))
    source = match[1] if match else ""
    return Found(
        type="deb",
        namespace=distribution.id or "debian",
        name=name,
        version=version,
        epoch=epoch,
        arch=str(row.get("architecture", "")),
        source="" if source == name else source,
        source_version=(match[2] or "") if match else "",
        qualifiers=distro_qualifier(distribution),
        supplier=str(row.get("maintainer", "")),
        depends=_recorded(row, "pre-depends", "depends"),
        provides=_recorded(row, "provides"),
        properties=_properties(row),
    )


def _recorded(row: Row, *names: str) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in names if row.get(name))


def _properties(row: Row) -> tuple[tuple[str, str], ...]:
    """Return facts worth keeping; the size is recorded in KiB (deb-control(5))."""
    size = str(row.get("installed-size", ""))
    found = {name: str(row[name]) for name in _PROPERTIES if row.get(name)}
    if len(size) < _DIGITS and size.isascii() and size.isdigit():
        found["installed-bytes"] = str(int(size) * KIB)
    return tuple(sorted(found.items()))


def claims(kept: Kept, _distribution: Distribution) -> Iterator[Claim]:
    """Yield the files of one package; those of `status.d` are known by their digests."""
    directory, _, name = kept.path.rpartition("/")
    stem, _, _ = name.rpartition(".")
    package, _, arch = stem.partition(":")
    paths: tuple[str, ...] = ()
    if kept.observer == "dpkg-files":
        scripts = (f"{directory}/{stem}.{script}" for script in _SCRIPTS)
        paths = (*split(inflated(kept.value)), *scripts)
    elif kept.observer == "dpkg-digests" and directory.encode() in PARTS:
        paths = tuple(path for path, _ in digests(kept.value))
    if paths:
        yield Claim(type="deb", name=package, arch=arch, paths=paths)


def joins(found: Iterable[Found], beside: Iterable[Kept]) -> Iterator[Found]:
    """Add install reasons and licences.

    apt records `all` packages under the native architecture.
    """
    packages, values = list(found), list(beside)
    told = licenses(values, {package.name for package in packages})
    automatic: frozenset[str] | None = None
    for kept in values:
        if kept.observer == "dpkg-reasons":
            automatic = frozenset(strings(kept.value))
    anywhere = frozenset(x.partition(":")[0] for x in automatic or ())
    for package in packages:
        yield replace(
            package,
            licenses=told.get(package.name, ()),
            reason="" if automatic is None else _reason(package, automatic, anywhere),
        )


def _reason(package: Found, automatic: frozenset[str], anywhere: frozenset[str]) -> InstallReason:
    if package.arch == "all":
        return "automatic" if package.name in anywhere else "manual"
    return "automatic" if f"{package.name}:{package.arch}" in automatic else "manual"


def places(claimed: Iterable[Claim], beside: Iterable[Kept]) -> Iterator[Claim]:
    """Move diverted files: what another package calls `from` lies at `to` (dpkg-divert(1)).

    What lies in `status.d` belongs to the package of the file of the same name, which may have
    another name than its package.
    """
    beside = list(beside)
    moves, names = moves_of(beside), names_of(beside)
    for each in claimed:
        claim = replace(each, name=names[each.name]) if each.name in names else each
        if not moves or moves.keys().isdisjoint(claim.paths):
            yield claim
        else:
            yield replace(claim, paths=tuple(place(x, claim.name, moves) for x in claim.paths))


CATALOGER = Cataloger(
    name="dpkg",
    types=("deb",),
    lists_all=True,
    observers=OBSERVERS,
    summary=(
        "var/lib/dpkg: status, status.d, info/*.list, *.md5sums, diversions; apt's extended_states;"
        " licence names of machine-readable usr/share/doc/*/copyright, links followed"
    ),
    read=read,
    claims=claims,
    joins=joins,
    places=places,
    paths=links,
    records=records,
)
