"""What is wrong with the form of a profile, in this project's words instead of a library's."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from ocianalyze.policy.profile import IDENTIFIER, SHA256

Told: TypeAlias = Mapping[str, Any]
"""One error of the validation: `type`, `msg`, `input`, and `ctx` with the bounds."""

_SHOWN = 40
_UNFIT = re.compile(r"[^a-z0-9._-]+")
_LISTS = {"controls": "a list of ids, as [l1, cis-docker-4.8]", "without": "a list of ids or globs"}
"""By key what its list is of."""


def worded(key: str, told: Told) -> str:
    """Return what is wrong with a value.

    Args:
        key: the last one of where it is.
        told: the error.

    """
    word = _WORDS.get(told["type"])
    return word(key, told) if word else str(told["msg"])


def _list(key: str, _: Told) -> str:
    return f"must be {_LISTS.get(key, 'a list, each item on a line that begins with a dash')}"


def _pattern(key: str, told: Told) -> str:
    """Say what an id or a digest looks like, and the nearest one."""
    pattern = told["ctx"]["pattern"]
    value = str(told["input"])
    if pattern == SHA256:
        return f"{value[:_SHOWN]!r} is no SHA-256: 64 of 0-9 and a-f, without sha256: before them"
    if pattern == IDENTIFIER:
        near = _UNFIT.sub("-", value.casefold()[:_SHOWN]).strip("-._")
        hint = f", as {near!r}" if re.fullmatch(IDENTIFIER, near) else ", as 'no-ssh-server'"
        return (
            f"{value[:_SHOWN]!r} is no id: 2 to 64 of a-z, 0-9, '.', '_' and '-', "
            f"a letter or digit first{hint}"
        )
    return f"{key} must fit {pattern}"


def _literal(_: str, told: Told) -> str:
    return f"must be {told['ctx']['expected']}"


def _own(_: str, told: Told) -> str:
    """Return what a rule of this project said."""
    return str(told["msg"]).removeprefix("Value error, ")


def _always(text: str) -> Callable[[str, Told], str]:
    return lambda _key, _told: text


def _bounded(text: str) -> Callable[[str, Told], str]:
    return lambda _key, told: text.format(**told["ctx"])


_WORDS: Mapping[str, Callable[[str, Told], str]] = {
    "extra_forbidden": _always("no such key"),
    "missing": _always("is missing"),
    "tuple_type": _list,
    "dict_type": _always("must be keys with values"),
    "model_type": _always("must be keys with values"),
    "string_type": _always("must be a text: put it in quotes"),
    "bool_type": _always("must be true or false"),
    "bool_parsing": _always("must be true or false"),
    "literal_error": _literal,
    "string_too_short": _always("must not be empty"),
    "string_too_long": _bounded("is longer than {max_length} characters"),
    "too_long": _bounded("has {actual_length} items, more than {max_length}"),
    "string_pattern_mismatch": _pattern,
    "date_type": _always("must be a date, as 2027-06-30"),
    "date_parsing": _always("must be a date, as 2027-06-30"),
    "date_from_datetime_parsing": _always("must be a date, as 2027-06-30"),
    "date_from_datetime_inexact": _always("must be a date without a time, as 2027-06-30"),
    "value_error": _own,
}
"""By kind of error."""
