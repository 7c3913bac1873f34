"""What a PKCS#12 file (RFC 7292) holds, as far as it can be read.

Certificates are in clear, or in what a password encrypts that such files come with. Private keys
are not decrypted: they and their certificates say by an attribute, `localKeyId`, that they belong
together.
"""

import re
from collections.abc import Iterator
from hmac import digest as hmac
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors import pbe
from ocianalyze.detectors.der import Value, inside, octets, value_at, values_in
from ocianalyze.detectors.passwords import PASSWORDS, Budget

_HEAD = re.compile(rb"0(?:\x81.|\x82..|\x83...)\x02\x01\x030", re.DOTALL)
_PARTS = 8
_BAGS = 200
_DATA, _ENCRYPTED = pbe.PKCS + b"\x07\x01", pbe.PKCS + b"\x07\x06"
_BAG = pbe.PKCS + b"\x0c\x0a\x01"
_KEYS = (_BAG + b"\1", _BAG + b"\2")
_CERTIFICATE = _BAG + b"\3"
_X509 = pbe.PKCS + b"\x09\x16\x01"
_LOCAL_KEY_ID = pbe.PKCS + b"\x09\x15"
_MAC_KEY = 3
"""What is derived, as a number."""
_SHA2 = b"\x60\x86\x48\x01\x65\x03\x04\x02"
_DIGESTS = {
    b"\x2b\x0e\x03\x02\x1a": "sha1",
    _SHA2 + b"\x01": "sha256",
    _SHA2 + b"\x02": "sha384",
    _SHA2 + b"\x03": "sha512",
    _SHA2 + b"\x04": "sha224",
}
"""By identifier."""
_SALT = 1024


class Contents(NamedTuple):
    """What could be read of a file."""

    keys: int = 0
    certificates: tuple[bytes, ...] = ()
    """In DER; those of the keys."""
    is_whole: bool = False
    """All of it could be read."""
    opens: bool | None = None
    """With a password that such files come with; None where none could be tried."""


class _Bag(NamedTuple):
    """One bag of a file."""

    kind: bytes
    content: bytes
    key_id: bytes
    """Empty for none."""


class _Mac(NamedTuple):
    """The MAC of a file, and what it is made of."""

    name: str
    digest: bytes
    salt: bytes
    rounds: int
    content: bytes


def begins(head: bytes) -> bool:
    """Tell a file by the outer sequence and version 3."""
    return bool(_HEAD.match(head))


def read(data: bytes, budget: Budget) -> Contents:
    """Return what a file holds; nothing of one that is damaged."""
    reading = _Reading(data, budget)
    reading.try_passwords()
    try:
        bags = list(reading.bags())
    except (ValueError, IndexError):
        return Contents(opens=reading.opens)
    keys = [bag for bag in bags if bag.kind in _KEYS]
    found = [bag for bag in bags if bag.kind == _CERTIFICATE]
    named = {bag.key_id for bag in keys if bag.key_id}
    own = [bag for bag in found if bag.key_id in named]
    own = own or (found if len(found) == len(keys) == 1 else [])
    certificates = tuple(filter(None, map(_certificate, own)))
    return Contents(len(keys), certificates, not reading.is_closed, reading.opens)


def _opening(data: bytes, budget: Budget) -> str | None:
    """Return the password that the MAC of a file is made with (RFC 7292, 4).

    Returns:
        None where it is none of those that such files come with.

    Raises:
        ValueError: there is no MAC that is understood, or trying would cost too much.

    """
    mac = _mac(data)
    for password in PASSWORDS:
        for secret in (pbe.text(password), *(() if password else (b"",))):
            budget.take(mac.rounds)
            of = pbe.Derived(secret, mac.salt, mac.rounds, mac.name)
            key = pbe.derived(of, _MAC_KEY, len(mac.digest))
            if hmac(key, mac.content, mac.name) == mac.digest:
                return password
    return None


def _mac(data: bytes) -> _Mac:
    """Return the MAC.

    Raises:
        ValueError: there is none that is understood.

    """
    try:
        _, info, sealed = inside(data, value_at(data, 0), 3)
        of, salt, *rounds = values_in(data, sealed, 3)
        algorithm, digest = inside(data, of, 2)
        name = _DIGESTS[octets(data, inside(data, algorithm, 1)[0])]
        content = _content(data, info)[1]
    except (IndexError, KeyError) as error:
        raise ValueError("no MAC that is understood") from error
    if not 0 < salt.end - salt.start <= _SALT:
        raise ValueError("no salt")
    count = pbe.number(data, rounds[0]) if rounds else 1
    return _Mac(name, octets(data, digest), octets(data, salt), count, content)


@dataclass(slots=True)
class _Reading:
    """Reads one file."""

    data: bytes
    budget: Budget
    opens: bool | None = None
    is_closed: bool = False
    """Some of it no password opens."""
    _passwords: tuple[str, ...] = PASSWORDS
    """That may open it."""

    def try_passwords(self) -> None:
        """Ask the MAC which of the passwords it is."""
        try:
            password = _opening(self.data, self.budget)
        except ValueError:
            return
        self.opens = password is not None
        self._passwords = () if password is None else (password,)

    def bags(self) -> Iterator[_Bag]:
        """Yield the bags of all parts that can be read."""
        _, content = inside(self.data, value_at(self.data, 0), 2)
        safe = _content(self.data, content)[1]
        for part in values_in(safe, value_at(safe, 0), _PARTS):
            kind, within = _content(safe, part)
            if kind == _DATA:
                yield from _of_safe(within)
            else:
                yield from self._opened(within) if kind == _ENCRYPTED else self._closed()

    def _closed(self) -> list[_Bag]:
        self.is_closed = True
        return []

    def _opened(self, within: bytes) -> list[_Bag]:
        """Return the bags of an encrypted part."""
        try:
            _, info = inside(within, value_at(within, 0), 2)
            _, algorithm, content = inside(within, info, 3)
            sealed = pbe.sealed(within, algorithm)
        except (ValueError, IndexError, KeyError):
            return self._closed()
        before = self.budget.rounds
        for password in self._passwords:
            try:
                data = pbe.decrypted(octets(within, content), sealed, password, self.budget)
                bags = list(_of_safe(data))
            except (ValueError, IndexError):
                continue
            self.opens = True
            return bags
        if before - self.budget.rounds >= len(self._passwords) * sealed.rounds:
            self.opens = bool(self.opens)
        return self._closed()


def _content(der: bytes, info: Value) -> tuple[bytes, bytes]:
    """Return type and content of a ContentInfo: what is in the octets, or a sequence as it is."""
    kind, outer = inside(der, info, 2)
    content = value_at(der, outer.start)
    name = octets(der, kind)
    return name, octets(der, content) if name == _DATA else der[content.begin : content.end]


def _of_safe(safe: bytes) -> Iterator[_Bag]:
    for bag in values_in(safe, value_at(safe, 0), _BAGS):
        kind, outer, *more = values_in(safe, bag, 3)
        names = (_key_id(safe, one) for one in (values_in(safe, more[0], _PARTS) if more else ()))
        yield _Bag(octets(safe, kind), octets(safe, outer), next(filter(None, names), b""))


def _key_id(safe: bytes, attribute: Value) -> bytes:
    kind, values = inside(safe, attribute, 2)
    return octets(safe, values) if octets(safe, kind) == _LOCAL_KEY_ID else b""


def _certificate(bag: _Bag) -> bytes:
    """Return a certificate in DER; empty for one of another kind."""
    try:
        kind, outer = inside(bag.content, value_at(bag.content, 0), 2)
        if octets(bag.content, kind) != _X509:
            return b""
        return octets(bag.content, value_at(bag.content, outer.start))
    except (ValueError, IndexError):
        return b""
