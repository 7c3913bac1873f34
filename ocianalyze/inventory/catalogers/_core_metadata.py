"""Core metadata of a Python distribution: the headers up to the first empty line."""

from collections.abc import Iterator

from ocianalyze.inventory.catalogers._gathered import name, text, texts, told

_UNKNOWN = {"", "UNKNOWN"}
_SUPPLIERS = ("author", "author-email", "maintainer", "maintainer-email")
_LICENSE = "License :: "
_NAME_WORDS = 120
"""Characters from which the License field is the licence's text, not its name."""

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
    """Return the expression (PEP 639), else the classifiers and the licence's name."""
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
    return texts([recorded, *classified])
