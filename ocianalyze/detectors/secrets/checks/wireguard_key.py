"""WireGuard's private keys: 32 bytes of X25519, clamped as `wg genkey` does."""

import base64

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import canonical, decode
from ocianalyze.detectors.secrets.checks._placeholders import is_monotonous
from ocianalyze.detectors.secrets.proofs import (
    NO_SECRET,
    PLACEHOLDER,
    verified,
    well_formed,
)


def prove(match: Match) -> Proof | None:
    """Look at the five bits that clamping sets; one value in 32 has them by chance."""
    key = decode(match.secret)
    if key is None or len(key) != 32:
        return None
    if not canonical(match.secret):
        return NO_SECRET
    if is_monotonous(key) or is_monotonous(match.secret[:-1]):
        return PLACEHOLDER
    if key[0] & 7 or key[31] & 0xC0 != 0x40:
        return well_formed("not clamped")
    return verified("X25519", public_key=_public(key))


def _public(key: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415 - start-up time
        X25519PrivateKey,
    )

    public = X25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
    return base64.b64encode(public).decode()


CHECK: Check = prove
