"""Published vectors: PuTTY's own test keys, BIP-39, BIP-173, age, WireGuard, JOSE."""

import base64
import binascii
import json
from hashlib import sha256
from importlib.resources import files
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519

from ocianalyze.detectors.secrets.checks import _bech32
from tests.detectors.secrets.checks.matches import prove, verdict

# PuTTY's test suite, test/cryptsuite.py
_PUTTY = """\
PuTTY-User-Key-File-{version}: ssh-ed25519
Encryption: none
Comment: ed25519-key-20200105
Public-Lines: 2
AAAAC3NzaC1lZDI1NTE5AAAAIHJCszOHaI9X/yGLtjn22f0hO6VPMQDVtctkym6F
JH1W
Private-Lines: 1
AAAAIGvvIpl8jyqn8Xufkw6v3FnEGtXF3KWw55AP3/AGEBpY
Private-MAC: {mac}
"""
_MACS = {
    "2": "2a629acfcfbe28488a1ba9b6948c36406bc28422",
    "3": "816c84093fc4877e8411b8e5139c5ce35d8387a2630ff087214911d67417a54d",
}


@pytest.mark.parametrize("version", _MACS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["unix", "windows"])
def test_puttys_keys_have_a_right_mac(version: str, ending: str) -> None:
    text = _PUTTY.format(version=version, mac=_MACS[version]).replace("\n", ending)
    proof = prove("putty-key", f"PuTTY-User-Key-File-{version}", "x" + ending + text)
    assert proof is not None
    assert proof.proven == "verified-offline"
    assert proof.detail == "Ed25519, not encrypted, PuTTY"
    blob = base64.b64decode("AAAAC3NzaC1lZDI1NTE5AAAAIHJCszOHaI9X/yGLtjn22f0hO6VPMQDVtctkym6FJH1W")
    digest = base64.b64encode(sha256(blob).digest()).decode().rstrip("=")
    assert proof.facts["fingerprint"] == f"SHA256:{digest}"


@pytest.mark.parametrize("version", _MACS)
def test_a_changed_comment_breaks_puttys_mac(version: str) -> None:
    text = _PUTTY.format(version=version, mac=_MACS[version]).replace("20200105", "20200106")
    assert verdict("putty-key", text) == "disproved"


def test_puttys_encrypted_keys_matter_little() -> None:
    text = _PUTTY.format(version="2", mac="5b1f6f4cc43eb0060d2c3e181bc0129343adba2b")
    proof = prove("putty-key", text.replace("none", "aes256-cbc"))
    assert proof is not None
    assert (proof.severity, proof.detail) == ("low", "Ed25519, encrypted, PuTTY")


def test_the_word_list_is_the_published_one() -> None:
    text = files("ocianalyze.detectors.secrets.checks").joinpath("bip39_english.txt").read_bytes()
    assert sha256(text).hexdigest() == (
        "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    )


# the vectors of BIP-39 that are not mere repetition
@pytest.mark.parametrize(
    "phrase",
    [
        "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic",
        (
            "gravity machine north sort system female filter attitude volume fold club stay "
            "feature office ecology stable narrow fog"
        ),
        (
            "hamster diagram private dutch cause delay private meat slide toddler razor book "
            "happy fancy gospel tennis maple dilemma loan word shrug inflict delay length"
        ),
        "cat swing flag economy stadium alone churn speed unique patch report train",
        (
            "void come effort suffer camp survey warrior heavy shoot primary clutch crush open "
            "amazing screen patrol group space point ten exist slush involve unfold"
        ),
    ],
)
def test_seed_phrases_of_bip39(phrase: str) -> None:
    words = phrase.split()
    assert verdict("bip39", phrase) == "verified-offline"
    assert verdict("bip39", " ".join(reversed(words))) in {"disproved", "verified-offline"}
    assert verdict("bip39", " ".join(words[:-1])) == ""


@pytest.mark.parametrize(
    "phrase", ["legal winner thank year wave sausage worth useful legal winner thank yellow"]
)
def test_the_phrases_that_everybody_has_are_disproved(phrase: str) -> None:
    assert verdict("bip39", phrase) == "disproved"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A12UEL5L", "Bech32"),
        ("a12uel5l", "Bech32"),
        (
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
            "Bech32",
        ),
        ("split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "Bech32"),
        ("?1ezyfcl", "Bech32"),
        ("A1LQFN3A", "Bech32m"),
        ("split1checkupstagehandshakeupstreamerranterredcaperredlc445v", "Bech32m"),
        ("?1v759aa", "Bech32m"),
    ],
)
def test_valid_vectors_of_bip173_and_bip350(text: str, kind: str) -> None:
    found = _bech32.read(text.encode())
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "pzry9x0s0muk",
        "1pzry9x0s0muk",
        "x1b4n0q5v",
        "li1dgmt3",
        "A1G7SGD8",
        "10a06t8",
        "1qzzfhee",
        "a12UEL5L",
    ],
)
def test_invalid_vectors_of_bip173(text: str) -> None:
    assert _bech32.read(text.encode()) is None


def bech32(prefix: str, data: bytes) -> str:
    """Return a Bech32 text, its checksum found by the definition's linear algebra."""
    values = [int(bits, 2) for bits in _fives("".join(f"{byte:08b}" for byte in data))]
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    spread = (
        bytes(ord(char) >> 5 for char in prefix) + b"\0" + bytes(ord(char) & 31 for char in prefix)
    )
    rest = _bech32._polymod(spread + bytes(values) + bytes(6)) ^ 1
    values += [rest >> 5 * (5 - at) & 31 for at in range(6)]
    return prefix + "1" + "".join(alphabet[value] for value in values)


def _fives(bits: str) -> list[str]:
    return [bits[at : at + 5].ljust(5, "0") for at in range(0, len(bits), 5)]


def test_ages_own_example_is_published() -> None:
    text = bech32("age-secret-key-", 32 * b"\x42").upper()
    assert text.endswith("GFPQ4EGAEX")
    assert verdict("age-key", text) == "disproved"


def test_keys_of_age() -> None:
    text = bech32("age-secret-key-", bytes(range(32))).upper()
    assert verdict("age-key", text) == "verified-offline"
    assert verdict("age-key", text[:-1] + ("Q" if text[-1] != "Q" else "P")) == "disproved"
    assert verdict("age-key", bech32("age-secret-key-", bytes(31)).upper()) == "disproved"


def test_keys_of_wireguard_give_their_public_half() -> None:
    secret = bytearray(sha256(b"made up").digest())
    secret[0] &= 248
    secret[31] = secret[31] & 127 | 64
    public = x25519.X25519PrivateKey.from_private_bytes(bytes(secret)).public_key()
    proof = prove("wireguard-key", base64.b64encode(secret))
    assert proof is not None
    assert proof.facts == {"public_key": base64.b64encode(public.public_bytes_raw()).decode()}


def jwk(key: Any) -> dict[str, str]:
    """Return a private key in JSON."""

    def octets(number: int, size: int = 0) -> str:
        data = number.to_bytes(size or (number.bit_length() + 7) // 8, "big")
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.private_numbers()
        public = numbers.public_numbers
        values = (
            public.n,
            public.e,
            numbers.d,
            numbers.p,
            numbers.q,
            numbers.dmp1,
            numbers.dmq1,
            numbers.iqmp,
        )
        names = ("n", "e", "d", "p", "q", "dp", "dq", "qi")
        return {"kty": "RSA", "kid": "k1"} | dict(zip(names, map(octets, values), strict=True))
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        curve = {"crv": "P-256", "x": octets(point.x, 32), "y": octets(point.y, 32)}
        return {
            "kty": "EC",
            "kid": "k1",
            "d": octets(key.private_numbers().private_value, 32),
        } | curve
    name = "Ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "X25519"
    d, x = (
        int.from_bytes(raw, "big")
        for raw in (key.private_bytes_raw(), key.public_key().public_bytes_raw())
    )
    return {"kty": "OKP", "kid": "k1", "crv": name, "d": octets(d, 32), "x": octets(x, 32)}


_JOSE: dict[str, Any] = {
    "RSA": rsa.generate_private_key(65537, 1024),
    "EC": ec.generate_private_key(ec.SECP256R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
    "X25519": x25519.X25519PrivateKey.generate(),
}


@pytest.mark.parametrize("name", _JOSE)
def test_keys_in_json_are_proved_by_their_public_half(name: str) -> None:
    key = _JOSE[name]
    text = json.dumps({"keys": [jwk(key)]})
    proof = prove("jwk", f'"d": "{jwk(key)["d"]}"', text)
    assert proof is not None
    der = key.public_key().public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
    assert proof.proven == "verified-offline"
    assert proof.facts == {"key_id": "k1", "spki": sha256(der).hexdigest()}


@pytest.mark.parametrize("name", _JOSE)
def test_keys_in_json_with_another_public_half_are_disproved(name: str) -> None:
    found = jwk(_JOSE[name])
    other = {"n": "x", "x": "x"}
    begin = "BB" if found["x" if "x" in found else "n"].startswith("AA") else "AA"
    changed = {k: begin + value[2:] if k in other else value for k, value in found.items()}
    assert verdict("jwk", json.dumps(changed)) == "disproved"


def test_rsa_in_json_needs_no_primes() -> None:
    found = {
        key: value for key, value in jwk(_JOSE["RSA"]).items() if key in {"kty", "n", "e", "d"}
    }
    assert verdict("jwk", json.dumps(found)) == "verified-offline"
    assert verdict("jwk", json.dumps(found | {"d": "AQAB"})) == "disproved"


def test_public_keys_in_json_are_not_spoken_of() -> None:
    found = {key: value for key, value in jwk(_JOSE["EC"]).items() if key != "d"}
    assert verdict("jwk", json.dumps(found)) == ""


def test_vaults_of_ansible_are_encrypted() -> None:
    inner = b"\n".join(binascii.hexlify(bytes(range(32))) for _ in range(3))
    digits = binascii.hexlify(inner).decode()
    lines = "\n".join("    " + digits[at : at + 80] for at in range(0, len(digits), 80))
    proof = prove(
        "ansible-vault",
        "$ANSIBLE_VAULT",
        f"x: !vault |\n  $ANSIBLE_VAULT;1.2;AES256;prod\n{lines}\n",
    )
    assert proof is not None
    assert (proof.proven, proof.severity) == ("verified-offline", "info")
    assert proof.facts == {"vault": "prod"}
