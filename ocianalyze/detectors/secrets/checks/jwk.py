"""Private keys in JSON (RFC 7517)."""

from hashlib import sha256
from typing import Any

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _json, _keys
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.proofs import disproved, verified, well_formed

_LARGEST = 2048
"""Bytes of the longest number."""
_CURVES = {"P-256": "SECP256R1", "P-384": "SECP384R1", "P-521": "SECP521R1"}
_OKP = {"Ed25519": "ed25519", "X25519": "x25519", "Ed448": "ed448", "X448": "x448"}


def prove(match: Match) -> Proof | None:
    """Compare the public half with the one that the private half gives."""
    found = _json.enclosing(match.around, match.start) or _json.load(match.secret)
    if found is None or not isinstance(found.get("kty"), str):
        return None
    if found["kty"] == "oct":
        return _symmetric(found)
    if "d" not in found:
        return None
    key = _load(found)
    if key is None:
        return disproved("its numbers do not fit each other")
    spki = sha256(key.spki).hexdigest() if key.spki else ""
    return verified(f"{key.name}, not encrypted", key_id=found.get("kid"), spki=spki)


def _symmetric(found: dict[str, Any]) -> Proof | None:
    value = decode(found["k"].encode()) if isinstance(found.get("k"), str) else None
    if not value:
        return None
    return well_formed(f"symmetric, {8 * len(value)} bits", key_id=found.get("kid"))


def _load(found: dict[str, Any]) -> _keys.Key | None:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - start-up time

    readers = {"RSA": _rsa, "EC": _ec, "OKP": _okp}
    reader = readers.get(found["kty"])
    try:
        return reader(found) if reader else None
    except (ValueError, TypeError, KeyError, OverflowError, UnsupportedAlgorithm):
        return None


def _octets(found: dict[str, Any], name: str) -> bytes:
    value = found[name]
    data = decode(value.encode()) if isinstance(value, str) else None
    if data is None or len(data) > _LARGEST:
        raise ValueError(name)
    return data


def _number(found: dict[str, Any], name: str) -> int:
    return int.from_bytes(_octets(found, name), "big")


def _rsa(found: dict[str, Any]) -> _keys.Key | None:
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - start-up time

    n, e, d = (_number(found, name) for name in ("n", "e", "d"))
    if "p" not in found:
        return _without_primes(n, e, d)
    p, q, dp, dq, qi = (_number(found, name) for name in ("p", "q", "dp", "dq", "qi"))
    numbers = rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, rsa.RSAPublicNumbers(e, n))
    if p * q != n:
        return None
    return _keys.of(numbers.private_key(unsafe_skip_rsa_key_validation=True))


def _without_primes(n: int, e: int, d: int) -> _keys.Key | None:
    """Prove by use, of no more bits than takes a fraction of a second."""
    if not 512 <= n.bit_length() <= 4096 or d >= n or e.bit_length() > 64:
        return None
    return _keys.Key(f"RSA {n.bit_length()}") if pow(pow(2, e, n), d, n) == 2 else None


def _ec(found: dict[str, Any]) -> _keys.Key | None:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - start-up time

    curve = getattr(ec, _CURVES[found["crv"]])()
    key = ec.derive_private_key(_number(found, "d"), curve)
    public = key.public_key().public_numbers()
    fits = (public.x, public.y) == (_number(found, "x"), _number(found, "y"))
    return _keys.of(key) if fits else None


def _okp(found: dict[str, Any]) -> _keys.Key | None:
    from importlib import import_module  # noqa: PLC0415 - one of four modules

    name = found["crv"]
    module = import_module(f"cryptography.hazmat.primitives.asymmetric.{_OKP[name]}")
    key = getattr(module, f"{name}PrivateKey").from_private_bytes(_octets(found, "d"))
    fits = key.public_key().public_bytes_raw() == _octets(found, "x")
    return _keys.of(key) if fits else None


CHECK: Check = prove
