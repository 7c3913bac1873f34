"""Exploded Java archives: directories with what an archive would hold.

A `pom.properties` whose build filled in no version names its package by its path alone. Which
version it is, the `pom.xml` beside it, the directory's name and the manifest tell as in an archive.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers._gathered import Gathered, mapping, name, readable, told
from ocianalyze.inventory.catalogers._jar import POM, SUFFIXES, coordinates, main_section
from ocianalyze.inventory.catalogers._jar_naming import Coordinates, naming, own, sure
from ocianalyze.inventory.catalogers._pom_needs import project
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB
from ocianalyze.model.package import Found

_POM_BYTES = 64 * KIB
_MANIFEST_BYTES = 256 * KIB
_HOME = "META-INF/maven/"
_MANIFEST = "META-INF/MANIFEST.MF"
_PROPERTIES = "/pom.properties"
_UNREAD = ("unread", "1")


def pom(seen: Seen) -> Tap | None:
    """Return the tap of a pom.properties, None for one that Maven did not put there."""
    path = seen.path.decode("utf-8", "replace")
    is_mavens = f"/{_HOME}" in f"/{path}"
    return Gathered(partial(_described, path), _POM_BYTES) if is_mavens else None


def _described(path: str, data: bytearray) -> object:
    place = POM.match(path)
    if found := coordinates(data, *(place.groups()[:2] if place else ())):
        facts = told(group=found.group, name=found.artifact, version=found.version, how="pom")
    elif place and b"${" in data and name(place[1]) and name(place[2]):
        facts = told(group=place[1], name=place[2], how="path")
    else:
        return None
    return {"packages": [facts]}


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    path = seen.path.decode("utf-8", "replace")
    if f"/{path}".endswith(f"/{_MANIFEST}"):
        return Gathered(_manifest, _MANIFEST_BYTES)
    return Gathered(_project, _POM_BYTES) if POM.match(path) else None


def _manifest(data: bytearray) -> object:
    return dict(naming(main_section(data))) or None


def _project(data: bytearray) -> object:
    return told(version=project(data).version) or None


def filled(packages: Iterable[Found], beside: Iterable[Kept]) -> Iterator[Found]:
    """Yield packages with the versions that their pom.properties lacks.

    Args:
        packages: of one state of the filesystem.
        beside: what was kept of it.

    """
    kept = {one.path: one for one in beside if one.observer == OBSERVER.name}
    for found in packages:
        is_lacking = not found.version and found.location.endswith(_PROPERTIES)
        yield _filled(found, kept) if is_lacking else found


def _filled(found: Found, kept: Mapping[str, Kept]) -> Found:
    above = found.location.rpartition(_HOME)[0]
    paths = [f"{found.location.removesuffix(_PROPERTIES)}/pom.xml", f"{above}{_MANIFEST}"]
    xml, manifest = (mapping(readable(kept[path])) if path in kept else {} for path in paths)
    lacking = Coordinates(found.namespace, found.name, xml.get("version", ""))
    known = own(_stem(above), (), [lacking], manifest)
    is_it = known is not None and known[0].artifact == found.name
    version = (known[0].version if known and is_it else "") or sure(lacking.version)
    if not version:
        return replace(found, properties=(*found.properties, _UNREAD))
    return replace(found, version=version, evidence=tuple(x for x in paths if x in kept))


def _stem(above: str) -> str:
    """Return the name of an archive's directory as that of its file."""
    base = above.rstrip("/").rpartition("/")[2]
    return base.rpartition(".")[0] if base.endswith(SUFFIXES) else base


OBSERVER = Observer(
    name="java-exploded",
    version=1,
    interest=Interest(names=frozenset({b"pom.xml", b"MANIFEST.MF"})),
    open=_open,
    summary="versions that pom.xml and manifests of exploded Java archives tell",
)
