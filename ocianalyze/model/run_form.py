"""What follows RUN in a Dockerfile, as the shell text that does the same.

Builders that write the line as it stands in the Dockerfile leave the flags, the JSON array of the
exec form and the body of a here-document to whoever reads the history.
"""

import json
import re
from shlex import join

from ocianalyze.model.shell_prefix import SHELLS

_FLAGS = re.compile(r"(?:--\S+\s+)+")
_HERE = re.compile(r"<<-?([\"']?)([\w.-]{1,100})\1[ \t]*\n(.*)", re.DOTALL)
"""A here-document that is all of the line: its body is what runs."""
_SHEBANG = re.compile(r"#![ \t]*(\S[^\n]{0,200})")
_WORDS = 10_000


def shell_text(text: str) -> str:
    """Return the shell text of a RUN instruction; text that is shell already stays as it is."""
    if flags := _FLAGS.match(text):
        text = text[flags.end() :]
    if words := _exec_form(text):
        return join(words)
    here = _HERE.fullmatch(text)
    return _body(here[2], here[3], text) if here else text


def _exec_form(text: str) -> list[str]:
    """Return the words of an exec form; a builder reads any other array as shell text."""
    if not text.startswith("["):
        return []
    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(words, list) or len(words) > _WORDS:
        return []
    return words if all(isinstance(word, str) for word in words) else []


def _body(end: str, body: str, whole: str) -> str:
    """Return what a here-document runs; code of another interpreter stays its input."""
    shebang = _SHEBANG.match(body)
    words = shebang[1].split() if shebang else []
    names = {word.rpartition("/")[2] for word in words[:3]}
    if words and names.isdisjoint(SHELLS):
        return f"{join(words)} {whole}"
    kept, _, last = body.rstrip("\n").rpartition("\n")
    return kept if last.strip("\t ") == end else body
