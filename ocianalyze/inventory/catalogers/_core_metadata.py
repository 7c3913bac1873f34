"""Core metadata of a Python distribution: the headers up to the first empty line."""

import re
from collections.abc import Iterator

from ocianalyze.inventory.catalogers._gathered import name, text, texts, told

_UNKNOWN = {"", "UNKNOWN"}
_SUPPLIERS = ("author", "author-email", "maintainer", "maintainer-email")
_LICENSE = "License :: "
_NAME_WORDS = 120
"""Characters from which the License field is the licence's text, not its name."""
_WORD = re.compile(r"[a-z]+")
_NUMBER = re.compile(r"\d+")
_NEEDED = 500
"""Requires-Dist lines kept; with its extras, the largest real distribution has about 400."""
_COMMON = frozenset(
    {"gnu", "license", "licence", "software", "public", "general", "the", "of", "or"}
)
"""Words of many licences' names, which tell none."""

Headers = dict[str, list[str]]


def described(data: bytes | bytearray) -> dict[str, object]:
    """Return what is worth keeping of core metadata; damaged lines are passed over."""
    headers: Headers = {}
    for key, value in _fields(data.decode("utf-8", "replace").lstrip("\ufeff")):
        headers.setdefault(key, []).append(value)
    return told(
        name=name(_first(headers, "name")),
        version=name(_first(headers, "version")),
        licenses=_licenses(headers),
        depends=[
            each for line in headers.get("requires-dist", ())[:_NEEDED] if (each := text(line))
        ],
        supplier=text(next(filter(None, (_first(headers, key) for key in _SUPPLIERS)), "")),
    )


def _fields(content: str) -> Iterator[tuple[str, str]]:
    """Yield fields with lower-case names; a line that begins with a blank continues its field."""
    key, parts = "", [""]
    for line in content.splitlines():
        if not line.strip():
            break
        if line[0] in " \t":
            parts.append(line.strip())
            continue
        yield key, "\n".join(parts)
        key, _, value = line.partition(":")
        key, parts = key.strip().lower(), [value.strip()]
    yield key, "\n".join(parts)


def _first(headers: Headers, key: str) -> str:
    value = headers.get(key, [""])[0]
    return "" if value in _UNKNOWN else value


def _licenses(headers: Headers) -> list[str]:
    """Return the expression (PEP 639), else the licence's name and the classifiers.

    The field may tell which version of a classifier's licence is meant (core metadata, License);
    such a classifier is no licence of its own.
    """
    if expression := _first(headers, "license-expression"):
        return [text(expression)]
    classified = [
        value.rpartition(" :: ")[2]
        for value in headers.get("classifier", ())
        if value.startswith(_LICENSE) and not value.endswith("OSI Approved")
    ]
    recorded = _first(headers, "license")
    if classified and ("\n" in recorded or len(recorded) > _NAME_WORDS):
        recorded = ""
    return texts([recorded, *(each for each in classified if not _says(recorded, each))])


def _says(recorded: str, classified: str) -> bool:
    """Tell that a licence's name is that of a classifier: by a word, or by its initials.

    One that tells a version is not that of another version.
    """
    version = _NUMBER.search(classified)
    numbers = _NUMBER.findall(recorded)
    if version and numbers and version[0] not in numbers:
        return False
    told = set(_WORD.findall(recorded.lower())) - _COMMON
    words = _WORD.findall(classified.lower()[:_NAME_WORDS])
    initials = "".join(word[0] for word in words)
    named = {word for word in words if word not in _COMMON}
    return any(_is_of(word, named) or initials.startswith(word) for word in told if len(word) > 1)


def _is_of(word: str, named: set[str]) -> bool:
    """Tell that a word is one of a name, with or without a `v` for the version behind it."""
    return bool({word, f"{word}v", word.removesuffix("v")} & named)
