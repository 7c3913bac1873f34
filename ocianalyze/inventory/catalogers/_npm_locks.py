"""Lock files of npm, yarn and pnpm, as far as they name packages.

YAML is not parsed: both yarn and pnpm write their lock files in one fixed layout, of which a few
line patterns are read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ocianalyze.inventory.catalogers._gathered import (
    NAME_CHARS,
    ROWS,
    document,
    listing,
    mapping,
    name,
)

_LINE_CHARS = 16_384
_NOT_RELEASED = ("file:", "link:", "workspace:", "portal:")
_YARN_KEY = re.compile(r'"?(?P<name>@?[^@",\s]+)@(?P<range>[^",]*)')
_YARN_FIELD = re.compile(r'  (?P<key>version|resolution):? "?(?P<value>[^"\s]+)"?$')
_ALIAS = re.compile(r"npm:(?P<name>@?[^@\s]+)@")
_PNPM_KEY = re.compile(r"  (?P<quote>['\"]?)(?P<key>[^\s'\"].*?)(?P=quote):(?: .*)?$")
_PNPM_FIELD = re.compile(r"    (?P<key>name|version|dev): '?(?P<value>[^\s']+)'?$")
_PNPM_RELEASE = re.compile(r"/?(?P<name>(?:@[^/@\s]+/)?[^/@\s]+)[@/](?P<version>\d[^\s(_/]*)")


@dataclass(slots=True)
class Locked:
    """One package of a lock file."""

    name: str
    version: str
    development: bool = False


def rows(found: Iterable[Locked]) -> list[list[str]]:
    """Return the value to keep: name, version and, for development only, a third `dev`.

    An empty row at the end says that there are more than are read.
    """
    kept: dict[tuple[str, str], bool] = {}
    left = iter(found)
    for one in islice(left, ROWS):
        key = (name(one.name), name(one.version))
        if all(key):
            kept[key] = kept.get(key, True) and one.development
    listed = [[*key, "dev"] if development else list(key) for key, development in kept.items()]
    return listed if next(left, None) is None else [*listed, []]


def npm(data: bytearray) -> object:
    """Return the packages of a package-lock.json (lockfileVersion 1 to 3).

    Raises:
        ValueError: it is no JSON, or its packages are no table.

    """
    lock = document(data)
    if "packages" in mapping(lock):
        return rows(_npm_packages(_table(lock, "packages")))
    return rows(_npm_tree(_table(lock, "dependencies")))


def _table(lock: object, key: str) -> dict[str, Any]:
    """Return an object of a lock file; an absent one is empty.

    Raises:
        ValueError: there is something else.

    """
    found = lock.get(key, {}) if isinstance(lock, dict) else None
    if not isinstance(found, dict):
        raise ValueError(f"`{key}` is no table")  # noqa: TRY004 - the content, not the call
    return found


def _npm_packages(packages: dict[str, Any]) -> Iterator[Locked]:
    """Yield what is installed; keys outside node_modules are the project's own workspaces."""
    for place, value in packages.items():
        entry = mapping(value)
        _, found, installed = place.rpartition("node_modules/")
        if found and entry.get("link") is not True:
            development = entry.get("dev") is True
            yield Locked(name(entry.get("name")) or installed, _version(entry), development)


def _version(entry: dict[str, Any]) -> str:
    version = name(entry.get("version"))
    return "" if version.startswith(_NOT_RELEASED) else version


def _npm_tree(dependencies: dict[str, Any]) -> Iterator[Locked]:
    pending = [dependencies]
    while pending:
        for key, value in pending.pop().items():
            entry = mapping(value)
            version = _version(entry)
            alias = _ALIAS.match(version)
            if alias:
                key, version = alias["name"], version[alias.end() :]  # noqa: PLW2901
            yield Locked(key, version, entry.get("dev") is True)
            if inner := mapping(entry.get("dependencies")):
                pending.append(inner)


def _lines(data: bytearray) -> Iterator[str]:
    for line in data.decode("utf-8", "replace").splitlines():
        if len(line) <= _LINE_CHARS and line.strip() and not line.startswith("#"):
            yield line


def yarn(data: bytearray) -> object:
    """Return the packages of a yarn.lock, of yarn 1 or of berry."""
    return rows(_yarn(_lines(data)))


def _yarn(lines: Iterable[str]) -> Iterator[Locked]:
    current: Locked | None = None
    for line in lines:
        if line[0] != " ":
            if current:
                yield current
            current = _yarn_key(line)
        elif current and (field := _YARN_FIELD.match(line)):
            _yarn_field(current, field["key"], field["value"])
    if current:
        yield current


def _yarn_key(line: str) -> Locked | None:
    key = _YARN_KEY.match(line)
    if key is None or not line.endswith(":") or key["range"].startswith(_NOT_RELEASED):
        return None
    alias = _ALIAS.match(key["range"])
    return Locked(alias["name"] if alias else key["name"], "")


def _yarn_field(current: Locked, key: str, value: str) -> None:
    if key == "version":
        current.version = value
    elif resolved := _YARN_KEY.match(value):
        current.name = resolved["name"]


def pnpm(data: bytearray) -> object:
    """Return the packages of a pnpm-lock.yaml (lockfileVersion 5 to 9)."""
    return rows(_pnpm(_lines(data)))


def _pnpm(lines: Iterable[str]) -> Iterator[Locked]:
    inside, current = False, None
    for line in lines:
        if line[0] != " ":
            inside = line.rstrip() == "packages:"
        elif inside and (key := _PNPM_KEY.match(line)):
            if current:
                yield current
            current = _pnpm_key(key["key"])
        elif inside and current and (field := _PNPM_FIELD.match(line)):
            _pnpm_field(current, field["key"], field["value"])
    if current:
        yield current


def _pnpm_key(key: str) -> Locked:
    """Return what a key tells: `/@scope/name/1.0_peer`, `/name@1.0(peer)` or `name@1.0`."""
    release = None if key.startswith(_NOT_RELEASED) else _PNPM_RELEASE.match(key[:NAME_CHARS])
    return Locked(release["name"], release["version"]) if release else Locked("", "")


def _pnpm_field(current: Locked, key: str, value: str) -> None:
    if key == "dev":
        current.development = value == "true"
    elif key == "name":
        current.name = value
    else:
        current.version = value


def bun(data: bytearray) -> object:
    """Return the packages of a bun.lock: JSON with trailing commas, `"key": ["name@1.0", ...]`."""
    lock = document(_TRAILING.sub(rb"\1", data))
    resolved = (listing(value)[:1] for value in _table(lock, "packages").values())
    releases = (_BUN_RELEASE.match(name(first[0])) for first in resolved if first)
    return rows(Locked(found["name"], found["version"]) for found in releases if found)


_TRAILING = re.compile(rb",(\s*[\]}])")
_BUN_RELEASE = re.compile(r"(?P<name>@?[^@\s]+)@(?P<version>\d\S*)$")
