"""Settings of sshd as they are in force (sshd_config(5)).

The first value of a keyword wins; what a `Match` block says goes before it and is kept apart. An
`Include` is read where it stands; a `Match` inside it ends with the file.
"""

import re
from collections.abc import Iterator
from dataclasses import field
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import NamedTuple

from ocianalyze.controls.aspects.programs.started import argv
from ocianalyze.controls.aspects.settings.files import FILES, lines
from ocianalyze.controls.cis_debian_12._files import program
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.captures.sshd import MAIN
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind

_HOME = "etc/ssh"
_DEPTH = 16
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_INCLUDES = 64
_PATTERN = 255
_CONDITION = 80
COMMAND = "/config/Entrypoint"


class Setting(NamedTuple):
    """One keyword with its value, in lower case but for the value."""

    keyword: str
    value: str
    path: str
    """File, or `COMMAND` for an option on the command line."""
    match: str = ""
    """The condition under which it holds; empty for always."""


@dataclass(slots=True)
class Settings:
    """What sshd is told."""

    first: dict[str, Setting] = field(default_factory=dict)
    """By keyword, outside of `Match`."""
    always: dict[str, Setting] = field(default_factory=dict)
    """The same inside of `Match all`, which goes before."""
    matched: list[Setting] = field(default_factory=list)
    """Inside of another `Match`."""
    unread: list[str] = field(default_factory=list)
    """Files that are included and were not kept."""
    files: list[str] = field(default_factory=list)
    includes: int = 0

    def take(self, setting: Setting) -> None:
        """Take one line."""
        if setting.match.lower() == "all":
            self.always.setdefault(setting.keyword, setting)
        elif setting.match:
            self.matched.append(setting)
        else:
            self.first.setdefault(setting.keyword, setting)

    def of(self, keyword: str) -> Setting | None:
        """Return the line that counts for everybody."""
        name = keyword.lower()
        return self.always.get(name) or self.first.get(name)


def sshd(view: ImageView) -> Entry | None:
    """Return the OpenSSH server; use it with `view.once`."""
    return program(view, "sshd")


def settings(view: ImageView) -> Settings:
    """Return what sshd reads when it starts; use it with `view.once`."""
    found = Settings()
    words = _command(view)
    main = ""
    for option, value in pairwise((*words, "")):
        if option == "-o" or (option.startswith("-o") and len(option) > 2):
            parsed = _parsed(value if option == "-o" else option[2:])
            if parsed:
                found.take(Setting(*parsed, COMMAND))
        elif option == "-f":
            main = value.lstrip("/")
    main = main or next((x for x in MAIN if view.tree.resolve(x) is not None), "")
    if main:
        _read(view, found, main, "", 0)
    return found


def _command(view: ImageView) -> tuple[str, ...]:
    """Return the arguments when the image starts sshd itself."""
    words = tuple(argv(view.config.config)) if view.config else ()
    at = next((n for n, word in enumerate(words) if word.rpartition("/")[2] == "sshd"), None)
    return () if at is None else words[at + 1 :]


def _read(view: ImageView, found: Settings, path: str, match: str, depth: int) -> None:
    if view.read(path) is None or depth > _DEPTH or len(found.files) >= FILES:
        found.unread.append(path)
        return
    found.files.append(path)
    within = match
    for line in lines(view, path):
        parsed = _parsed(line)
        if parsed is None:
            continue
        keyword, value = parsed
        if keyword == "match":
            match = _both(within, value[:_CONDITION])
        elif keyword == "include":
            found.includes += 1
            for target in _included(view, found, value):
                _read(view, found, target, match, depth + 1)
                if found.unread:
                    return
        else:
            found.take(Setting(keyword, value, path, match))


def _both(outer: str, inner: str) -> str:
    """Return the condition of a block in a file that is itself read under one."""
    conditions = [x for x in (outer, inner) if x and x.lower() != "all"]
    return " and ".join(conditions) or "all"


def _parsed(line: str) -> tuple[str, str] | None:
    """Return keyword and value; None for a line that sets nothing."""
    text = line.strip()
    if not text or text.startswith("#"):
        return None
    end = next((n for n, char in enumerate(text) if char in " \t="), len(text))
    value = text[end:].strip(" \t").removeprefix("=")
    return text[:end].lower().strip('"'), " ".join(_words(value))


def _words(value: str) -> Iterator[str]:
    """Yield the words of a line, quotes taken off, up to a comment."""
    for quoted, plain in _WORD.findall(value):
        if plain.startswith("#"):
            return
        yield quoted or plain


def _included(view: ImageView, found: Settings, value: str) -> Iterator[str]:
    """Yield the files of an `Include`; patterns are of the last component alone (glob(7))."""
    for word in value.split()[:64]:
        path = word.lstrip("/") if word.startswith("/") else f"{_HOME}/{word}"
        directory, _, pattern = path.rpartition("/")
        if not any(x in path for x in "*?["):
            if view.tree.resolve(path) is not None:
                yield path
            continue
        is_wild = any(x in directory for x in "*?[") or len(pattern) > _PATTERN
        if is_wild or found.includes > _INCLUDES:
            found.unread.append(path[:_PATTERN])
            return
        children = view.tree.listing(directory)
        if len(children) > FILES:
            found.unread.append(directory)
        for child in children[:FILES]:
            if child.kind is not Kind.DIRECTORY and fnmatchcase(
                child.path.rpartition("/")[2], pattern
            ):
                yield child.path
