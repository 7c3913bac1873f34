"""A gitleaks configuration with those that it extends, as one.

What `extend.path` names is read from the working directory, as gitleaks does, else from beside the
file, over two files at most. A rule of the same id takes what the extending one gives; words and
allow lists add up. Keys count whatever their case.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ocianalyze.detectors.secrets._given import given
from ocianalyze.errors import UsageError

_BYTES = 16 << 20
_MOST = 20_000
_HOPS = 2
"""Files that one configuration extends, one through the other."""
_DEPTH = 8
"""Tables in one another in which keys are read."""
_REPLACED = ("description", "entropy", "regex", "path", "secretgroup")
_ADDED = ("keywords", "tags", "allowlists", "required")
_ALLOWS = ("allowlist", "allowlists")


class Config(NamedTuple):
    """What a configuration and those that it extends say, with keys in small letters."""

    rules: tuple[Any, ...]
    """Tables, if they are what they must be; each id once, but where one file has it twice."""
    allowances: tuple[Any, ...]
    """Allow lists of whole files."""
    uses_default: bool
    """It, or what it extends, builds on gitleaks' own configuration."""
    lost: tuple[str, ...]
    notes: tuple[str, ...]


def read_config(path: Path) -> Config:
    """Return a configuration with those that it extends.

    Raises:
        UsageError: one of them cannot be read, is no configuration, or has too many rules.

    """
    found = _read(path, _HOPS)
    if not 0 < len(found.rules) <= _MOST:
        cure = f"split it into files of 1 to {_MOST} rules"
        if found.uses_default:
            cure = "what it lets off of gitleaks' own rules belongs on an ignore list"
        raise UsageError("has no [[rules]], or more than are read", place=str(path), cure=cure)
    return found


def lists_of(table: Mapping[str, Any]) -> list[Any]:
    """Return the allow lists of a rule or of a whole file, in the old and the new spelling."""
    values = (table.get(key) or [] for key in _ALLOWS)
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _read(path: Path, hops: int) -> Config:
    document = _document(path)
    rows = document.get("rules") or []
    if not isinstance(rows, list) or len(rows) > _MOST:
        rows = []
    own = Config(tuple(rows), tuple(lists_of(document)), uses_default=False, lost=(), notes=())
    extend = document.get("extend") or {}
    if not isinstance(extend, dict):
        return own._replace(lost=("extend is no table",))
    uses_default = bool(extend.get("usedefault"))
    own = own._replace(
        uses_default=uses_default,
        lost=tuple(_lost(extend, uses_default=uses_default)),
        notes=tuple(_notes(uses_default=uses_default)),
    )
    named = extend.get("path")
    if not named:
        return own
    if not hops:
        text = f"extend.path in {path} is left out: gitleaks follows {_HOPS} and no more"
        return own._replace(notes=(*own.notes, text))
    place = _place(named, path)
    return _extended(own, _read(place, hops - 1), place, frozenset(_texts(extend, "disabledrules")))


def _document(path: Path) -> dict[str, Any]:
    data = given(path, _BYTES)
    if len(data) > _BYTES:
        cure = "split it into several files"
        raise UsageError(f"is larger than {_BYTES} bytes", place=str(path), cure=cure)
    try:
        document: dict[str, Any] = _lowered(tomllib.loads(data.decode("utf-8")), _DEPTH)
    except (ValueError, RecursionError) as error:
        cure = "name a configuration of gitleaks, a file of TOML"
        raise UsageError(f"is no TOML: {error}", place=str(path), cure=cure) from error
    return document


def _lowered(value: Any, depth: int) -> Any:
    """Return tables with keys in small letters."""
    if isinstance(value, dict) and depth:
        return {key.lower(): _lowered(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list) and depth:
        return [_lowered(item, depth - 1) for item in value]
    return value


def _place(named: Any, path: Path) -> Path:
    """Return where a file that is extended lies.

    Raises:
        UsageError: nowhere.

    """
    places = (Path(named), path.parent / named) if isinstance(named, str) else ()
    for place in places:
        if place.is_file():
            return place
    cure = "import from where gitleaks runs, or put it beside this file"
    raise UsageError(f"extends {named!r}, which is no file", place=str(path), cure=cure)


def _lost(extend: Mapping[str, Any], *, uses_default: bool) -> Iterator[str]:
    """Yield what of the table is not taken over."""
    if extend.get("url"):
        yield "extend.url is not taken over: fetch that file and let extend.path name it"
    if uses_default:
        for name in _texts(extend, "disabledrules"):
            what = "what stands in for it here" if not extend.get("path") else "it, if it is ours"
            yield f"extend.disabledRules: {name} is not taken over: put {what} on an ignore list"
    known = {"path", "url", "usedefault", "disabledrules"}
    yield from (f"extend.{key} is not taken over" for key in sorted(extend.keys() - known))


def _notes(*, uses_default: bool) -> Iterator[str]:
    if uses_default:
        yield "extend.useDefault: the rules that ship stand in for gitleaks' own"


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _extended(own: Config, base: Config, place: Path, disabled: frozenset[str]) -> Config:
    """Return a configuration with what it extends."""
    below = {_name(row): row for row in base.rules if _name(row) not in disabled}
    rules = [_merged(below.pop(_name(row), {}), row) for row in own.rules]
    return Config(
        (*rules, *below.values()),
        (*own.allowances, *base.allowances),
        own.uses_default or base.uses_default,
        (*own.lost, *base.lost),
        (*own.notes, f"extend.path: with {len(base.rules)} rules of {place}", *base.notes),
    )


def _name(row: Any) -> Any:
    return str(row.get("id", "")) if isinstance(row, dict) else id(row)


def _merged(base: dict[str, Any], row: Any) -> Any:
    """Return a rule with what it changes of the one below."""
    if not base or not isinstance(row, dict):
        return row
    given = {key: row[key] for key in _REPLACED if row.get(key)}
    tables = {**base, "allowlists": lists_of(base)}, {**row, "allowlists": lists_of(row)}
    added = {key: _joined(table.get(key) for table in tables) for key in _ADDED}
    silent = bool(base.get("skipreport") or row.get("skipreport"))
    rest = {key: value for key, value in {**base, **row}.items() if key != "allowlist"}
    return (
        rest
        | {key: base[key] for key in _REPLACED if key in base}
        | given
        | added
        | {"skipreport": silent}
    )


def _joined(values: Iterable[Any]) -> list[Any]:
    return [one for value in values if value for one in (value if isinstance(value, list) else [])]
