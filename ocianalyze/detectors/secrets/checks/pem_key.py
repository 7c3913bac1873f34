"""Private keys in PEM: PKCS#1, PKCS#8, SEC 1, DSA, OpenSSH, encrypted or not."""

import re
from hashlib import sha256

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _algorithms, _armour, _keys, _openssh
from ocianalyze.detectors.secrets.checks._armour import Block
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.known_keys import publisher
from ocianalyze.detectors.secrets.proofs import (
    NO_SECRET,
    PLACEHOLDER,
    disproved,
    verified,
    well_formed,
)

_LABEL = re.compile(rb"(?:[A-Z0-9]+ )*PRIVATE KEY")
_LEAST = 40
"""Characters of the shortest body: an Ed25519 key in PKCS#8 has 64."""


def prove(match: Match) -> Proof | None:
    """Parse the block that the match is in."""
    block = _armour.find(match)
    return None if block is None else of(block)


def of(block: Block) -> Proof | None:
    """Return what a block holds; nothing of a key is no secret: a mark in a program's text."""
    if not _LABEL.fullmatch(block.label):
        return None
    if len(block.body) < _LEAST:
        return NO_SECRET
    data = decode(block.body)
    found = _old_encryption(block) or (_parsed(data, block.label) if data else None)
    if found is not None:
        return found
    if len(set(block.body)) <= 8:
        return PLACEHOLDER
    return _unfinished(block)


def _unfinished(block: Block) -> Proof:
    """Say of a key whose end is out of sight, or a part of it missing, what its beginning tells."""
    start = decode(block.body[: len(block.body) // 4 * 4].rstrip(b"=")) or b""
    if not start.startswith((b"\x30\x82", b"\x30\x81", _openssh.MAGIC)):
        return NO_SECRET
    if not block.ended:
        return well_formed("its end is not in sight")
    return NO_SECRET if _keys.whole(start) else well_formed("a part of it is missing", "low")


def _old_encryption(block: Block) -> Proof | None:
    """Read RFC 1421's headers, with which OpenSSL encrypted before PKCS#8."""
    if not block.headers.get(b"Proc-Type", b"").endswith(b"ENCRYPTED"):
        return None
    cipher = block.headers.get(b"DEK-Info", b"").split(b",")[0][:40].decode("ascii", "replace")
    name = block.label.removesuffix(b" PRIVATE KEY").decode("ascii")
    return verified(f"{name}, encrypted", "low", cipher=cipher)


def _parsed(data: bytes, label: bytes) -> Proof | None:
    if opened := _openssh.read(data):
        return _keys.proof(opened.key, encrypted=opened.cipher != "none", format_name="OpenSSH")
    if label.startswith(b"SSH2 ENCRYPTED"):
        return verified("SSH2, encrypted", "low") if data[:4] == b"\x3f\x6f\xf9\xeb" else None
    der = _keys.whole(data)
    if der is None:
        return None
    if key := _keys.load(der):
        return _keys.proof(key)
    return _unknown(der, label)


def _unknown(der: bytes, label: bytes) -> Proof | None:
    """Tell by the outer form what cannot be parsed: encrypted PKCS#8, algorithms without a name."""
    if known := publisher(sha256(der).hexdigest()):
        return disproved(f"published: {known}")
    inner = der[4:] if der[1] == 0x82 else der[3:] if der[1] == 0x81 else der[2:]
    if label == b"ENCRYPTED PRIVATE KEY":
        return verified("PKCS#8, encrypted", "low") if inner[:1] == b"\x30" else None
    # PrivateKeyInfo: version 0 or 1, then the algorithm
    if inner[:2] == b"\x02\x01" and inner[2:3] in b"\0\1" and inner[3:4] == b"\x30":
        return well_formed(_algorithms.of_pkcs8(inner))
    # ECPrivateKey: version 1, then the number
    return well_formed(_algorithms.of_ec(inner)) if inner[:4] == _algorithms.SEC1 else None


CHECK: Check = prove
