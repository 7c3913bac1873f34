"""Hashes of `.htpasswd` files (Apache's "Password Formats")."""

import hmac
import re
from hashlib import sha1

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.checks._hash_forms import form_of
from ocianalyze.detectors.secrets.checks._passwords import guesses
from ocianalyze.detectors.secrets.checks.shadow_hash import fits_default
from ocianalyze.detectors.secrets.proofs import NO_SECRET, verified, well_formed

_SHA = re.compile(rb"\{SHA\}([A-Za-z0-9+/]{27}=)")
_SALTED = re.compile(rb"\{SSHA\}[A-Za-z0-9+/]{32,64}={0,2}")


def prove(match: Match) -> Proof | None:
    """Say the scheme, and whether one of a few default passwords fits."""
    user, colon, value = match.secret.strip()[:1024].partition(b":")
    if not colon:
        user, value = match.groups.get("user", b""), user
    user, value = user[:64], value.partition(b":")[0]
    if found := _SHA.fullmatch(value):
        return _sha1(found[1], user)
    if _SALTED.fullmatch(value):
        return well_formed("SHA-1 with a salt", user=user)
    known = form_of(value)
    if known is None:
        return NO_SECRET
    form, parts = known
    if fits_default(parts, user):
        return verified(f"{form.name}, of a default password", "critical", user=user)
    return well_formed(form.name, user=user)


def _sha1(encoded: bytes, user: bytes) -> Proof:
    digest = decode(encoded) or b""
    made = (sha1(guess, usedforsecurity=False).digest() for guess in guesses(user))
    if any(hmac.compare_digest(one, digest) for one in made):
        return verified("SHA-1, of a default password", "critical", user=user)
    return well_formed("SHA-1 without a salt", user=user)


CHECK: Check = prove
