"""Macaroons in the binary format of version 2."""

from ocianalyze.dataclass import dataclass

_VERSION = b"\x02"
_MOST = 64
_END, _LOCATION, _IDENTIFIER, _SIGNATURE = 0, 1, 2, 6


@dataclass(frozen=True, slots=True)
class Macaroon:
    """What everybody may read of it."""

    location: bytes
    identifier: bytes
    caveats: tuple[bytes, ...]


def read(data: bytes) -> Macaroon | None:
    """Return a macaroon that ends with 32 bytes of signature; None for anything else."""
    if not data.startswith(_VERSION):
        return None
    try:
        return _read(data)
    except (IndexError, ValueError):
        return None


def _read(data: bytes) -> Macaroon:
    head, at = _section(data, 1)
    caveats: list[bytes] = []
    for _ in range(_MOST):
        fields, at = _section(data, at)
        if not fields:
            break
        caveats.append(fields[_IDENTIFIER])
    kind, signature, at = _field(data, at)
    if kind != _SIGNATURE or len(signature) != 32 or at != len(data):
        raise ValueError("signature")
    return Macaroon(head.get(_LOCATION, b""), head[_IDENTIFIER], tuple(caveats))


def _section(data: bytes, at: int) -> tuple[dict[int, bytes], int]:
    fields: dict[int, bytes] = {}
    for _ in range(8):
        kind, value, at = _field(data, at)
        if kind == _END:
            if fields and _IDENTIFIER not in fields:
                raise ValueError("identifier")
            return fields, at
        fields[kind] = value
    raise ValueError("section")


def _field(data: bytes, at: int) -> tuple[int, bytes, int]:
    kind, at = _number(data, at)
    if kind == _END:
        return kind, b"", at
    size, at = _number(data, at)
    if at + size > len(data):
        raise ValueError("length")
    return kind, data[at : at + size], at + size


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, lowest first."""
    value = 0
    for shift in (0, 7, 14):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("number")
