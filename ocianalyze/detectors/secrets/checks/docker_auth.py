"""`auth` of Docker's `config.json`: base64 of user and password."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._user_pass import encoded_pair

_REGISTRY = re.compile(rb'"([A-Za-z0-9][A-Za-z0-9.:/_-]{2,200})"\s*:\s*\{[^{}]*$')
_BEFORE = 2048


def prove(match: Match) -> Proof | None:
    """Decode it; the registry stands before it."""
    proof = encoded_pair(match.secret)
    before = match.around[max(0, match.start - _BEFORE) : match.start]
    # only the last object's name can be the one: search behind the brace before it
    name = _REGISTRY.search(before, max(0, before.rfind(b"{") - 210))
    if proof is None or name is None or proof.proven != "verified-offline":
        return proof
    facts = {**proof.facts, "registry": name[1].decode("ascii")}
    return Proof(proof.proven, proof.detail, facts)


CHECK: Check = prove
