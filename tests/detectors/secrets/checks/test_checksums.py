"""Checksums in tokens: made here with `binascii` and compared with published samples."""

import base64
import binascii
import zlib

import pytest

from ocianalyze.detectors.secrets.checks._digits import BASE36, BASE62, crc32, written
from tests.detectors.secrets.checks.matches import prove, verdict

_B36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def gitlab(payload: str, prefix: str = "glpat-", version: str = "") -> str:
    """Return a routable token as GitLab's handbook describes it."""
    length = "".join(_B36[digit] for digit in divmod(len(payload), 36))
    body = f"{prefix}{payload}{version}.{length}"
    number, digits = zlib.crc32(body.encode()), ""
    while number:
        digits = _B36[number % 36] + digits
        number //= 36
    return body + digits.rjust(7, "0")


def payload(route: str, random: bytes = bytes(range(200, 216))) -> str:
    """Return the payload of a route: the route, some bytes, and how many they are."""
    data = route.encode() + random + bytes([len(random)])
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_the_checksum_of_github_is_that_of_credsweepers_sample() -> None:
    assert crc32(31 * b"0", BASE62, 6) == b"4WZ4EQ"


@pytest.mark.parametrize("number", [0, 1, 35, 36, 61, 62, 2**32 - 1])
def test_base36_reads_back(number: int) -> None:
    assert int(written(number, BASE36, 7), 36) == number


@pytest.mark.parametrize("prefix", ["ghp", "gho", "ghu", "ghs", "ghr", "npm"])
def test_tokens_of_github_and_npm(prefix: str) -> None:
    body = b"Aa0Bb1Cc2Dd3Ee4Ff5Gg6Hh7Ii8Jj9"
    token = f"{prefix}_{body.decode()}{crc32(body, BASE62, 6).decode()}"
    assert verdict("github-crc32", token) == "verified-offline"
    assert verdict("github-crc32", token[:-1] + "-") == ""
    assert verdict("github-crc32", token.replace("Aa0", "Ba0")) == "disproved"


@pytest.mark.parametrize("prefix", ["glpat-", "glrt-t1_", "gldt-"])
def test_gitlab_tells_whose_token_it_is(prefix: str) -> None:
    proof = prove("gitlab-routable", gitlab(payload("o:1\nu:1z"), prefix))
    assert proof is not None
    assert proof.proven == "verified-offline"
    assert proof.facts == {"organization": "1", "user": "71"}


@pytest.mark.parametrize("first", [b"9", b"z", b"\n", b"\no:7"])
def test_random_bytes_are_no_part_of_gitlabs_user(first: bytes) -> None:
    proof = prove("gitlab-routable", gitlab(payload("u:1z", first + bytes(16 - len(first)))))
    assert proof is not None
    assert proof.facts == {"user": "71"}


def test_gitlab_needs_a_right_checksum() -> None:
    token = gitlab(payload("o:1\nu:2"))
    assert verdict("gitlab-routable", token[:10] + "x" + token[11:]) == "disproved"


def test_what_later_versions_sum_is_not_known() -> None:
    token = gitlab(payload("o:1\nu:2"), version=".01")
    assert verdict("gitlab-routable", token) == "verified-offline"
    assert verdict("gitlab-routable", token[:-1] + "-") == ""
    assert verdict("gitlab-routable", token[:10] + "x" + token[11:]) == ""


@pytest.mark.parametrize("prefix", ["ATATT3", "ATCTT3", "ATBB"])
def test_atlassians_tokens(prefix: str) -> None:
    body = prefix + "xFfGF0" + 30 * "aB3_-" + "="
    token = f"{body}{binascii.crc32(body.encode()):08X}"
    assert verdict("atlassian-crc32", token) == "verified-offline"
    assert verdict("atlassian-crc32", token.replace("=", "%3D")) == "verified-offline"
    assert verdict("atlassian-crc32", token.replace("aB3", "aB4")) == "disproved"


def test_confluents_secrets() -> None:
    body = b"Zz09" * 13 + b"+/"
    checksum = base64.b64encode(binascii.crc32(body).to_bytes(4, "little"))[:6]
    token = b"cflt" + body + checksum
    assert verdict("confluent-crc32", token) == "verified-offline"
    assert verdict("confluent-crc32", token[:-1] + b"_") == ""
    assert verdict("confluent-crc32", token.replace(b"Zz09", b"Zz08")) == "disproved"


def test_zuplos_keys() -> None:
    body = "Zz09" * 8
    token = f"zpka_{body}_{binascii.crc32(body.encode()):08x}"
    assert verdict("zuplo-crc32", token) == "verified-offline"
