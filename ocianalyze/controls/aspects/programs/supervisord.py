"""Programs that supervisord starts and keeps alive, and the users that it gives them."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise
from typing import NamedTuple

from ocianalyze.controls.aspects.settings.included import settings
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry

_NAME = re.compile(r"supervisord(?:[-.0-9]{1,8})?")
_FILES = ("etc/supervisord.conf", "etc/supervisor/supervisord.conf", "supervisord.conf")
"""Where it looks when it is not told a file; the first that is there counts."""
_OPTIONS = ("-c", "--configuration")
_INCLUDE = re.compile(rb"^files[ \t]*[=:][ \t]*([^;\n]{1,512})", re.MULTILINE)
_SECTION = re.compile(
    rb"^\[(?:(?:program|fcgi-program|eventlistener):([^\]\n]{1,64})|[^\]\n]{1,64})\]", re.MULTILINE
)
_KEY = re.compile(rb"^(command|user)[ \t]*[=:][ \t]*([^\n]{0,4096})", re.MULTILINE)
_COMMENT = re.compile(r"\s;.*")
_EXPANSION = re.compile(r"%\(\w{1,64}\)[sd]")
_MOST = 64
"""Programs that are looked at."""


class Program(NamedTuple):
    """One section of its settings."""

    name: str
    command: str
    """Empty for settings that were not read: what they start is not known."""
    user: str
    """Empty for the one that supervisord runs as."""
    entry: Entry


def starts(word: str) -> bool:
    """Tell whether a word of a command is supervisord."""
    return bool(_NAME.fullmatch(word.rpartition("/")[2]))


def programs(view: ImageView, words: Sequence[str]) -> Iterator[Program]:
    """Yield what a command starts, if it is supervisord."""
    at = (i for i, word in enumerate(words) if starts(word))
    own = words[next(at, len(words)) :]
    if own:
        yield from islice(_found(view, own), _MOST)


def _found(view: ImageView, words: Sequence[str]) -> Iterator[Program]:
    named = (after for word, after in pairwise(words) if word in _OPTIONS)
    joined = (word.partition("=")[2] for word in words if word.startswith("--configuration="))
    told = next(chain(named, joined), "")
    paths = (told.lstrip("/"),) if told else _FILES
    path = next((path for path in paths if view.tree.resolve(path)), "")
    for entry, text in settings(view, path, _INCLUDE, lambda path: path.rpartition("/")[0]):
        yield from [Program("", "", "", entry)] if text is None else _programs(entry, text)


def _programs(entry: Entry, text: bytes) -> Iterator[Program]:
    parts = _SECTION.split(text)[1:]
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        keys = {key: _value(value) for key, value in _KEY.findall(body)}
        if name is not None and keys.get(b"command"):
            user = keys.get(b"user", "")[:64]
            yield Program(name.decode("utf-8", "replace"), keys[b"command"], user, entry)


def _value(value: bytes) -> str:
    """Return a value without its comment; what is filled in at the start is one word."""
    text = value.decode("utf-8", "replace")
    return _EXPANSION.sub("x", _COMMENT.sub("", text)).strip()
