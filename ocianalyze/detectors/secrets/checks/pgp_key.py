"""OpenPGP private keys in their armour."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _armour
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.openpgp import (
    SECRET_KEY,
    SECRET_SUBKEY,
    SecretKey,
    crc24,
    packets,
    secret_key,
)
from ocianalyze.detectors.secrets.proofs import (
    NO_SECRET,
    disproved,
    verified,
    well_formed,
)

_LABEL = b"PGP PRIVATE KEY BLOCK"
_LONGEST = 1 << 17


def prove(match: Match) -> Proof | None:
    """Compare the armour's checksum and read the packets."""
    block = _armour.find(match)
    if block is None or block.label != _LABEL or len(block.body) > _LONGEST:
        return None
    body, checksum = _split(block.body)
    data = decode(body if block.ended else body[: len(body) // 4 * 4]) or b""
    if block.ended and checksum and crc24(data).to_bytes(3, "big") != decode(checksum):
        return disproved("checksum wrong")
    found = [_key for tag, packet in packets(data) if (_key := _of(tag, packet))]
    if found:
        return _proof(found)
    return NO_SECRET if block.ended else well_formed("its end is not in sight")


def _split(body: bytes) -> tuple[bytes, bytes]:
    """Part the checksum, `=` and four characters, from the base64 before it."""
    if len(body) > 5 and body[-5:-4] == b"=" and b"=" not in body[-4:]:
        return body[:-5], body[-4:]
    return body, b""


def _of(tag: int, packet: bytes) -> SecretKey | None:
    return secret_key(tag, packet) if tag in {SECRET_KEY, SECRET_SUBKEY} else None


def _proof(keys: list[SecretKey]) -> Proof:
    """Report the primary key; its subkeys may have secrets where it has none."""
    first = keys[0]
    states = {key.state for key in keys}
    facts = {"fingerprint": first.fingerprint, "key_id": _id(first)}
    if states == {"absent"}:
        return disproved("its secret part was removed", **facts)
    clear = "clear" in states
    state = "not encrypted" if clear else "encrypted"
    return verified(f"OpenPGP {first.name}, {state}", None if clear else "low", **facts)


def _id(key: SecretKey) -> str:
    """Return the key id: the end of a fingerprint of version 4, the start of a later one."""
    return key.fingerprint[-16:] if key.version == 4 else key.fingerprint[:16]


CHECK: Check = prove
