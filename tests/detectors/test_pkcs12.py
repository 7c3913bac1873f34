"""Certificates of keys in PKCS#12 are those that cryptography wrote; no bytes break the reader."""

import shutil
import subprocess
from pathlib import Path

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

from ocianalyze.detectors.passwords import PASSWORDS, Budget
from ocianalyze.detectors.pkcs12 import begins, read
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
    return list(read(data, Budget(rounds)).certificates)


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


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("way", ["RC2-40", "RC2-128", "RC4-128", "RC4-40", "2DES", "3DES"])
def test_a_file_of_an_older_program_opens(way: str, password: str, tmp_path: Path) -> None:
    """RC2 with 40 bits is what OpenSSL before 3.0 and Java before 2021 write."""
    data = of_openssl(tmp_path, password, "-certpbe", f"PBE-SHA1-{way}", "-macalg", "sha1")
    contents = read(data, Budget())
    assert contents == (1, (DER,), True, True)


@pytest.mark.parametrize("way", ["DES-EDE3-CBC", "AES-128-CBC", "AES-192-CBC", "NONE"])
def test_a_file_of_todays_programs_opens(way: str, tmp_path: Path) -> None:
    data = of_openssl(tmp_path, "changeit", "-certpbe", way, "-macalg", "sha224")
    assert read(data, Budget()) == (1, (DER,), True, True)


def test_without_a_mac_every_password_is_tried(tmp_path: Path) -> None:
    options = ("-nomac", "-certpbe", "PBE-SHA1-3DES")
    assert read(of_openssl(tmp_path, "secret", *options), Budget()).opens
    closed = of_openssl(tmp_path, "unheard-of", *options)
    assert [read(closed, Budget(rounds)).opens for rounds in (100_000, 9)] == [False, None]


def of_openssl(folder: Path, password: str, *options: str) -> bytes:
    """Return a file that OpenSSL makes of the key and its certificate."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl on this machine")
    pem = folder / "both.pem"
    key = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(key + OWN.public_bytes(Encoding.PEM))
    made_by = [program, "pkcs12", "-export", "-legacy", "-in", str(pem), *options]
    done = subprocess.run(
        [*made_by, "-keypbe", "PBE-SHA1-3DES", "-passout", f"pass:{password}"],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"this openssl makes none: {done.stderr.decode()[:200]}")
    return done.stdout


def test_rounds_that_no_program_makes_cost_nothing(tmp_path: Path) -> None:
    data = of_openssl(tmp_path, "changeit", "-iter", "100001", "-macalg", "sha1")
    budget = Budget()
    assert read(data, budget) == (1, (), False, None)
    assert budget == Budget()


@pytest.mark.parametrize("rounds", [0, -1, 100_001, 1 << 31])
def test_no_password_is_worth_so_many_rounds(rounds: int) -> None:
    with pytest.raises(ValueError, match="too many rounds"):
        Budget().take(rounds)


def test_a_layer_pays_for_so_many_rounds() -> None:
    budget = Budget()
    read(CLOSED, budget)
    of_one = Budget().rounds - budget.rounds
    budget = Budget(2 * of_one)
    assert [read(CLOSED, budget).opens for _ in range(3)] == [True, True, None]
    assert budget.rounds == 0


def test_a_flood_of_large_contents_costs_what_rounds_do(tmp_path: Path) -> None:
    """RC2 is slow here: its blocks are paid for, as rounds are."""
    data = of_openssl(tmp_path, "changeit", "-certpbe", "PBE-SHA1-RC2-40", "-macalg", "sha1")
    budget = Budget()
    read(data, budget)
    spent = Budget().rounds - budget.rounds
    assert spent > 4 * 2048 + 2 * len(DER)


@given(st.data())
def test_bytes_of_nobody_break_nothing(data: st.DataObject) -> None:
    base = bytearray(data.draw(st.sampled_from([CLEAR, CLOSED])))
    for _ in range(data.draw(st.integers(1, 4))):
        base[data.draw(st.integers(0, len(base) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(base)))
    for one in (bytes(base), bytes(base[:cut])):
        found(one, 10_000)
