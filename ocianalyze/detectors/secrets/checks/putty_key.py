"""PuTTY's private keys, versions 2 and 3 (appendix C of its manual)."""

import hmac
import re
from hashlib import sha1

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _keys, _ssh
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.proofs import NO_SECRET, disproved, well_formed

_HEAD = re.compile(rb"PuTTY-User-Key-File-([23]): ([a-z0-9@.-]{3,60})")
_FIELD = re.compile(rb"(?:^|\n)[ \t]*([A-Z][A-Za-z0-9-]{2,20}): ([^\n]*)")
_MAC_KEY = b"putty-private-key-file-mac-key"
_MOST_LINES = 400
_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class _File:
    version: bytes
    kind: bytes
    fields: dict[bytes, bytes]
    public: bytes
    private: bytes


def prove(match: Match) -> Proof | None:
    """Read the file; its MAC tells where nothing is encrypted whether it is whole."""
    at = match.around.rfind(b"PuTTY-User-Key-File-", 0, match.start + 20)
    text = match.around[at : at + _LONGEST] if at >= 0 else match.secret[:_LONGEST]
    found = _read(text.replace(b"\\r", b"").replace(b"\\n", b"\n").replace(b"\r", b""))
    return None if found is None else _proof(found)


def _read(text: bytes) -> _File | None:
    head = _HEAD.match(text)
    if head is None:
        return None
    fields = {found[1]: found[2] for found in _FIELD.finditer(text, head.end())}
    public, private = (_lines(text, name, fields) for name in (b"Public", b"Private"))
    return _File(head[1], head[2], fields, public, private)


def _lines(text: bytes, name: bytes, fields: dict[bytes, bytes]) -> bytes:
    """Return the bytes of as many lines of base64 as the field before them says."""
    label = name + b"-Lines"
    count = fields.get(label, b"").strip()
    if not count.isdigit() or len(count) > 3 or int(count) > _MOST_LINES:
        return b""
    _, _, rest = text.partition(label + b": " + fields[label] + b"\n")
    return (
        decode(b"".join(line.strip() for line in rest.split(b"\n", int(count))[: int(count)]))
        or b""
    )


def _proof(file: _File) -> Proof:
    encrypted = file.fields.get(b"Encryption", b"").strip() != b"none"
    try:
        name = _ssh.describe(file.public)
    except ValueError:
        return NO_SECRET
    if not name or not file.private:
        return NO_SECRET
    mac = file.fields.get(b"Private-MAC", b"").strip().lower()
    if not encrypted and not mac:
        return well_formed(f"{name}, not encrypted, without its MAC")
    if not encrypted and not hmac.compare_digest(_mac(file), mac):
        return disproved("its MAC is wrong")
    return _keys.proof(_keys.of_ssh(name, file.public), encrypted=encrypted, format_name="PuTTY")


def _mac(file: _File) -> bytes:
    """Return the MAC over all that the file says, for an empty passphrase."""
    comment = file.fields.get(b"Comment", b"")
    said = _ssh.packed(file.kind, b"none", comment, file.public, file.private)
    if file.version == b"3":
        return hmac.digest(b"", said, "sha256").hex().encode()
    key = sha1(_MAC_KEY, usedforsecurity=False).digest()
    return hmac.digest(key, said, "sha1").hex().encode()


CHECK: Check = prove
