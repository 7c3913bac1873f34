"""Which key made an OpenPGP signature (RFC 4880, sections 4.2 and 5.2)."""

from collections.abc import Iterator

_SIGNATURE = 2
_ISSUER = 16
_FINGERPRINT = 33


def key_id(packet: bytes) -> str:
    """Return the key's 16 hexadecimal digits; empty when the packet does not tell."""
    body = _body(packet)
    if body[:1] == b"\x03":
        return body[7:15].hex() if len(body) >= 15 else ""
    if body[:1] != b"\x04":
        return ""
    hashed = int.from_bytes(body[4:6])
    plain = int.from_bytes(body[6 + hashed : 8 + hashed])
    areas = body[6 : 6 + hashed], body[8 + hashed : 8 + hashed + plain]
    for kind, value in (each for area in areas for each in _subpackets(area)):
        if kind == _ISSUER and len(value) == 8:
            return value.hex()
        if kind == _FINGERPRINT and value[:1] == b"\x04" and len(value) == 21:
            return value[-8:].hex()
    return ""


def _body(packet: bytes) -> bytes:
    """Return the content of a signature packet; empty for any other."""
    if len(packet) < 6 or not packet[0] & 0x80:
        return b""
    if packet[0] & 0x40:
        kind = packet[0] & 0x3F
        length, at = _length(packet, 1)
    else:
        kind, width = packet[0] >> 2 & 0xF, (1, 2, 4, 0)[packet[0] & 3]
        at = 1 + width
        length = int.from_bytes(packet[1:at]) if width else len(packet)
    return packet[at : at + length] if kind == _SIGNATURE else b""


def _subpackets(area: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(area):
        length, start = _length(area, at)
        if length < 1 or start >= len(area):
            return
        yield area[start] & 0x7F, area[start + 1 : start + length]
        at = start + length


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Return a length of one, two or five bytes, and where it ends."""
    first = data[at]
    if first < 192:
        return first, at + 1
    if first < 255:
        return (first - 192 << 8) + int.from_bytes(data[at + 1 : at + 2]) + 192, at + 2
    return int.from_bytes(data[at + 1 : at + 5]), at + 5
