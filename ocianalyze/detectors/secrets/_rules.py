"""Rules from TOML files: those that ship, those of the user."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.errors import UsageError

SHIPPED = Path(__file__).with_name("rules")
_TEXTS = ("id", "title", "provider", "kind", "severity", "pattern", "remediation")
_MORE = ("trigger", "entropy", "paths")
_LISTS = ("near", "checks", "matches", "misses")


def read_rule(path: Path) -> Rule:
    """Return the rule of one file.

    Raises:
        UsageError: the file is no TOML, lacks a key, or has one that no rule has.

    """
    try:
        row = tomllib.loads(path.read_text("utf-8"))
        return _rule(row)
    except (OSError, ValueError, TypeError, KeyError, re.error) as error:
        raise UsageError(f"is no rule: {error}", place=str(path), cure="see the docs") from error


def _rule(row: dict[str, Any]) -> Rule:
    if unknown := row.keys() - {*_TEXTS, *_MORE, *_LISTS}:
        raise ValueError(f"unknown key {min(unknown)}")
    lists = {key: tuple(row.get(key, ())) for key in _LISTS}
    return Rule(**{key: row[key] for key in row.keys() - set(_LISTS)}, **lists)


def read_rules(folder: Path) -> Iterator[Rule]:
    """Yield the rules of a folder by the names of their files."""
    for path in sorted(folder.glob("*.toml")):
        yield read_rule(path)


@cache
def shipped() -> tuple[Rule, ...]:
    """Return every rule that comes with the program."""
    return tuple(read_rules(SHIPPED))


def by_id(rules: Iterable[Rule]) -> dict[str, Rule]:
    """Return rules by their id."""
    return {rule.id: rule for rule in rules}
