"""Certificates are read as cryptography reads them, and the bytes of nobody break the reader."""

import datetime as dt
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.certificates import NAME, OBSERVER, Certificate, read, unpack
from tests.images import File, facts

KEY = ec.derive_private_key(7, ec.SECP256R1())


def made(
    names: dict[x509.ObjectIdentifier, str],
    *,
    until: int = 2031,
    dns: tuple[str, ...] = (),
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey = KEY,
) -> x509.Certificate:
    """Return a certificate that the key of its own signed."""
    name = x509.Name([x509.NameAttribute(kind, text) for kind, text in names.items()])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(1999, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(until, 2, 3, tzinfo=dt.UTC))
    )
    if dns:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(one) for one in dns])
        built = built.add_extension(alternatives, critical=not names)
    is_edwards = isinstance(key, ed25519.Ed25519PrivateKey)
    return built.sign(key, None if is_edwards else SHA256())


def spki(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest()


def kept(*files: bytes, name: str = "etc/a{}.pem") -> list[list[Certificate]]:
    layer = {name.format(n): File(content) for n, content in enumerate(files)}
    seen = facts(layer, (OBSERVER,)).observations.get(NAME, ())
    return [unpack(bytes(one.value)) for one in seen]


@pytest.mark.parametrize(
    ("certificate", "name"),
    [
        pytest.param(
            made({NameOID.COMMON_NAME: "shop.acme.example"}), "shop.acme.example", id="cn"
        ),
        pytest.param(made({NameOID.COMMON_NAME: "Zoë"}, until=2049), "Zoë", id="utf-8"),
        pytest.param(made({NameOID.COMMON_NAME: "x"}, until=2050), "x", id="generalized-time"),
        pytest.param(made({}, dns=("a.acme.example", "b")), "a.acme.example", id="alternative"),
        pytest.param(
            made({NameOID.ORGANIZATION_NAME: "Acme", NameOID.COUNTRY_NAME: "FR"}), "Acme", id="o"
        ),
        pytest.param(
            made(
                {NameOID.COMMON_NAME: "e"},
                key=ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)),
            ),
            "e",
            id="ed25519",
        ),
        pytest.param(made({}), "", id="nameless"),
    ],
)
def test_it_reads_what_cryptography_reads(certificate: x509.Certificate, name: str) -> None:
    found = read(certificate.public_bytes(Encoding.DER))
    until = certificate.not_valid_after_utc.date().isoformat()
    assert found == Certificate(spki(certificate), name, until)


def test_bundles_are_kept_whole_and_a_key_once() -> None:
    keys = [ec.derive_private_key(n, ec.SECP256R1()) for n in range(1, 5)]
    several = [made({NameOID.COMMON_NAME: f"c{n}"}, key=key) for n, key in enumerate(keys)]
    bundle = b"Bag Attributes\n".join(x.public_bytes(Encoding.PEM) for x in several * 2)
    assert [[x.subject for x in kept(b"text\n" + bundle)[0]]] == [["c0", "c1", "c2", "c3"]]


def test_der_and_pem_of_any_name_are_seen() -> None:
    one = made({NameOID.COMMON_NAME: "a"})
    forms = (one.public_bytes(Encoding.DER), one.public_bytes(Encoding.PEM))
    assert kept(*forms, name="srv/tls/{}") == [[Certificate(spki(one), "a", "2031-02-03")]] * 2


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"-----BEGIN CERTIFICATE-----\n" + b"A" * 80, id="endless"),
        pytest.param(
            b"-----BEGIN CERTIFICATE-----\n" + b"A" * 81 + b"\n-----END CERTIFICATE-----",
            id="no-base64",
        ),
        pytest.param(
            b"-----BEGIN CERTIFICATE-----\n" + b"MIIC" * 20 + b"\n-----END CERTIFICATE-----",
            id="nonsense",
        ),
    ],
)
def test_what_is_no_certificate_is_not_kept(content: bytes) -> None:
    assert kept(content) == []


DER = made({NameOID.COMMON_NAME: "a"}, dns=("b",)).public_bytes(Encoding.DER)


@given(st.integers(0, len(DER) - 1), st.binary(max_size=4))
def test_damage_is_one_error(at: int, instead: bytes) -> None:
    for data in (DER[:at], DER[:at] + instead + DER[at + len(instead) :]):
        try:
            read(data)
        except ValueError:
            continue
