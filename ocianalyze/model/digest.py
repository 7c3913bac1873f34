"""Digests: `algorithm:encoded` (image-spec, "Descriptors", section Digests)."""

import re

from ocianalyze.errors import MalformedImage

_GRAMMAR = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")
_ENCODED_LENGTH = {"sha256": 64, "sha384": 96, "sha512": 128}
ALGORITHMS = frozenset(_ENCODED_LENGTH)
"""Those that bytes can be compared with."""
_HEX = re.compile(r"[0-9a-f]+")


class Digest(str):
    """A digest that obeys the grammar; registered algorithms have lowercase hex of their length."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: object) -> "Digest":
        """Return `text` as a digest.

        Raises:
            MalformedImage: the grammar is broken, so the text must not become part of a path.

        """
        if not isinstance(text, str) or not _GRAMMAR.fullmatch(text):
            raise MalformedImage(f"not a digest: {text!r:.100}")
        algorithm, _, encoded = text.partition(":")
        length = _ENCODED_LENGTH.get(algorithm)
        if length is not None and (len(encoded) != length or not _HEX.fullmatch(encoded)):
            raise MalformedImage(f"not a {algorithm} digest: {text!r:.160}")
        return cls(text)

    @property
    def algorithm(self) -> str:
        """The part before the colon: `sha256`."""
        return self.partition(":")[0]

    @property
    def encoded(self) -> str:
        """The part after the colon."""
        return self.partition(":")[2]
