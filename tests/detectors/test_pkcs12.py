"""Certificates of keys in PKCS#12 are those that cryptography wrote; no bytes break the reader."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PBES,
    serialize_key_and_certificates,
)
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.pkcs12 import PASSWORDS, Budget, begins, certificates
from tests.detectors.test_certificates import made

KEY = ec.derive_private_key(11, ec.SECP256R1())
OWN = made({NameOID.COMMON_NAME: "shop"}, key=KEY)
CHAIN = [made({NameOID.COMMON_NAME: "authority"})]
DER = OWN.public_bytes(Encoding.DER)


def sealed(password: str, rounds: int = 1000) -> KeySerializationEncryption:
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(rounds)
    way = builder.key_cert_algorithm(PBES.PBESv2SHA256AndAES256CBC).hmac_hash(SHA256())
    return way.build(password.encode())


def stored(encryption: KeySerializationEncryption) -> bytes:
    return serialize_key_and_certificates(b"shop", KEY, OWN, CHAIN, encryption)


CLEAR = stored(NoEncryption())
CLOSED = stored(sealed("changeit"))


def found(data: bytes, rounds: int = 100_000) -> list[bytes]:
    return list(certificates(data, Budget(rounds)))


@pytest.mark.parametrize("password", [word for word in PASSWORDS if word])
def test_a_password_that_files_come_with_opens_it(password: str) -> None:
    data = stored(sealed(password))
    assert begins(data[:64])
    assert found(data) == [DER]


def test_what_is_not_encrypted_needs_none() -> None:
    assert found(CLEAR, 0) == [DER]


def test_another_password_opens_nothing() -> None:
    assert found(stored(sealed("unheard-of"))) == []


def test_authorities_alone_are_nobodys() -> None:
    assert found(serialize_key_and_certificates(None, None, None, CHAIN, NoEncryption())) == []


@pytest.mark.parametrize("rounds", [0, 20_001, 65_535])
def test_rounds_that_no_program_makes_cost_nothing(rounds: int) -> None:
    budget = Budget()
    before = budget.rounds
    data = CLOSED.replace(b"\2\2" + (1000).to_bytes(2, "big"), b"\2\2" + rounds.to_bytes(2, "big"))
    assert data != CLOSED
    assert list(certificates(data, budget)) == []
    assert budget.rounds == before


def test_a_layer_pays_for_so_many_rounds() -> None:
    budget = Budget(4500)
    assert list(certificates(CLOSED, budget)) == [DER]
    assert list(certificates(CLOSED, budget)) == [DER]
    assert list(certificates(CLOSED, budget)) == []


@given(st.data())
def test_bytes_of_nobody_break_nothing(data: st.DataObject) -> None:
    base = bytearray(data.draw(st.sampled_from([CLEAR, CLOSED])))
    for _ in range(data.draw(st.integers(1, 4))):
        base[data.draw(st.integers(0, len(base) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(base)))
    for one in (bytes(base), bytes(base[:cut])):
        found(one, 10_000)
