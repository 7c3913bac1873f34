"""Private keys in PEM, made by `cryptography`, `ssh-keygen` and `openssl`."""

import base64
import json
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519

from tests.detectors.secrets.checks.matches import prove, verdict

_NONE = form.NoEncryption()
_LOCKED = form.BestAvailableEncryption(b"made up")
_RSA = rsa.generate_private_key(65537, 1024)
KEYS: dict[str, tuple[Any, str]] = {
    "rsa": (_RSA, "RSA 1024"),
    "dsa": (dsa.generate_private_key(1024), "DSA 1024"),
    "p256": (ec.generate_private_key(ec.SECP256R1()), "EC P-256"),
    "p521": (ec.generate_private_key(ec.SECP521R1()), "EC P-521"),
    "secp256k1": (ec.generate_private_key(ec.SECP256K1()), "EC secp256k1"),
    "ed25519": (ed25519.Ed25519PrivateKey.generate(), "Ed25519"),
    "ed448": (ed448.Ed448PrivateKey.generate(), "Ed448"),
    "x25519": (x25519.X25519PrivateKey.generate(), "X25519"),
}
_OLD = ("rsa", "dsa", "p256", "p521", "secp256k1")
_SSH = ("rsa", "p256", "p521", "ed25519")


def pem(name: str, format_of: form.PrivateFormat, locked: Any = _NONE) -> str:
    """Return a key in PEM."""
    key = KEYS[name][0]
    text: bytes = key.private_bytes(form.Encoding.PEM, format_of, locked)
    return text.decode()


def spki(key: Any) -> str:
    """Return the SHA-256 of the public half as certificates have it."""
    der = key.public_key().public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest()


@pytest.mark.parametrize("name", KEYS)
def test_clear_pkcs8_is_parsed(name: str) -> None:
    proof = prove("pem-key", pem(name, form.PrivateFormat.PKCS8))
    assert proof is not None
    assert (proof.proven, proof.severity) == ("verified-offline", None)
    assert proof.detail == f"{KEYS[name][1]}, not encrypted"
    assert proof.facts["spki"] == spki(KEYS[name][0])


@pytest.mark.parametrize("name", _OLD)
def test_old_formats_are_parsed(name: str) -> None:
    proof = prove("pem-key", pem(name, form.PrivateFormat.TraditionalOpenSSL))
    assert proof is not None
    assert proof.facts["spki"] == spki(KEYS[name][0])


@pytest.mark.parametrize("name", _SSH)
def test_one_key_has_one_fingerprint_in_both_formats(name: str) -> None:
    ours, theirs = (
        prove("pem-key", pem(name, kind))
        for kind in (form.PrivateFormat.PKCS8, form.PrivateFormat.OpenSSH)
    )
    assert ours is not None
    assert theirs is not None
    line = KEYS[name][0].public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
    digest = base64.b64encode(sha256(base64.b64decode(line.split()[1])).digest()).decode()
    assert ours.facts["fingerprint"] == theirs.facts["fingerprint"]
    assert ours.facts["fingerprint"] == "SHA256:" + digest.rstrip("=")


@pytest.mark.parametrize(
    ("name", "kind", "detail"),
    [
        ("rsa", form.PrivateFormat.PKCS8, "PKCS#8, encrypted"),
        ("rsa", form.PrivateFormat.TraditionalOpenSSL, "RSA, encrypted"),
        ("ed25519", form.PrivateFormat.PKCS8, "PKCS#8, encrypted"),
    ],
)
def test_encrypted_keys_matter_little(name: str, kind: form.PrivateFormat, detail: str) -> None:
    proof = prove("pem-key", pem(name, kind, _LOCKED))
    assert proof is not None
    assert (proof.proven, proof.severity, proof.detail) == ("verified-offline", "low", detail)


@pytest.mark.parametrize(
    "dress",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: json.dumps({"key": text}),
        lambda text: "      " + text.replace("\n", "\n      "),
        lambda text: "\n".join(f'"{line}\\n" +' for line in text.splitlines()),
        lambda text: "KEY='" + text.replace("\n", "\\n") + "'",
        lambda text: text.replace("\n", " "),
    ],
    ids=["windows", "json", "yaml", "joined", "escaped", "one-line"],
)
@pytest.mark.parametrize("name", ["rsa", "p256"])
def test_a_key_is_found_however_its_lines_are_kept(name: str, dress: Callable[[str], str]) -> None:
    text = dress(pem(name, form.PrivateFormat.PKCS8))
    proof = prove("pem-key", "-----BEGIN PRIVATE KEY-----", text)
    assert proof is not None
    assert proof.facts["spki"] == spki(KEYS[name][0])


@pytest.mark.parametrize("cut", [100, 300, 500])
def test_of_a_key_that_is_cut_off_little_is_told(cut: int) -> None:
    text = pem("rsa", form.PrivateFormat.PKCS8)
    proof = prove("pem-key", text[:cut] + "\n-----END PRIVATE KEY-----")
    assert proof is not None
    assert (proof.proven, proof.severity) == ("well-formed", "low")
    assert proof.detail == "a part of it is missing"


def test_a_key_whose_end_is_out_of_sight_may_be_one() -> None:
    assert verdict("pem-key", pem("rsa", form.PrivateFormat.PKCS8)[:500]) == "well-formed"


def test_numbers_that_do_not_fit_are_no_key() -> None:
    der = _RSA.private_bytes(form.Encoding.DER, form.PrivateFormat.TraditionalOpenSSL, _NONE)
    modulus = _RSA.public_key().public_numbers().n
    changed = der.replace(modulus.to_bytes(128, "big"), (modulus + 2).to_bytes(128, "big"))
    assert changed != der
    body = base64.b64encode(changed).decode()
    text = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"
    assert verdict("pem-key", text) == "no-secret"


@pytest.mark.parametrize("label", ["CERTIFICATE", "PUBLIC KEY", "PGP PRIVATE KEY BLOCK"])
def test_other_blocks_are_not_spoken_of(label: str) -> None:
    assert verdict("pem-key", f"-----BEGIN {label}-----\nAAAA\n-----END {label}-----") == ""


def test_the_mark_in_a_program_is_no_key() -> None:
    text = (
        b"\0-----BEGIN RSA PRIVATE KEY-----\0-----END RSA PRIVATE KEY-----\0Proc-Type: 4,ENCRYPTED"
    )
    assert verdict("pem-key", b"-----BEGIN RSA PRIVATE KEY-----", text) == "no-secret"


@pytest.mark.oracle
@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
@pytest.mark.parametrize("secret", ["", "made up"], ids=["clear", "encrypted"])
@pytest.mark.parametrize("layout", ["OPENSSH", "PEM", "PKCS8"])
def test_fingerprints_are_those_of_ssh_keygen(
    tool: Callable[[str], str], tmp_path: Path, kind: str, secret: str, layout: str
) -> None:
    if kind == "ed25519" and layout != "OPENSSH":
        pytest.skip("ssh-keygen writes Ed25519 in its own format alone")
    keygen, file = tool("ssh-keygen"), tmp_path / "key"
    extra = [] if layout == "OPENSSH" else ["-m", layout]
    made = [keygen, "-q", "-t", kind, "-N", secret, "-C", "", "-f", str(file), *extra]
    subprocess.run(made, check=True, capture_output=True)
    shown = subprocess.run([keygen, "-lf", f"{file}.pub"], check=True, capture_output=True)
    proof = prove("pem-key", file.read_bytes())
    assert proof is not None
    assert proof.severity == ("low" if secret else None)
    if not secret or layout == "OPENSSH":
        assert proof.facts["fingerprint"] == shown.stdout.split()[1].decode()


@pytest.mark.oracle
def test_curves_that_cannot_be_loaded_are_keys_all_the_same(tool: Callable[[str], str]) -> None:
    command = [tool("openssl"), "ecparam", "-genkey", "-noout", "-name", "sect283r1"]
    text = subprocess.run(command, check=True, capture_output=True).stdout
    assert verdict("pem-key", text) == "well-formed"
    packed = subprocess.run(
        [tool("openssl"), "pkcs8", "-topk8", "-nocrypt"],
        input=text,
        check=True,
        capture_output=True,
    )
    assert verdict("pem-key", packed.stdout) == "well-formed"


@pytest.mark.corpus
@pytest.mark.parametrize("origin", ["kingfisher", "noseyparker"])
def test_samples_of_others_are_keys(corpus: Path, origin: str) -> None:
    import gzip  # noqa: PLC0415 - here alone

    rows = gzip.decompress((corpus / "secrets" / origin / "samples.jsonl.gz").read_bytes())
    texts = [
        row["text"] for line in rows.splitlines() if ".pem.1" in (row := json.loads(line))["rule"]
    ]
    found = [verdict("pem-key", "-----BEGIN RSA PRIVATE KEY-----", text) for text in texts]
    assert found
    assert set(found) == {"verified-offline"}
