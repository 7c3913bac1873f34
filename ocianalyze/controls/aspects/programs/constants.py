"""With which results commands end whose words alone tell it: `true`, `test`, `printf`, `exit`."""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

Results: TypeAlias = frozenset[bool]
YES: Results = frozenset({True})
NO: Results = frozenset({False})
BOTH = YES | NO
NEVER: Results = frozenset()

_CONSTANT = {**dict.fromkeys(("true", ":", "echo"), YES), "false": NO}
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_STATUS = re.compile(r"[0-9]{1,9}")
_EXPANDED = frozenset("$`*?[")
"""What a shell replaces in words, by texts that are not known here."""
_CONVERSION = re.compile(r"%(?:%|-?[0-9]*[sbc])")
_COMPARED: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}


def of_command(words: Sequence[str]) -> Results:
    """Return the results of a command; of one that is not known both."""
    name = words[0].rpartition("/")[2]
    if name in ("[", "[["):
        return _tested(words[1:-1]) if words[-1] == ("]" if name == "[" else "]]") else BOTH
    if name == "test":
        return _tested(words[1:])
    return _printed(words[1:]) if name == "printf" else _CONSTANT.get(name, BOTH)


def of_exit(words: Sequence[str], before: Results) -> Results:
    """Return with which results a shell ends by `exit` and the words behind it.

    Args:
        words: a number, or nothing.
        before: results of the command before it, which count where there is no number.

    """
    if not words:
        return before
    if len(words) > 1 or not _STATUS.fullmatch(words[0]):
        return BOTH
    return YES if int(words[0]) % 256 == 0 else NO


def _printed(words: Sequence[str]) -> Results:
    """Return what `printf` says: it fails without a format, and on texts that are no numbers."""
    plain = words and not words[0].startswith("-") and not _EXPANDED & set(words[0])
    return YES if plain and "%" not in _CONVERSION.sub("", words[0]) else BOTH


def _tested(words: Sequence[str]) -> Results:
    """Return what `test` says of constants; of files and variables anything."""
    if len(words) > 1 and words[0] == "!":
        return frozenset(not x for x in _tested(words[1:]))
    if any(_EXPANDED & set(word) for word in words):
        return BOTH
    said: bool | None = None
    match [*words]:
        case []:
            said = False
        case [word]:
            said = bool(word)
        case ["-n" | "-z" as option, word]:
            said = bool(word) is (option == "-n")
        case [one, "=", other]:
            said = one == other
        case [one, "!=", other]:
            said = one != other
        case [one, option, other] if option in _COMPARED and _are_numbers(one, other):
            said = _COMPARED[option](int(one), int(other))
    return BOTH if said is None else frozenset({said})


def _are_numbers(*words: str) -> bool:
    return all(map(_NUMBER.fullmatch, words))
