"""Macaroons of PyPI and Fly.io, written here byte by byte."""

import base64
import json

import pytest

from ocianalyze.detectors.secrets.checks import _macaroon
from ocianalyze.detectors.secrets.checks._msgpack import items
from tests.detectors.secrets.checks.matches import prove, verdict

_UUID = b"90760755-c095-4cd8-bb43-579caf254450"


def field(kind: int, value: bytes) -> bytes:
    """Return a field: its kind, its length in seven bits a byte, its value."""
    low, high = len(value) & 0x7F, len(value) >> 7
    size = bytes([low | 0x80, high]) if high else bytes([low])
    return bytes([kind]) + size + value


def macaroon(*caveats: object) -> bytes:
    """Return a macaroon of version 2 of PyPI."""
    texts = [json.dumps(caveat).encode() for caveat in caveats]
    listed = b"".join(field(2, text) + b"\0" for text in texts)
    head = b"\x02" + field(1, b"pypi." + b"org") + field(2, _UUID) + b"\0"
    return head + listed + b"\0" + field(6, bytes(range(100, 132)))


def token(*caveats: object) -> str:
    """Return a token of PyPI."""
    return "pypi-" + base64.urlsafe_b64encode(macaroon(*caveats)).decode().rstrip("=")


def test_tokens_of_pypi_begin_as_they_do() -> None:
    assert token().startswith("pypi-AgEIcHlwaS5vcmc")


@pytest.mark.parametrize(
    ("caveat", "facts"),
    [
        ({"version": 1, "permissions": "user"}, {"scope": "every project of the user"}),
        ({"version": 1, "permissions": {"projects": ["a", "b"]}}, {"scope": "a, b"}),
        ({"nbf": 1, "exp": 1893456000}, {"expires": "2030-01-01T00:00:00Z"}),
        ([0, 1893456000, 1], {"expires": "2030-01-01T00:00:00Z"}),
        ([1, ["a"]], {"scope": "a"}),
        ([3, str(_UUID)], {"scope": "every project of the user"}),
        (["what"], {}),
        (7, {}),
    ],
)
def test_caveats_say_what_a_token_may_do(caveat: object, facts: dict[str, str]) -> None:
    proof = prove("pypi-macaroon", token(caveat))
    assert proof is not None
    assert proof.proven == "verified-offline"
    assert proof.facts == {"location": "pypi." + "org", **facts}


def test_no_cut_macaroon_is_whole() -> None:
    whole = macaroon({"permissions": "user"})
    assert _macaroon.read(whole) is not None
    assert not any(_macaroon.read(whole[:size]) for size in range(len(whole)))
    assert _macaroon.read(whole + b"\0") is None


def fly(tail: bytes = bytes(32)) -> bytes:
    """Return a macaroon of Fly.io in MessagePack."""
    nonce = b"\x93\xc4\x08" + bytes(8) + b"\xc4\x10" + bytes(16) + b"\xc2"
    location = b"https://api.fly.io/v1"
    caveats = b"\x92\x00\x82\xa1a\xce\0\1\2\3\xa1b\x91\xc0"
    return b"\x94" + nonce + b"\xb5" + location + caveats + b"\xc4" + bytes([len(tail)]) + tail


def test_tokens_of_fly_say_their_place() -> None:
    text = base64.b64encode(fly()).decode()
    assert text.startswith("lJPE")
    proof = prove("fly-macaroon", f"FlyV1 fm2_{text},fm2_{text}")
    assert proof is not None
    assert proof.facts == {"location": "https://api.fly.io/v1"}


def test_no_cut_message_is_whole() -> None:
    whole = fly()
    assert len(items(whole)) == 4
    for size in range(len(whole)):
        with pytest.raises(ValueError, match=r"array|cut off|follow"):
            items(whole[:size])


@pytest.mark.parametrize(
    "data", [fly(bytes(31)), fly() + b"\0", b"\x94" + 4000 * b"\x91", b"\xdd\xff\xff\xff\xff"]
)
def test_other_messages_are_none(data: bytes) -> None:
    text = base64.b64encode(data + bytes(30 * (len(data) < 20))).decode()
    assert verdict("fly-macaroon", f"fm2_{text}") == "disproved"
