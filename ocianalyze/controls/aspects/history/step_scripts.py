"""Scripts that build steps ran, as far as the image still has them (catalogue, 4.7)."""

from collections.abc import Iterator
from itertools import islice

from ocianalyze.controls.aspects.history.targets import absolute, working_directories
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.history import Command, Step
from ocianalyze.model.shell import commands
from ocianalyze.model.shell_prefix import SHELLS

_COMMANDS = 32
"""Commands of one step that are looked at."""
_HOMES = ("usr/local/sbin", "usr/local/bin")
"""Where a program without a path may be one of the author's scripts."""


def script_commands(view: ImageView, step: Step) -> tuple[Command, ...]:
    """Return the commands of the scripts that a step ran; none where they are lost.

    A script counts as it was when the step ran: in its layer, else in the nearest below.
    """
    texts = (_text(view, step, path) for path in _paths(view, step))
    return tuple(command for text in texts if text for command in commands(text))


def runs_unread(view: ImageView, step: Step) -> bool:
    """Tell a step that runs a program of the author's of which nothing is known but its name."""
    named = (path for path in _paths(view, step) if path.startswith("usr/local/"))
    return any(_text(view, step, path) is None for path in named)


def _paths(view: ImageView, step: Step) -> Iterator[str]:
    """Yield the paths of what is run: programs, a shell's operand; `cd` is followed."""
    home = view.once(working_directories).get(step.index, "")
    for command in islice(step.commands, _COMMANDS):
        words = command.words
        if command.name == "cd" and len(words) > 1:
            home = absolute(home, words[1])
            continue
        is_carried = command.name in SHELLS or command.name in (".", "source")
        if is_carried:
            words = tuple(word for word in words[1:] if not word.startswith("-"))
        if words and (is_carried or "/" in words[0]):
            yield absolute(home, words[0])
        elif words:
            known = (f"{directory}/{words[0]}" for directory in _HOMES)
            yield from (path for path in known if view.tree.versions(path))


def _text(view: ImageView, step: Step, path: str) -> str | None:
    entry = _as_run(view, step, path)
    content = None if entry is None else view.tree.observed("captured", entry)
    return None if content is None else content.decode("utf-8", "replace")


def _as_run(view: ImageView, step: Step, path: str) -> Entry | None:
    known = [x for x in view.tree.versions(path) if step.layer is None or x.layer <= step.layer]
    return known[-1] if known else None
