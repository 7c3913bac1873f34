"""Users and passwords in pairs: in base64, in addresses."""

from ocianalyze.detectors.secrets._base import Proof
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder, is_template
from ocianalyze.detectors.secrets.proofs import NO_SECRET, PLACEHOLDER, verified

_USERS = {
    *(b"user", b"username", b"login", b"me", b"you", b"name", b"someone", b"myuser"),
    *(b"joe", b"jschmoe", b"john", b"jdoe", b"johndoe", b"alice", b"bob", b"guest"),
}
_PASSWORDS = {
    *(b"pass", b"password", b"passwd", b"secret", b"pwd", b"pw", b"mypassword", b"p@ssword"),
    *(b"xyzzy", b"hunter2", b"s3cret", b"s3cr3t", b"guest"),
}

_DEMOS = ((b"scott", b"tiger"),)
"""Accounts of demonstrations that manuals print; passwords by their beginnings, since policies ask
for more behind."""
_LONGEST = 64


def pair(encoded: bytes) -> tuple[bytes, bytes] | None:
    """Return what stands in base64 before and after the first colon; None for other bytes."""
    text = decode(encoded) or b""
    user, colon, password = text.partition(b":")
    if not colon or (not text.isascii() and not _is_utf8(text)):
        return None
    return None if any(byte < 32 or byte == 127 for byte in text) else (user, password)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_example(user: bytes, password: bytes) -> bool:
    """Tell whether a pair stands for another: `user:pass`, `<user>:<password>`."""
    if is_template(user) or is_placeholder(password):
        return True
    user, password = user.lower(), password.lower()
    is_demo = any(user == name and password.startswith(word) for name, word in _DEMOS)
    return is_demo or (user in _USERS and password in _PASSWORDS)


def shown(user: bytes) -> bytes:
    """Return a user's name; empty for what may be a token in its place."""
    name = user[:_LONGEST]
    random = len(name) >= 16 and b"@" not in name and any(byte in b"0123456789" for byte in name)
    return b"" if random else name


def encoded_pair(encoded: bytes) -> Proof | None:
    """Return what base64 of `user:password` says; None where it is none."""
    if is_template(encoded):
        return PLACEHOLDER
    found = pair(encoded)
    if found is None:
        return None
    user, password = found
    if not password:
        return NO_SECRET
    return (
        PLACEHOLDER
        if is_example(user, password)
        else verified("user and password", user=shown(user))
    )
