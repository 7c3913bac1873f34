"""JSON Web Tokens (RFC 7519): who issued them, for whom, until when, how they are signed."""

import hmac
from typing import Any

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _json
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.checks._published import origin
from ocianalyze.detectors.secrets.proofs import (
    NO_SECRET,
    disproved,
    moment,
    verified,
    well_formed,
)

_LONGEST = 1 << 16
_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
_EXAMPLE_KEYS = (
    b"your-256-bit-secret",
    b"your-384-bit-secret",
    b"your-512-bit-secret",
    b"a-string-secret-at-least-256-bits-long",
    b"super-secret-jwt-token-with-at-least-32-characters-long",
    b"secret",
    b"secretkey",
    b"secret_key",
    b"supersecret",
    b"mysecretkey",
    b"jwt_secret",
    b"changeme",
    b"password",
    b"shhhhh",
)
"""Of jwt.io, of libraries' and servers' first pages. Anybody can make a token that is signed so."""
_MASTER = "service_role"
"""Supabase's role beside which row level security counts nothing."""
_SUBJECT = "1234567890"
"""Of jwt.io's sample; nobody else's subject is this."""


def prove(match: Match) -> Proof | None:
    """Read header and payload."""
    token = match.secret[:_LONGEST]
    parts = token.split(b".")
    if len(parts) != 3:
        return None
    if name := origin(token):
        return disproved(f"a published example: {name}")
    header, payload = (_json.load(decode(part) or b"") for part in parts[:2])
    if header is None or not isinstance(header.get("alg"), str) or payload is None:
        return NO_SECRET
    return _proof(header["alg"], payload, token)


def _proof(algorithm: str, payload: dict[str, Any], token: bytes) -> Proof:
    signed, _, signature = token.rpartition(b".")
    facts = {**_facts(payload), "algorithm": algorithm[:20]}
    if algorithm.lower() == "none" or not signature:
        return well_formed("not signed", "low", **facts)
    if payload.get("sub") == _SUBJECT and payload.get("name") == "John Doe":
        return disproved("a published example: jwt.io", **facts)
    if _signed_with_example(algorithm, signed, signature):
        return well_formed("signed with a published example key", "low", **facts)
    if payload.get("role") == _MASTER:
        return verified("of a role that no policy binds", "critical", **facts)
    return verified("", **facts)


def _facts(payload: dict[str, Any]) -> dict[str, object]:
    kubernetes = payload.get("kubernetes.io")
    account = kubernetes.get("serviceaccount") if isinstance(kubernetes, dict) else None
    named = account.get("name") if isinstance(account, dict) else None
    return {
        "issuer": payload.get("iss"),
        "expires": moment(payload.get("exp")),
        "issued": moment(payload.get("iat")),
        "audience": _first(payload.get("aud")),
        "role": payload.get("role"),
        "service_account": named
        or payload.get("kubernetes.io/serviceaccount/service-account.name"),
    }


def _first(audience: object) -> object:
    return audience[0] if isinstance(audience, list) and audience else audience


def _signed_with_example(algorithm: str, signed: bytes, signature: bytes) -> bool:
    digest, right = _HASHES.get(algorithm), decode(signature)
    if digest is None or not right:
        return False
    return any(
        hmac.compare_digest(hmac.digest(key, signed, digest), right) for key in _EXAMPLE_KEYS
    )


CHECK: Check = prove
