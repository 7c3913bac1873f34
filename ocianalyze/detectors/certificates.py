"""The observer that keeps whose certificates a file holds (RFC 5280, RFC 7468).

What it keeps of each is what a private key is matched by: the SHA-256 of the public key with its
algorithm (SubjectPublicKeyInfo). Nothing is verified. Kubernetes keeps PEM in base64, in its
manifests and in kubeconfigs, where the key stands beside. Of PKCS#12 files it keeps those of the
keys in them, where no password or one that such files come with opens them.
"""

import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import field
from functools import partial
from hashlib import sha256
from itertools import chain, islice
from typing import NamedTuple

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors import pkcs12
from ocianalyze.detectors.der import Value, value_at, values_in
from ocianalyze.detectors.passwords import Budget
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB

NAME = "certificates"
_BYTES = MIB
"""Of a file that are looked at; the bundles of all authorities that browsers trust have 0.3."""
_MOST = 1_000
"""Certificates of one file."""
_FIELDS = 8
_RDNS = 32
_CHARS = 128
"""Of a name."""
_PEM = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([^-]{64,65536})-----END ")
_CODED = re.compile(rb"LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR[A-Za-z0-9+/]{64,90000}={0,2}")
"""Base64 of a PEM certificate."""
_DER = re.compile(rb"0\x82..0(?:\x82..|\x81.)(?:\xa0\x03\x02\x01[\0-\2])?\x02", re.DOTALL)
_BEGIN = b"-----BEGIN"
_SUFFIXES = frozenset({b".pem", b".crt", b".cer", b".der", b".cert", b".ca-bundle"})
_KUBERNETES = frozenset({b"apiV", b"kind", b"clus"})
"""First bytes of manifests and kubeconfigs."""
_KUBECONFIGS = frozenset(
    name + ending
    for ending in (b"", b".conf")
    for name in (b"config", b"kubeconfig", b"admin", b"super-admin", b"kubelet", b"scheduler",
                 b"controller-manager")
)  # fmt: skip
_COMMON_NAME = b"\x55\x04\x03"
_ORGANIZATION = b"\x55\x04\x0a"
_ALTERNATIVE = b"\x06\x03\x55\x1d\x11"
"""The identifier of the extension subjectAltName."""
_SEQUENCE, _INTEGER, _VERSION, _DNS, _BMP, _UTF8 = 0x30, 0x02, 0xA0, 0x82, 0x1E, 0x0C
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18


class Certificate(NamedTuple):
    """One certificate, as far as it matters for keys."""

    spki: str
    """SHA-256 of the public key, in hex."""
    subject: str
    """Common name, else the first DNS name, else the organization; empty for none."""
    until: str
    """Last day: `2027-01-31`; empty for none that can be read."""


def read(der: bytes) -> Certificate:
    """Return what a certificate says.

    Raises:
        ValueError: it is none.

    """
    fields = values_in(der, value_at(der, value_at(der, 0).start), _FIELDS)
    if fields[:1] and fields[0].tag == _VERSION:
        fields = fields[1:]
    if [x.tag for x in fields[:6]] != [_INTEGER, *[_SEQUENCE] * 5]:
        raise ValueError("no certificate")
    validity, subject, key = fields[3:6]
    times = values_in(der, validity, 2)
    named = _names(der, subject)
    name = named.get(_COMMON_NAME) or _alternative(der) or named.get(_ORGANIZATION, "")
    until = _day(der, times[1]) if len(times) == 2 else ""
    return Certificate(sha256(der[key.begin : key.end]).hexdigest(), name[:_CHARS], until)


def public_key(der: bytes) -> str:
    """Return what a certificate is matched by; empty for bytes that are none."""
    try:
        return read(der).spki
    except ValueError:
        return ""


def unpack(value: bytes) -> list[Certificate]:
    """Return the certificates of an observation."""
    return [Certificate(*row) for row in orjson.loads(value)]


def _names(der: bytes, subject: Value) -> dict[bytes, str]:
    """Return the parts of a distinguished name by identifier."""
    found: dict[bytes, str] = {}
    for part in values_in(der, subject, _RDNS):
        for pair in values_in(der, part, 1):
            both = values_in(der, pair, 2)
            if len(both) == 2:
                found[der[both[0].start : both[0].end]] = _text(der, both[1])
    return found


def _alternative(der: bytes) -> str:
    """Return the first DNS name of subjectAltName."""
    at = der.find(_ALTERNATIVE)
    if at < 0:
        return ""
    value = value_at(der, at + len(_ALTERNATIVE))
    if value.tag == 0x01:  # critical, a BOOLEAN
        value = value_at(der, value.end)
    names = values_in(der, value_at(der, value.start), _RDNS)
    return next((_text(der, name) for name in names if name.tag == _DNS), "")


def _text(der: bytes, value: Value) -> str:
    raw = der[value.start : min(value.end, value.start + 4 * _CHARS)]
    coding = {_BMP: "utf-16-be", _UTF8: "utf-8"}.get(value.tag, "latin-1")
    return raw.decode(coding, "replace")


def _day(der: bytes, value: Value) -> str:
    digits = der[value.start : value.end].decode("latin-1")
    if value.tag == _UTC_TIME:
        digits = ("19" if digits[:2] >= "50" else "20") + digits
    elif value.tag != _GENERALIZED_TIME:
        return ""
    day = digits[:8]
    is_one = len(day) == 8 and day.isascii() and day.isdecimal()
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if is_one else ""


@dataclass(slots=True)
class _Whole:
    """Collects one file."""

    budget: Budget
    data: bytearray = field(default_factory=bytearray)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Keep the next piece."""
        self.data += piece[: _BYTES - len(self.data)]
        return len(self.data) < _BYTES

    def close(self) -> bytes | None:
        """Return the certificates; None for none."""
        found = [list(one) for one in _certificates(bytes(self.data), self.budget)]
        return orjson.dumps(found) if found else None


def _certificates(data: bytes, budget: Budget) -> Iterator[Certificate]:
    """Yield the certificates that can be read, each key once."""
    keys: set[str] = set()
    for der in _ders(data, budget):
        try:
            one = read(der)
        except ValueError:
            continue
        if one.spki not in keys:
            keys.add(one.spki)
            yield one


def _ders(data: bytes, budget: Budget) -> Iterator[bytes]:
    if pkcs12.begins(data):
        yield from pkcs12.read(data, budget).certificates
        return
    if _DER.match(data):
        yield data
        return
    coded = (_decoded(found[0]) for found in _CODED.finditer(data))
    blocks = (found[1] for text in chain((data,), coded) for found in _PEM.finditer(text))
    yield from map(_decoded, islice(blocks, _MOST))


def _decoded(text: bytes) -> bytes:
    """Return what stands in base64; nothing where it is broken."""
    try:
        return binascii.a2b_base64(text)
    except binascii.Error:
        return b""


def _open(seen: Seen, head: memoryview, budget: Budget | None = None) -> Tap | None:
    first = bytes(head[:64])
    name = seen.path.rpartition(b"/")[2]
    is_named = name[name.rfind(b".") :] in _SUFFIXES or name in _KUBECONFIGS
    is_wanted = is_named or first[:4] in _KUBERNETES or first.startswith(_BEGIN)
    is_wanted = is_wanted or pkcs12.begins(first) or bool(_DER.match(first))
    return _Whole(budget or Budget()) if is_wanted else None


def _begin() -> Callable[[Seen, memoryview], Tap | None]:
    """Return what opens files of one layer, which share what passwords may cost."""
    return partial(_open, budget=Budget())


OBSERVER = Observer(
    name=NAME,
    version=4,
    interest=Interest(
        names=_KUBECONFIGS,
        suffixes=_SUFFIXES,
        magics=_KUBERNETES | {_BEGIN[:4], b"0\x82", b"0\x83"},
    ),
    open=_open,
    begin=_begin,
    summary="public keys, names and last days of certificates in PEM and DER, in "
    "kubeconfigs and of the keys in PKCS#12 files, for private keys to be matched with",
)
