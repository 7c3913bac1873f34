"""Scripts that build steps ran, as far as the image still has them (catalogue, 4.7)."""

from collections.abc import Iterator
from itertools import islice

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.history import Command, Step
from ocianalyze.model.shell import commands
from ocianalyze.model.shell_prefix import SHELLS

_COMMANDS = 32
"""Commands of one step that are looked at."""


def script_commands(view: ImageView, step: Step) -> tuple[Command, ...]:
    """Return the commands of the scripts that an opaque step ran; none where they are lost.

    A script counts as it was when the step ran: in its layer, else in the nearest below.
    """
    if not step.opaque:
        return ()
    found = (_text(view, step, name) for name in _names(step))
    return tuple(command for text in found for command in commands(text))


def _names(step: Step) -> Iterator[str]:
    """Yield the paths of what is run from elsewhere: a program of its own, a shell's operand."""
    for command in islice(step.commands, _COMMANDS):
        words = command.words
        if command.name in SHELLS or command.name in (".", "source"):
            words = tuple(word for word in words[1:] if not word.startswith("-"))
        if words and "/" in words[0]:
            yield words[0]
        elif words and words != command.words:
            yield f"./{words[0]}"


def _text(view: ImageView, step: Step, name: str) -> str:
    entry = _as_run(view, step, _absolute(view, step, name))
    content = None if entry is None else view.tree.observed("captured", entry)
    return "" if content is None else content.decode("utf-8", "replace")


def _as_run(view: ImageView, step: Step, path: str) -> Entry | None:
    known = [x for x in view.tree.versions(path) if step.layer is None or x.layer <= step.layer]
    return known[-1] if known else None


def _absolute(view: ImageView, step: Step, name: str) -> str:
    """Return a path below the root; a relative one stands for the last WORKDIR above the step."""
    if name.startswith("/"):
        return name.lstrip("/")
    homes = (x.text for x in view.history.steps[: step.index] if x.instruction == "WORKDIR")
    home = ([x for x in homes if x.startswith("/")] or ["/"])[-1]
    return f"{home}/{name.removeprefix('./')}".lstrip("/")
