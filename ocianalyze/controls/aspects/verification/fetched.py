"""What one command fetches from elsewhere: downloaders, and code that an interpreter is given."""

import re
from collections.abc import Iterator
from itertools import pairwise

from ocianalyze.controls.aspects.verification.flags import program
from ocianalyze.model.history import Command

ADDRESS = re.compile(r"(?:https?|ftp)://", re.IGNORECASE)
HERE = re.compile(r"[a-z]+://(?:localhost|127\.|\[::1\]|0\.0\.0\.0)", re.IGNORECASE)
INTERPRETERS = frozenset(
    {"sh", "bash", "dash", "ash", "zsh", "ksh", "python", "perl", "ruby", "node", "php", "source"}
)
_DOWNLOADERS = frozenset({"curl", "wget", "aria2c", "fetch", "axel"})
_CODE = {
    "python": re.compile(r"-[A-Za-z]*c"),
    "perl": re.compile(r"-[A-Za-z]*[eE]"),
    "ruby": re.compile(r"-[A-Za-z]*e"),
    "node": re.compile(r"-p?e|-p|--eval|--print"),
    "php": re.compile(r"-r|--run"),
}
"""Options whose value is code, by interpreter."""
_FETCHES = re.compile(
    r"urlopen|urlretrieve|\bPoolManager\b|\brequests\.|\bhttpx\.|\bhttp\.client|\bwget\.download"
    r"|\bLWP\b|HTTP::Tiny|Net::HTTP|open-uri|URI\.open"
    r"|\bhttps?['\")]*\.(?:get|request)|\bfetch\(|\baxios\b"
    r"|file_get_contents|\bcurl_|\bcopy\(|\breadfile\("
)
"""How code fetches: each language's own library, and the best known others."""
_IN_CODE = re.compile(r"(?:https?|ftp)://[^\s'\"\\)`,;<>]{1,200}", re.IGNORECASE)
_DIGESTED = re.compile(r"hashlib|Digest::|createHash|hash_file|\bhash\(")
_HEX = re.compile(r"\b[0-9a-f]{64,128}\b", re.IGNORECASE)
_RUNS = re.compile(r"\b(?:exec|eval|instance_eval|vm\.run\w*|subprocess|system|popen)\b")
_TEXT = 65_536


def address(command: Command) -> str:
    """Return what a command fetches from elsewhere; a variable may hold any address."""
    if code := _code(command):
        return in_code(code)
    if command.name not in _DOWNLOADERS:
        return ""
    words = [word for word in command.words[1:] if not HERE.match(word)]
    named = next((word for word in words if ADDRESS.match(word)), "")
    return named or next((word for word in words if word[:1] in ("$", "`")), "")


def digests_itself(command: Command) -> bool:
    """Tell code that makes a digest and holds one to compare it with."""
    code = _code(command)
    return bool(_DIGESTED.search(code) and _HEX.search(code))


def runs_itself(command: Command) -> bool:
    """Tell code that fetches and has the means to run what it fetched."""
    return bool(_RUNS.search(_code(command)))


def in_code(code: str) -> str:
    """Return the first address that code fetches, `elsewhere` when it is put together."""
    if not _FETCHES.search(code):
        return ""
    found = _IN_CODE.findall(code)
    named = next((one for one in found if not HERE.match(one)), "")
    return named or ("" if found else "elsewhere")


def _code(command: Command) -> str:
    """Return the code among the words of an interpreter."""
    option = _CODE.get(program(command))
    return " ".join(_values(option, command)) if option else ""


def _values(option: re.Pattern[str], command: Command) -> Iterator[str]:
    words = command.words[1:]
    for before, word in pairwise(words):
        if option.fullmatch(before):
            yield word[:_TEXT]
