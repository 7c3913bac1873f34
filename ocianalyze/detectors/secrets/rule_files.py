"""Rules from TOML files: those that ship, those of the user."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from ocianalyze.detectors.secrets import checks
from ocianalyze.detectors.secrets._base import Kind, Rule
from ocianalyze.errors import UsageError
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.secret import Form

SHIPPED = Path(__file__).with_name("rules")
_TEXTS = ("id", "title", "provider", "kind", "severity", "pattern", "remediation")
_MORE = ("trigger", "entropy", "paths", "beside", "form")
_TYPES: Mapping[str, Any] = {"entropy": int | float, "beside": bool}
_ALLOWED = ("allowed", "allowed_matches", "allowed_lines")
_LISTS = ("near", "checks", "files", *_ALLOWED, "matches", "misses")


def read_rule(path: Path) -> Rule:
    """Return the rule of one file; its expressions are not tried.

    Raises:
        UsageError: the file is no TOML, lacks a key, or has one that no rule has.

    """
    try:
        return _rule(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        cure = "mend it; the how-to on secrets says what rules hold"
        raise UsageError(f"is no rule: {error}", place=str(path), cure=cure) from error


def tried(rule: Rule) -> Rule:
    """Return a rule that somebody else wrote, after its expressions compiled.

    Raises:
        UsageError: one of them does not, or may take a time without end.

    """
    from ocianalyze.detectors.secrets._ambiguity import (  # noqa: PLC0415 - rules that ship need none
        is_endless,
    )

    allowed = (text for name in _ALLOWED for text in getattr(rule, name))
    for text in (rule.pattern, rule.trigger, rule.paths, *allowed):
        try:
            re.compile(text.encode())
        except (re.error, OverflowError, RecursionError) as error:
            said = f"{text!r} is no expression: {error}"
            cure = "mend it; the how-to on secrets says what rules hold"
            raise UsageError(said, place=f"rule {rule.id}", cure=cure) from error
        if is_endless(text):
            said = f"{text!r} may take a time without end: what repeats fits a text in two ways"
            cure = "let what repeats begin or end with what is nowhere else in it"
            raise UsageError(said, place=f"rule {rule.id}", cure=cure)
    return rule


def _rule(row: dict[str, Any]) -> Rule:
    if unknown := row.keys() - {*_TEXTS, *_MORE, *_LISTS}:
        raise ValueError(f"unknown key {min(unknown)}")
    if missing := set(_TEXTS) - row.keys():
        raise ValueError(f"no key {min(missing)}")
    _expect_types(row)
    if row.get("beside") and (row.get("trigger") or not row.get("near")):
        raise ValueError("beside is for rules with words in near, and without a trigger")
    lists: dict[str, Any] = {key: tuple(row.get(key, ())) for key in _LISTS}
    return Rule(**(row | lists))


def _expect_types(row: dict[str, Any]) -> None:
    """Raise ValueError or TypeError for a value that is none of its key."""
    for key, value in row.items():
        if not isinstance(value, _type(key)):
            raise TypeError(f"{key} has a value of the wrong type")
    if not all(isinstance(text, str) for key in _LISTS for text in row.get(key, ())):
        raise TypeError("a list has something else than texts")
    if row["kind"] not in get_args(Kind) or row["severity"] not in get_args(Severity):
        raise ValueError("kind or severity is none of those that there are")
    if row.get("form", "own") not in get_args(Form):
        raise ValueError("form is neither own nor words")
    if unknown := set(row.get("checks", ())) - checks.names():
        raise ValueError(f"unknown check {min(unknown)}")


def _type(key: str) -> Any:
    return list if key in _LISTS else _TYPES.get(key, str)


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
