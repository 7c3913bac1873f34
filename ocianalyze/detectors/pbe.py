"""Contents that a password encrypts, as PKCS#12 has them (RFC 7292, appendix B; RFC 8018)."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from ocianalyze.detectors.der import Value, inside, octets, value_at, values_in
from ocianalyze.detectors.passwords import Budget
from ocianalyze.detectors.rc2 import BLOCK, MIXES, Rc2

PKCS = b"\x2a\x86\x48\x86\xf7\x0d\x01"
"""Begins the identifiers of PKCS."""
_OLD = PKCS + b"\x0c\x01"
_PBES2, _PBKDF2 = PKCS + b"\x05\x0d", PKCS + b"\x05\x0c"
_HMAC = b"\x2a\x86\x48\x86\xf7\x0d\x02"
_PRFS = {
    b"": "sha1",
    _HMAC + b"\x07": "sha1",
    _HMAC + b"\x08": "sha224",
    _HMAC + b"\x09": "sha256",
    _HMAC + b"\x0a": "sha384",
    _HMAC + b"\x0b": "sha512",
}
_AES = b"\x60\x86\x48\x01\x65\x03\x04\x01"
_SALT = 1024
_KEY, _START = 1, 2
"""What is derived, as a number."""


class Cipher(NamedTuple):
    """How bytes are encrypted."""

    size: int
    """Of the key, in bytes."""
    start: int
    """Bytes of the initialisation vector, which are those of a block; 0 for a stream."""
    decrypt: Callable[[bytes, bytes, bytes], bytes]
    """Given key, vector and data; raises ValueError for data that is not whole."""


class Sealed(NamedTuple):
    """How a part is encrypted."""

    salt: bytes
    rounds: int
    cipher: Cipher
    prf: str = ""
    """Digest of PBKDF2; empty for the way of PKCS#12."""
    start: bytes = b""
    """Initialisation vector; empty where it is derived as well."""


def sealed(der: bytes, algorithm: Value) -> Sealed:
    """Return how a part is encrypted.

    Raises:
        ValueError: not as it must be.
        KeyError: in a way that is not read.

    """
    kind, parameters = inside(der, algorithm, 2)
    name = octets(der, kind)
    if name == _PBES2:
        return _salted(_of_pbes2(der, parameters))
    salt, rounds = inside(der, parameters, 2)
    return _salted(Sealed(octets(der, salt), number(der, rounds), _OLD_CIPHERS[name]))


def _of_pbes2(der: bytes, parameters: Value) -> Sealed:
    derived, cipher = inside(der, parameters, 2)
    function, more = inside(der, derived, 2)
    if octets(der, function) != _PBKDF2:
        raise KeyError(function)
    mode, start = inside(der, cipher, 2)
    salt, rounds, *rest = values_in(der, more, 4)
    hashed = [octets(der, value_at(der, one.start)) for one in rest if one.tag == 0x30]
    found = _CIPHERS[octets(der, mode)]
    if start.end - start.start != found.start:
        raise ValueError("no initialisation vector")
    return Sealed(
        octets(der, salt),
        number(der, rounds),
        found,
        _PRFS[hashed[0] if hashed else b""],
        octets(der, start),
    )


def _salted(one: Sealed) -> Sealed:
    if not 0 < len(one.salt) <= _SALT:
        raise ValueError("no salt")
    return one


def number(der: bytes, value: Value) -> int:
    """Return a number, of which the first eight bytes count."""
    return int.from_bytes(der[value.start : min(value.end, value.start + 8)], "big")


def decrypted(data: bytes, one: Sealed, password: str, budget: Budget) -> bytes:
    """Return what a password opens.

    Raises:
        ValueError: it does not, or would cost too much.

    """
    budget.take(one.rounds)
    cipher = one.cipher
    if cipher.decrypt is _rc2:
        budget.take(MIXES * (len(data) // BLOCK + 1))
    if one.prf:
        key = hashlib.pbkdf2_hmac(one.prf, password.encode(), one.salt, one.rounds, cipher.size)
        start = one.start
    else:
        of = partial(derived, Derived(text(password), one.salt, one.rounds))
        key, start = of(_KEY, cipher.size), of(_START, cipher.start) if cipher.start else b""
    found = cipher.decrypt(key, start, data)
    return _unpadded(found) if cipher.start else found


def _unpadded(found: bytes) -> bytes:
    padding = found[-1:] * (found[-1] if found else 0)
    if not padding or not found.endswith(padding):
        raise ValueError("another password")
    return found[: -len(padding)]


def text(password: str) -> bytes:
    """Return a password as the way of PKCS#12 takes it."""
    return password.encode("utf-16-be") + b"\0\0"


class Derived(NamedTuple):
    """What keys are derived from in the way of PKCS#12."""

    secret: bytes
    salt: bytes
    rounds: int
    digest: str = "sha1"


def derived(one: Derived, purpose: int, size: int) -> bytes:
    """Return a key, a vector or the key of a MAC (RFC 7292, appendix B.2)."""
    hashed = partial(hashlib.new, one.digest, usedforsecurity=False)
    block = hashed().block_size
    mixed = bytearray(_filled(one.salt, block) + _filled(one.secret, block))
    found = b""
    while len(found) < size:
        part = bytes([purpose]) * block + bytes(mixed)
        for _ in range(one.rounds):
            part = hashed(part).digest()
        found += part
        added = int.from_bytes(_filled(part, block)[:block], "big") + 1
        for at in range(0, len(mixed), block):
            total = int.from_bytes(mixed[at : at + block], "big") + added
            mixed[at : at + block] = (total % (1 << 8 * block)).to_bytes(block, "big")
    return found[:size]


def _filled(part: bytes, block: int) -> bytes:
    """Repeat bytes to whole blocks."""
    size = -(-len(part) // block) * block
    return (part * (size // len(part) + 1))[:size] if part else b""


def _aes(key: bytes, start: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher as Way  # noqa: PLC0415 - start-up
    from cryptography.hazmat.primitives.ciphers.algorithms import AES  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.ciphers.modes import CBC  # noqa: PLC0415 - the same

    opened = Way(AES(key), CBC(start)).decryptor()
    return opened.update(data) + opened.finalize()


def _triple_des(key: bytes, start: bytes, data: bytes) -> bytes:
    """Decrypt; of two keys the first is the third as well."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import (  # noqa: PLC0415 - start-up
        TripleDES,
    )
    from cryptography.hazmat.primitives.ciphers import Cipher as Way  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.ciphers.modes import CBC  # noqa: PLC0415 - the same

    opened = Way(TripleDES((key + key)[:24]), CBC(start)).decryptor()
    return opened.update(data) + opened.finalize()


def _rc2(key: bytes, start: bytes, data: bytes) -> bytes:
    if len(data) % BLOCK:
        raise ValueError("no whole blocks")
    return Rc2(key).decrypted(data, start)


def _rc4(key: bytes, _start: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4  # noqa: PLC0415 - start-up
    from cryptography.hazmat.primitives.ciphers import Cipher as Way  # noqa: PLC0415 - the same

    return Way(ARC4(key), mode=None).decryptor().update(data)


_OLD_CIPHERS = {
    _OLD + b"\1": Cipher(16, 0, _rc4),
    _OLD + b"\2": Cipher(5, 0, _rc4),
    _OLD + b"\3": Cipher(24, 8, _triple_des),
    _OLD + b"\4": Cipher(16, 8, _triple_des),
    _OLD + b"\5": Cipher(16, 8, _rc2),
    _OLD + b"\6": Cipher(5, 8, _rc2),
}
"""By identifier (RFC 7292, appendix C)."""
_CIPHERS = {
    _AES + b"\x02": Cipher(16, 16, _aes),
    _AES + b"\x16": Cipher(24, 16, _aes),
    _AES + b"\x2a": Cipher(32, 16, _aes),
    b"\x2a\x86\x48\x86\xf7\x0d\x03\x07": Cipher(24, 8, _triple_des),
}
"""Of PBES2, in CBC mode."""
