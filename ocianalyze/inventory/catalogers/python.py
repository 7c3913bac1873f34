"""Python distributions: dist-info, egg-info and eggs (PyPA: recording installed projects)."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept, Records
from ocianalyze.inventory.catalogers._core_metadata import described
from ocianalyze.inventory.catalogers._egg_needs import REQUIRES_BYTES, needed
from ocianalyze.inventory.catalogers._gathered import (
    Gathered,
    document,
    gather,
    inside,
    mapping,
    name,
    readable,
    text,
    told,
    unpack,
)
from ocianalyze.inventory.catalogers._gathered import listing as items
from ocianalyze.inventory.catalogers._python_claims import listing, modules, raw, sources
from ocianalyze.inventory.catalogers._zip import PREFIX, Archive, Budget
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB, MIB
from ocianalyze.model.package import Distribution, Found

_HEAD_BYTES = 256 * KIB
"""Read of one metadata file; what follows the headers is the description."""
_RECORD_BYTES = 8 * MIB
_RECORD_ROWS = 200_000
_EGG_BYTES = 64 * MIB
_PATH_CHARS = 4_096
_SMALL_BYTES = 64 * KIB
_ORIGIN = "python-origin"
_NEEDS = "python-needs"
_DIRECTORY = re.compile(
    r"(?P<name>.+?)(?:-(?P<version>\d.*?)(?:-py\d[\d.]*(?:-.*)?)?)?\Z", re.DOTALL
)
_CREDENTIALS = re.compile(r"(?<=://)[^/?#]*@|\?[^#]*")
_LISTS = "/installed-files.txt"
_SEPARATORS = re.compile(r"[-_.]+")


def normalized(recorded: str) -> str:
    """Return a project name as PEP 503 compares it."""
    return _SEPARATORS.sub("-", recorded).lower()


def _open_metadata(seen: Seen, head: memoryview) -> Tap | None:
    parent, _, base = seen.path.rpartition(b"/")
    if base == b"METADATA":
        wanted = parent.endswith(b".dist-info")
    elif base == b"PKG-INFO":
        wanted = parent.endswith((b".egg-info", b"/EGG-INFO"))
    elif base.endswith(b".egg"):
        return gather(seen.size, _egg, _EGG_BYTES) if head[:4] == PREFIX else None
    else:
        wanted = base.endswith(b".egg-info")
    return Gathered(described, _HEAD_BYTES) if wanted else None


def _egg(data: bytearray) -> object:
    """Return the metadata inside a zipped egg."""
    archive = Archive(data, Budget())
    wanted = ("EGG-INFO/PKG-INFO", "EGG-INFO/requires.txt")
    found = {each.name: each for each in archive.members() if each.name in wanted}
    info, needs = (found.get(each) for each in wanted)
    if info is None:
        raise ValueError("an egg without EGG-INFO/PKG-INFO")
    facts = described(bytes(archive.head(info, _HEAD_BYTES)))
    listed = needed(bytes(archive.head(needs, REQUIRES_BYTES))) if needs else []
    return facts | told(depends=[*items(facts.get("depends")), *listed])


def _open_files(seen: Seen, _head: memoryview) -> Tap | None:
    parent, _, base = seen.path.rpartition(b"/")
    wanted = parent.endswith(b".dist-info" if base == b"RECORD" else b".egg-info")
    parse = partial(_listed, base.decode("ascii"))
    return gather(seen.size, parse, _RECORD_BYTES) if wanted else None


def _listed(kind: str, data: bytearray) -> object:
    """Return the recorded paths as base names by directory, and their digests in that order."""
    lines = data.decode("utf-8", "replace").splitlines()[:_RECORD_ROWS]
    names: dict[str, list[str]] = {}
    digests: dict[str, list[str]] = {}
    for path, digest in _rows(lines) if kind == "RECORD" else ((line, "") for line in lines):
        directory, _, base = path.strip().rpartition("/")
        if base and len(path) <= _PATH_CHARS:
            names.setdefault(directory, []).append(base)
            digests.setdefault(directory, []).append(digest)
    return {"names": names} | ({"digests": digests} if kind == "RECORD" else {})


def _rows(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the paths and SHA-256 of a RECORD up to the first line that is no CSV."""
    try:
        for row in csv.reader(lines):
            if row:
                digest = row[1] if len(row) > 1 else ""
                yield row[0], digest[7:] if digest.startswith("sha256=") else ""
    except csv.Error:
        return


def _open_needs(seen: Seen, _head: memoryview) -> Tap | None:
    parent = seen.path.rpartition(b"/")[0]
    if parent.endswith((b".egg-info", b"/EGG-INFO")):
        return Gathered(lambda data: needed(data) or None, REQUIRES_BYTES)
    return None


def _open_origin(seen: Seen, _head: memoryview) -> Tap | None:
    parent, _, base = seen.path.rpartition(b"/")
    if not parent.endswith(b".dist-info") or seen.size > _SMALL_BYTES:
        return None
    return Gathered(_installer if base == b"INSTALLER" else _direct_url, _SMALL_BYTES)


def _installer(data: bytearray) -> object:
    return told(installer=text(data.decode("utf-8", "replace")))


def _direct_url(data: bytearray) -> object:
    """Return the facts of a direct URL origin (PEP 610), without credentials."""
    origin = mapping(document(data))
    vcs = mapping(origin.get("vcs_info"))
    editable = mapping(origin.get("dir_info")).get("editable") is True
    facts = {
        "direct-url": _public(origin.get("url")),
        "vcs": text(vcs.get("vcs")),
        "vcs-commit": text(vcs.get("commit_id")),
        "editable": "true" if editable else "",
    }
    return {key: value for key, value in facts.items() if value}


def _public(url: object) -> str:
    """Return a URL without user, password and query, which may hold tokens."""
    return text(_CREDENTIALS.sub("", url)) if isinstance(url, str) else ""


def _home(path: str) -> str:
    """Return what stands for the installation: the info directory, the egg, the single file."""
    if path.endswith("/EGG-INFO/PKG-INFO"):
        return path.removesuffix("/EGG-INFO/PKG-INFO")
    return path.rpartition("/")[0] if path.endswith(("/METADATA", "/PKG-INFO")) else path


def directory_names(home: str) -> tuple[str, str]:
    """Return the name and version that the name of an info directory carries."""
    stem = home.rpartition("/")[2].rpartition(".")[0]
    found = _DIRECTORY.match(stem)
    return (name(found["name"]), name(found["version"])) if found else ("", "")


def _read(kept: Kept, _distribution: Distribution) -> Iterable[Found]:
    if kept.observer != "python":
        return
    value = unpack(kept)
    home = _home(kept.path)
    recorded = value.get("name") or directory_names(home)[0]
    if not recorded:
        raise ValueError("metadata without a name")
    own = normalized(recorded)
    yield Found(
        type="pypi",
        name=own,
        version=value.get("version") or directory_names(home)[1],
        licenses=tuple(value.get("licenses", ())),
        supplier=value.get("supplier", ""),
        depends=tuple(value.get("depends", ())),
        location=home,
        properties=(("recorded-name", recorded),) if recorded != own else (),
    )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    value = readable(kept)
    home = _home(kept.path) if kept.observer == "python" else kept.path.rpartition("/")[0]
    own = value.get("name") if value and kept.observer == "python" else ""
    own = normalized(own or directory_names(home)[0])
    if value is None or not own:
        return
    if kept.observer == _NEEDS:
        return
    if kept.observer == _ORIGIN:
        yield from sources(Claim("pypi", own, location=home), value)
    elif kept.observer == "python":
        # RECORD tells what lies in an info directory; nothing tells what lies in an egg.
        trees = (home,) if kept.path.endswith("/EGG-INFO/PKG-INFO") else ()
        yield Claim("pypi", own, location=home, paths=(kept.path,), trees=trees)
    elif kept.path.endswith("/top_level.txt"):
        yield modules(Claim("pypi", own, location=home), value["names"].get("", ()))
    else:
        base = home if kept.path.endswith(_LISTS) else home.rpartition("/")[0]
        yield listing(Claim("pypi", own, location=home), base, value)


def _records(kept: Sequence[Kept]) -> Iterator[Records]:
    """Yield the SHA-256 of each RECORD, and the rows that have none."""
    for each in kept:
        if not each.path.endswith("/RECORD") or (value := readable(each)) is None:
            continue
        home, _, _ = each.path.rpartition("/")
        package = Records("pypi", normalized(directory_names(home)[0]), location=home)
        try:
            base = home.rpartition("/")[0]
            paths, digests, bare = _recorded(base, value)
            found = package._replace(paths=paths, digests=digests, kinds=[""] * len(paths))
            yield found._replace(bare=bare, homes=_homes(base, value))
        except (LookupError, TypeError, AttributeError) as damage:
            yield package._replace(problem=str(damage))


def _recorded(base: str, value: Any) -> tuple[list[str], list[bytes], list[str]]:
    """Return the paths that have a SHA-256, the digests, and the paths that should have one.

    RECORD, its signatures and what installers compile need none ("Recording installed projects").
    """
    paths: list[str] = []
    digests: list[bytes] = []
    bare: list[str] = []
    for directory, names in value["names"].items():
        above = f"{parent}/" if (parent := inside(base, directory)) else ""
        for name_, digest in zip(names, value["digests"][directory], strict=False):
            if digest and (made := raw(digest)):
                paths.append(above + name_)
                digests.append(made)
            elif not name_.endswith(".pyc") and not directory.endswith(".dist-info"):
                bare.append(above + name_)
    return paths, digests, bare


def _homes(base: str, value: Any) -> list[str]:
    """Return the directories below the one that all packages share."""
    within = (inside(base, directory) for directory in value["names"])
    return [home for home in within if home.startswith(f"{base}/") and home != base]


def _joins(found: Iterable[Found], kept: Iterable[Kept]) -> Iterable[Found]:
    """Add who installed each distribution and from where, and what an egg needs."""
    origins: dict[str, dict[str, str]] = {}
    needs: dict[str, list[str]] = {}
    for each in kept:
        if each.observer == _ORIGIN and (facts := readable(each)):
            origins.setdefault(each.path.rpartition("/")[0], {}).update(facts)
        elif each.observer == _NEEDS:
            home = each.path.rpartition("/")[0].removesuffix("/EGG-INFO")
            needs[home] = items(readable(each))
    for one in found:
        facts = origins.get(one.location)
        merged = dict(one.properties) | facts if facts else {}
        whole = replace(one, properties=tuple(sorted(merged.items()))) if merged else one
        more = needs.get(one.location)
        yield replace(whole, depends=(*whole.depends, *more)) if more else whole


CATALOGER = Cataloger(
    name="python",
    types=("pypi",),
    lists_all=True,
    observers=(
        Observer(
            name="python",
            version=3,
            interest=Interest(
                names=frozenset({b"METADATA", b"PKG-INFO"}),
                suffixes=frozenset({b".egg-info", b".egg"}),
            ),
            open=_open_metadata,
            summary="name, version, licences and author of Python distributions",
        ),
        Observer(
            name="python-files",
            version=2,
            interest=Interest(
                names=frozenset({b"RECORD", b"installed-files.txt", b"top_level.txt"})
            ),
            open=_open_files,
            summary="files of Python distributions, with the SHA-256 that RECORD has",
        ),
        Observer(
            name=_NEEDS,
            version=1,
            interest=Interest(names=frozenset({b"requires.txt"})),
            open=_open_needs,
            summary="what Python eggs need",
        ),
        Observer(
            name=_ORIGIN,
            version=1,
            interest=Interest(names=frozenset({b"INSTALLER", b"direct_url.json"})),
            open=_open_origin,
            summary="who installed Python distributions, and from where",
        ),
    ),
    summary="Python: `*.dist-info`, `*.egg-info`, `*.egg`; files from RECORD, installed-files.txt "
    "or top_level.txt; INSTALLER and direct_url.json; needs of eggs from requires.txt",
    read=_read,
    claims=_claims,
    joins=_joins,
    records=_records,
)
