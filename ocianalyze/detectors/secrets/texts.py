"""Masking of values that are known, as those of an image's own documents are."""

from collections.abc import Callable, Mapping
from typing import Any

from ocianalyze.detectors.secrets.masking import LEAST


class Texts:
    """Values that are known, found in time that does not grow with their number."""

    __slots__ = ("_known",)

    def __init__(self, values: Mapping[str, str]) -> None:
        """Take values of at least `LEAST` characters, each with its mask."""
        self._known: dict[str, dict[int, dict[str, str]]] = {}
        for value in sorted(values, key=len, reverse=True):
            sizes = self._known.setdefault(value[:LEAST], {})
            sizes.setdefault(len(value), {})[value] = values[value]

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self._known)

    def masked(self, text: str) -> str:
        """Return a text with the values in it masked, the longest at each place."""
        if not self._known:
            return text
        parts, at, done = [], 0, 0
        while at + LEAST <= len(text):
            found = self._at(text, at)
            if found is None:
                at += 1
                continue
            size, mask = found
            parts += [text[done:at], mask]
            at = done = at + size
        return "".join((*parts, text[done:])) if parts else text

    def _at(self, text: str, at: int) -> tuple[int, str] | None:
        for size, values in self._known.get(text[at : at + LEAST], {}).items():
            if (mask := values.get(text[at : at + size])) is not None:
                return size, mask
        return None


def through(value: Any, masked: Callable[[str], str]) -> Any:
    """Return a value of JSON with every text and key masked; the model bounds its depth."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {through(name, masked): through(item, masked) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [through(item, masked) for item in value]
    return value
