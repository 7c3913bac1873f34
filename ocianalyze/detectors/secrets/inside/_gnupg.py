"""GnuPG's private keys: the key ring of version 1, and the agent's files."""

import re

from ocianalyze.detectors.passwords import Budget
from ocianalyze.detectors.secrets.inside._stored import Stored
from ocianalyze.detectors.secrets.openpgp import (
    SECRET_KEY,
    SECRET_SUBKEY,
    packets,
    secret_key,
)
from ocianalyze.detectors.secrets.proofs import public

_RULE = "pgp-private-key"
_AGENT = re.compile(rb"(?:^|/)private-keys-v1\.d/[0-9A-Fa-f]{40}\.key$")
_RING = re.compile(rb"(?:^|[/.])(?:secring\.)?(?:gpg|pgp|sec)$")
_FIRST = frozenset({0x94, 0x95, 0x96, 0xC5})
"""First bytes of a packet with a secret key (RFC 4880, 4.2)."""
_KEY = re.compile(rb"\((?:\d+:)?(?P<state>protected-|shadowed-)?private-key")


def is_one(head: bytes, path: bytes) -> bool:
    """Tell by the path, and for a key ring by the first packet."""
    is_ring = bool(head) and head[0] in _FIRST and bool(_RING.search(path))
    return is_ring or bool(_AGENT.search(path))


def read(data: bytes, _budget: Budget) -> Stored | None:
    """Return what is known of the keys; None where the secret halves are elsewhere."""
    if data[:1] != b"(" and not data.startswith((b"Key:", b"Created:", b"#", b"Description:")):
        return _ring(data)
    match = _KEY.search(data)
    if match is None or match["state"] == b"shadowed-":
        return None
    encrypted = match["state"] == b"protected-"
    detail = f"GnuPG agent's key, {'encrypted' if encrypted else 'not encrypted'}"
    return Stored(_RULE, detail, "low" if encrypted else None)


def _ring(data: bytes) -> Stored | None:
    tags = (SECRET_KEY, SECRET_SUBKEY)
    found = [secret_key(tag, body) for tag, body in packets(data) if tag in tags]
    keys = [key for key in found if key and key.state != "absent"]
    if not keys:
        return None
    clear = any(key.state == "clear" for key in keys)
    detail = f"OpenPGP {keys[0].name}, {'not encrypted' if clear else 'encrypted'}"
    facts = public({"fingerprint": keys[0].fingerprint})
    return Stored(_RULE, detail, None if clear else "low", facts)
