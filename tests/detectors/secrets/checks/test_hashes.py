"""Password hashes, compared with `openssl passwd` and crypt(3)'s specification."""

import subprocess
from collections.abc import Callable

import pytest

from ocianalyze.detectors.secrets.checks._crypt import md5_crypt, sha_crypt
from tests.detectors.secrets.checks.matches import prove, verdict

_PASSWORDS = ["a", "made up", 15 * "b", 16 * "c", 33 * "d", 70 * "e"]


# the vectors of "Unix crypt using SHA-256 and SHA-512" with few rounds
@pytest.mark.parametrize(
    ("name", "salt", "rounds", "password", "digest"),
    [
        (
            "sha256",
            b"saltstring",
            5000,
            b"Hello world!",
            b"5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
        ),
        (
            "sha512",
            b"saltstring",
            5000,
            b"Hello world!",
            b"svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
        ),
    ],
)
def test_published_vectors_of_sha_crypt(
    name: str, salt: bytes, rounds: int, password: bytes, digest: bytes
) -> None:
    assert sha_crypt(password, salt, name, rounds) == digest


@pytest.mark.oracle
@pytest.mark.parametrize("password", _PASSWORDS, ids=len)
@pytest.mark.parametrize("scheme", ["1", "apr1", "5", "6"])
def test_hashes_are_those_of_openssl(
    tool: Callable[[str], str], scheme: str, password: str
) -> None:
    command = [tool("openssl"), "passwd", f"-{scheme}", "-salt", "abcdefgh", "-stdin"]
    text = subprocess.run(command, input=password.encode() + b"\n", check=True, capture_output=True)
    expected = text.stdout.strip().rsplit(b"$", 1)[1]
    value = password.encode()
    if scheme in {"1", "apr1"}:
        assert md5_crypt(value, b"abcdefgh", f"${scheme}$".encode()) == expected
    else:
        name = {"5": "sha256", "6": "sha512"}[scheme]
        assert sha_crypt(value, b"abcdefgh", name, 5000) == expected


def default(scheme: str, openssl: str, password: str = "changeme") -> str:
    """Return the hash of a default password."""
    command = [openssl, "passwd", f"-{scheme}", "-salt", "abcdefgh", password]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode().strip()


@pytest.mark.oracle
@pytest.mark.parametrize("scheme", ["1", "5", "6"])
def test_default_passwords_are_critical(tool: Callable[[str], str], scheme: str) -> None:
    value = default(scheme, tool("openssl"))
    proof = prove("shadow-hash", value, f"bin:*:1::\nroot:{value}:19000:0:::::\n")
    assert proof is not None
    assert (proof.proven, proof.severity) == ("verified-offline", "critical")
    assert proof.facts == {"user": "root"}
    assert "changeme" not in proof.detail


@pytest.mark.oracle
def test_a_users_own_name_is_tried(tool: Callable[[str], str]) -> None:
    value = default("6", tool("openssl"), "svc-build")
    assert verdict("shadow-hash", f"svc-build:{value}:1::::::") == "verified-offline"
    assert verdict("shadow-hash", f"other:{value}:1::::::") == "well-formed"


@pytest.mark.oracle
def test_default_passwords_of_apache_are_critical(tool: Callable[[str], str]) -> None:
    proof = prove("htpasswd-hash", f"joe:{default('apr1', tool('openssl'))}")
    assert proof is not None
    assert proof.severity == "critical"


def test_unsalted_hashes_of_default_passwords_are_critical() -> None:
    # SHA-1 of "password"
    proof = prove("htpasswd-hash", "joe:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=")
    assert proof is not None
    assert (proof.proven, proof.severity) == ("verified-offline", "critical")


def test_many_rounds_are_not_run() -> None:
    value = "$6$rounds=999999999$abcdefgh$" + 86 * "a"
    assert verdict("shadow-hash", value) == "well-formed"


def test_an_empty_field_is_no_password_at_all() -> None:
    proof = prove("shadow-hash", "root::19000:0:99999:7:::")
    assert proof is not None
    assert (proof.proven, proof.severity) == ("verified-offline", "critical")


@pytest.mark.parametrize("field", ["*", "!", "!!", "!*", "x"])
def test_locked_accounts_have_no_secret(field: str) -> None:
    assert verdict("shadow-hash", f"daemon:{field}:19000:0:99999:7:::") == "no-secret"


def test_a_locked_account_keeps_its_hash() -> None:
    proof = prove("shadow-hash", "joe:!$6$abcdefgh$" + 86 * "a" + ":1::::::")
    assert proof is not None
    assert (proof.proven, proof.severity) == ("well-formed", "low")


# crypt(5)'s forms
@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7", "yescrypt"),
        ("$2b$12$" + 53 * "a", "bcrypt"),
        (
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "Argon2",
        ),
        (
            "$7$CU..../....2Q9obwLhin8qvQl6sisAO/$sDayfm7TT1gj5AYVv3Hka2k3ORV7mvJe7TFgSUVvaTC",
            "scrypt",
        ),
        ("$1$OKgLCmVl$d02jECa4DXn/oXX0R.MoQ/", "MD5"),
        ("_J9..rasmBYk8r9AiWNc", "DES (BSDi)"),
        ("rl.3StKT.4T8M", "DES"),
    ],
)
def test_forms_have_their_names(value: str, name: str) -> None:
    proof = prove("shadow-hash", value)
    assert proof is not None
    assert proof.detail.startswith(name)
    assert proof.proven == "well-formed"
