"""Python projects' lock files, and requirements that are pinned: weaker evidence of packages.

The TOML of poetry, uv, pdm and PEP 751 is written in one layout, of which lines are read: what one
package is lies between its head and the next. Projects' own directories are no releases.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.catalogers._gathered import (
    ROWS,
    document,
    gather,
    mapping,
    name,
    unpack,
)
from ocianalyze.inventory.catalogers._locked import Locked, git, qualifier, rows, source
from ocianalyze.inventory.catalogers._paths import is_published
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.model.package import Distribution, Found

_LINE_CHARS = 16_384
_PACKAGE = frozenset({"[[package]]", "[[packages]]"})
_PARTS = frozenset({"source", "vcs", "directory", "archive"})
"""Tables of a package that say where it is from."""
_TABLE = re.compile(r"\[packages?\.(\w+)\]")
_FIELD = re.compile(r"([\w-]+) *= *(?:\"([^\"]*)\"|true\b)")
_INLINE = re.compile(r"(\w+) *= *\{(.*)\}")
_LOCAL = frozenset({"editable", "virtual", "directory", "path"})
_LOCAL_TYPES = frozenset({"directory", "file"})
_PIN = re.compile(
    r"\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*===?\s*"
    r"(?P<version>[A-Za-z0-9][A-Za-z0-9.!+_-]*)\s*(?:[;#\\].*|--hash.*)?\Z"
)
"""A requirement of one version alone (PEP 508, pip's requirements file format)."""
_SEPARATORS = re.compile(r"[-_.]+")

Facts = dict[str, str]


def _lines(data: bytearray) -> Iterator[str]:
    for line in data.decode("utf-8", "replace").splitlines():
        if len(line) <= _LINE_CHARS:
            yield line.rstrip()


def _toml(data: bytearray) -> object:
    """Return the packages of a lock file in TOML."""
    return rows(map(_locked, _packages(_lines(data))))


def _packages(lines: Iterable[str]) -> Iterator[Facts]:
    facts: Facts = {}
    is_own = False
    for line in lines:
        if line in _PACKAGE:
            yield facts
            facts, is_own = {}, True
        elif line.startswith("["):
            table = _TABLE.fullmatch(line)
            is_own = bool(table and table[1] in _PARTS)
            if table and is_own:
                facts[table[1]] = "table"
        elif is_own:
            _take(facts, line)
    yield facts


def _take(facts: Facts, line: str) -> None:
    """Take one line: a field, or a table of a package's origin in one line."""
    inline = _INLINE.match(line)
    if inline is None:
        field = _FIELD.match(line)
        facts.update({field[1]: field[2] or "true"} if field else {})
    elif inline[1] in _PARTS:
        facts[inline[1]] = "table"
        facts.update((key, value or "true") for key, value in _FIELD.findall(inline[2]))


def _locked(facts: Facts) -> Locked:
    if _LOCAL & facts.keys() or facts.get("type") in _LOCAL_TYPES:
        return Locked("", "")
    url = facts.get("git", "") or facts.get("url", "")
    commit = next(filter(None, map(facts.get, ("resolved_reference", "revision", "commit-id"))), "")
    is_git = "git" in facts or facts.get("type") == "git"
    from_ = (git(url, commit) if commit else source(f"git+{url}")) if is_git else source(url)
    development = facts.get("category") == "dev"
    return Locked(facts.get("name", ""), facts.get("version", ""), development, from_)


def _pipfile(data: bytearray) -> object:
    """Return the packages of a Pipfile.lock."""
    lock = mapping(document(data))
    return rows(
        _pinned(key, mapping(value), development=group == "develop")
        for group in ("default", "develop")
        for key, value in mapping(lock.get(group)).items()
    )


def _pinned(own: str, entry: Mapping[str, object], *, development: bool) -> Locked:
    if _LOCAL & entry.keys() - {"editable"}:
        return Locked("", "")
    version, url = name(entry.get("version")).lstrip("="), name(entry.get("git"))
    from_ = git(url, name(entry.get("ref"))) if url else source(name(entry.get("file")))
    return Locked(own, version, development, from_)


def _requirements(data: bytearray) -> object:
    """Return the pinned requirements; None for a file that pins none."""
    pins = (_PIN.match(line) for line in _lines(data))
    return rows(Locked(pin["name"], pin["version"]) for pin in pins if pin) or None


_LOCKS: Mapping[bytes, Callable[[bytearray], object]] = {
    b"poetry.lock": _toml,
    b"uv.lock": _toml,
    b"pdm.lock": _toml,
    b"pylock.toml": _toml,
    b"Pipfile.lock": _pipfile,
}
_PINS = b"requirements.txt"


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    """Take the lock files of projects, not those that packages were published with."""
    base = seen.path.rpartition(b"/")[2]
    parse = _LOCKS.get(base, _requirements if base.endswith(_PINS) else None)
    return None if parse is None or is_published(seen.path) else gather(seen.size, parse)


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    value = unpack(kept)
    for row in value:
        if row:
            yield _found(row, kept.path)
    if [] in value[-1:]:
        raise ValueError(f"it names more than the {ROWS} packages that are read")


def _found(row: list[str], path: str) -> Found:
    scope = (("dependency", "development"),) if "".join(row[2:3]) else ()
    return Found(
        type="pypi",
        name=_SEPARATORS.sub("-", row[0]).lower(),
        version=row[1],
        qualifiers=qualifier("".join(row[3:4])),
        location=path,
        confidence="heuristic",
        properties=(*scope, ("evidence", "lock-file")),
    )


CATALOGER = Cataloger(
    name="python_locks",
    types=("pypi",),
    observers=(
        Observer(
            name="python_locks",
            version=2,
            interest=Interest(names=frozenset(_LOCKS), suffixes=frozenset({b".txt"})),
            open=_open,
            summary="packages that lock files of Python projects and pinned requirements name",
        ),
    ),
    summary="Python projects: `poetry.lock`, `uv.lock`, `pdm.lock`, `pylock.toml`, `Pipfile.lock` "
    "and requirements of `*requirements.txt` pinned with `==`, as weaker evidence",
    read=_read,
)
