"""Ansible's vaults: encrypted, their password is elsewhere."""

import binascii
import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.proofs import disproved, verified, well_formed

_HEAD = re.compile(rb"\$ANSIBLE_VAULT;1\.[0-2];AES(?:256)?(?:;([\w.@-]{1,60}))?")
_HEX = re.compile(rb"(?:\\n|[\s])+([0-9a-f]+)")
_LONGEST = 1 << 16


def prove(match: Match) -> Proof | None:
    """Read salt, MAC and text under two layers of hexadecimal digits."""
    at = match.around.rfind(b"$ANSIBLE_VAULT", 0, match.start + 14)
    text = match.around[at : at + _LONGEST] if at >= 0 else match.secret[:_LONGEST]
    head = _HEAD.match(text)
    if head is None:
        return None
    label = head[1] or b""
    body = _body(text, head.end())
    if len(body) < 2 * 130:
        return disproved("nothing follows its head", vault=label)
    parts = binascii.unhexlify(body[: len(body) // 2 * 2]).split(b"\n", 2)
    if len(parts) == 3 and [len(part) for part in parts[:2]] == [64, 64]:
        return verified("encrypted", "info", vault=label)
    return well_formed("encrypted", "info", vault=label)


def _body(text: bytes, at: int) -> bytes:
    """Return the lines of hexadecimal digits that follow each other."""
    lines: list[bytes] = []
    while found := _HEX.match(text, at):
        lines.append(found[1])
        at = found.end()
    return b"".join(lines)


CHECK: Check = prove
