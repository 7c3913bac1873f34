"""Lua rocks: `rock_manifest` in `rocks-LUA/NAME/VERSION` (LuaRocks, "Rock manifest file format").

The directory names rock and version; the manifest, a Lua table, says which files were deployed.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import PATHS, gather, properties, readable, unpack
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BYTES = 4 * MIB
_PLACE = re.compile(
    r"^(?P<root>.*/|)lib/luarocks/rocks(?:-(?P<lua>[\d.]+))?/(?P<name>[^/]+)/(?P<version>[^/]+)/"
)
_TOKEN = re.compile(
    rb"(?:\[\s{0,8}[\"']([^\"'\n]{1,512})[\"']\s{0,8}\]|([A-Za-z_]\w{0,127}))\s{0,8}=\s{0,8}(\{)?|(\})"
)
_DEPLOYED = {"lua": "share/lua", "lib": "lib/lua"}
_DEPTH = 32


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    if _PLACE.match(seen.path.decode("utf-8", "surrogateescape")) is None:
        return None
    return gather(seen, _manifest, _BYTES)


def _manifest(data: bytes) -> dict[str, Any] | None:
    """Return the paths of the table of tables."""
    stack: list[str] = []
    files: list[str] = []
    for token in _TOKEN.finditer(data):
        key = (token[1] or token[2] or b"").decode("utf-8", "replace")
        if token[4]:
            del stack[-1:]
        elif token[3]:
            stack.append(key)
        elif stack[1:]:
            files.append("/".join([*stack[1:], key]))
        if len(stack) > _DEPTH or len(files) >= PATHS:
            raise ValueError("manifest is deeper or longer than a rock's can be")
    return {"files": files}


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    place = _PLACE.match(kept.path)
    unpack(kept)
    if place:
        yield Found(
            "luarocks",
            place["name"],
            place["version"],
            location=kept.path.rpartition("/")[0],
            properties=properties(lua=place["lua"] or ""),
        )


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    """The rock's own directory, and modules and libraries where they were deployed."""
    place, home = _PLACE.match(kept.path), kept.path.rpartition("/")[0]
    if place is None:
        return
    files = readable(kept).get("files", ())
    found = (_deployed(place["root"], place["lua"] or "", x) for x in files)
    paths = tuple(x for x in found if x)
    yield Claim("luarocks", place["name"], location=home, paths=paths, trees=(home,))


def _deployed(root: str, lua: str, path: str) -> str:
    """Return where LuaRocks puts a file of the manifest; empty for what stays in the rock."""
    kind, _, rest = path.partition("/")
    if not rest or ".." in rest.split("/"):
        return ""
    if kind == "bin":
        return f"{root}bin/{rest}"
    return f"{root}{_DEPLOYED[kind]}/{lua}/{rest}" if kind in _DEPLOYED and lua else ""


OBSERVER = Observer(
    name="lua",
    version=1,
    interest=Interest(names=frozenset({b"rock_manifest"})),
    open=_open,
    summary="files of installed Lua rocks",
)

CATALOGER = Cataloger(
    name="lua",
    types=("luarocks",),
    observers=(OBSERVER,),
    summary="Lua rocks from `lib/luarocks/rocks-*/NAME/VERSION/rock_manifest`, with their files",
    read=_read,
    claims=_claims,
)
