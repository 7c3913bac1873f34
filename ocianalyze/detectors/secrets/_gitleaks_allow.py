"""Allow lists of gitleaks as what rules of ours let off.

A list lets off where one of its conditions holds, or all of them with `condition = "AND"`; of the
texts of one condition one is enough. Commits let off nothing: what is read here is in none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ocianalyze.detectors.secrets._gitleaks_config import lists_of
from ocianalyze.detectors.secrets._go_syntax import translated

_ALL, _ANY = frozenset({"AND", "&&"}), frozenset({"", "OR", "||"})
_FIELDS = {
    "": "allowed",
    "secret": "allowed",
    "match": "allowed_matches",
    "line": "allowed_lines",
}
"""Fields of a rule for what `regexTarget` says that expressions are tried on."""
VALUES = "allowed"
FIELDS = tuple(dict.fromkeys(_FIELDS.values()))
_KEYS = ("paths", "commits", "regexes", "stopwords")
_KNOWN = frozenset({"description", "targetrules", "condition", "regextarget", *_KEYS})


class Let(NamedTuple):
    """What is let off together: in one of the paths, where one of the expressions is found."""

    paths: tuple[str, ...] = ()
    """Empty for all."""
    field: str = ""
    """What the expressions are tried on, as a field of a rule; empty for whole files."""
    expressions: tuple[str, ...] = ()


class Allowances:
    """The allow lists of a rule, or of the whole file."""

    def __init__(self, lists: Sequence[Any], where: str) -> None:
        """Read them; what cannot be taken over is raised where a rule asks."""
        self._where = where
        self._lists: list[tuple[frozenset[str], tuple[Let, ...] | ValueError]] = []
        self.notes: list[str] = []
        for one in lists:
            self._add(one)

    def _add(self, one: Any) -> None:
        try:
            targets = frozenset(_texts(_table(one), "targetrules"))
        except ValueError as error:
            self._lists.append((frozenset(), error))
            return
        self.notes += (f"{self._where}: {note}" for note in _notes(one))
        try:
            self._lists.append((targets, tuple(_lets(one))))
        except (ValueError, re.error) as error:
            self._lists.append((targets, ValueError(str(error))))

    @property
    def targets(self) -> frozenset[str]:
        """The ids of rules that lists name."""
        return frozenset[str]().union(*(targets for targets, _ in self._lists))

    @property
    def of_all(self) -> bool:
        """Whether a list is for all rules."""
        return any(not targets for targets, _ in self._lists)

    def of(self, rule: str) -> Iterator[Let]:
        """Yield what is let off of a rule.

        Raises:
            ValueError: a list that counts for it cannot be taken over.

        """
        for targets, lets in self._lists:
            if targets and rule not in targets:
                continue
            if isinstance(lets, ValueError):
                raise ValueError(f"an allow list of {self._where} has no equal: {lets}")  # noqa: TRY004 - of a document
            yield from lets


def of_rule(row: Mapping[str, Any]) -> Allowances:
    """Return the allow lists of a rule; rules that they name are none of theirs."""
    lists = lists_of(row)
    own = [{k: v for k, v in x.items() if k != "targetrules"} if isinstance(x, dict) else x
           for x in lists]  # fmt: skip
    return Allowances(own, f"rule {row.get('id', '')}")


def _table(one: Any) -> dict[str, Any]:
    if not isinstance(one, dict):
        raise ValueError("it is no table")  # noqa: TRY004 - of a document
    return one


def _notes(one: dict[str, Any]) -> Iterator[str]:
    """Say what of a list changes nothing."""
    if one.get("commits"):
        yield "commits of an allow list let off nothing here: what is read is in no commit"
    more = sorted(one.keys() - _KNOWN)
    yield from (f"{key} of an allow list is none of gitleaks' keys" for key in more)


def _lets(one: dict[str, Any]) -> Iterator[Let]:
    """Yield what a list lets off.

    Raises:
        ValueError: it has no equal here.
        re.error: an expression of it has none.

    """
    condition = str(one.get("condition", "")).upper()
    if condition not in _ALL | _ANY:
        raise ValueError(f"its condition {condition} is none of AND and OR")
    target = str(one.get("regextarget", ""))
    if target not in _FIELDS:
        raise ValueError(f"its regexTarget {target} is none of match and line")
    paths = tuple(map(translated, _texts(one, "paths")))
    regexes = tuple(map(translated, _texts(one, "regexes")))
    words = tuple(f"(?i:{re.escape(word)})" for word in _texts(one, "stopwords") if word)
    parts = [(_FIELDS[target], regexes), (VALUES, words)]
    if condition in _ANY:
        yield from (Let(field=name, expressions=texts) for name, texts in parts if texts)
        if paths:
            yield Let(paths)
    elif not one.get("commits"):  # none fits, so not all of them do
        yield from _together(paths, [part for part in parts if part[1]])


def _together(
    paths: tuple[str, ...], parts: Sequence[tuple[str, tuple[str, ...]]]
) -> Iterator[Let]:
    """Yield what must hold together, if there is anything."""
    fields = {name for name, _ in parts}
    if len(fields) > 1:
        raise ValueError("words of the value and expressions of all around it must hold together")
    if parts:
        ahead = "".join(rf"(?=(?s:.*)(?:{'|'.join(texts)}))" for _, texts in parts)
        texts = parts[0][1] if len(parts) == 1 else (rf"\A{ahead}",)
        yield Let(paths, fields.pop(), texts)
    elif paths:
        yield Let(paths)


def _texts(one: Mapping[str, Any], key: str) -> list[str]:
    value = one.get(key) or []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"its {key} is no list of texts")
    return value
