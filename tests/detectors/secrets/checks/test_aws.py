"""AWS: accounts in key ids, heads of session tokens, keys of Bedrock."""

import base64

import pytest

from tests.detectors.secrets.checks.matches import prove, verdict


def key_id(account: int, prefix: str = "AKIA") -> str:
    """Return a made-up key id of an account."""
    number = 1 << 47 | account << 7 | 0x55
    return prefix + base64.b32encode(number.to_bytes(6, "big") + b"\x99\x88\x77\x66").decode()


@pytest.mark.parametrize("account", [123456789012, 1, 999999999999])
@pytest.mark.parametrize("prefix", ["AKIA", "ASIA", "AROA"])
def test_the_account_is_in_the_key_id(account: int, prefix: str) -> None:
    proof = prove("aws-key-id", key_id(account, prefix))
    assert proof is not None
    assert proof.proven == "well-formed"
    assert proof.facts == {"account": f"{account:012}"}


def test_the_account_is_that_of_a_published_pair() -> None:
    # Tal Be'ery, "A short note on AWS key id"
    proof = prove("aws-key-id", "ASIAY34FZKBOKMUTVV7A")
    assert proof is not None
    assert proof.facts == {"account": "609629065308"}


def test_no_account_has_13_digits() -> None:
    assert verdict("aws-key-id", key_id(10**12)) == "disproved"


def test_old_ids_hold_no_account() -> None:
    proof = prove("aws-key-id", "AKIAIAAAAAAAAAAAABCD")
    assert proof is not None
    assert proof.facts == {}


def test_keys_of_canaries_are_traps() -> None:
    proof = prove("aws-key-id", key_id(171436882533))
    assert proof is not None
    assert proof.severity == "info"
    assert "canary" in proof.detail


@pytest.mark.parametrize("token", ["FwoGZXIvYXdzEXAMPLE", "IQoJb3JpZ2luX2" * 20])
def test_the_documentations_session_tokens_are_disproved(token: str) -> None:
    assert verdict("aws-session-token", token) == "disproved"


def test_keys_of_bedrock_name_their_account() -> None:
    text = "BedrockAPIKey-ab1c-at-123456789012:" + "c2VjcmV0IG9mIG5vYm9keQ"
    proof = prove("aws-bedrock", "ABSK" + base64.b64encode(text.encode()).decode())
    assert proof is not None
    assert proof.facts == {"account": "123456789012"}


def test_short_keys_of_bedrock_say_when_they_were_signed() -> None:
    text = (
        "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256"
        f"&X-Amz-Credential={key_id(123456789012, 'ASIA')}%2F20300101%2Fus-east-1"
        "%2Fbedrock%2Faws4_request&X-Amz-Date=20300101T000000Z&X-Amz-Expires=43200"
    )
    proof = prove("aws-bedrock", "bedrock-api-key-" + base64.b64encode(text.encode()).decode())
    assert proof is not None
    assert proof.facts == {"account": "123456789012", "signed": "20300101T000000Z"}
