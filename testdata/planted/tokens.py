"""Made-up secrets in the formats of their providers; no provider ever issued them.

Each is made of a number, so that every place has a value of its own and the same one every time.
"""

import base64
import hashlib
import hmac
import json
from string import ascii_letters, digits, hexdigits
from zlib import crc32

_BASE62 = digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "abcdefghijklmnopqrstuvwxyz"
_BASE36 = digits + "abcdefghijklmnopqrstuvwxyz"
_BASE64 = ascii_letters + digits + "+/"


def letters(seed: str, count: int, alphabet: str = _BASE62) -> str:
    """Return characters that look random and follow from a seed."""
    stream = b"".join(hashlib.sha512(f"{seed} {n}".encode()).digest() for n in range(count))
    return "".join(alphabet[byte % len(alphabet)] for byte in stream[:count])


def written(number: int, alphabet: str, width: int) -> str:
    """Return a number in the base of an alphabet."""
    figures = ""
    while number:
        number, rest = divmod(number, len(alphabet))
        figures = alphabet[rest] + figures
    return figures.rjust(width, alphabet[0])


def github(seed: str, kind: str = "ghp") -> str:
    """Return a classic token of GitHub: its last six figures are the CRC-32 of the others."""
    body = letters(f"github {seed}", 30)
    return f"{kind}_{body}{written(crc32(body.encode()), _BASE62, 6)}"


def npm(seed: str) -> str:
    """Return a token of npm, which has GitHub's checksum."""
    body = letters(f"npm {seed}", 30)
    return f"npm_{body}{written(crc32(body.encode()), _BASE62, 6)}"


def gitlab(seed: str) -> str:
    """Return a routable token of GitLab: payload, its length, CRC-32 of all before."""
    random = hashlib.sha256(f"gitlab {seed}".encode()).digest()[:16]
    payload = base64.urlsafe_b64encode(b"o:1\nu:4c" + random + b"\x10").decode().rstrip("=")
    head = f"glpat-{payload}.{written(len(payload), _BASE36, 2)}"
    return head + written(crc32(head.encode()), _BASE36, 7)


def atlassian(seed: str) -> str:
    """Return an API token of Atlassian: CRC-32 in upper-case hexadecimal figures."""
    head = f"ATATT3xFfGF0{letters(f'atlassian {seed}', 160)}="
    return f"{head}{crc32(head.encode()):08X}"


def grafana(seed: str) -> str:
    """Return a service account token of Grafana: CRC-32 of all before, its bytes turned round."""
    head = f"glsa_{letters(f'grafana {seed}', 32)}"
    return f"{head}_{crc32(head.encode()).to_bytes(4, 'little').hex()}"


def confluent(seed: str) -> str:
    """Return an API secret of Confluent Cloud: CRC-32 of the value in six figures of base 64."""
    body = letters(f"confluent {seed}", 54)
    tail = base64.b64encode(crc32(body.encode()).to_bytes(4, "little")).decode().rstrip("=")
    return f"cflt{body}{tail}"


def jwt(seed: str) -> str:
    """Return a signed JSON web token."""
    parts = (
        {"alg": "HS256", "typ": "JWT"},
        {"sub": f"svc-{seed}", "iss": "https://login.acme.example", "exp": 1_924_992_000},
    )
    texts = (json.dumps(part, separators=(",", ":")).encode() for part in parts)
    signed = ".".join(base64.urlsafe_b64encode(text).decode().rstrip("=") for text in texts)
    key = letters(f"jwt {seed}", 40).encode()
    mac = hmac.new(key, signed.encode(), "sha256").digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def pem(seed: str) -> str:
    """Return an Ed25519 key in PKCS#8 (RFC 8410)."""
    der = bytes.fromhex("302e020100300506032b657004220420")
    der += hashlib.sha256(f"pem {seed}".encode()).digest()
    body = base64.b64encode(der).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"


def aws(seed: str) -> tuple[str, str]:
    """Return id and secret of an access key, of the account 123456789012."""
    account = (123_456_789_012 << 7).to_bytes(6, "big")
    random = hashlib.sha256(f"aws {seed}".encode()).digest()[:4]
    key = base64.b32encode(bytes((account[0] | 0x80, *account[1:])) + random).decode()
    return f"AKIA{key}", letters(f"aws secret {seed}", 40, _BASE64)


def wireguard(seed: str) -> str:
    """Return a private key of WireGuard: its bits are set as Curve25519 wants them."""
    key = bytearray(hashlib.sha256(f"wireguard {seed}".encode()).digest())
    key[0] &= 248
    key[31] = key[31] & 127 | 64
    return base64.b64encode(key).decode()


def slack(seed: str) -> str:
    """Return a bot token of Slack, whose form has no checksum."""
    numbers = letters(f"slack {seed}", 24, digits)
    return f"xoxb-{numbers[:12]}-{numbers[12:]}-{letters(f'slack {seed}', 24)}"


def stripe(seed: str) -> str:
    """Return a secret key of Stripe."""
    return f"sk_live_{letters(f'stripe {seed}', 24)}"


def password(seed: str) -> str:
    """Return a password as people are told to choose them."""
    return letters(f"password {seed}", 18)


def figures(seed: str, count: int) -> str:
    """Return hexadecimal figures."""
    return letters(f"hex {seed}", count, hexdigits[:16])
