"""Whether the command of a health check can fail at all, and whether it can start."""

import re

from ocianalyze.controls.aspects.programs.outcomes import cannot_fail, word_cannot_fail
from ocianalyze.controls.aspects.programs.started import find_program
from ocianalyze.detectors.secrets.masking import HIDDEN
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.history import Command
from ocianalyze.model.oci import RunConfig
from ocianalyze.model.shell import commands
from ocianalyze.model.shell_prefix import carried_text

_SHELL = "/bin/sh"
"""Of a check, where the image names none."""
_OF_WINDOWS = re.compile(r"[%^&;$@{}\n]")
"""What the shells of Windows read in other ways."""
_SHELL_BUILTINS = (
    "[ [[ . : alias bg break cd command continue echo eval exec exit export false fg getopts hash "
    "jobs kill let local printf pwd read readonly return set shift source test times trap true "
    "type ulimit umask unalias unset wait"
)
_BUILTINS = frozenset(_SHELL_BUILTINS.split())


def weakness(view: ImageView, config: RunConfig, shown: RunConfig) -> str:
    """Return why a health check tells nothing, or nothing.

    Args:
        view: the image.
        config: its run configuration; the first word of the test is `CMD` or `CMD-SHELL`.
        shown: the same as it may be quoted, its secrets masked.

    """
    test = _test(config)
    words = test[1:]
    if not any(word.strip() for word in words):
        return "has no command"
    text = words[0] if test[0] == "CMD-SHELL" else carried_text(words)
    if text:
        found = commands(text, windows=view.is_windows)
    else:
        found = (Command(words[0].rpartition("/")[2], tuple(words)),)
    if _always_succeeds(view, config, text):
        return "always succeeds"
    if view.is_windows or view.unread:
        return ""
    return _cannot_start(view, config, shown, text, found)


def _always_succeeds(view: ImageView, config: RunConfig, text: str) -> bool:
    test = _test(config)
    if not text:
        return word_cannot_fail(test[1:])
    if view.is_windows and _OF_WINDOWS.search(text):
        return False
    before = config.shell if test[0] == "CMD-SHELL" else test[1 : test.index(text)]
    found = _start(view, config, _shell(config, test))
    started = found.path if found else _shell(config, test)
    return cannot_fail(text, [started, *before[1:]])


def _cannot_start(
    view: ImageView, config: RunConfig, shown: RunConfig, text: str, found: tuple[Command, ...]
) -> str:
    test = _test(config)
    shell = _shell(config, test)
    if shell and not _start(view, config, shell):
        kind = "shell" if test[0] == "CMD-SHELL" else "program"
        return f"needs the {kind} {_quoted(shell, config, shown)}, not in the image"
    programs = [c.words[0] for c in found if c.name not in _BUILTINS or not text]
    missing = [x for x in programs if "$" not in x and not _start(view, config, x)]
    alternatives = "||" in text and len(missing) < len(programs)
    if missing and not alternatives:
        return f"runs {_quoted(missing[0], config, shown)}, not in the image"
    return ""


def _quoted(word: str, config: RunConfig, shown: RunConfig) -> str:
    """Return a word of the check; masked when it is not there in what may be quoted."""
    words = _words(shown)
    is_told = words == _words(config) or any(word in text for text in words)
    return word[:40] if is_told else HIDDEN


def _words(config: RunConfig) -> list[str]:
    return [*_test(config), *(config.shell or [_SHELL])]


def _test(config: RunConfig) -> list[str]:
    return config.healthcheck.test if config.healthcheck else []


def _shell(config: RunConfig, test: list[str]) -> str:
    """Return what a runtime starts for the check: a shell, or the program itself."""
    if test[0] != "CMD-SHELL":
        return test[1]
    return config.shell[0] if config.shell else _SHELL


def _start(view: ImageView, config: RunConfig, name: str) -> Entry | None:
    """Return the file that would be started, if anybody may execute it."""
    entry = find_program(view, config, name)
    return entry if entry and entry.kind is not Kind.DIRECTORY and entry.mode & 0o111 else None
