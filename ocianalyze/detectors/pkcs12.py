"""The certificates of the private keys in a PKCS#12 file (RFC 7292), where they can be read.

They are in clear, or in what a password encrypts that such files come with. The keys themselves are
not decrypted: the two say by an attribute, `localKeyId`, that they belong together.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.der import Value, value_at, values_in

PASSWORDS = ("", "changeit", "changeme", "password", "secret")
"""With which key stores come."""
_HEAD = re.compile(rb"0(?:\x81.|\x82..|\x83...)\x02\x01\x030", re.DOTALL)
_ROUNDS = 20_000
"""Of one password at most: OpenSSL takes 2,048, Java 10,000."""
_SALT = 64
_PARTS = 8
_BAGS = 200
_PKCS = b"\x2a\x86\x48\x86\xf7\x0d\x01"
_DATA, _ENCRYPTED = _PKCS + b"\x07\x01", _PKCS + b"\x07\x06"
_BAG = _PKCS + b"\x0c\x0a\x01"
_KEYS = (_BAG + b"\1", _BAG + b"\2")
_CERTIFICATE = _BAG + b"\3"
_X509 = _PKCS + b"\x09\x16\x01"
_LOCAL_KEY_ID = _PKCS + b"\x09\x15"
_PBES2, _PBKDF2 = _PKCS + b"\x05\x0d", _PKCS + b"\x05\x0c"
_TRIPLE_DES = _PKCS + b"\x0c\x01\x03"
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
_CIPHERS = {_AES + b"\x02": 16, _AES + b"\x16": 24, _AES + b"\x2a": 32}
"""Bytes of the key of AES in CBC mode."""
_BLOCK = 64
"""Bytes that SHA-1 takes at once."""


@dataclass(slots=True)
class Budget:
    """What deriving keys from passwords may cost in one layer."""

    rounds: int = 5_000_000

    def take(self, rounds: int) -> None:
        """Spend rounds.

        Raises:
            ValueError: there are not so many, or more than any program makes.

        """
        if not 0 < rounds <= min(self.rounds, _ROUNDS):
            raise ValueError("too many rounds")
        self.rounds -= rounds


class _Bag(NamedTuple):
    """One bag of a file."""

    kind: bytes
    content: bytes
    key_id: bytes
    """Empty for none."""


class _Sealed(NamedTuple):
    """How a part is encrypted."""

    salt: bytes
    rounds: int
    size: int
    """Of the key."""
    prf: str = ""
    """Digest of PBKDF2; empty for the way of PKCS#12."""
    start: bytes = b""
    """Initialisation vector; empty where it is derived as well."""


def begins(head: bytes) -> bool:
    """Tell a file by the outer sequence and version 3."""
    return bool(_HEAD.match(head))


def certificates(data: bytes, budget: Budget) -> Iterator[bytes]:
    """Yield the certificates, in DER, of the keys in a file; none where they cannot be read."""
    try:
        bags = list(_bags(data, budget))
    except (ValueError, IndexError):
        return
    keys = [bag for bag in bags if bag.kind in _KEYS]
    found = [bag for bag in bags if bag.kind == _CERTIFICATE]
    named = {bag.key_id for bag in keys if bag.key_id}
    own = [bag for bag in found if bag.key_id in named]
    for bag in own or (found if len(found) == len(keys) == 1 else ()):
        try:
            kind, outer = _inner(bag.content, value_at(bag.content, 0), 2)
            if _bytes(bag.content, kind) == _X509:
                yield _bytes(bag.content, value_at(bag.content, outer.start))
        except (ValueError, IndexError):
            continue


def _bytes(der: bytes, value: Value) -> bytes:
    return der[value.start : value.end]


def _inner(der: bytes, outer: Value, count: int) -> list[Value]:
    """Return the first values inside of one.

    Raises:
        ValueError: there are fewer.

    """
    found = values_in(der, outer, count)
    if len(found) < count:
        raise ValueError("cut off")
    return found


def _bags(data: bytes, budget: Budget) -> Iterator[_Bag]:
    """Yield the bags of all parts that can be read."""
    _, content = _inner(data, value_at(data, 0), 2)
    safe = _content(data, content)[1]
    for part in values_in(safe, value_at(safe, 0), _PARTS):
        kind, inside = _content(safe, part)
        if kind == _DATA:
            yield from _of_safe(inside)
        elif kind == _ENCRYPTED:
            yield from _opened(inside, budget)


def _content(der: bytes, info: Value) -> tuple[bytes, bytes]:
    """Return type and content of a ContentInfo: what is in the octets, or a sequence as it is."""
    kind, outer = _inner(der, info, 2)
    content = value_at(der, outer.start)
    name = _bytes(der, kind)
    return name, _bytes(der, content) if name == _DATA else der[content.begin : content.end]


def _of_safe(safe: bytes) -> Iterator[_Bag]:
    for bag in values_in(safe, value_at(safe, 0), _BAGS):
        kind, outer, *more = values_in(safe, bag, 3)
        names = (_key_id(safe, one) for one in (values_in(safe, more[0], _PARTS) if more else ()))
        yield _Bag(_bytes(safe, kind), _bytes(safe, outer), next(filter(None, names), b""))


def _key_id(safe: bytes, attribute: Value) -> bytes:
    kind, values = _inner(safe, attribute, 2)
    return _bytes(safe, values) if _bytes(safe, kind) == _LOCAL_KEY_ID else b""


def _opened(inside: bytes, budget: Budget) -> Iterator[_Bag]:
    """Yield the bags of an encrypted part, if one of the passwords opens it."""
    try:
        _, info = _inner(inside, value_at(inside, 0), 2)
        _, algorithm, content = _inner(inside, info, 3)
        sealed = _sealed(inside, algorithm)
    except (ValueError, IndexError, KeyError):
        return
    for password in PASSWORDS:
        try:
            yield from list(_of_safe(_decrypted(_bytes(inside, content), sealed, password, budget)))
        except (ValueError, IndexError):
            continue
        return


def _sealed(der: bytes, algorithm: Value) -> _Sealed:
    """Return how a part is encrypted.

    Raises:
        ValueError: not as it must be.
        KeyError: in a way that is not read.

    """
    kind, parameters = _inner(der, algorithm, 2)
    name = _bytes(der, kind)
    if name == _TRIPLE_DES:
        salt, rounds = _inner(der, parameters, 2)
        return _checked(_Sealed(_bytes(der, salt), _number(der, rounds), 24))
    if name != _PBES2:
        raise KeyError(name)
    derived, cipher = _inner(der, parameters, 2)
    function, more = _inner(der, derived, 2)
    if _bytes(der, function) != _PBKDF2:
        raise KeyError(function)
    mode, start = _inner(der, cipher, 2)
    salt, rounds, *rest = values_in(der, more, 4)
    hashed = [_bytes(der, value_at(der, one.start)) for one in rest if one.tag == 0x30]
    return _checked(
        _Sealed(
            _bytes(der, salt),
            _number(der, rounds),
            _CIPHERS[_bytes(der, mode)],
            _PRFS[hashed[0] if hashed else b""],
            _bytes(der, start),
        )
    )


def _checked(sealed: _Sealed) -> _Sealed:
    if not 0 < len(sealed.salt) <= _SALT or len(sealed.start) not in (0, 16):
        raise ValueError("no salt")
    return sealed


def _number(der: bytes, value: Value) -> int:
    return int.from_bytes(der[value.start : min(value.end, value.start + 8)], "big")


def _decrypted(data: bytes, sealed: _Sealed, password: str, budget: Budget) -> bytes:
    """Return what a password opens.

    Raises:
        ValueError: it does not, or would cost too much.

    """
    from cryptography.hazmat.decrepit.ciphers.algorithms import (  # noqa: PLC0415 - start-up time
        TripleDES,
    )
    from cryptography.hazmat.primitives.ciphers import Cipher  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.ciphers.algorithms import AES  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.ciphers.modes import CBC  # noqa: PLC0415 - the same

    budget.take(sealed.rounds)
    cipher: Cipher[CBC]
    if sealed.prf:
        key = hashlib.pbkdf2_hmac(
            sealed.prf, password.encode(), sealed.salt, sealed.rounds, sealed.size
        )
        cipher = Cipher(AES(key), CBC(sealed.start))
    else:
        key, start = _derived(sealed, password, 1, 24), _derived(sealed, password, 2, 8)
        cipher = Cipher(TripleDES(key), CBC(start))
    decryptor = cipher.decryptor()
    text = decryptor.update(data) + decryptor.finalize()
    padding = text[-1:] * (text[-1] if text else 0)
    if not padding or not text.endswith(padding):
        raise ValueError("another password")
    return text[: -len(padding)]


def _derived(sealed: _Sealed, password: str, purpose: int, size: int) -> bytes:
    """Return a key or a vector (RFC 7292, appendix B.2), of at most two digests of SHA-1."""
    secret = password.encode("utf-16-be") + b"\0\0"
    mixed = bytearray(_filled(sealed.salt) + _filled(secret))
    found = b""
    while len(found) < size:
        text = bytes([purpose]) * _BLOCK + bytes(mixed)
        for _ in range(sealed.rounds):
            text = hashlib.sha1(text, usedforsecurity=False).digest()
        found += text
        added = int.from_bytes(_filled(text)[:_BLOCK], "big") + 1
        for at in range(0, len(mixed), _BLOCK):
            total = int.from_bytes(mixed[at : at + _BLOCK], "big") + added
            mixed[at : at + _BLOCK] = (total % (1 << 8 * _BLOCK)).to_bytes(_BLOCK, "big")
    return found[:size]


def _filled(text: bytes) -> bytes:
    """Repeat a text to whole blocks."""
    size = -(-len(text) // _BLOCK) * _BLOCK
    return (text * (size // len(text) + 1))[:size]
