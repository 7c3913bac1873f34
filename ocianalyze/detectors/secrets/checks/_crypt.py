"""The hashes of crypt(3) made of MD5, and of SHA-2 (Drepper, "Unix crypt using SHA-256/512").

Only passwords of a list are tried, and only with few rounds, since this is slow.
"""

import hashlib
from collections.abc import Iterable, Iterator

_DIGITS = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MD5_ROUNDS = 1000
SHA_ROUNDS = 5000
"""Where a hash names none."""
_LEAST_ROUNDS = 1000


def md5_crypt(password: bytes, salt: bytes, mark: bytes) -> bytes:
    """Return the 22 characters after the salt; the mark is `$1$`, or Apache's `$apr1$`."""
    inner = hashlib.md5(password + salt + password, usedforsecurity=False).digest()
    begin = password + mark + salt + _stretched(inner, len(password))
    size = len(password)
    while size:
        begin += b"\0" if size & 1 else password[:1]
        size >>= 1
    last = hashlib.md5(begin, usedforsecurity=False).digest()
    for turn in range(_MD5_ROUNDS):
        text = _turn(turn, last, password, salt)
        last = hashlib.md5(text, usedforsecurity=False).digest()
    order = [(at, at + 6, at + 12 if at < 4 else 5) for at in range(5)]
    return b"".join(_digits(last[a] << 16 | last[b] << 8 | last[c], 4) for a, b, c in order) + (
        _digits(last[11], 2)
    )


def sha_crypt(password: bytes, salt: bytes, name: str, rounds: int) -> bytes:
    """Return the characters after the salt of `$5$` (`sha256`) or `$6$` (`sha512`)."""
    last = hashlib.new(name, _begin(password, salt, name)).digest()
    size = len(password)
    stretched = _stretched(hashlib.new(name, password * size).digest(), size)
    salted = hashlib.new(name, salt * (16 + last[0])).digest()[: len(salt)]
    for turn in range(max(rounds, _LEAST_ROUNDS)):
        last = hashlib.new(name, _turn(turn, last, stretched, salted)).digest()
    return b"".join(_sha_digits(last))


def _begin(password: bytes, salt: bytes, name: str) -> bytes:
    inner = hashlib.new(name, password + salt + password).digest()
    text = password + salt + _stretched(inner, len(password))
    size = len(password)
    while size:
        text += inner if size & 1 else password
        size >>= 1
    return text


def _turn(turn: int, last: bytes, password: bytes, salt: bytes) -> bytes:
    """Return what one round hashes."""
    begin, end = (password, last) if turn & 1 else (last, password)
    return begin + (salt if turn % 3 else b"") + (password if turn % 7 else b"") + end


def _stretched(digest: bytes, size: int) -> bytes:
    return (digest * (size // len(digest) + 1))[:size]


def _digits(number: int, count: int) -> bytes:
    return bytes(_DIGITS[number >> 6 * at & 63] for at in range(count))


def _sha_digits(last: bytes) -> Iterator[bytes]:
    """Yield the digits of three bytes each, in the order of the specification's table."""
    third = len(last) // 3
    # 32 bytes turn the other way round than 64
    step = 2 if len(last) == 32 else 1
    for at in range(third):
        turned = at * step % 3
        places = [(at + third * ((turned + more) % 3)) for more in range(3)]
        yield _digits(int.from_bytes(bytes(last[place] for place in places), "big"), 4)
    rest = last[3 * third :]
    yield _digits(int.from_bytes(rest[::-1], "big"), 3 if len(rest) == 2 else 2)


def matches_any(
    passwords: Iterable[bytes], digest: bytes, salt: bytes, mark: bytes, rounds: int = SHA_ROUNDS
) -> bool:
    """Tell whether one of the passwords gives a hash; False where that would take too long."""
    name = {b"$5$": "sha256", b"$6$": "sha512"}.get(mark)
    if name is None:
        return any(md5_crypt(guess, salt[:8], mark) == digest for guess in passwords)
    if rounds > SHA_ROUNDS:
        return False
    return any(sha_crypt(guess, salt[:16], name, rounds) == digest for guess in passwords)
