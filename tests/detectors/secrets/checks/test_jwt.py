"""JSON Web Tokens, signed here with `hmac`."""

import base64
import hashlib
import hmac
import json

import pytest

from tests.detectors.secrets.checks.matches import prove, verdict


def part(value: object) -> str:
    """Return JSON in base64 as tokens have it."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token(payload: object, key: bytes = b"nobody knows this", alg: str = "HS256") -> str:
    """Return a signed token."""
    signed = f"{part({'alg': alg})}.{part(payload)}"
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}.get(
        alg, hashlib.sha256
    )
    signature = hmac.new(key, signed.encode(), digest).digest()
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def test_a_token_says_who_issued_it_and_until_when() -> None:
    claims = {"iss": "https://id.acme.io", "exp": 1893456000, "aud": ["api", "b"], "role": "admin"}
    proof = prove("jwt", token(claims))
    assert proof is not None
    assert (proof.proven, proof.detail) == ("verified-offline", "")
    assert proof.facts == {
        "issuer": "https://id.acme.io",
        "expires": "2030-01-01T00:00:00Z",
        "audience": "api",
        "role": "admin",
        "algorithm": "HS256",
    }


def test_tokens_of_kubernetes_name_their_service_account() -> None:
    bound = {"kubernetes.io": {"namespace": "ci", "serviceaccount": {"name": "builder"}}}
    proof = prove("jwt", token(bound, alg="RS256"))
    assert proof is not None
    assert proof.facts["service_account"] == "builder"


@pytest.mark.parametrize(
    ("alg", "key"),
    [("HS256", b"secret"), ("HS384", b"your-384-bit-secret"), ("HS512", b"changeme")],
)
def test_what_anybody_can_sign_is_no_proof(alg: str, key: bytes) -> None:
    proof = prove("jwt", token({"iss": "me"}, key, alg))
    assert proof is not None
    assert (proof.proven, proof.severity) == ("well-formed", "low")
    assert proof.detail == "signed with a published example key"


def test_the_sample_of_jwt_io_is_disproved() -> None:
    sample = (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwi"
        "aWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    )
    assert verdict("jwt", sample) == "disproved"


@pytest.mark.parametrize("alg", ["none", "None"])
def test_an_unsigned_token_is_hardly_a_secret(alg: str) -> None:
    proof = prove("jwt", token({"iss": "me"}, alg=alg).rpartition(".")[0] + ".")
    assert proof is not None
    assert (proof.proven, proof.severity) == ("well-formed", "low")


@pytest.mark.parametrize("expiry", [-1, 1e300, True, "soon", None, [1], 2**70])
def test_an_expiry_that_is_no_time_is_not_told(expiry: object) -> None:
    proof = prove("jwt", token({"exp": expiry}))
    assert proof is not None
    assert "expires" not in proof.facts
