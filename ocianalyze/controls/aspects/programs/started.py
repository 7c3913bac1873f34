"""What a container starts: program paths in the merged tree, and the text of entry scripts."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from ocianalyze.controls.aspects.programs.supervised import supervised
from ocianalyze.controls.aspects.programs.supervisord import Program, programs, starts
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.history import Command
from ocianalyze.model.oci import RunConfig
from ocianalyze.model.shell import commands
from ocianalyze.model.shell_prefix import carried_text

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""What runtimes set when the image does not."""
_WORDS = 32
"""Words of Entrypoint and Cmd that are looked at."""
_COMMANDS = 256
"""Of an entry script that may start an init."""
_SUPERVISORS = 4
"""Commands that start one whose settings are read."""
_DIRECTORIES = 64
_NAME_CHARS = 4_096


def environment(config: RunConfig, name: str) -> str | None:
    """Return a variable that the image sets; the last one wins."""
    found = [value for key, _, value in (x.partition("=") for x in config.env) if key == name]
    return found[-1] if found else None


def find_program(view: ImageView, config: RunConfig, name: str) -> Entry | None:
    """Return the file that a program name leads to, links followed; None for none."""
    if not name or len(name) > _NAME_CHARS:
        return None
    for path in _candidates(config, name):
        entry = view.tree.resolve(path)
        if entry is not None and entry.kind in (Kind.FILE, Kind.HARDLINK):
            return entry
    return None


def _candidates(config: RunConfig, name: str) -> Iterator[str]:
    if name.startswith("/"):
        yield name
    elif "/" in name:
        yield f"{config.working_dir or '/'}/{name}"
    else:
        path = environment(config, "PATH") or DEFAULT_PATH
        for directory in path.split(":", _DIRECTORIES)[:_DIRECTORIES]:
            yield f"{directory}/{name}"


def argv(config: RunConfig) -> Sequence[str]:
    """Return what the container starts, as far as it is looked at."""
    return (*config.entrypoint, *config.cmd)[:_WORDS]


def started(view: ImageView, config: RunConfig) -> Iterator[tuple[Command, Entry | None]]:
    """Yield the commands that a container may start, with the file that holds them."""
    yield from _told(view, config)
    for program in kept_alive(view, config):
        yield from ((command, program.entry) for command in commands(program.command))


def kept_alive(view: ImageView, config: RunConfig) -> Iterable[Program]:
    """Return the programs of a supervisord that the container starts, each once."""
    told = islice(_told(view, config), _COMMANDS)
    words = (x.words for x, at in told if any(map(starts, x.words[:1] if at else x.words)))
    found = chain.from_iterable(programs(view, each) for each in islice(words, _SUPERVISORS))
    return {(one.entry.path, one.name): one for one in found}.values()


def _told(view: ImageView, config: RunConfig) -> Iterator[tuple[Command, Entry | None]]:
    """Yield the commands of the configuration and of scripts."""
    words = argv(config)
    if not words:
        return
    text = carried_text(words)
    if text:
        yield from ((command, None) for command in commands(text))
    else:
        yield Command(words[0].rpartition("/")[2], tuple(words)), None
    for entry, script in scripts(view, config, text):
        yield from ((command, entry) for command in commands(script))


def scripts(view: ImageView, config: RunConfig, text: str) -> Iterator[tuple[Entry, str]]:
    """Yield the scripts among the words that a container starts, then those of services."""
    told = [c.words for c in islice(commands(text), _WORDS)] if text else [argv(config)]
    words = [*argv(config), *(each[0] for each in told if each)]
    named = filter(None, (find_program(view, config, word) for word in words))
    for entry, script in _read(view, named):
        yield entry, script
        told += [c.words for c in islice(commands(script), _COMMANDS)]
    yield from _read(view, supervised(view, told))


def _read(view: ImageView, entries: Iterable[Entry]) -> Iterator[tuple[Entry, str]]:
    """Yield the texts of scripts, each once."""
    seen: set[str] = set()
    for entry in entries:
        if entry.path in seen:
            continue
        seen.add(entry.path)
        content = view.tree.observed("captured", entry)
        if content is not None and content.startswith(b"#!"):
            yield entry, content.decode("utf-8", "replace")
