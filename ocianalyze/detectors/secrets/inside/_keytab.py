"""Kerberos keytabs (MIT's keytab file format, version 5.2)."""

from ocianalyze.detectors.passwords import Budget
from ocianalyze.detectors.secrets.inside._stored import Stored
from ocianalyze.detectors.secrets.proofs import public

_RULE = "kerberos-keytab"
_MAGIC = b"\5\2"
_LARGEST = 4_096
_COMPONENTS = 8
_ENTRIES = 10_000
_SHOWN = 5
_ENCTYPES = {
    1: "des-cbc-crc",
    3: "des-cbc-md5",
    16: "des3-cbc-sha1",
    17: "aes128-cts-hmac-sha1-96",
    18: "aes256-cts-hmac-sha1-96",
    19: "aes128-cts-hmac-sha256-128",
    20: "aes256-cts-hmac-sha384-192",
    23: "rc4-hmac",
    25: "camellia128-cts-cmac",
    26: "camellia256-cts-cmac",
}


def is_one(head: bytes, _path: bytes) -> bool:
    """Tell by version and the size and number of parts of the first entry."""
    size, parts = int.from_bytes(head[2:6], "big", signed=True), int.from_bytes(head[6:8], "big")
    return head[:2] == _MAGIC and 12 < size <= _LARGEST and 0 < parts <= _COMPONENTS


def read(data: bytes, _budget: Budget) -> Stored | None:
    """Return the principals; None where an entry cannot be read."""
    at, principals, types = 2, dict[str, None](), dict[str, None]()
    for _ in range(_ENTRIES):
        size = int.from_bytes(data[at : at + 4], "big", signed=True)
        at += 4
        if at >= len(data) or not size:
            break
        if size > 0:
            found = _entry(data[at : at + size])
            if found is None:
                return None
            principals[found[0]] = None
            types[found[1]] = None
        at += abs(size)
    if not principals:
        return None
    told = public(
        {
            "principals": ", ".join(list(principals)[:_SHOWN]),
            "enctypes": ", ".join(list(types)[:_SHOWN]),
        }
    )
    count = len(principals)
    return Stored(_RULE, f"{count} {'principal' if count == 1 else 'principals'}", facts=told)


def _entry(entry: bytes) -> tuple[str, str] | None:
    """Return principal and type of the key."""
    texts, at = [], 2
    for _ in range(min(int.from_bytes(entry[:2], "big"), _COMPONENTS) + 1):
        size = int.from_bytes(entry[at : at + 2], "big")
        texts.append(entry[at + 2 : at + 2 + size].decode("utf-8", "replace"))
        at += 2 + size
    at += 9
    kind, size = entry[at : at + 2], int.from_bytes(entry[at + 2 : at + 4], "big")
    if len(kind) < 2 or not size or at + 4 + size > len(entry):
        return None
    number = int.from_bytes(kind, "big")
    return f"{'/'.join(texts[1:])}@{texts[0]}", _ENCTYPES.get(number, f"enctype {number}")
