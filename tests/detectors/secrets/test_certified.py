"""A private key is told with the certificate that has its public key, wherever that lies."""

import base64
import gzip
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PBES,
    serialize_key_and_certificates,
)
from cryptography.x509.oid import NameOID

from ocianalyze.cli.main import run
from ocianalyze.detectors.secrets.checks import _openssh, _ssh
from tests.archives import Image, docker_archive
from tests.detectors.test_certificates import made
from tests.images import File, tar

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
PLAIN = NoEncryption()
EC = ec.derive_private_key(0x1234567890ABCDEF, ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RSA = rsa.generate_private_key(65537, 2048)


def sealed(key: ed25519.Ed25519PrivateKey) -> bytes:
    """Return an encrypted key as OpenSSH writes it: its public half is in clear."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    public = _ssh.packed(b"ssh-ed25519", raw)
    options = _ssh.packed(bytes(range(16))) + bytes([0, 0, 0, 16])
    data = _openssh.MAGIC + _ssh.packed(b"aes256-ctr", b"bcrypt", options) + bytes([0, 0, 0, 1])
    data += _ssh.packed(public, bytes(range(0, 240, 3)) * 2)
    text = base64.encodebytes(data)
    return b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + text + b"-----END OPENSSH PRIVATE KEY-----\n"


KEYS: dict[str, tuple[Key, bytes]] = {
    "sec1": (EC, EC.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, PLAIN)),
    "pkcs8": (EC, EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PLAIN)),
    "pkcs8-der": (EC, EC.private_bytes(Encoding.DER, PrivateFormat.PKCS8, PLAIN)),
    "pkcs1": (RSA, RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, PLAIN)),
    "pkcs1-der": (RSA, RSA.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, PLAIN)),
    "rsa-in-openssh": (RSA, RSA.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, PLAIN)),
    "openssh": (ED, ED.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, PLAIN)),
    "openssh-encrypted": (ED, sealed(ED)),
}


def told(
    layers: list[bytes], folder: Path, capfd: pytest.CaptureFixture[str]
) -> list[dict[str, str]]:
    path = docker_archive(folder / "a.tar", [Image(layers, names=["a:1"])])
    assert run(["secrets", str(path), "-f", "jsonl", "--no-store"]) == 0
    rows = [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]
    return [row["facts"] for row in rows if row["record"] == "secret"]


@pytest.mark.parametrize("form", KEYS)
def test_a_key_names_its_certificate(
    form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    key, written = KEYS[form]
    certificate = made({NameOID.COMMON_NAME: "shop\x1b[2J"}, key=key).public_bytes(Encoding.PEM)
    other = made({NameOID.COMMON_NAME: "b"}, key=ec.derive_private_key(9, ec.SECP256R1()))
    first = tar({"srv/ca.crt": File(other.public_bytes(Encoding.PEM)), "srv/k": File(written)})
    (facts,) = told([first, tar({"srv/tls/a.crt": File(certificate)})], tmp_path, capfd)
    assert facts["certificate"] == "/srv/tls/a.crt"
    assert facts["certificate_subject"] == "shop\x1b[2J"
    assert facts["certificate_until"] == "2031-02-03"


USER = "users:\n- user:\n    client-certificate-data: {}\n    client-key-data: {}\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [("root/.kube/config", USER), ("srv/cluster.yaml", f"apiVersion: v1\nkind: Config\n{USER}")],
    ids=["by-name", "by-content"],
)
def test_a_key_of_a_kubeconfig_names_the_certificate_beside_it(
    path: str, text: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    certificate = made({NameOID.COMMON_NAME: "kubernetes-admin"}, key=EC)
    pair = (certificate.public_bytes(Encoding.PEM), KEYS["sec1"][1])
    coded = (base64.b64encode(pem).decode() for pem in pair)
    found = told([tar({path: File(text.format(*coded).encode())})], tmp_path, capfd)
    named = {(one.get("certificate"), one.get("certificate_subject")) for one in found}
    assert named == {(f"/{path}", "kubernetes-admin")}


def test_the_certificate_that_lies_nearest_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    certificate = File(made({NameOID.COMMON_NAME: "a"}, key=EC).public_bytes(Encoding.PEM))
    files = {"etc/a.crt": certificate, "srv/tls/b.crt": certificate}
    key = File(KEYS["sec1"][1])
    (facts,) = told([tar(files | {"srv/tls/key": key})], tmp_path, capfd)
    assert facts["certificate"] == "/srv/tls/b.crt (+1)"


def test_what_can_be_seen_is_named_before_what_is_gone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    certificate = File(made({NameOID.COMMON_NAME: "a"}, key=EC).public_bytes(Encoding.PEM))
    lower = tar({"srv/a.crt": certificate, "srv/k": File(KEYS["sec1"][1])})
    upper = tar({"srv/.wh.a.crt": b"", "srv/b.crt": certificate})
    (facts,) = told([lower, upper], tmp_path, capfd)
    assert facts["certificate"] == "/srv/b.crt (+1)"
    (facts,) = told([lower, tar({"srv/.wh.a.crt": b""})], tmp_path, capfd)
    assert facts["certificate"] == "/srv/a.crt, deleted"


def test_a_key_without_a_certificate_names_none(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (facts,) = told([tar({"srv/k": File(KEYS["sec1"][1])})], tmp_path, capfd)
    assert "certificate" not in facts


def wrapped(password: bytes, way: PBES, hashed: SHA1 | SHA256) -> KeySerializationEncryption:
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2048)
    return builder.key_cert_algorithm(way).hmac_hash(hashed).build(password)


WRAPPED: dict[str, KeySerializationEncryption] = {
    "pbes2": wrapped(b"changeit", PBES.PBESv2SHA256AndAES256CBC, SHA256()),
    "triple-des": wrapped(b"secret", PBES.PBESv1SHA1And3KeyTripleDESCBC, SHA1()),
    "clear": PLAIN,
}
OTHER = made({NameOID.COMMON_NAME: "authority"}, key=ec.derive_private_key(9, ec.SECP256R1()))


@pytest.mark.parametrize("way", WRAPPED)
def test_a_key_in_pkcs12_names_its_certificate(
    way: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    own = made({NameOID.COMMON_NAME: "shop"}, key=EC)
    store = serialize_key_and_certificates(b"shop", EC, own, [OTHER], WRAPPED[way])
    files = {"srv/a.p12": File(store), "etc/a.crt": File(own.public_bytes(Encoding.PEM))}
    found = told([tar(files)], tmp_path, capfd)
    assert {one["certificate"] for one in found} == {"/srv/a.p12 (+1)"}
    assert {one["certificate_subject"] for one in found} == {"shop"}


def test_a_key_names_a_certificate_in_pkcs12(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    own = made({NameOID.COMMON_NAME: "shop"}, key=EC)
    store = serialize_key_and_certificates(b"shop", EC, own, [OTHER], WRAPPED["pbes2"])
    files = {"srv/k": File(KEYS["sec1"][1]), "srv/a.p12": File(store)}
    found = told([tar(files)], tmp_path, capfd)
    assert [one["certificate"] for one in found] == ["/srv/a.p12", "/srv/a.p12"]


def test_a_key_in_pkcs12_inside_an_archive_names_its_certificate_elsewhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    own = made({NameOID.COMMON_NAME: "shop"}, key=EC)
    store = serialize_key_and_certificates(b"shop", EC, own, None, WRAPPED["pbes2"])
    packed = File(gzip.compress(tar({"a.p12": File(store)})))
    files = {"srv/a.tar.gz": packed, "etc/a.crt": File(own.public_bytes(Encoding.PEM))}
    (facts,) = told([tar(files)], tmp_path, capfd)
    assert facts["certificate"] == "/etc/a.crt"


def test_a_key_without_any_certificate_in_its_file_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store = serialize_key_and_certificates(b"shop", EC, None, None, WRAPPED["pbes2"])
    found = told([tar({"srv/a.p12": File(store)})], tmp_path, capfd)
    said = {one["certificate"] for one in found}
    assert said == {"cannot be known: no certificate was read in its file"}


SEALED = BestAvailableEncryption(b"unheard-of")
CLOSED = {
    "pkcs12": serialize_key_and_certificates(
        b"shop", EC, made({NameOID.COMMON_NAME: "shop"}, key=EC), None, SEALED
    ),
    "pkcs8": EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, SEALED),
    "pkcs8-der": EC.private_bytes(Encoding.DER, PrivateFormat.PKCS8, SEALED),
    "pkcs1": RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, SEALED),
}


@pytest.mark.parametrize("form", CLOSED)
def test_of_an_encrypted_key_the_certificate_cannot_be_known(
    form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    certificate = made({NameOID.COMMON_NAME: "shop"}, key=EC).public_bytes(Encoding.PEM)
    files = {"srv/a.key": File(CLOSED[form]), "srv/a.crt": File(certificate)}
    found = told([tar(files)], tmp_path, capfd)
    assert found
    assert {one["certificate"] for one in found} == {"cannot be known: the key is encrypted"}
