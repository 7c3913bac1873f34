"""Java's key stores JKS and JCEKS: private keys count, certificates do not."""

from dataclasses import field
from hashlib import sha1

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.passwords import PASSWORDS, Budget
from ocianalyze.detectors.secrets.inside._stored import OPENS, Stored, of_keys
from ocianalyze.model.anomaly import Severity

_RULES = {b"\xfe\xed\xfe\xed": "java-keystore-key", b"\xce\xce\xce\xce": "java-jceks-key"}
_PRIVATE, _TRUSTED, _SECRET = 1, 2, 3
_DIGEST = 20
_ENTRIES = 10_000
_CHAIN = 100


def is_one(head: bytes, _path: bytes) -> bool:
    """Tell by magic and version."""
    return head[:4] in _RULES and head[4:8] in (b"\0\0\0\1", b"\0\0\0\2")


@dataclass(slots=True)
class _Reader:
    """Reads the entries; raises IndexError at the end of the data."""

    data: bytes
    at: int = 12
    kinds: list[int] = field(default_factory=list)
    certificates: list[bytes] = field(default_factory=list)
    """Of the private keys, the first of each; they are in clear whatever the password."""

    def number(self, width: int) -> int:
        raw = self.data[self.at : self.at + width]
        if len(raw) < width:
            raise IndexError
        self.at += width
        return int.from_bytes(raw, "big")

    def skip(self, width: int) -> None:
        length = self.number(width)
        self.at += length

    def entry(self, version: int) -> bool:
        """Read one entry; False after one of unknown length."""
        self.kinds.append(self.number(4))
        self.skip(2)
        self.at += 8
        certificates = 1
        if self.kinds[-1] == _PRIVATE:
            self.skip(4)
            certificates = self.number(4)
        elif self.kinds[-1] != _TRUSTED:
            return False
        for number in range(min(certificates, _CHAIN)):
            if version > 1:
                self.skip(2)
            start = self.at + 4
            self.skip(4)
            if self.kinds[-1] == _PRIVATE and not number:
                self.certificates.append(self.data[start : self.at])
        return True


def read(data: bytes, _budget: Budget) -> Stored | None:
    """Return what is in a store; None for one with certificates alone."""
    count = int.from_bytes(data[8:12], "big")
    reader = _read(data, min(count, _ENTRIES))
    kinds = reader.kinds
    private, secret = kinds.count(_PRIVATE), kinds.count(_SECRET)
    if not private and not secret:
        return None
    parts = [f"{count} {'entry' if count == 1 else 'entries'}"]
    parts += [f"{private} private"] if private else []
    parts += ["secret keys"] if secret else []
    opens = any(_seal(data, password) == data[-_DIGEST:] for password in PASSWORDS)
    parts += [OPENS] if opens else []
    severity: Severity | None = "high" if opens else None
    keys = count - kinds.count(_TRUSTED)
    return of_keys(_RULES[data[:4]], ", ".join(parts), severity, keys, reader.certificates)


def _read(data: bytes, count: int) -> _Reader:
    reader = _Reader(data[:-_DIGEST])
    version = int.from_bytes(data[4:8], "big")
    try:
        for _ in range(count):
            if not reader.entry(version):
                break
    except IndexError:
        """A damaged store has the entries that could be read."""
    return reader


def _seal(data: bytes, password: str) -> bytes:
    """Return the digest that a store sealed with this password ends with."""
    salted = sha1(password.encode("utf-16-be") + b"Mighty Aphrodite", usedforsecurity=False)
    salted.update(memoryview(data)[:-_DIGEST])
    return salted.digest()
