"""What is no value, what is a published one, and how random the others are."""

import base64
import math
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.secrets.checks._base64 import canonical, decode
from ocianalyze.detectors.secrets.checks._json import enclosing
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder
from ocianalyze.detectors.secrets.checks._published import origin
from ocianalyze.detectors.secrets.entropy import shannon
from tests.detectors.secrets.checks.matches import verdict


@pytest.mark.parametrize(
    "value",
    [
        "", "   ", "EXAMPLE", "my-example-key", "xxxxxxxx", "XXXX-XXXXX", "changeme", "change_me",
        "your-api-key", "YOUR_TOKEN", "yourpassword", "<password>", "<your key>", "${TOKEN}",
        "${TOKEN:-x}", "$TOKEN", "$(cat /run/x)", "{{ token }}", "{% x %}", "%(password)s", "%s",
        "%PASSWORD%", "@PASSWORD@", "#{token}", "__TOKEN__", "{password}", "password", "Password1",
        "secret", "mysecret", "token", "null", "none", "aaaaaaaa", "abcabcabcabc", "12345678",
        "1234567890abcdef", "abcdefghijkl", "87654321", "qwerty", "qwertyuiop", "********",
        "redacted", "REPLACE_ME", "foo", "foobar", "insert-key-here", "0000000000", "api_key",
        "MẬT_KHẨU", "пароль", "mot_clé", "パスワード", "がありません。", "DB_PASSWORD_HERE",
        "..password", "..cfg.pass", "SomeKindOfPassword123!@#", "somepassword",
        "fakesecuritytoken", "fake-api-key", "abc_ThIsIsAsEcReT", "this_is_not_secret",
        "##invalid-password##", "@PASSWORD", "1234abcd-1234-abcd-1234-abcd1234adcd",
    ],
)  # fmt: skip
def test_placeholders(value: str) -> None:
    assert is_placeholder(value.encode())


@pytest.mark.parametrize(
    "value",
    [
        "hunter2",
        "kJ8#mQ2!vX",
        "correct horse battery",
        "S3cr3t!2019",
        "7d1b02e8c4aa",
        "P@ssw0rd#91",
        "Grün7#mQ2!v",
        "KJQ-XWZ9",
        "..5vQ#2m",
        "hX7q!w2Z9<k>3;$e",
    ],
)
def test_values(value: str) -> None:
    assert not is_placeholder(value.encode())


def test_random_values_are_no_placeholders() -> None:
    values = [secrets.token_urlsafe(24).encode() for _ in range(2000)]
    assert sum(map(is_placeholder, values)) <= 1


@given(st.binary(max_size=300))
def test_any_bytes_are_one_or_the_other(value: bytes) -> None:
    assert is_placeholder(value) in {True, False}


@given(st.binary(min_size=1, max_size=300))
def test_entropy_has_its_bounds(value: bytes) -> None:
    assert 0 <= shannon(value) <= math.log2(len(set(value))) + 1e-9


@pytest.mark.parametrize(("value", "bits"), [(b"", 0), (b"aaaa", 0), (b"abab", 1), (b"abcd", 2)])
def test_entropy_of_known_values(value: bytes, bits: float) -> None:
    assert shannon(value) == bits


@given(st.binary(max_size=100))
def test_base64_of_both_alphabets_reads_back(value: bytes) -> None:
    for text in (base64.b64encode(value), base64.urlsafe_b64encode(value)):
        assert decode(text) == value
        assert decode(text.rstrip(b"=")) == value
        assert canonical(text)


@pytest.mark.parametrize("text", [b"a", b"a b=", b"+-aa", b"a===", b"abc\n"])
def test_other_texts_are_no_base64(text: bytes) -> None:
    assert decode(text) is None


# values that their publishers print; parts are apart so that none is found here
@pytest.mark.parametrize(
    "value",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "sk_" + "test_4eC39HqLyjWDarjtT1zdp7dc",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
        "$1$" + "abcd0123$9Qcg8DyviekV3tDGMZynJ1",
        "$5$" + "rounds=1234$abc0123456789$3VfDjPt05VHFn47C/ojFZ6KRPYrOjj1lLbH.dkF3bZ6",
        "110201543" + ":AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    ],
)
def test_published_values_are_known(value: str) -> None:
    assert origin(value.encode())
    assert verdict("published-example", value) == "disproved"
    assert not origin(value.encode() + b"x")


def test_the_emulators_storage_key_is_disproved() -> None:
    key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    assert verdict("azure-storage-key", key, f"AccountKey={key};") == "disproved"


@pytest.mark.parametrize(
    "value",
    [
        "os.environ['X']", "getenv(", "config.password", "self.password", "/run/secrets/db",
        "./conf/key.pem", "https://acme.io/x", "C:\\keys\\a.pem", "db_password", "DB_PASSWORD",
        "dbPassword", "true", "null", "8080", "30s", "0x1f", "required", "description", "ab",
        "${PASSWORD}", "{{ .Values.password }}", "the new password", "acme.vault.Reader->key",
        "acme.vault.secret", "acme.vault.key + salt", "ADGANGSKODE", "LOZINKA", "WACHTWOORD",
        "hkrati.", "simultaneamente.", "SetPassword", "GeneratePassword", "SecretKeyRef",
        "projects/123/secrets/my-secret/versions/1", "auth-request-type/at", "Password(required)",
    ],
)  # fmt: skip
def test_what_is_no_password(value: str) -> None:
    assert verdict("generic-password", value) == "no-secret"


@pytest.mark.parametrize(
    "value",
    [
        *("hunter2", "kJ8#mQ2!vX", "S3cr3t!2019", "xkcdrtzpqwv", "q7Zr2Kp9"),
        *("vN4tq.Wz8Lr-2hXc", "Tq3x.Bn7#Kd", "h6Yw.uR2p.c9Zs-k4", "CorrectHorseBattery"),
        *("k9x/2fq8/w1z7", "abc/Qm8TzR1/wXc5Yb7NdLp2"),
    ],
)
def test_what_may_be_a_password(value: str) -> None:
    assert verdict("generic-password", f'"{value}"') == "well-formed"


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ('x {"a": {"b": 1}} y', 9, {"b": 1}),
        ('x {"a": "}", "c": 1} y', 14, {"a": "}", "c": 1}),
        ('{"a": "{", "c": 1}', 12, {"a": "{", "c": 1}),
        ('K="{\\"a\\": 1}"', 6, {"a": 1}),
        ('{"a": 1', 3, None),
        ("", 0, None),
    ],
)
def test_the_object_around_a_place(text: str, at: int, expected: object) -> None:
    assert enclosing(text.encode(), at) == expected


@pytest.mark.parametrize(
    "value",
    ["*", "!!", "", "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", "-----BEGIN RSA PRIVATE KEY-----"],
)
def test_what_other_checks_know_better_is_left_to_them(value: str) -> None:
    assert verdict("published-example", value) == ""


@pytest.mark.parametrize("value", ["AIzaSyxxxxxxxxxxxxxxxx", "sk-1234567890abcdefghij", "changeme"])
def test_values_that_say_so_need_no_other_check(value: str) -> None:
    assert verdict("published-example", value) == "disproved"
