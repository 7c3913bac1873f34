""".NET packages: the dependency manifests of published applications, and NuGet's lock files."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import orjson

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers import _executable
from ocianalyze.inventory.catalogers._embedded import Embedded, embedded
from ocianalyze.inventory.catalogers._gathered import (
    ROWS,
    document,
    gather,
    inside,
    mapping,
    name,
    readable,
    unpack,
)
from ocianalyze.inventory.places import is_system
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BUNDLED_BYTES = 4 * MIB
_ASSETS = 512
"""Files kept of one library."""
_NEEDED = 500
"""Libraries that one needs; the largest real ones have about 50."""
_PACK = "runtimepack"
"""Type of the runtime that a self-contained program brings, and before the name of its package."""
_PACKAGE = re.compile(r"<package\s([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(?P<key>\w{1,64})\s{0,8}=\s{0,8}[\"'](?P<value>[^\"']{1,512})[\"']")


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    return gather(seen.size, _manifest) if seen.path.endswith(b".deps.json") else None


def _open_lock(seen: Seen, _head: memoryview) -> Tap | None:
    return gather(seen.size, _config if seen.path.endswith(b".config") else _lock)


def _open_bundle(seen: Seen, head: memoryview) -> Tap | None:
    return embedded(Embedded(_executable.DEPENDENCIES, _BUNDLED_BYTES, _bundled), seen, head)


def _bundled(data: bytearray) -> bytes | None:
    """Return the libraries of the manifest in a program that is one file; it is never compressed.

    The SDK indents it, so it ends with the first brace at the beginning of a line.
    """
    end = data.find(b"\n}")
    if end < 0:
        return None
    try:
        libraries = _manifest(b"{" + data[: end + 2])
    except ValueError as error:
        return orjson.dumps({"problem": f"dependency manifest inside: {error!s:.100}"})
    return orjson.dumps(libraries) if libraries else None


def _manifest(data: bytes | bytearray) -> object:
    """Return the libraries of a deps.json that are packages: name, version, files, needs, `pack`.

    Only runtime packs have the last.
    """
    manifest = mapping(document(data))
    target = name(mapping(manifest.get("runtimeTarget")).get("name"))
    targets = mapping(manifest.get("targets"))
    assets = mapping(targets.get(target)) or mapping(next(iter(targets.values()), None))
    libraries = dict(islice(mapping(manifest.get("libraries")).items(), ROWS))
    named = (key.rpartition("/")[::2] for key in libraries)
    chosen = {own.lower(): f"{_package(own)}@{version}" for own, version in named}
    kept = []
    for library, value in libraries.items():
        own, _, version = library.rpartition("/")
        kind = str(mapping(value).get("type")).lower()
        if kind in ("package", _PACK) and name(_package(own)) and name(version):
            facts = mapping(assets.get(library))
            row = [_package(own), version, _assets(facts), _needed(facts, chosen)]
            kept.append([*row, _PACK] if kind == _PACK else row)
    return kept


def _package(library: str) -> str:
    """Return the package that a library is of; the SDK prefixes those that are runtimes."""
    return library.removeprefix(f"{_PACK}.")


def _needed(library: dict[str, Any], chosen: Mapping[str, str]) -> list[str]:
    """Return which of the libraries one needs, as `name@version`; identifiers have no case."""
    named = islice(mapping(library.get("dependencies")), _NEEDED)
    return [chosen[each.lower()] for each in named if each.lower() in chosen]


def _assets(library: dict[str, Any]) -> list[str]:
    """Return a library's files relative to the application.

    Assemblies of the target are published flat, those of other runtimes keep their folders.
    """
    flat = (*mapping(library.get("runtime")), *mapping(library.get("native")))
    deep = mapping(library.get("runtimeTargets"))
    files = {each.rpartition("/")[2] for each in flat[:_ASSETS]} | set(islice(deep, _ASSETS))
    for resource, facts in islice(mapping(library.get("resources")).items(), _ASSETS):
        locale = name(mapping(facts).get("locale"))
        files.add(f"{locale}/{resource.rpartition('/')[2]}")
    return sorted(each for each in files if name(each))


def _lock(data: bytearray) -> object:
    """Return the packages of a packages.lock.json, of all its frameworks."""
    kept: dict[tuple[str, str], None] = {}
    for framework in mapping(mapping(document(data)).get("dependencies")).values():
        for own, value in mapping(framework).items():
            entry = mapping(value)
            version = name(entry.get("resolved"))
            if entry.get("type") != "Project" and name(own) and version and len(kept) < ROWS:
                kept[own, version] = None
    return [list(row) for row in kept]


def _config(data: bytearray) -> object:
    """Return the packages of a packages.config (XML, of which only the tags are read)."""
    kept: list[list[str]] = []
    for tag in islice(_PACKAGE.finditer(data.decode("utf-8-sig", "replace")), ROWS):
        facts = {each["key"].lower(): each["value"] for each in _ATTRIBUTE.finditer(tag[1])}
        if "id" in facts and "version" in facts:
            development = facts.get("developmentdependency", "").lower() == "true"
            kept.append([facts["id"], facts["version"], *(["dev"] if development else [])])
    return kept


def _read(kept: Kept, _distribution: Distribution) -> Iterable[Found]:
    published = kept.observer != "dotnet-locks"
    for row in unpack(kept):
        told = [("library", _PACK)] if published and row[4:] else []
        if not published:
            told += [("dependency", "development")] if row[2:] else []
            told.append(("evidence", "lock-file"))
        yield Found(
            type="nuget",
            name=row[0],
            version=row[1],
            location=kept.path,
            depends=tuple(row[3]) if published else (),
            confidence="strong" if published else "heuristic",
            properties=tuple(told),
        )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    if kept.observer != "dotnet":
        return
    home = kept.path.rpartition("/")[0]
    for own, _, assets, *_ in readable(kept) or ():
        paths = tuple(_paths(home, assets))
        if paths and is_system(home):
            # Nothing is published there: what it names are programs of the system.
            told = tuple((path, b"") for path in paths)
            yield Claim("nuget", own, location=kept.path, elsewhere=told)
        elif paths:
            yield Claim("nuget", own, location=kept.path, paths=paths)


def _paths(home: str, assets: list[str]) -> Iterator[str]:
    """Yield where a program's libraries are: nothing leads out of its directory."""
    own = f"{home}/" if home else ""
    return (path for each in assets if (path := inside(home, each)).startswith(own))


CATALOGER = Cataloger(
    name="dotnet",
    types=("nuget",),
    observers=(
        Observer(
            name="dotnet",
            version=3,
            interest=Interest(suffixes=frozenset({b".json"})),
            open=_open,
            summary="packages of published .NET applications, the files they ship and their needs",
        ),
        Observer(
            name="dotnet-bundle",
            version=1,
            interest=Interest(magics=_executable.MAGICS),
            open=_open_bundle,
            summary="packages and needs of .NET applications that are published as one file",
        ),
        Observer(
            name="dotnet-locks",
            version=1,
            interest=Interest(names=frozenset({b"packages.lock.json", b"packages.config"})),
            open=_open_lock,
            summary="packages that NuGet's lock files name",
        ),
    ),
    summary=".NET: libraries of type package and runtimepack in `*.deps.json`, also in that "
    "which a program published as one file holds; "
    "`packages.lock.json` and `packages.config` as weaker evidence",
    read=_read,
    claims=_claims,
)
