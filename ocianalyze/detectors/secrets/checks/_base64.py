"""Base64 as tokens have it (RFC 4648): both alphabets, padding or not."""

import binascii
import re

_LONGEST = 1 << 20
_STANDARD = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_URL = re.compile(rb"[A-Za-z0-9_-]*={0,2}")


def decode(text: bytes) -> bytes | None:
    """Return the bytes of a base64 text of one alphabet; None for anything else."""
    if len(text) > _LONGEST:
        return None
    if not _STANDARD.fullmatch(text):
        if not _URL.fullmatch(text):
            return None
        text = text.translate(bytes.maketrans(b"-_", b"+/"))
    bare = text.rstrip(b"=")
    if len(bare) % 4 == 1:
        return None
    return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))


def canonical(text: bytes) -> bool:
    """Tell whether the bits that the last character has too many of are zero."""
    value = decode(text)
    if value is None:
        return False
    back = binascii.b2a_base64(value, newline=False).rstrip(b"=")
    return back == text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
