"""Matches as the engine would make them."""

from ocianalyze.detectors.secrets._base import Match, Proof
from ocianalyze.detectors.secrets.checks import named


def match(secret: bytes | str, around: bytes | str = b"", **groups: str) -> Match:
    """Return a match of a secret in a text; alone where no text is given."""
    value, text = (item.encode() if isinstance(item, str) else item for item in (secret, around))
    text = text or value
    named = {name: group.encode() for name, group in groups.items()}
    return Match(value, named, text, text.index(value))


def prove(name: str, secret: bytes | str, around: bytes | str = b"", **groups: str) -> Proof | None:
    """Return what a check says of a secret."""
    return named(name)(match(secret, around, **groups))


def verdict(name: str, secret: bytes | str, around: bytes | str = b"", **groups: str) -> str:
    """Return in a word what a check says; empty where it cannot tell."""
    proof = prove(name, secret, around, **groups)
    return proof.proven if proof else ""
