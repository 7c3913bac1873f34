"""What passes from the search to the report: a match in its surroundings, then with its proof."""

from collections.abc import Callable, Mapping
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._expressions import Coding
from ocianalyze.detectors.secrets._reach import NEAR
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.secret import Coding as Written
from ocianalyze.model.secret import Proven

AROUND = 4 << 10
"""Bytes on both sides of a match that checks see."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A match of a rule's pattern, before anybody asked whether it is a secret."""

    rule: Rule
    start: int
    """Of the secret in the content; where its coded form begins, if it is coded."""
    end: int
    secret: bytes
    """Decoded."""
    around: bytes
    """The text around the match, decoded, at most `AROUND` bytes on both sides."""
    at: int
    """Start of the secret in `around`."""
    coding: Coding = ""
    groups: Mapping[str, bytes] = field(default_factory=dict)
    match: bytes = b""
    """All that the pattern matched, decoded."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A candidate that is one, with what its checks said; without its surroundings."""

    rule: Rule
    start: int
    end: int
    secret: bytes
    """As it is meant, without escapes."""
    proven: Proven
    severity: Severity
    detail: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    coding: Written = ""


def is_near(candidate: Candidate) -> bool:
    """Tell whether a word that the rule asks for is close to the secret."""
    words, at = candidate.rule.near, candidate.at
    if not words:
        return True
    near = candidate.around[max(at - NEAR, 0) : at + len(candidate.secret) + NEAR].lower()
    return any(word.lower().encode() in near for word in words)


def line(candidate: Candidate) -> bytes:
    """Return the line that holds the secret, or the lines, as far as they are around it."""
    text, at = candidate.around, candidate.at
    end = text.find(b"\n", at + len(candidate.secret))
    return text[text.rfind(b"\n", 0, at) + 1 : end if end >= 0 else len(text)]


Prove = Callable[[Candidate, bytes], Proved | None]
"""Given a candidate and the path of its file; None for what is no secret."""
