"""Java packages: jars and their relatives, nested ones too, and exploded archives."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._exploded import OBSERVER as EXPLODED
from ocianalyze.inventory.catalogers._exploded import filled, pom
from ocianalyze.inventory.catalogers._gathered import (
    NAME_CHARS,
    Gathered,
    listing,
    mapping,
    readable,
    unpack,
)
from ocianalyze.inventory.catalogers._jar import ARCHIVE_BYTES, SUFFIXES, packages
from ocianalyze.inventory.catalogers._jar_stream import StreamedJar
from ocianalyze.inventory.catalogers._maven_places import Links, completed, links_of, paths
from ocianalyze.inventory.catalogers._zip import PREFIX
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.model.finding import Confidence
from ocianalyze.model.package import Distribution, Found

_OBSERVER = "java"
_SCRIPT = b"#!"
_PATHS = "java-paths"
_BARE = ("named-by", "file")
"""Of an archive in which nothing tells what it is."""
_SURE: dict[str, Confidence] = {
    "pom": "exact",
    "path": "strong",
    "plugin": "strong",
    "manifest": "heuristic",
    "file": "heuristic",
    "name": "heuristic",
}
"""Of a thousand published jars every pom was right, and 147 of 149 groups that manifests tell."""


def _open(seen: Seen, head: memoryview) -> Tap | None:
    base = seen.path.rpartition(b"/")[2]
    if base == b"pom.properties":
        return pom(seen)
    # A start script may precede an executable archive.
    if head[:4] != PREFIX and head[:2] != _SCRIPT:
        return None
    file = base.decode("utf-8", "replace")[-NAME_CHARS:]
    if seen.size > ARCHIVE_BYTES:
        return StreamedJar(file)
    return Gathered(partial(packages, file), ARCHIVE_BYTES)


def _read(kept: Kept, _distribution: Distribution) -> Iterable[Found]:
    if kept.observer != _OBSERVER:
        return
    value = unpack(kept)
    for package in listing(value.get("packages")):
        yield _found(package, kept.path, value.get("unread", 0))
    if unread := value.get("unread"):
        raise ValueError(
            f"{unread} of its members could not be read, name no version, or are over a limit"
        )


def _found(package: dict[str, Any], path: str, unread: int) -> Found:
    nested = f"{path}!/{package['place']}" if package.get("place") else ""
    properties = []
    if contradicts := package.get("contradicts"):
        properties.append(("manifest-version", contradicts))
    if package.get("shaded"):
        properties.append(("shaded", "true"))
    if package["how"] == "file":
        properties.append(_BARE)
    if unread and not nested:
        properties.append(("unread", str(unread)))
    license_ = package.get("license")
    return Found(
        type="maven",
        name=package["name"],
        namespace=package.get("group", ""),
        version=package.get("version", ""),
        licenses=(license_,) if license_ else (),
        supplier=package.get("supplier", ""),
        depends=tuple(package.get("depends", ())),
        location=nested or path,
        evidence=(nested,) if nested else (),
        confidence=_SURE[package["how"]],
        properties=tuple(sorted(properties)),
    )


def _links(beside: Iterable[Kept]) -> Links:
    return links_of(kept for kept in beside if kept.observer == _PATHS)


def _joins(packages: Iterable[Found], beside: Iterable[Kept]) -> Iterable[Found]:
    """Complete packages; an archive that nothing names, links to it neither, is none."""
    for found in filled(completed(packages, _links(beside)), beside):
        if found.version or found.namespace or _BARE not in found.properties:
            yield found


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    """Claim an archive, by its place alone: which package it is, links may tell."""
    if kept.observer == _OBSERVER and mapping(readable(kept)).get("packages"):
        yield Claim("maven", "", location=kept.path, paths=(kept.path,))


def _places(made: Iterable[Claim], beside: Iterable[Kept]) -> Iterable[Claim]:
    """Give each archive to the package that it is, none to what it only bundles."""
    values = {kept.path: kept for kept in beside if kept.observer == _OBSERVER}
    links = _links(beside)
    for claim in made:
        listed = listing(mapping(readable(values[claim.location])).get("packages"))
        outer = (_found(x, claim.location, 0) for x in listed if not x.get("place"))
        for found in completed(outer, links):
            if ("shaded", "true") not in found.properties:
                yield replace(claim, name=found.name)


CATALOGER = Cataloger(
    name="java",
    types=("maven",),
    observers=(
        Observer(
            name=_OBSERVER,
            version=11,
            interest=Interest(
                names=frozenset({b"pom.properties"}),
                suffixes=frozenset(suffix.encode() for suffix in SUFFIXES),
            ),
            open=_open,
            summary="Maven coordinates and needs of Java archives and of those inside them",
        ),
        EXPLODED,
    ),
    summary="Java: jar, war, ear, par, sar, rar, hpi, jpi, kar, lpkg, aar and archives inside "
    "them: `pom.properties`, else what Jenkins' plugins say, `pom.xml`, or the manifest and the "
    "file's name, weighed; one that nothing but its file names is no package; "
    "`META-INF/maven/**/pom.properties` of exploded archives, where it tells no version `pom.xml`, "
    "directory and manifest; outer archives of any size, what is "
    "over 64 MiB while it passes; without `pom.properties` the place of an archive in a Maven "
    "repository or Gradle's cache, and links to it, those of Debian's `usr/share/maven-repo` too",
    read=_read,
    claims=_claims,
    joins=_joins,
    places=_places,
    paths=partial(paths, _OBSERVER),
)
