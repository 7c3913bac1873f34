"""Google's service account keys: a JSON object with a private key in it."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _armour, _json, pem_key
from ocianalyze.detectors.secrets.proofs import disproved, public

_KIND = "service_account"


def prove(match: Match) -> Proof | None:
    """Parse the object around the match, and the key in it."""
    found = _json.enclosing(match.around, match.start) or _json.load(match.secret)
    if found is None or found.get("type") != _KIND:
        return None
    key = found.get("private_key")
    block = _armour.read(key.encode("utf-8", "replace"), 0) if isinstance(key, str) else None
    proof = pem_key.of(block) if block else None
    if proof is None or proof.proven != "verified-offline":
        return disproved("its private key is none")
    named = {"client_email": found.get("client_email"), "project": found.get("project_id")}
    facts = public({**named, "key_id": found.get("private_key_id")})
    return Proof(proof.proven, proof.detail, {**facts, **proof.facts}, proof.severity)


CHECK: Check = prove
