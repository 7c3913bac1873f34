"""PKCS#12 files (RFC 7292): key bags, and whether a default password opens."""

import re

from ocianalyze.detectors import pkcs12
from ocianalyze.detectors.passwords import Budget
from ocianalyze.detectors.secrets.inside._stored import OPENS, Stored, of_keys
from ocianalyze.model.anomaly import Severity

_RULE = "pkcs12-key"
_HEAD = re.compile(rb"0(?:\x80|\x81.|\x82..|\x83...)\x02\x01\x030", re.DOTALL)
_BAGS = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01"
"""Begins the types of bags; the next byte is 1 for a key, 2 for an encrypted one."""
_ENCRYPTED = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06"
_OPEN_ENDED = b"\x80"
"""A length that is not told (X.690, 8.1.3.6)."""
_NOT_TRIED = "no password could be tried"


def is_one(head: bytes, _path: bytes) -> bool:
    """Tell by the outer sequence and version 3."""
    return bool(_HEAD.match(head))


def read(data: bytes, budget: Budget) -> Stored | None:
    """Return what is in a file; None for one with certificates alone.

    Lengths of BER that are left open may part anything into pieces: what is in such a file nobody
    knows, unless a bag is whole.
    """
    clear, shrouded = data.count(_BAGS + b"\1"), data.count(_BAGS + b"\2")
    is_open_ended = data[1:2] == _OPEN_ENDED
    if not clear + shrouded and _ENCRYPTED not in data and not is_open_ended:
        return None
    contents = pkcs12.read(data, budget)
    keys = clear + shrouded or contents.keys
    if not keys and contents.is_whole:
        return None
    closed = "cannot be read (BER of open length)" if is_open_ended else "all of it is encrypted"
    said = f"{keys} private {'key' if keys == 1 else 'keys'}" if keys else closed
    parts = [said, *(["not encrypted"] if clear else [])]
    parts += {True: [OPENS], None: [_NOT_TRIED]}.get(contents.opens, [])
    detail = ", ".join(parts)
    if not keys:
        return Stored(_RULE, detail, "low" if contents.opens else "info", proven="well-formed")
    severity: Severity | None = "high" if contents.opens or clear else None
    known = keys if contents.is_whole else 0
    return of_keys(_RULE, detail, severity, known, contents.certificates)
