"""From a candidate to what can be proved of it without a network."""

import re
from functools import cache

from ocianalyze.detectors.secrets import checks
from ocianalyze.detectors.secrets._base import Match, Proof
from ocianalyze.detectors.secrets._escapes import plain
from ocianalyze.detectors.secrets.allow import noted
from ocianalyze.detectors.secrets.candidate import Candidate, Proved, is_near, line
from ocianalyze.detectors.secrets.entropy import shannon

_FIRST = "published-example"
"""The check that every rule has."""
_FORM = Proof("well-formed")
_SUM = re.compile(rb"(?P<sum>[0-9a-f]{32,128}) [ *][^\s*]")
"""Begins a line of `md5sum` and its like, of which every package has a list."""


def prove(candidate: Candidate, path: bytes = b"") -> Proved | None:
    """Return a candidate with its proof, None for what is no secret."""
    if not fits(candidate):
        return None
    proof = _proof(candidate, path)
    if proof.proven == "no-secret":
        return None
    return Proved(
        rule=candidate.rule,
        start=candidate.start,
        end=candidate.end,
        secret=plain(candidate.secret),
        proven=proof.proven,
        severity=proof.severity or candidate.rule.severity,
        detail=noted(proof.detail, candidate),
        facts=proof.facts,
        coding="" if candidate.coding == "escaped" else candidate.coding,
    )


def fits(candidate: Candidate) -> bool:
    """Tell whether a candidate is what the rule asks for besides its pattern."""
    rule = candidate.rule
    if rule.entropy and shannon(candidate.secret) < rule.entropy:
        return False
    return is_near(candidate) and not (_is_sum(candidate) or _is_allowed(candidate))


def _is_sum(candidate: Candidate) -> bool:
    """Tell the checksum of a file, beside whose name it stands."""
    told = _SUM.match(line(candidate).lstrip(b"\0"))
    return told is not None and told["sum"] == candidate.secret


def _is_allowed(candidate: Candidate) -> bool:
    """Tell what the rule itself lets off."""
    rule = candidate.rule
    if not (rule.allowed or rule.allowed_matches or rule.allowed_lines):
        return False
    told = (
        (rule.allowed, candidate.secret),
        (rule.allowed_matches, candidate.match),
        (rule.allowed_lines, line(candidate)),
    )
    return any(_expression(text).search(data) for texts, data in told for text in texts)


@cache
def _expression(text: str) -> "re.Pattern[bytes]":
    return re.compile(text.encode())


def is_place(paths: str, path: bytes) -> bool:
    """Tell whether a rule with these `paths` speaks of this file."""
    return not paths or bool(_expression(paths).search(path))


def _proof(candidate: Candidate, path: bytes) -> Proof:
    match = Match(candidate.secret, candidate.groups, candidate.around, candidate.at, path)
    for name in (_FIRST, *candidate.rule.checks):
        if proof := checks.named(name)(match):
            return proof
    return _FORM
