"""Node packages: package.json where they are installed, and lock files as weaker evidence."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers import _node_shims
from ocianalyze.inventory.catalogers._gathered import (
    ROWS,
    document,
    gather,
    listing,
    mapping,
    name,
    readable,
    text,
    texts,
    told,
    unpack,
)
from ocianalyze.inventory.catalogers._locked import qualifier
from ocianalyze.inventory.catalogers._npm_locks import bun, deno, npm, pnpm, yarn
from ocianalyze.inventory.catalogers._paths import is_published
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.finding import Confidence
from ocianalyze.model.package import Distribution, Found

_MANIFEST_BYTES = 2 * MIB
"""One package.json; those of npm 2 hold the readme too."""
_NEEDS = ("dependencies", "optionalDependencies", "peerDependencies")
_NEEDED = 2_000
"""Of one package.json's needs of each kind; the largest real ones have about 100."""
_INSTALLED = b"node_modules/"
_DEBIAN = (b"usr/share/nodejs/", b"usr/lib/nodejs/")
"""Where Debian's packages install modules, without a node_modules directory."""
_PROPERTIES: Mapping[Confidence, tuple[tuple[str, str], ...]] = {
    "exact": (),
    "strong": (("bundled", "true"),),
    "heuristic": (("evidence", "manifest"),),
}
"""What is said of a package by how surely it is installed; npm does not list a bundled one."""
_LOCKS: Mapping[bytes, Callable[[bytearray], object]] = {
    b"package-lock.json": npm,
    b"npm-shrinkwrap.json": npm,
    b"yarn.lock": yarn,
    b"pnpm-lock.yaml": pnpm,
    b"bun.lock": bun,
    b"deno.lock": deno,
}


def place_of(path: bytes) -> Confidence:
    """Return how surely a package.json stands for an installed package, by where it is.

    `exact` directly in a modules directory, `strong` deeper in one (a bundled copy), `heuristic`
    elsewhere (an application, a global install moved by hand).
    """
    _, found, rest = path.rpartition(_INSTALLED)
    if not found:
        roots = [root for root in _DEBIAN if path.startswith(root)]
        if not roots:
            return "heuristic"
        rest = path[len(roots[0]) :]
    depth = rest.count(b"/") - rest.startswith(b"@")
    return "exact" if depth == 1 else "strong"


def _open_manifest(seen: Seen, _head: memoryview) -> Tap | None:
    place = place_of(seen.path)
    if seen.size > _MANIFEST_BYTES and place != "exact":
        return None
    return gather(seen.size, partial(_manifest, place), _MANIFEST_BYTES)


def _manifest(place: Confidence, data: bytearray) -> object:
    """Return what is worth keeping of a package.json; None for one that is no package.

    One that is private was never published, so inside another package it is a part of that one.

    Raises:
        ValueError: that of an installed package is no JSON.

    """
    try:
        manifest = mapping(document(data))
    except ValueError:
        if place == "exact":
            raise
        return None
    is_part = place == "strong" and manifest.get("private") is True
    return None if is_part else _facts(manifest)


def manifest_of(data: bytearray) -> dict[str, object] | None:
    """Return what is worth keeping of an installed package's package.json.

    Raises:
        ValueError: it is no JSON.

    """
    return _facts(mapping(document(data)))


def _facts(manifest: dict[str, object]) -> dict[str, object] | None:
    own, version = name(manifest.get("name")), name(manifest.get("version"))
    if not own or not version:
        return None
    author = manifest.get("author")
    return told(
        name=own,
        version=version,
        licenses=_licenses(manifest),
        supplier=text(mapping(author).get("name") or author),
        depends=_needed(manifest),
    )


def _needed(manifest: dict[str, object]) -> list[str]:
    """Return the names of what a package needs when it runs; peers are installed beside it."""
    tables = (mapping(manifest.get(key)) for key in _NEEDS)
    names = dict.fromkeys(name(key) for table in tables for key in islice(table, _NEEDED))
    return [each for each in names if each]


def _licenses(manifest: dict[str, object]) -> list[str]:
    """Return licences in any of the forms of package.json: text, object, list of either."""
    forms = [manifest.get("license"), *listing(manifest.get("license"))[:64]]
    forms += listing(manifest.get("licenses"))[:64]
    return texts(mapping(form).get("type") or form for form in forms)


def _open_lock(seen: Seen, _head: memoryview) -> Tap | None:
    """Take the lock files of applications, not those that packages were published with."""
    if is_published(seen.path):
        return None
    return gather(seen.size, _LOCKS[seen.path.rpartition(b"/")[2]])


def _named(recorded: str) -> tuple[str, str]:
    """Return namespace and name."""
    scope, found, own = recorded.partition("/")
    return (scope, own) if found and scope.startswith("@") and own else ("", recorded)


def _read(kept: Kept, _distribution: Distribution) -> Iterable[Found]:
    if kept.observer == _node_shims.NAME:
        return
    value = unpack(kept)
    if kept.observer == "node-locks":
        yield from (_locked(row, kept.path) for row in value if row)
        if [] in value[-1:]:
            raise ValueError(f"it names more than the {ROWS} packages that are read")
        return
    place = place_of(kept.path.encode("utf-8", "surrogateescape"))
    yield found_of(value, kept.path.rpartition("/")[0], place)


def found_of(
    value: Mapping[str, Any],
    home: str,
    place: Confidence = "exact",
    evidence: tuple[str, ...] = (),
) -> Found:
    """Return the package that a package.json names.

    Args:
        value: what is kept of it.
        home: its directory.
        place: how surely it is installed.
        evidence: where it was found, when that is not a path of the image.

    """
    namespace, own = _named(value["name"])
    return Found(
        type="npm",
        name=own,
        namespace=namespace,
        version=value["version"],
        licenses=tuple(value.get("licenses", ())),
        supplier=value.get("supplier", ""),
        location=home,
        evidence=evidence,
        depends=tuple(value.get("depends", ())),
        confidence=place,
        properties=_PROPERTIES[place],
    )


def _locked(row: list[str], path: str) -> Found:
    namespace, own = _named(row[0])
    scope = (("dependency", "development"),) if "".join(row[2:3]) else ()
    return Found(
        type="npm",
        name=own,
        namespace=namespace,
        version=row[1],
        qualifiers=qualifier("".join(row[3:4])),
        location=path,
        confidence="heuristic",
        properties=(*scope, ("evidence", "lock-file")),
    )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    """Claim the directory of an installed package, not what lies around an application."""
    if kept.observer == _node_shims.NAME:
        yield from _node_shims.claims(kept)
    if kept.observer != "node" or not (value := readable(kept)):
        return
    if place_of(kept.path.encode("utf-8", "surrogateescape")) != "heuristic":
        home = kept.path.rpartition("/")[0]
        yield Claim("npm", _named(value["name"])[1], location=home, trees=(home,))


CATALOGER = Cataloger(
    name="node",
    types=("npm",),
    observers=(
        Observer(
            name="node",
            version=3,
            interest=Interest(names=frozenset({b"package.json"})),
            open=_open_manifest,
            summary="name, version, licences, author and needs of Node packages",
        ),
        Observer(
            name="node-locks",
            version=5,
            interest=Interest(names=frozenset(_LOCKS)),
            open=_open_lock,
            summary="packages that lock files of npm, yarn, pnpm, bun and Deno name",
        ),
        _node_shims.OBSERVER,
    ),
    summary="Node: `package.json` in node_modules and in Debian's module directories, elsewhere "
    "as weaker evidence; `package-lock.json`, `npm-shrinkwrap.json`, `yarn.lock`, "
    "`pnpm-lock.yaml`, `bun.lock` and `deno.lock` as weaker evidence; scripts that pnpm writes "
    "belong to the package whose program they run",
    read=_read,
    claims=_claims,
)
