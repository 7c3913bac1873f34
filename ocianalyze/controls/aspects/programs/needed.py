"""What an image needs to start: the programs of its config and what those run first.

ENTRYPOINT, CMD and the health check, the interpreters of scripts among them, the programs that a
captured entry script names, and the libraries of all of these. What a program starts later cannot
be known from outside.
"""

from collections.abc import Iterator
from dataclasses import field
from itertools import islice

from ocianalyze.controls.aspects.programs.libraries import Libraries
from ocianalyze.controls.aspects.programs.started import DEFAULT_PATH
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors import shebang
from ocianalyze.detectors.elf_facts import ElfFacts
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import written
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.oci import RunConfig
from ocianalyze.model.shell import commands
from ocianalyze.model.shell_prefix import SHELLS, carried_text

_SHELL = ("/bin/sh", "-c")
_STARTERS = SHELLS | {"sudo", "doas", "su"}
"""Programs that a parsed text no longer shows, because they only start another one."""
_WORDS = 256
"""Words looked up of one command line or script."""
_DIRECTORIES = 64
_HOPS = 5
"""Interpreters of interpreters; Linux follows as many (BINPRM_MAX_RECURSION)."""


@dataclass(slots=True)
class _Need:
    """Collects what one image needs."""

    view: ImageView
    config: RunConfig
    path: tuple[str, ...]
    libraries: Libraries
    paths: set[str] = field(default_factory=set)

    def words(self, words: tuple[str, ...]) -> None:
        """Take every word that names a program; a wrapper's arguments are programs too."""
        for at, word in enumerate(words[:_WORDS]):
            self.program(word)
            if word.rpartition("/")[2] in SHELLS:
                self.text(carried_text(words[at:]))

    def text(self, text: str) -> None:
        """Take the programs of a shell text, and those that only start another one."""
        starters = (x for x in text.split() if x.rpartition("/")[2] in _STARTERS)
        programs = (command.words[0] for command in commands(text))
        for word in (*islice(programs, _WORDS), *islice(starters, _WORDS)):
            self.program(word)

    def program(self, word: str, hops: int = _HOPS) -> None:
        """Take a program, its interpreter, and what a captured script names."""
        for path in self.candidates(word):
            entry = self.view.tree.resolve(path)
            if entry is not None and entry.kind in (Kind.FILE, Kind.HARDLINK):
                self.take(path, entry, hops)
                return

    def candidates(self, word: str) -> Iterator[str]:
        """Yield where a program can be, as execvp(3) searches."""
        if "/" not in word:
            yield from (f"{directory}/{word}" for directory in self.path) if word else ()
        elif word.startswith("/"):
            yield word
        else:
            yield f"{self.config.working_dir}/{word}"

    def take(self, path: str, entry: Entry, hops: int) -> None:
        """Remember the file and the name it is reached by, and follow its interpreter."""
        known = entry.path in self.paths
        named = self.view.tree.get(path)
        self.paths.update({entry.path} if named is None else {entry.path, named.path})
        if known or not hops or not entry.mode & 0o111:
            return
        tree = self.view.tree
        if line := tree.observed("shebang", entry):
            for word in _interpreters(shebang.words(line)):
                self.program(word, hops - 1)
            self.text((tree.observed("captured", entry) or b"").decode("utf-8", "replace"))
        elif facts := tree.observed("elf", entry):
            self.program(ElfFacts.from_json(facts).interpreter, hops - 1)
            self.libraries.follow(entry)


def needed(view: ImageView) -> frozenset[str]:
    """Return the paths of the files that the image needs to start, links to them included."""
    own = view.once(written)
    if own is None:
        return frozenset()
    config = own.config
    libraries = Libraries(view.tree, _directories(view, "LD_LIBRARY_PATH", ""))
    need = _Need(view, config, search_path(view), libraries)
    need.words(tuple(config.entrypoint) + tuple(config.cmd))
    need.words(tuple(config.cmd))
    test = tuple(config.healthcheck.test) if config.healthcheck else ()
    if test[:1] == ("CMD",):
        need.words(test[1:])
    elif test[:1] == ("CMD-SHELL",):
        need.words((tuple(config.shell) or _SHELL) + test[1:])
    return frozenset(need.paths | libraries.names | libraries.found.keys())


def search_path(view: ImageView) -> tuple[str, ...]:
    """Return the directories of the image's PATH, in order."""
    return _directories(view, "PATH", DEFAULT_PATH)


def _directories(view: ImageView, name: str, default: str) -> tuple[str, ...]:
    own = view.once(written)
    env = own.config.env if own else []
    value = next((x.partition("=")[2] for x in env if x.startswith(f"{name}=")), "") or default
    return tuple(x for x in value.split(":")[:_DIRECTORIES] if x.startswith("/"))


def _interpreters(words: tuple[str, ...]) -> Iterator[str]:
    """Yield the interpreter and, behind `env`, the program that env looks for."""
    if not words:
        return
    yield words[0]
    if words[0].rpartition("/")[2] == "env":
        yield from islice((x for x in words[1:] if not x.startswith("-") and "=" not in x), 1)
