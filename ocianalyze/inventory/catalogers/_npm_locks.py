"""Lock files of npm, yarn, pnpm, bun and Deno, as far as they name packages.

A package from git or from an archive is that of its address, not the registry's of its name.
YAML is not parsed: both yarn and pnpm write their lock files in one fixed layout, of which a few
line patterns are read.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ocianalyze.inventory.catalogers._gathered import (
    NAME_CHARS,
    document,
    listing,
    mapping,
    name,
)
from ocianalyze.inventory.catalogers._locked import Locked, git, rows, source

_LINE_CHARS = 16_384
_NOT_RELEASED = ("file:", "link:", "workspace:", "portal:")
_YARN_KEY = re.compile(r'"?(?P<name>@?[^@",\s]+)@(?P<range>[^",]*)')
_YARN_FIELD = re.compile(r'  (?P<key>version|resolved|resolution):? "?(?P<value>[^"\s]+)"?$')
_ALIAS = re.compile(r"npm:(?P<name>@?[^@\s]+)@")
_PNPM_KEY = re.compile(r"  (?P<quote>['\"]?)(?P<key>[^\s'\"].*?)(?P=quote):(?: .*)?$")
_PNPM_FIELD = re.compile(r"    (?P<key>name|version|dev): '?(?P<value>[^\s']+)'?$")
_PNPM_RELEASE = re.compile(
    r"(?:[\w-]+(?:\.[\w-]+)+(?::\d+)?/|/)?(?P<name>(?:@[^/@\s]+/)?[^/@\s]+)[@/]"
    r"(?P<version>\d[^\s(_/]*)"
)
"""`/name/1.0` and its like, of another registry with its host in front."""
_PNPM_SOURCE = re.compile(r"/?(?P<name>(?:@[^/@\s]+/)?[^/@\s]+)@(?P<url>(?:git\+)?\w+://[^\s(]+)")
_PNPM_FETCHED = re.compile(
    r"(?:[{,] *|^      )(?P<key>tarball|repo|commit): *'?(?P<value>[^\s',}]+)"
)


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
            yield _entry(name(entry.get("name")) or installed, entry)


def _entry(own: str, entry: dict[str, Any]) -> Locked:
    """Return a package; an old lock file has an address in the version's place."""
    version = name(entry.get("version"))
    if version.startswith(_NOT_RELEASED):
        return Locked("", "")
    if alias := _ALIAS.match(version):
        own, version = alias["name"], version[alias.end() :]
    is_address = ":" in version
    from_ = source(version if is_address else name(entry.get("resolved")))
    return Locked(own, "" if is_address else version, entry.get("dev") is True, from_)


def _npm_tree(dependencies: dict[str, Any]) -> Iterator[Locked]:
    pending = [dependencies]
    while pending:
        for key, value in pending.pop().items():
            entry = mapping(value)
            yield _entry(key, entry)
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
    resolved = _YARN_KEY.match(value)
    if key == "version":
        current.version = value
    elif key == "resolved":
        current.source = source(value)
    elif resolved and resolved["range"].startswith(_NOT_RELEASED):
        current.name = ""
    elif resolved:
        current.name, current.source = resolved["name"], source(resolved["range"])


def pnpm(data: bytearray) -> object:
    """Return the packages of a pnpm-lock.yaml (lockfileVersion 5 to 9)."""
    return rows(_pnpm(_lines(data)))


def _pnpm(lines: Iterable[str]) -> Iterator[Locked]:
    inside, current = False, None
    fetched: dict[str, str] = {}
    for line in lines:
        if line[0] != " ":
            inside = line.rstrip() == "packages:"
        elif inside and (key := _PNPM_KEY.match(line)):
            if current:
                yield current
            current, fetched = _pnpm_key(key["key"]), {}
        elif inside and current and (field := _PNPM_FIELD.match(line)):
            _pnpm_field(current, field["key"], field["value"])
        elif inside and current:
            fetched |= dict(_PNPM_FETCHED.findall(line))
            current.source = _pnpm_source(fetched) or current.source
    if current:
        yield current


def _pnpm_source(fetched: dict[str, str]) -> str:
    if "repo" in fetched:
        return git(fetched["repo"], fetched.get("commit", ""))
    return source(fetched.get("tarball", ""))


def _pnpm_key(key: str) -> Locked:
    """Return what a key tells: `/@scope/name/1.0_peer`, `/name@1.0(peer)` or `name@1.0`."""
    if key.startswith(_NOT_RELEASED):
        return Locked("", "")
    if address := _PNPM_SOURCE.match(key[:NAME_CHARS]):
        return Locked(address["name"], "", source=source(address["url"]))
    release = _PNPM_RELEASE.match(key[:NAME_CHARS])
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
    return rows(_resolved(name(first[0])) for first in resolved if first)


def _resolved(release: str) -> Locked:
    """Return what `name@1.0` says, or `name@` with an address."""
    found = _RELEASE.match(release)
    if found is None or found["version"].startswith(_NOT_RELEASED):
        return Locked("", "")
    if found["version"][0].isdigit():
        return Locked(found["name"], found["version"])
    return Locked(found["name"], "", source=source(found["version"]))


def deno(data: bytearray) -> object:
    """Return npm's packages of a deno.lock (version 2 to 5): `name@1.0_peer@2.0` are its keys."""
    lock = mapping(document(data))
    tables = (lock, mapping(lock.get("packages")))
    npms = [mapping(table.get("npm")) for table in tables]
    keys = (key for table in npms for key in mapping(table.get("packages", table)))
    return rows(_resolved(key.partition("_")[0] if "@" in key else "") for key in keys)


_TRAILING = re.compile(rb",(\s*[\]}])")
_RELEASE = re.compile(r"(?P<name>@?[^@\s]+)@(?P<version>\S+)$")
