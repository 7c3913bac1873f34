"""Rules of sudo and doas as they are in force (sudoers(5), doas.conf(5))."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from ocianalyze.controls.aspects.settings.files import FILES, files_in, lines
from ocianalyze.detectors.captures.sudo import DOAS, DOAS_HOME, SUDO
from ocianalyze.filesystem.view import ImageView

NOPASSWD = re.compile(r"\bNOPASSWD\s*:")
NOPASS = re.compile(r"^permit\b.*\bnopass\b")
"""The same in doas."""
_INCLUDES = (["@includedir"], ["#includedir"], ["@include"], ["#include"])
_MOST_INCLUDES = 64
_RULES = 20_000
_ALIASES = 1_000
_JOINED = re.compile(r"\s*(,)\s*|(!)\s+")
"""Space that separates nothing in a list of users."""
_DOAS_OPTION = re.compile(r"\s+(?:nopass|nolog|persist|keepenv|setenv\s*\{[^}]*\})(?=\s)")


class Rule(NamedTuple):
    """One rule with its continuation lines."""

    path: str
    text: str


class Rules(NamedTuple):
    """All rules of an image."""

    files: tuple[str, ...]
    """That are there; empty where there is neither sudo nor doas."""
    rules: tuple[Rule, ...]
    unread: tuple[str, ...]
    """Files and directories that are included and were not kept."""


def sudo_rules(view: ImageView) -> Rules:
    """Return the rules of sudo; use it with `view.once`."""
    main = next((x for x in SUDO if view.tree.resolve(x) is not None), "")
    if not main:
        return Rules((), (), ())
    files: list[str] = []
    rules: list[Rule] = []
    unread: list[str] = []
    pending, includes = [main], 0
    while pending:
        path = pending.pop()
        if path in files:
            continue
        files.append(path)
        for text in _rules(view, path):
            if not _is_include(text):
                rules.append(Rule(path, text))
            elif includes < _MOST_INCLUDES:
                includes += 1
                pending += _included(view, path, text)
        if view.read(path) is None:
            unread.append(path)
    if len(rules) > _RULES or len(files) > FILES or includes == _MOST_INCLUDES:
        unread.append(main)
    return Rules(tuple(files), tuple(rules[:_RULES]), tuple(unread))


def doas_rules(view: ImageView) -> Rules:
    """Return the rules of doas."""
    files = [x for x in (DOAS,) if view.tree.resolve(x) is not None]
    files += list(files_in(view, DOAS_HOME, ".conf"))
    unread = tuple(x for x in files if view.read(x) is None)
    texts = ((path, text) for path in files for text in _rules(view, path))
    rules = tuple(islice((Rule(path, text) for path, text in texts), _RULES))
    return Rules(tuple(files), rules, unread)


def without_password(view: ImageView, who: frozenset[str]) -> Iterator[Rule]:
    """Yield rules of sudo by which a user need not say who it is.

    Args:
        view: the image.
        who: how rules may name the user: `app`, `#1000`, `%group`, `%#1000`, `ALL`.

    """
    rules = view.once(sudo_rules).rules
    aliases = _aliases(rules)
    for rule in rules:
        if NOPASSWD.search(rule.text) and _names(_first_list(rule.text), who, aliases):
            yield rule


def doas_without_password(view: ImageView, who: frozenset[str]) -> Iterator[Rule]:
    """Yield the rules of doas by which a user becomes root so; groups read `:group` there."""
    for rule in view.once(doas_rules).rules:
        words = _DOAS_OPTION.sub("", rule.text).split()
        target = words[3] if words[2:3] == ["as"] and len(words) > 3 else "root"
        if NOPASS.search(rule.text) and words[1:2] and words[1] in who and target == "root":
            yield rule


def _first_list(text: str) -> list[str]:
    """Return the users that a rule begins with: `app, %wheel ALL = ...`."""
    joined = _JOINED.sub(lambda found: found[1] or found[2], text)
    return joined.split(None, 1)[0].split(",")


def _names(users: list[str], who: frozenset[str], aliases: Mapping[str, list[str]]) -> bool:
    """Tell whether a list has the user; the last that fits counts, and aliases hold no aliases."""
    told = False
    for user in users:
        name = user.lstrip("!")
        if name in who or not who.isdisjoint(aliases.get(name, ())):
            told = (len(user) - len(name)) % 2 == 0
    return told


def _aliases(rules: tuple[Rule, ...]) -> dict[str, list[str]]:
    """Return the users of each User_Alias: `User_Alias ADMINS = app, bob : OPS = eve`."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        kind, _, rest = rule.text.partition(" ")
        if kind == "User_Alias" and len(found) < _ALIASES:
            for each in rest.split(" : "):
                name, _, users = each.partition("=")
                found[name.strip()] = [user.strip() for user in users.split(",")]
    return found


def _rules(view: ImageView, path: str) -> Iterator[str]:
    """Yield lines without comments; `#1000` is a user and `#include` no comment."""
    for line in lines(view, path, continued=True):
        stripped = line.strip()
        if _is_include(stripped):
            yield stripped
        elif code := _without_comment(stripped):
            yield code


def _is_include(line: str) -> bool:
    return line.split(None, 1)[:1] in _INCLUDES


def _without_comment(line: str) -> str:
    at, quoted = 0, False
    while at < len(line):
        if line[at] == '"':
            quoted = not quoted
        elif line[at] == "\\":
            at += 1
        elif line[at] == "#" and not quoted and not line[at + 1 : at + 2].isdigit():
            return line[:at].strip()
        at += 1
    return line


def _included(view: ImageView, path: str, text: str) -> list[str]:
    """Return the files that a line includes."""
    words = text.split(None, 1)
    target = words[1].strip().strip('"') if len(words) == 2 else ""
    target = target.lstrip("/") if target.startswith("/") else f"{path.rpartition('/')[0]}/{target}"
    if not words[0].endswith("dir"):
        return [target] if view.tree.resolve(target) is not None else []
    names = files_in(view, target)
    return [x for x in names if "." not in x.rpartition("/")[2] and not x.endswith("~")]
