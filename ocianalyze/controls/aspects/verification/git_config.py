"""Settings of git, as git reads them (git-config(1)): does it verify a server's certificate."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ocianalyze.controls.aspects.verification.keyed import TLS_OFF, Off

_CHARS = 80
_SECTION = re.compile(r"""\[([\w.-]{1,200})(?:[ \t]+"((?:[^"\\\n]|\\.){0,2000})")?\]""")
_KEY = re.compile(r"([A-Za-z][\w-]{0,200})[ \t]*(=)?[ \t]*")
_BLANK = re.compile(r"(?:\s|[#;][^\n]*)+")
_PIECE = re.compile(r'"(?:[^"\\\n]|\\(?:.|\n))*+"|\\(?:.|\n)|[^"\\\n#;]+')
"""Of a value: quoted, escaped or plain; a comment or the line's end follows the last one."""
_ESCAPED = re.compile(r"\\(?:(\n)|(.))")
_REST = re.compile(r"[^\n]*")
_FALSE = re.compile(r"(?:no|off|false|[-+]?0+[kmg]?|[-+]?0x0+[kmg]?|)\Z", re.IGNORECASE)


class Setting(NamedTuple):
    """One assignment."""

    section: str
    """In small letters."""
    part: str
    """Of the section: an address."""
    key: str
    """In small letters."""
    value: str | None
    """None where the key stands alone, which is true."""


def settings(text: str) -> Iterator[Setting]:
    """Yield the settings in their order; what git would refuse is skipped to the line's end."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    section, part, at = "", "", 0
    while at < len(text):
        if blank := _BLANK.match(text, at):
            at = blank.end()
        elif head := _SECTION.match(text, at):
            section, _, old = head[1].lower().partition(".")
            part, at = old if head[2] is None else _unescaped(head[2]), head.end()
        elif key := _KEY.match(text, at):
            value, at = _value(text, key.end()) if key[2] else (None, key.end())
            yield Setting(section, part, key[1].lower(), value)
            at = at if key[2] else _end(text, at)
        else:
            at = _end(text, at + 1)


def _end(text: str, at: int) -> int:
    found = _REST.match(text, at)
    return found.end() if found else len(text)


def _value(text: str, at: int) -> tuple[str, int]:
    pieces: list[str] = []
    while piece := _PIECE.match(text, at):
        pieces.append(piece[0].strip('"') if piece[0][0] == '"' else piece[0])
        at = piece.end()
    return _unescaped("".join(pieces)).strip(), _end(text, at)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: found[2] or "", text)


def read(text: str) -> Iterator[Off]:
    """Yield where git verifies no certificate: of one key in one section the last value counts."""
    last = {(one.section, one.part, one.key): one.value for one in settings(text)}
    for (section, part, key), value in last.items():
        if section == "http" and key == "sslverify" and value is not None and _FALSE.match(value):
            where = " for some addresses" if part else ""
            yield Off("fail", f"sslverify = {value.lower()}{where}"[:_CHARS], TLS_OFF)
        elif section in ("include", "includeif") and key == "path":
            yield Off("info", f"{section}: another file is not followed", "not-followed")
