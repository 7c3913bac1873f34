"""Rules of sudo and doas as they are in force (sudoers(5), doas.conf(5))."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from ocianalyze.controls.cis_debian_12._files import FILES, files_in, lines
from ocianalyze.filesystem.view import ImageView

_MAIN = ("etc/sudoers", "usr/etc/sudoers")
_INCLUDES = ("@includedir", "#includedir", "@include", "#include")
_DOAS = ("etc/doas.conf",)
_MOST_INCLUDES = 64
_RULES = 20_000


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
    main = next((x for x in _MAIN if view.tree.resolve(x) is not None), "")
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
            if not text.startswith(_INCLUDES):
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
    files = [x for x in _DOAS if view.tree.resolve(x) is not None]
    files += list(files_in(view, "etc/doas.d", ".conf"))
    unread = tuple(x for x in files if view.read(x) is None)
    texts = ((path, text) for path in files for text in _rules(view, path))
    rules = tuple(islice((Rule(path, text) for path, text in texts), _RULES))
    return Rules(tuple(files), rules, unread)


def _rules(view: ImageView, path: str) -> Iterator[str]:
    """Yield lines without comments; `#1000` is a user and `#include` no comment."""
    for line in lines(view, path, continued=True):
        stripped = line.strip()
        if stripped.startswith(_INCLUDES):
            yield stripped
        elif code := _without_comment(stripped):
            yield code


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
