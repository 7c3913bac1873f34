"""Amazon Bedrock's API keys: base64 of a user and a secret, or of a signed address."""

import re
from urllib.parse import parse_qs

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.checks.aws_key_id import account
from ocianalyze.detectors.secrets.proofs import disproved, verified

_LASTING = re.compile(rb"BedrockAPIKey-[A-Za-z0-9]+-at-(\d{12}):.{16,}", re.DOTALL)
_SIGNED = re.compile(rb"bedrock\.amazonaws\.com/\?([!-~]{20,8000})")
_ID = re.compile(r"(?:AKIA|ASIA)([A-HK-Z2-7][A-Z2-7]{15})/")


def prove(match: Match) -> Proof | None:
    """Read what is under the base64."""
    value = match.secret
    for prefix, read in ((b"ABSK", _lasting), (b"bedrock-api-key-", _signed)):
        if value.startswith(prefix):
            text = decode(value.removeprefix(prefix)) or b""
            return read(text) or disproved("holds no key of Bedrock")
    return None


def _lasting(text: bytes) -> Proof | None:
    found = _LASTING.fullmatch(text)
    return verified("long-term key", account=found[1]) if found else None


def _signed(text: bytes) -> Proof | None:
    found = _SIGNED.match(text)
    if found is None:
        return None
    query = parse_qs(found[1].decode("ascii"), max_num_fields=64)
    credential = _ID.match(query.get("X-Amz-Credential", [""])[0])
    owner = f"{account(credential[1].encode()):012}" if credential else ""
    signed = query.get("X-Amz-Date", [""])[0]
    return verified("short-term key", account=owner, signed=signed)


CHECK: Check = prove
