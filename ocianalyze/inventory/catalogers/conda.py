"""Conda packages: `conda-meta/NAME-VERSION-BUILD.json` of each environment."""

from collections.abc import Iterable, Iterator
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import (
    PATHS,
    below,
    document,
    gather,
    properties,
    readable,
    text,
    texts,
    unpack,
)
from ocianalyze.inventory.catalogers._gathered import listing, mapping, told
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_RECORD_BYTES = 16 * MIB
"""The largest real ones, with checksums of 30,000 files, have about 10 MiB."""
_VALUES = 500_000
"""Each file has about 7."""
_NEEDED = 500
"""Packages that one needs; the largest real ones, which only name others, have some 300."""
_SUBDIRS = frozenset(
    {"noarch", "linux-64", "linux-aarch64", "linux-ppc64le", "linux-s390x", "linux-32"}
    | {"osx-64", "osx-arm64", "win-64", "win-32", "win-arm64"}
)


_NO_PREFIX = frozenset({"", "usr"})
"""Where no environment is: a record there names programs of the system."""


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    if seen.path.rpartition(b"/")[0].rpartition(b"/")[2] != b"conda-meta":
        return None
    return gather(seen, _record, _RECORD_BYTES)


def _record(data: bytes) -> dict[str, Any]:
    """Keep what names the package, and its files.

    Raises:
        ValueError: it is no JSON object, or names no package.

    """
    said = document(data, _VALUES)
    name = text(said.get("name"))
    if not name:
        raise ValueError("the record names no package")
    return told(
        name=name,
        version=text(said.get("version")),
        build=text(said.get("build")),
        channel=_channel(text(said.get("channel"))),
        subdir=text(said.get("subdir")),
        archive=text(said.get("fn")),
        license=text(said.get("license")),
        asked=_is_asked_for(said),
        files=texts(said.get("files")) or _linked(said),
        depends=texts(said.get("depends"))[:_NEEDED],
    )


def _linked(said: dict[str, Any]) -> list[str]:
    """Return the files by how they were linked, for installers that list them only there."""
    paths = listing(mapping(said.get("paths_data")).get("paths"))[:PATHS]
    return texts([mapping(path).get("_path") for path in paths])


def _is_asked_for(said: dict[str, Any]) -> bool:
    """Tell what a user named; older versions record one text, `None` for a dependency."""
    specs = (*listing(said.get("requested_specs")), said.get("requested_spec"))
    return any(text(spec) not in ("", "None") for spec in specs)


def _channel(url: str) -> str:
    """Return the channel's name of `https://HOST/CHANNEL/SUBDIR`; never credentials of a URL."""
    _, scheme, rest = url.partition("://")
    parts = [x for x in (rest if scheme else url).partition("?")[0].split("/") if x]
    parts = parts[1:] if scheme else parts
    kept = [x for x in parts if x not in _SUBDIRS and x != "t" and "@" not in x]
    return kept[-1] if kept else ""


def _format(archive: str) -> str:
    return next((x for x in ("conda", "tar.bz2") if archive.endswith(f".{x}")), "")


def _prefix(path: str) -> str:
    """Return the environment that a record belongs to."""
    return path.rpartition("/")[0].rpartition("/")[0]


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    said = unpack(kept)
    license_ = said.get("license", "")
    yield Found(
        "conda",
        said["name"],
        said.get("version", ""),
        qualifiers=properties(
            build=said.get("build", ""),
            channel=said.get("channel", ""),
            subdir=said.get("subdir", ""),
            type=_format(said.get("archive", "")),
        ),
        licenses=(license_,) if license_ else (),
        reason="manual" if said.get("asked") else "automatic",
        location=_prefix(kept.path),
        depends=tuple(said.get("depends", ())),
    )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    """The recorded files, relative to the environment, and the record itself."""
    said = readable(kept)
    if not said:
        return ()
    prefix = _prefix(kept.path)
    paths = [path for x in said.get("files", ()) if (path := below(prefix, x))]
    if prefix in _NO_PREFIX:
        told = tuple((path, b"") for path in paths)
        return (Claim("conda", said["name"], location=prefix, paths=(kept.path,), elsewhere=told),)
    return (Claim("conda", said["name"], location=prefix, paths=(*paths, kept.path)),)


OBSERVER = Observer(
    name="conda",
    version=4,
    interest=Interest(suffixes=frozenset({b".json"})),
    open=_open,
    summary="names, versions, files and needs of conda packages",
)

CATALOGER = Cataloger(
    name="conda",
    types=("conda",),
    lists_all=True,
    observers=(OBSERVER,),
    summary="Conda packages from `conda-meta/*.json`, with their files",
    read=_read,
    claims=_claims,
)
