"""Which version of a gem a requirement takes (RubyGems: Gem::Version and Gem::Requirement)."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, takewhile

from ocianalyze.model.package import Package

_PART = re.compile(r"\d+|[A-Za-z]+")
_LETTER = re.compile(r"[A-Za-z]")
_PARTS = 16
"""Parts compared of one version."""
_CLAUSE = re.compile(r"(~>|[<>!]=|[=<>])?\s*([\w.-]+)")
_DIGITS = 32
"""Of one number; Ruby's are of any length."""

Key = tuple[tuple[int, int, str], ...]

_COMPARE: Mapping[str, Callable[[Key, Key], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def best_gem(requirement: str, gems: Sequence[Package]) -> int | None:
    """Choose the newest gem that a requirement takes; None where it takes none.

    Releases are before previews, which have a letter in their versions.

    Args:
        requirement: `~> 1.4, != 1.4.2`; empty takes any.
        gems: of one name.

    """
    fit = (
        (not _LETTER.search(gem.found.version), key(gem.found.version), -number)
        for number, gem in enumerate(gems)
        if takes(requirement, gem.found.version)
    )
    best = max(fit, default=None)
    return None if best is None else -best[-1]


def takes(requirement: str, version: str) -> bool:
    """Tell whether every clause of a requirement takes a version."""
    found = key(version)
    return all(_holds(sign or "=", wanted, found) for sign, wanted in _CLAUSE.findall(requirement))


def _holds(sign: str, wanted: str, found: Key) -> bool:
    if sign != "~>":
        return _COMPARE[sign](found, key(wanted))
    return key(wanted) <= found and _release(found) < _bump(wanted)


def key(version: str) -> Key:
    """Return what orders a version: words are before numbers.

    Zeros at the end and before the first word do not count.
    """
    parts = [_part(each) for each in _split(version)]
    numbers = list(takewhile(lambda part: part[0], parts))
    words = parts[len(numbers) :]
    return (*_without_zeros(numbers), *_without_zeros(words), _ZERO)


_ZERO = (1, 0, "")


def _without_zeros(parts: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    while parts and parts[-1] == _ZERO:
        parts.pop()
    return parts


def _split(version: str) -> Iterator[str]:
    return islice((found[0] for found in _PART.finditer(version.replace("-", ".pre."))), _PARTS)


def _part(text: str) -> tuple[int, int, str]:
    return (1, int(text[:_DIGITS]), "") if text.isdigit() else (0, 0, text)


def _release(found: Key) -> Key:
    """Return a version up to its first word."""
    words = [number for number, part in enumerate(found) if not part[0]]
    return (*found[: words[0]], _ZERO) if words else found


def _bump(wanted: str) -> Key:
    """Return the version before which `~>` ends: the last number but one, plus one."""
    numbers = []
    for each in _split(wanted):
        if not each.isdigit():
            break
        numbers.append(int(each[:_DIGITS]))
    kept = numbers[:-1] if len(numbers) > 1 else numbers or [0]
    kept[-1] += 1
    return (*((1, number, "") for number in kept), _ZERO)
