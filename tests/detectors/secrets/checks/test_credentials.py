"""Users and passwords: in addresses, `.netrc`, Docker's and Kubernetes's files, JSON of Google."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.detectors.secrets.checks.matches import prove, verdict

_VALUE = "q7Zr2Kp9Vw4Xs8Lt"
_PEM = (
    rsa.generate_private_key(65537, 1024)
    .private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    .decode()
)


def b64(text: str) -> str:
    """Return base64 of a text."""
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("address", "facts"),
    [
        (
            f"postgres://app:{_VALUE}@db.acme.io:5432/d",
            {"host": "db.acme.io:5432", "user": "app", "scheme": "postgres"},
        ),
        (f"redis://:{_VALUE}@cache.acme.io", {"host": "cache.acme.io", "scheme": "redis"}),
        (
            f"https://oauth2:a%40b{_VALUE}@git.acme.io/x",
            {"host": "git.acme.io", "user": "oauth2", "scheme": "https"},
        ),
        (
            f"postgres://app:s2Tf2k@{_VALUE}@db.acme.io",
            {"host": "db.acme.io", "user": "app", "scheme": "postgres"},
        ),
    ],
)
def test_addresses_say_whose_password_it_is(address: str, facts: dict[str, str]) -> None:
    proof = prove("url-credentials", address, f'URL = "{address}"')
    assert proof is not None
    assert proof.proven == "well-formed"
    assert proof.facts == facts


@pytest.mark.parametrize(
    "address",
    [
        "postgres://user:pass@db.acme.io/d",
        "postgres://${USER}:${PASSWORD}@db.acme.io/d",
        "postgres://app:{{password}}@db.acme.io/d",
        "postgres://app:%s@db.acme.io/d",
        f"postgres://app:{_VALUE}@example.com/d",
        f"postgres://app:{_VALUE}@your-host/d",
        "https://<user>:<token>@git.acme.io/",
        "mysql://root:changeme@db.acme.io",
        "mssql+pyodbc://scott:tiger^5HHH@mssql2017:1433/test",
        "https://use%21r:pas%2As@my.proxy:1234/foo",
    ],
)
def test_addresses_of_examples_are_disproved(address: str) -> None:
    assert verdict("url-credentials", address) == "disproved"


@pytest.mark.parametrize(
    "address", ["mssql+pyodbc://tiger:scott@mssql2017/test", f"https://ann:{_VALUE}@proxy:1234/"]
)
def test_addresses_like_those_of_examples_are_none(address: str) -> None:
    assert verdict("url-credentials", address) == "well-formed"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:5432", "[::1]:5432", "localhost:80"])
def test_passwords_of_this_machine_matter_little(host: str) -> None:
    proof = prove("url-credentials", f"postgres://app:{_VALUE}@{host}/d")
    assert proof is not None
    assert proof.severity == "low"


def test_the_groups_of_a_rule_are_believed() -> None:
    groups = {"user": "app", "password": _VALUE, "host": "h.acme.io", "scheme": "AMQP"}
    proof = prove("url-credentials", _VALUE, "", **groups)
    assert proof is not None
    assert proof.facts == {"host": "h.acme.io", "user": "app", "scheme": "amqp"}


def test_a_token_in_the_users_place_is_not_told() -> None:
    token = "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"
    proof = prove("url-credentials", f"https://{token}:x-oauth-basic@github.com/a/b")
    assert proof is not None
    assert "user" not in proof.facts


def test_netrc_says_machine_and_login() -> None:
    text = f"machine a.io login x password y\nmachine b.io\n  login joe\n  password {_VALUE}\n"
    proof = prove("netrc", _VALUE, text)
    assert proof is not None
    assert proof.facts == {"host": "b.io", "user": "joe"}


def test_docker_says_registry_and_user() -> None:
    auth = b64(f"robot:{_VALUE}")
    text = json.dumps({"auths": {"https://index.docker.io/v1/": {}, "r.io": {"auth": auth}}})
    proof = prove("docker-auth", auth, text)
    assert proof is not None
    assert proof.facts == {"user": "robot", "registry": "r.io"}


@pytest.mark.parametrize("text", ["user:password", "joe:changeme", "${USER}:x", "a:<password>"])
def test_encoded_examples_are_disproved(text: str) -> None:
    assert verdict("basic-auth", b64(text)) == "disproved"


@pytest.mark.parametrize("name", ["kubeconfig", "kubernetes-secret"])
def test_keys_under_base64_are_parsed(name: str) -> None:
    proof = prove(name, b64(_PEM))
    assert proof is not None
    assert (proof.proven, proof.detail) == ("verified-offline", "RSA 1024, not encrypted")


def test_certificates_in_secrets_are_none() -> None:
    value = b64("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert verdict("kubernetes-secret", value) == "no-secret"


def google(key: str) -> str:
    """Return the file of a service account."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "acme-7",
            "private_key_id": 5 * "0a1b2c3d",
            "private_key": key,
            "client_email": "ci@acme-7.iam.gserviceaccount.com",
        },
        indent=2,
    )


@pytest.mark.parametrize("dress", [str, json.dumps], ids=["file", "string"])
def test_service_accounts_of_google_are_named(dress: type[str]) -> None:
    text = "KEY=" + dress(google(_PEM))
    proof = prove("gcp-service-account", "service_account", text)
    assert proof is not None
    assert proof.proven == "verified-offline"
    assert proof.facts["client_email"] == "ci@acme-7.iam.gserviceaccount.com"
    assert proof.facts["project"] == "acme-7"
    assert proof.facts["fingerprint"].startswith("SHA256:")


def test_a_service_account_without_a_key_is_disproved() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nYOUR KEY\n-----END PRIVATE KEY-----\n"
    assert verdict("gcp-service-account", "service_account", google(key)) == "disproved"


def test_discord_says_when_a_bot_was_made() -> None:
    # the number of Discord's reference, section "Snowflakes"
    number = base64.b64encode(b"175928847299117063").decode().rstrip("=")
    proof = prove("discord-snowflake", f"{number}.uLHQPq.{_VALUE}{_VALUE}")
    assert proof is not None
    assert proof.facts["created"] == "2016-04-30T11:18:25Z"


def test_artifactory_says_when_a_token_ends() -> None:
    proof = prove("artifactory", b64(f"reftkn:01:1893456000:{_VALUE}"))
    assert proof is not None
    assert proof.facts == {"expires": "2030-01-01T00:00:00Z"}


_SAS = "sv=2023-11-03&{}sr=c&sp=rl&sig=fp75EX0QFpCNPz9BAzsN%2BMNHuWp68lfTVdijeBMTf6D%3D"


@pytest.mark.parametrize(
    ("query", "expires"),
    [
        (_SAS.format("se=2027-01-02T10%3A00%3A00Z&"), "2027-01-02"),
        (_SAS.format("se=2027-01-02&"), "2027-01-02"),
        (_SAS.format("") + "&se=2027-01-02", "2027-01-02"),
        (_SAS.format("st=2026-01-02T10%3A00%3A00Z&"), ""),
        ("se=2020-01-01 " + _SAS.format(""), ""),
        (_SAS.format("%26se=2020-01-01&base=2020-01-01&"), ""),
        (_SAS.format("") + '" se=2020-01-01', ""),
    ],
    ids=["time", "day", "behind", "stored-policy", "another-text", "other-names", "a-text-behind"],
)
def test_a_shared_access_signature_says_until_when_it_is_good(query: str, expires: str) -> None:
    value = query.partition("sig=")[2].partition("&")[0].partition('"')[0]
    proof = prove("azure-sas", value, f'https://acme.blob.core.windows.net/a?{query}"')
    assert (proof.facts["expires"] if proof else "") == expires
