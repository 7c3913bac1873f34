"""Grafana Cloud's policy tokens and the old API keys: base64 of a JSON object."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _json
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.proofs import disproved, verified


def prove(match: Match) -> Proof | None:
    """Read the object: `o`, `n`, `k`, `m` in `glc_` tokens, `k`, `n`, `id` in old keys."""
    cloud = match.secret.startswith(b"glc_")
    found = _json.load(decode(match.secret.removeprefix(b"glc_")) or b"")
    if found is None or not found.get("k"):
        return disproved("holds no JSON object with a key") if cloud else None
    if cloud:
        more = found.get("m")
        region = more.get("r") if isinstance(more, dict) else ""
        return verified("", organization=found.get("o"), name=found.get("n"), region=region)
    return verified("", organization=found.get("id"), name=found.get("n"))


CHECK: Check = prove
