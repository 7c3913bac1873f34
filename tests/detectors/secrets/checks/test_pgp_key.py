"""OpenPGP keys, made by GnuPG and by hand."""

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.detectors.secrets.openpgp import crc24, packets, secret_key
from tests.detectors.secrets.checks.matches import prove, verdict


def armoured(data: bytes, checksum: bytes | None = None) -> str:
    """Return data in the armour of a private key."""
    body = base64.b64encode(data).decode()
    end = base64.b64encode(checksum or crc24(data).to_bytes(3, "big")).decode()
    mark = "PGP PRIVATE KEY BLOCK-----"
    return f"-----BEGIN {mark}\nComment: made up\n\n{body}\n={end}\n-----END {mark}\n"


def rsa_packet(secret: bytes, usage: bytes = b"\0") -> bytes:
    """Return a packet of a secret RSA key of version 4 with made-up numbers."""
    public = b"\x04\x60\0\0\0\x01" + b"\x04\x00" + 128 * b"\xc1" + b"\x00\x11\x01\x00\x01"
    total = (sum(secret) & 0xFFFF).to_bytes(2, "big")
    body = public + usage + secret + total
    return b"\x95" + len(body).to_bytes(2, "big") + body


def test_the_checksum_is_that_of_the_specification() -> None:
    # the value of CRC-24/OPENPGP in the catalogue of parametrised CRC algorithms
    assert crc24(b"123456789") == 0x21CF02


def test_clear_keys_are_found() -> None:
    proof = prove("pgp-key", armoured(rsa_packet(bytes(range(40)))))
    assert proof is not None
    assert proof.detail == "OpenPGP RSA 1024, not encrypted"
    assert proof.facts["fingerprint"].endswith(proof.facts["key_id"])


def test_encrypted_keys_matter_little() -> None:
    protected = b"\xfe\x09\x03\x08" + bytes(range(60))
    proof = prove("pgp-key", armoured(rsa_packet(protected[1:], protected[:1])))
    assert proof is not None
    assert proof.severity == "low"


def test_a_removed_secret_is_none() -> None:
    stub = b"\xff\x00\x65\x00GNU\x01"
    assert verdict("pgp-key", armoured(rsa_packet(stub[1:], stub[:1]))) == "disproved"


def test_a_wrong_checksum_disproves() -> None:
    text = armoured(rsa_packet(bytes(range(40))), b"\0\0\0")
    assert verdict("pgp-key", text) == "disproved"


def test_a_wrong_sum_is_no_key() -> None:
    data = rsa_packet(bytes(range(40)))
    assert verdict("pgp-key", armoured(data[:-1] + b"\0")) == "no-secret"


@pytest.mark.parametrize("cut", range(0, 150, 7))
def test_cut_packets_hold_nothing(cut: int) -> None:
    data = rsa_packet(bytes(range(40)))[:cut]
    assert list(packets(data)) == []
    assert secret_key(5, data[3:]) is None


@pytest.mark.oracle
@pytest.mark.parametrize("kind", ["rsa1024", "ed25519", "dsa1024"])
@pytest.mark.parametrize("secret", ["", "made up"], ids=["clear", "encrypted"])
def test_fingerprints_are_those_of_gnupg(
    tool: Callable[[str], str], tmp_path: Path, kind: str, secret: str
) -> None:
    tmp_path.chmod(0o700)
    gpg = [tool("gpg"), "--homedir", str(tmp_path), "--batch", "--pinentry-mode", "loopback"]
    gpg += ["--passphrase", secret]
    make = [*gpg, "--quick-gen-key", "nobody", kind, "sign", "never"]
    try:
        subprocess.run(make, check=True, capture_output=True)
        listed = subprocess.run([*gpg, "--with-colons", "-K"], check=True, capture_output=True)
        text = subprocess.run(
            [*gpg, "--armor", "--export-secret-keys"], check=True, capture_output=True
        ).stdout
    finally:
        subprocess.run(
            [tool("gpgconf"), "--homedir", str(tmp_path), "--kill", "gpg-agent"], check=False
        )
    shown = next(line.split(b":")[9] for line in listed.stdout.splitlines() if line[:3] == b"fpr")
    proof = prove("pgp-key", text)
    assert proof is not None
    assert proof.proven == "verified-offline"
    assert proof.facts["fingerprint"].upper() == shown.decode()
    assert proof.severity == ("low" if secret else None)
