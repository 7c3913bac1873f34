"""One rule of a gitleaks configuration as a rule of ours, or as some that share its paths.

A rule with a path alone is about files, whatever is in them: it is one for the names with which
the path can end, and its value is the beginning of the content.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import chain, count, islice, product
from typing import Any

from ocianalyze.detectors.secrets._base import Kind, Rule
from ocianalyze.detectors.secrets._endings import endings
from ocianalyze.detectors.secrets._gitleaks_allow import FIELDS, VALUES, Let
from ocianalyze.detectors.secrets._go_syntax import groups, translated
from ocianalyze.detectors.secrets._groups import is_first_sure
from ocianalyze.detectors.secrets.literals import needed
from ocianalyze.detectors.secrets.rule_files import SHIPPED

_NOT_ID = re.compile(r"[^a-z0-9._-]+")
_LONGEST_ID = 100
_SPLITS = 3
"""Sets of paths that a rule is split by, each of which doubles what becomes of it."""
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("private-key", "private-key"),
    ("password", "password"),
    ("webhook", "webhook"),
    ("api-key", "api-key"),
)
_REMEDIATION = "Revoke it where it was issued, and keep its successor out of the image"
_ANY_CONTENT = r"\A(?s:.){1,16000}"
_ANY_BEGIN = r"\A(?s:.)"
_Texts = Mapping[str, Sequence[str]]
"""Expressions by the field of a rule that they belong to."""


def rule_of(row: Any, id_: str, lets: Sequence[Let], *, uses_default: bool) -> Rule:
    """Return a rule without what allow lists let off.

    Args:
        row: its table, with keys in small letters.
        id_: its id here.
        lets: what will be let off.
        uses_default: a rule without an expression may change one of gitleaks' own.

    Raises:
        ValueError: it cannot be taken over.
        re.error: its expression is none.

    """
    if not isinstance(row, dict):
        raise ValueError("it is no table")  # noqa: TRY004 - of a document
    name = str(row.get("id", ""))
    if not id_:
        raise ValueError("its id cannot be the name of a file")
    if row.get("required"):
        raise ValueError("it counts only beside what other rules find (required)")
    regex, path = _text(row, "regex"), _text(row, "path")
    if not regex and not path:
        own = "it changes a rule of gitleaks' own configuration, which is not here"
        raise ValueError(own if uses_default else "it has neither regex nor path")
    paths = translated(path) if path else ""
    rule = Rule(
        id=id_,
        title=_text(row, "description") or name,
        provider=_slug(name).partition("-")[0].capitalize(),
        kind=next((kind for word, kind in _KINDS if word in name), "token"),
        severity="high",
        pattern="",
        remediation=_REMEDIATION,
        paths=paths,
    )
    return _for_values(rule, row, regex, lets) if regex else _for_files(rule)


def _for_values(rule: Rule, row: Mapping[str, Any], regex: str, lets: Sequence[Let]) -> Rule:
    entropy = _entropy(row.get("entropy") or 0)
    is_narrowed = bool(entropy) or any(one.field == VALUES for one in lets)
    pattern = _pattern(regex, row.get("secretgroup") or 0, is_narrowed=is_narrowed)
    near = _near(row.get("keywords") or [], pattern)
    return replace(rule, pattern=pattern, trigger=_trigger(regex), entropy=entropy, near=near)


def _for_files(rule: Rule) -> Rule:
    files = endings(rule.paths)
    if not files:
        raise ValueError("it has no regex, and its path ends with no name or ending that is fixed")
    return replace(rule, severity="low", pattern=_ANY_CONTENT, trigger=_ANY_BEGIN, files=files)


def id_of(name: str) -> str:
    """Return the id here: fit for a file's name, and none that a rule that ships has."""
    slug = _slug(name)
    return f"gitleaks-{slug}" if slug and (SHIPPED / f"{slug}.toml").exists() else slug


def _slug(name: str) -> str:
    """Return a name in small letters, digits, points, dashes and underscores; empty for none."""
    return _NOT_ID.sub("-", name.lower()).strip("-._")[:_LONGEST_ID]


def _pattern(regex: str, group: Any, *, is_narrowed: bool) -> str:
    """Return the expression; without a number, the value is its first group that is not empty."""
    if not isinstance(group, int) or group < 0:
        raise ValueError("its secretGroup is no number of a group")
    several = groups(regex)
    if not group and (several == 1 or (several and is_first_sure(translated(regex)))):
        group = 1
    if several and is_narrowed and not group:
        raise ValueError("which of its groups is the value differs; give it a secretGroup")
    return translated(regex, group or None, "content")


def _trigger(regex: str) -> str:
    """Return the expression without begins and ends, which are not for engines; else nothing."""
    bare = translated(regex, bounds="none")
    return "" if bare == translated(regex) else bare


def _near(words: Any, pattern: str) -> tuple[str, ...]:
    """Return the words that must be near; none where every match has one of them."""
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError("its keywords are no list of texts")
    small = tuple(dict.fromkeys(word.lower() for word in words if word))
    coded = [word.encode() for word in small]
    is_vain = all(any(word in text for word in coded) for text in needed(pattern))
    return () if is_vain else small


def _entropy(value: Any) -> float:
    """Return the least entropy, which gitleaks wants to be surpassed."""
    if not isinstance(value, int | float) or not 0 <= value <= 8:
        raise ValueError("its entropy is no number of bits")
    return math.nextafter(float(value), math.inf) if value else 0.0


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"its {key} is no text")  # noqa: TRY004 - of a document
    return value


def letting_off(rule: Rule, lets: Sequence[Let], taken: AbstractSet[str]) -> list[Rule]:
    """Return a rule without what is let off: split by the paths that count with something else.

    Raises:
        ValueError: there are too many of those.

    """
    if rule.files:  # gitleaks lets off nothing of a file as a whole but by its path
        lets = [one for one in lets if not one.field]
    outside = [one.paths for one in lets if not one.field]
    everywhere = _texts(one for one in lets if not one.paths)
    within: dict[tuple[str, ...], list[Let]] = {}
    for one in lets:
        if one.paths and one.field:
            within.setdefault(one.paths, []).append(one)
    if len(within) > _SPLITS:
        raise ValueError(f"more than {_SPLITS} allow lists join paths with other conditions")
    found = []
    names = chain([rule.id], _numbered(rule.id, taken))
    for cell in product((False, True), repeat=len(within)):
        inside = [paths for paths, is_in in zip(within, cell, strict=True) if is_in]
        others = [paths for paths, is_in in zip(within, cell, strict=True) if not is_in]
        more = _texts(one for paths in inside for one in within[paths])
        texts = {name: (*everywhere[name], *more[name]) for name in FIELDS}
        paths = _where(rule.paths, inside, [*outside, *others])
        found.append(_with(rule, next(names), paths, texts))
    return found


def ids_of(names: Iterable[str]) -> dict[str, str]:
    """Return the ids here by name; names that become one, as `a/b` and `A-b` do, are numbered."""
    own = {name: id_of(name) for name in names}
    taken = set(own.values())
    free = {one: chain([one], _numbered(one, taken)) for one in filter(None, own.values())}
    for name, one in own.items():
        own[name] = next(free[one]) if one else ""
        taken.add(own[name])
    return own


def _numbered(name: str, taken: AbstractSet[str]) -> Iterator[str]:
    base = name[: _LONGEST_ID - 4]
    return (one for n in islice(count(2), 1 << 15) if (one := f"{base}.{n}") not in taken)


def _with(rule: Rule, name: str, paths: str, texts: _Texts) -> Rule:
    fields: dict[str, Any] = {key: tuple(dict.fromkeys(value)) for key, value in texts.items()}
    return replace(rule, **(fields | {"id": name, "paths": paths}))


def _texts(lets: Iterator[Let]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = dict.fromkeys(FIELDS, ())
    for one in lets:
        found[one.field] = (*found[one.field], *one.expressions)
    return found


def _where(paths: str, inside: Sequence[Sequence[str]], outside: Sequence[Sequence[str]]) -> str:
    """Return what paths must match: as before, one of each set inside, none of those outside."""
    none = [text for texts in outside for text in texts]
    ahead = [rf"(?=(?s:.*)(?:{'|'.join(texts)}))" for texts in inside]
    ahead += [rf"(?!(?s:.*)(?:{'|'.join(none)}))"] if none else []
    if not ahead:
        return paths
    return rf"\A{''.join(ahead)}" + (rf"(?s:.*)(?:{paths})" if paths else "")
