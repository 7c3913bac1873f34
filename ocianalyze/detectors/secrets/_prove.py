"""From a candidate to what can be proved of it without a network."""

import re
from functools import cache

from ocianalyze.detectors.secrets._base import Match, Proof
from ocianalyze.detectors.secrets._candidate import Candidate, Proved, is_near
from ocianalyze.detectors.secrets.allow import noted
from ocianalyze.detectors.secrets.checks import _all
from ocianalyze.detectors.secrets.checks._entropy import shannon

_FIRST = "published-example"
"""The check that every rule has."""
_FORM = Proof("well-formed")


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
        secret=candidate.secret,
        proven=proof.proven,
        severity=proof.severity or candidate.rule.severity,
        detail=noted(proof.detail, candidate),
        facts=proof.facts,
        coding=candidate.coding,
    )


def fits(candidate: Candidate) -> bool:
    """Tell whether entropy and words nearby are what the rule asks for."""
    rule = candidate.rule
    if rule.entropy and shannon(candidate.secret) < rule.entropy:
        return False
    return is_near(candidate)


@cache
def _place(paths: str) -> "re.Pattern[bytes]":
    return re.compile(paths.encode())


def is_place(paths: str, path: bytes) -> bool:
    """Tell whether a rule with these `paths` speaks of this file."""
    return not paths or bool(_place(paths).search(path))


def _proof(candidate: Candidate, path: bytes) -> Proof:
    match = Match(candidate.secret, candidate.groups, candidate.around, candidate.at, path)
    for name in (_FIRST, *candidate.rule.checks):
        if proof := _all.check(name)(match):
            return proof
    return _FORM
