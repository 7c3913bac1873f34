"""What a private key in DER is: its kind, and the fingerprints of its public half."""

import base64
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Proof
from ocianalyze.detectors.secrets.checks import _ssh
from ocianalyze.detectors.secrets.known_keys import publisher
from ocianalyze.detectors.secrets.proofs import disproved, verified

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_LONGEST = 1 << 14
_CURVES = {
    "secp256r1": ("P-256", b"nistp256"),
    "secp384r1": ("P-384", b"nistp384"),
    "secp521r1": ("P-521", b"nistp521"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A private key, as far as all may know it."""

    name: str
    """Type and size: `RSA 2048`."""
    ssh: bytes = b""
    """The public key as SSH has it; empty where SSH knows no such type."""
    spki: bytes = b""
    """The public key as certificates have it, in DER."""


def whole(der: bytes) -> bytes | None:
    """Return the SEQUENCE that data begins with; None where it is cut off or none."""
    if len(der) < 2 or der[0] != 0x30:
        return None
    size, at = der[1], 2
    if size & 0x80:
        at += size & 0x7F
        size = int.from_bytes(der[2:at], "big")
    return der[: at + size] if 3 < size <= len(der) - at and at <= 6 else None


def load(der: bytes) -> Key | None:
    """Return the key of PKCS#1, PKCS#8, SEC 1 or DSA's old format; None for anything else."""
    from cryptography.exceptions import (  # noqa: PLC0415 - cryptography costs start-up time
        InternalError,
        UnsupportedAlgorithm,
    )
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - the same
        load_der_private_key,
    )

    if len(der) > _LONGEST:
        return None
    try:
        # the primes of a hostile key would be tested for as long as it likes
        return of(load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True))
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, InternalError):
        return None


def of(key: "PrivateKeyTypes") -> Key | None:
    """Return what a key is; None where its numbers do not fit each other."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - start-up time
        Encoding,
        PublicFormat,
    )

    named = _named(key)
    if named is None:
        return None
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Key(named[0], named[1], spki)


def of_ssh(name: str, blob: bytes) -> Key:
    """Return a key of which SSH's public half is known."""
    return Key(name, blob, _spki(blob))


def _spki(blob: bytes) -> bytes:
    """Return a public key of SSH as certificates have it; empty where they know no such type."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - start-up time
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - the same
        Encoding,
        PublicFormat,
        load_ssh_public_key,
    )

    try:
        kind, _ = _ssh.string(blob, 0)
        if kind == b"ssh-dss":  # out of use, so that the library warns
            return b""
        key = load_ssh_public_key(kind + b" " + base64.b64encode(blob))
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, AttributeError, UnsupportedAlgorithm):
        return b""


def _named(key: Any) -> tuple[str, bytes] | None:
    from cryptography.hazmat.primitives.asymmetric import (  # noqa: PLC0415 - start-up time
        dsa,
        ec,
        ed25519,
        rsa,
    )

    if isinstance(key, rsa.RSAPrivateKey):
        return _rsa(key.private_numbers())
    if isinstance(key, dsa.DSAPrivateKey):
        return _dsa(key.public_key().public_numbers())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _ec(key)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "Ed25519", _ssh.packed(b"ssh-ed25519", key.public_key().public_bytes_raw())
    name = re.sub(r"^_|PrivateKey$", "", type(key).__name__)
    return name, b""


def _rsa(numbers: Any) -> tuple[str, bytes] | None:
    public = numbers.public_numbers
    if numbers.p * numbers.q != public.n or numbers.d * public.e % (numbers.p - 1) != 1:
        return None
    blob = _ssh.packed(b"ssh-rsa", _ssh.mpint(public.e), _ssh.mpint(public.n))
    return f"RSA {public.n.bit_length()}", blob


def _dsa(public: Any) -> tuple[str, bytes]:
    group = public.parameter_numbers
    values = (group.p, group.q, group.g, public.y)
    blob = _ssh.packed(b"ssh-dss", *map(_ssh.mpint, values))
    return f"DSA {group.p.bit_length()}", blob


def _ec(key: Any) -> tuple[str, bytes]:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - start-up time
        Encoding,
        PublicFormat,
    )

    curve, ssh_name = _CURVES.get(key.curve.name, (key.curve.name, b""))
    if not ssh_name:
        return f"EC {curve}", b""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return f"EC {curve}", _ssh.packed(b"ecdsa-sha2-" + ssh_name, ssh_name, point)


def proof(key: Key, *, encrypted: bool = False, format_name: str = "") -> Proof:
    """Return what a report says of a key; encrypted ones matter little."""
    print_of = _ssh.fingerprint(key.ssh) if key.ssh else ""
    spki = sha256(key.spki).hexdigest() if key.spki else ""
    if known := publisher(print_of, spki):
        return disproved(f"published: {known}", fingerprint=print_of)
    state = "encrypted" if encrypted else "not encrypted"
    detail = ", ".join(filter(None, (key.name, state, format_name)))
    return verified(detail, "low" if encrypted else None, fingerprint=print_of, spki=spki)
