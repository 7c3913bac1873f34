"""Rules of a gitleaks configuration (TOML) as rules of ours.

A configuration holds tables `[[rules]]`: id, description, regex, path, secretGroup, entropy,
keywords, tags, allowlists, required, skipReport. What a rule finds there it finds here, or it is
left out whole: without what narrows it, it would tell more than it should. What is not as it was
is said, rule by rule.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, fields
from pathlib import Path
from typing import Any

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._gitleaks_allow import Allowances, of_rule
from ocianalyze.detectors.secrets._gitleaks_config import Config, read_config
from ocianalyze.detectors.secrets._gitleaks_rule import ids_of, letting_off, rule_of
from ocianalyze.detectors.secrets._go_syntax import groups
from ocianalyze.detectors.secrets._reach import NEAR
from ocianalyze.detectors.secrets.engine import engine
from ocianalyze.detectors.secrets.rule_files import tried
from ocianalyze.errors import UsageError

_KNOWN = frozenset(
    {
        *("id", "description", "regex", "path", "secretgroup", "entropy", "keywords", "tags"),
        *("allowlist", "allowlists", "required", "skipreport"),
    }
)
_WHOLE = "the whole file"
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
    """Return the rules of a configuration, with what it extends, that can be taken over.

    Raises:
        UsageError: it cannot be read or is no gitleaks configuration.

    """
    config = read_config(path)
    importing = _Importing(config, Allowances(config.allowances, _WHOLE))
    for number, row in enumerate(config.rules, 1):
        importing.take(row, number)
    return importing.imported()


def written(rule: Rule) -> str:
    """Return the file of a rule."""
    rows = ((one.name, getattr(rule, one.name)) for one in fields(Rule))
    lines = (f"{name} = {_value(value)}\n" for name, value in rows if value or name in _SHOWN)
    return "".join(lines)


@dataclass(slots=True)
class _Importing:
    """The rules so far."""

    config: Config
    allowed: Allowances
    found: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
    """What became of each rule, by its id here."""
    lost: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)
    """Of each rule here, by its id there."""

    def __post_init__(self) -> None:
        """Give ids."""
        self._ids = ids_of(map(_name, self.config.rules))

    def take(self, row: Any, number: int) -> None:
        """Take one rule over, or say why not."""
        name = _name(row)
        place = f"rule {name or number}"
        if isinstance(row, dict) and row.get("skipreport"):
            self.notes.append(f"{place}: is not written, since it is never told (skipReport)")
            return
        try:
            own = of_rule(row if isinstance(row, dict) else {})
            rules = self._made(row, name, own)
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
            self.lost.append(f"{place}: not taken over: {error}")
        except (re.error, UsageError) as error:
            said = f"its expression is not for the engine: {error}"
            self.lost.append(f"{place}: not taken over: {said}")
        else:
            self.lost += (f"{place}: {text}" for text in _lost(row, rules[0]))
            self.notes += (f"{place}: {note}" for note in self._changed(row, rules))
            self.notes += own.notes
            self.found[rules[0].id] = rules

    def _made(self, row: Any, name: str, own: Allowances) -> tuple[Rule, ...]:
        lets = [*self.allowed.of(name), *own.of(name)]
        rule = rule_of(row, self._ids[name], lets, uses_default=self.config.uses_default)
        engine((rule,))  # it must be one for the engine too
        return tuple(map(tried, letting_off(rule, lets, set(self._ids.values()))))

    def imported(self) -> Imported:
        """Return what became of all rules."""
        rules = tuple(rule for rules in self.found.values() for rule in rules)
        lost = (*self.config.lost, *self._unused(), *self.lost)
        return Imported(rules, lost, (*self.config.notes, *self.allowed.notes, *self.notes))

    def _unused(self) -> Iterator[str]:
        """Say for what rules allow lists would be that are not here."""
        for name in sorted(self.allowed.targets - self._ids.keys()):
            yield f"{_WHOLE}: an allow list is for the rule {name}, which is not in it"
        if self.config.uses_default and self.allowed.of_all:
            yield f"{_WHOLE}: its allow lists count for its own rules, not for those that ship"

    def _changed(self, row: Mapping[str, Any], rules: Sequence[Rule]) -> Iterator[str]:
        """Say what of a rule is not as it was."""
        rule = rules[0]
        if rule.id != row["id"]:
            yield f"is written as {rule.id}"
        if len(rules) > 1:
            names = ", ".join(one.id for one in rules[1:])
            yield f"is written as {names} too, for paths that an allow list joins with more"
        if rule.id in self.found:
            yield "replaces an earlier one of the same id"
        if "secret" not in rule.expression.groupindex and groups(row.get("regex") or ""):
            yield "the whole match is the value: it has several groups and no secretGroup"


def _name(row: Any) -> str:
    return str(row.get("id", "")) if isinstance(row, dict) else ""


def _lost(row: Mapping[str, Any], rule: Rule) -> Iterator[str]:
    """Say what of a rule that was taken over finds less or more."""
    yield from (f"{key} is none of gitleaks' keys" for key in sorted(row.keys() - _KNOWN))
    if rule.near:
        yield f"its keywords must be within {NEAR} bytes of a value, not anywhere in the file"


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
