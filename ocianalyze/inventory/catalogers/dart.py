"""Dart packages that `pubspec.lock` names: a small part of YAML, as `dart pub` writes it."""

import re
from collections.abc import Iterator
from typing import Any

from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.catalogers._evidence import ROWS, gather, properties, text, unpack
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BYTES = 2 * MIB
_LINE = re.compile(r"^( {2}| {4}| {6})([\w.-]{1,128}|\"[^\"]{1,128}\"):(?: (.{0,512}))?$")
_KEPT = frozenset({"version", "source", "dependency", "resolved-ref", "url"})
_FROM_PUB = frozenset({"", "pub.dev", "pub.dartlang.org"})


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    return gather(seen, _locked, _BYTES)


def _locked(data: bytes) -> dict[str, Any] | None:
    """Read `packages:` by its indentation: names at 2 spaces, facts at 4, the origin at 6."""
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] | None = None
    for line in _section(data.decode("utf-8", "replace").splitlines()):
        match = _LINE.match(line.rstrip())
        if match is None:
            continue
        key, value = match[2].strip('"'), text((match[3] or "").strip("\"'"))
        if len(match[1]) == 2:
            if len(found) >= ROWS:
                break
            current = found.setdefault(key, {})
        elif current is not None and key in _KEPT and value:
            current.setdefault(key, value)
    return {"packages": found} if found else None


def _section(lines: list[str]) -> Iterator[str]:
    """Yield the lines below `packages:`."""
    inside = False
    for line in lines:
        if line[:1] not in ("", " ", "#"):
            inside = line.rstrip() == "packages:"
        elif inside:
            yield line


def _host(url: str) -> str:
    return url.partition("://")[2].rpartition("@")[2].partition("/")[0]


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """Packages of the SDK are part of it and have no version of their own: `0.0.0`."""
    for name, said in unpack(kept).get("packages", {}).items():
        source, host = said.get("source", ""), _host(said.get("url", ""))
        other = f"https://{host}" if source == "hosted" and host not in _FROM_PUB else ""
        yield Found(
            "pub",
            name,
            said.get("version", ""),
            qualifiers=properties(repository_url=other),
            location=kept.path,
            confidence="heuristic",
            properties=properties(
                source="" if source == "hosted" else source,
                dependency=said.get("dependency", ""),
                revision=said.get("resolved-ref", ""),
            ),
        )


OBSERVER = Observer(
    name="dart",
    version=1,
    interest=Interest(names=frozenset({b"pubspec.lock"})),
    open=_open,
    summary="packages of Dart lock files",
)

CATALOGER = Cataloger(
    name="dart",
    types=("pub",),
    observers=(OBSERVER,),
    summary="Dart packages that `pubspec.lock` names; a lock file, so weaker",
    read=_read,
)
