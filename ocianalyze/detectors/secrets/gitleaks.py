"""Rules of a gitleaks configuration (TOML) as rules of ours.

A configuration holds tables `[[rules]]`: id, description, regex, path, secretGroup, entropy,
keywords, tags, allowlists, required. Paths that an allow list names are left out of the `paths` of
a rule, its expressions and words become those that the rule lets off; `useDefault` needs nothing,
since the rules that ship are always there. What has no place here is said, rule by rule.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Kind, Rule
from ocianalyze.detectors.secrets._given import given
from ocianalyze.detectors.secrets._go_syntax import groups, translated
from ocianalyze.detectors.secrets.engine import engine
from ocianalyze.detectors.secrets.rule_files import SHIPPED
from ocianalyze.errors import UsageError

_BYTES = 16 << 20
_MOST = 20_000
_NOT_ID = re.compile(r"[^a-z0-9._-]+")
_LONGEST_ID = 100
_ALLOWS = ("allowlist", "allowlists")
_CONDITIONS = ("paths", "regexes", "stopwords")
_OF_ALLOWANCE = frozenset({"description", "targetRules", "condition", "regexTarget", *_CONDITIONS})
"""What an allowance may have to be taken over."""
_TARGETS = {
    "": "allowed",
    "secret": "allowed",
    "match": "allowed_matches",
    "line": "allowed_lines",
}
"""Fields of a rule for what expressions are tried on."""
_DEFAULT = {"useDefault": True}
_CURES = {
    "path": "import that file as well, into the same folder",
    "url": "fetch that file and import it as well",
    "disabledRules": "put those rules on an ignore list",
}
_KNOWN = {"id", "description", "regex", "path", "secretGroup", "entropy", "keywords", "tags"}
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("private-key", "private-key"),
    ("password", "password"),
    ("webhook", "webhook"),
    ("api-key", "api-key"),
)
_REMEDIATION = "Revoke it where it was issued, and keep its successor out of the image"
_SHOWN = frozenset({"id", "title", "provider", "kind", "severity", "pattern", "remediation"})
"""What every rule's file has; other fields are left out where they are empty."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a configuration."""

    rules: tuple[Rule, ...]
    lost: tuple[str, ...]
    """A line for each thing that was not taken over: more or less is found than before."""
    notes: tuple[str, ...] = ()
    """A line for each thing that is called or done in another way."""


def read_gitleaks(path: Path) -> Imported:
    """Return the rules of a configuration that can be taken over.

    Raises:
        UsageError: it cannot be read or is no gitleaks configuration.

    """
    data = given(path, _BYTES)
    try:
        document = tomllib.loads(data.decode("utf-8"))
        rows = document.get("rules", [])
    except ValueError as error:
        cure = "name a configuration of gitleaks, a file of TOML"
        raise UsageError(f"is no TOML: {error}", place=str(path), cure=cure) from error
    if len(data) > _BYTES or not isinstance(rows, list) or not 0 < len(rows) <= _MOST:
        cure = f"split it into files of 1 to {_MOST} rules and at most {_BYTES} bytes"
        raise UsageError("has no [[rules]], or more than are read", place=str(path), cure=cure)
    return _imported(rows, _Allowed(document, "the whole file"), _extending(document))


def written(rule: Rule) -> str:
    """Return the file of a rule."""
    rows = ((one.name, getattr(rule, one.name)) for one in fields(Rule))
    lines = (f"{name} = {_value(value)}\n" for name, value in rows if value or name in _SHOWN)
    return "".join(lines)


def _extending(document: dict[str, Any]) -> list[str]:
    """Say what of another configuration would be needed; its default one, ours stand for."""
    extend = document.get("extend") or {}
    if not isinstance(extend, dict):
        return ["extend is no table"]
    wanted = {key: value for key, value in extend.items() if value}
    return [
        f"extend.{key} is not taken over: {_CURES.get(key, 'it has no place here')}"
        for key, value in sorted(wanted.items())
        if _DEFAULT.get(key) is not value
    ]


_Lets = Mapping[str, Sequence[str]]
"""Expressions by the field of a rule that they belong to."""


class _Allowed:
    """What allow lists let off, and what of them has no place here."""

    def __init__(self, table: dict[str, Any], where: str) -> None:
        """Read the allow lists of a rule, or of the whole file."""
        self._lets: list[tuple[frozenset[str], _Lets]] = []
        self.lost: list[str] = []
        for one in _allowances(table):
            try:
                self._add(one)
            except (ValueError, TypeError, AttributeError, re.error) as error:
                self.lost.append(f"{where}: an allow list is not taken over: {error}")

    def _add(self, one: dict[str, Any]) -> None:
        more = sorted(one.keys() - _OF_ALLOWANCE)
        given = [key for key in _CONDITIONS if one.get(key)]
        if str(one.get("condition", "OR")).upper() not in ("OR", "||") and len(given + more) > 1:
            raise ValueError(f"all of {', '.join(given + more)} must hold, which no rule here says")
        if more and not given:
            raise ValueError(f"it has {' and '.join(more)}")
        self._lets.append((frozenset(map(str, one.get("targetRules", ()))), _lets(one)))
        if more:
            raise ValueError(f"only {' and '.join(given)} of it; it has {' and '.join(more)} too")

    def of(self, rule: str) -> Iterator[_Lets]:
        """Yield what is let off of a rule."""
        yield from (lets for targets, lets in self._lets if not targets or rule in targets)


def _lets(one: dict[str, Any]) -> _Lets:
    """Return the expressions of an allow list.

    Raises:
        ValueError: one of them has no equal, or is tried on what there is not.

    """
    target = str(one.get("regexTarget", ""))
    if target not in _TARGETS:
        raise ValueError(f"regexTarget {target} is none of match and line")
    found: dict[str, list[str]] = {"paths": [translated(x) for x in one.get("paths", ())]}
    found.setdefault(_TARGETS[target], []).extend(translated(x) for x in one.get("regexes", ()))
    words = (f"(?i:{re.escape(str(word))})" for word in one.get("stopwords", ()) if word)
    found.setdefault("allowed", []).extend(words)
    return found


def _allowances(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in _ALLOWS:
        value = table.get(key) or []
        yield from value if isinstance(value, list) else [value]


def _outside(paths: str, allowed: Sequence[str]) -> str:
    """Return what paths must match: as before, and none of those that are allowed."""
    if not allowed:
        return paths
    none = rf"\A(?!(?s:.*)(?:{'|'.join(allowed)}))"
    return f"{none}(?s:.*)(?:{paths})" if paths else none


def _letting_off(rule: Rule, lets: Sequence[_Lets]) -> Rule:
    """Return a rule that says nothing of what allow lists name."""
    fields_of: dict[str, Any] = {
        name: tuple(dict.fromkeys(text for one in lets for text in one.get(name, ())))
        for name in ("paths", *dict.fromkeys(_TARGETS.values()))
    }
    return replace(rule, **(fields_of | {"paths": _outside(rule.paths, fields_of["paths"])}))


def _imported(rows: Iterable[Any], allowed: _Allowed, lost: list[str]) -> Imported:
    found: dict[str, Rule] = {}
    lost, notes = [*lost, *allowed.lost], []
    for number, row in enumerate(rows, 1):
        name = str(row.get("id", "")) if isinstance(row, dict) else ""
        place = f"rule {name or number}"
        try:
            own = _Allowed(row if isinstance(row, dict) else {}, place)
            rule = _letting_off(_rule(row, name), [*allowed.of(name), *own.of(name)])
            engine((rule,))  # it must be one for the engine too
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
            lost.append(f"{place}: not taken over: {error}")
        except (re.error, UsageError) as error:
            lost.append(f"{place}: not taken over: its expression is not for the engine: {error}")
        else:
            lost += [*own.lost, *(f"{place}: {key} is not taken over" for key in _unknown(row))]
            notes += [f"{place}: {note}" for note in _changed(row, found, rule)]
            found[rule.id] = rule
    return Imported(tuple(found.values()), tuple(lost), tuple(notes))


def _rule(row: Any, name: str) -> Rule:
    """Return one rule.

    Raises:
        ValueError: it cannot be taken over.
        re.error: its expression is none.

    """
    if not isinstance(row, dict):
        raise ValueError("it is no table")  # noqa: TRY004 - of a document
    if not _id(name):
        raise ValueError("its id cannot be the name of a file")
    if not _text(row, "regex"):
        raise ValueError("it has no regex; names of files have no rules here")
    return Rule(
        id=_id(name),
        title=_text(row, "description") or name,
        provider=_slug(name).partition("-")[0].capitalize(),
        kind=next((kind for word, kind in _KINDS if word in name), "token"),
        severity="high",
        pattern=_pattern(_text(row, "regex"), row.get("secretGroup", 0)),
        remediation=_REMEDIATION,
        near=tuple(word for word in row.get("keywords", ()) if isinstance(word, str) and word),
        entropy=_entropy(row.get("entropy", 0)),
        paths=translated(path) if (path := _text(row, "path")) else "",
    )


def _id(name: str) -> str:
    """Return the id here: fit for a file's name, and none that a rule that ships has."""
    slug = _slug(name)
    return f"gitleaks-{slug}" if slug and (SHIPPED / f"{slug}.toml").exists() else slug


def _slug(name: str) -> str:
    """Return a name in small letters, digits, points, dashes and underscores; empty for none."""
    return _NOT_ID.sub("-", name.lower()).strip("-._")[:_LONGEST_ID]


def _pattern(regex: str, group: Any) -> str:
    """Return the expression; without a group of its own, the value is the only one there is."""
    if not isinstance(group, int) or group < 0:
        raise ValueError("its secretGroup is no number of a group")
    return translated(regex, group or (1 if groups(regex) == 1 else None))


def _entropy(value: Any) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= 8:
        raise ValueError("its entropy is no number of bits")
    return float(value)


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"its {key} is no text")  # noqa: TRY004 - of a document
    return value


def _unknown(row: dict[str, Any]) -> list[str]:
    return sorted(row.keys() - _KNOWN - set(_ALLOWS))


def _changed(row: dict[str, Any], found: dict[str, Rule], rule: Rule) -> Iterator[str]:
    """Say what of a rule is not as it was."""
    if rule.id != row["id"]:
        yield f"is written as {rule.id}"
    if rule.id in found:
        yield "replaces an earlier one of the same id"
    if "secret" not in re.compile(rule.pattern.encode()).groupindex and groups(row["regex"]):
        yield "the whole match is the value: it has several groups and no secretGroup"


def _value(value: object) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return _quoted(value)
    return repr(value)


def _quoted(text: str) -> str:
    if text.isprintable() and "'" not in text:
        return f"'{text}'" if "\\" in text or '"' in text else f'"{text}"'
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"
