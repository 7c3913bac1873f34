"""Text encodings of keys: where a block begins and ends, however its lines are kept."""

import re

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Match

_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9][A-Z0-9 ]{0,40})-----")
_JOIN = re.compile(rb"[\"'][\s+.,\\]*[\"']")
_ESCAPE = re.compile(rb"(?<!\\)\\++[rn]")
_HEADER = re.compile(rb"^[ \t]*([A-Za-z][A-Za-z-]{2,20}): ([^\r\n]*)$", re.MULTILINE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_LONGEST = 1 << 17


@dataclass(frozen=True, slots=True)
class Block:
    """One block between its marks."""

    label: bytes
    """`RSA PRIVATE KEY`."""
    headers: dict[bytes, bytes]
    body: bytes
    """Base64 alone."""
    ended: bool
    """Whether the end mark was seen."""


def find(match: Match) -> Block | None:
    """Return the block that a match is in, or begins; None where there is none."""
    text = match.around[max(0, match.start - _LONGEST) : match.start + _LONGEST]
    at = min(match.start, _LONGEST)
    return read(text, at) or read(match.secret[:_LONGEST], 0)


def read(text: bytes, at: int) -> Block | None:
    """Return the block that begins last before a place, or first after it."""
    begin = _last(text, at) or _BEGIN.search(text, at)
    if begin is None:
        return None
    end = text.find(b"-----END " + begin[1] + b"-----", begin.end())
    rest = text[begin.end() : end if end >= 0 else len(text)]
    lines = _ESCAPE.sub(b"\n", _JOIN.sub(b"", rest))
    headers = {found[1]: found[2].strip() for found in _HEADER.finditer(lines)}
    body = _NOT_BASE64.sub(b"", _HEADER.sub(b"", lines))
    return Block(begin[1], headers, body, end >= 0)


def _last(text: bytes, at: int) -> re.Match[bytes] | None:
    """Return the mark that a place lies in or behind, with no end mark between them."""
    mark = text.rfind(b"-----BEGIN ", 0, at + 11)
    if mark < 0 or text.find(b"-----END ", mark, max(at, mark)) >= 0:
        return None
    return _BEGIN.match(text, mark)
