"""1Password's service account tokens: base64 of a JSON object."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import _json
from ocianalyze.detectors.secrets.checks._base64 import decode
from ocianalyze.detectors.secrets.proofs import disproved, verified

_PREFIX = b"ops_"


def prove(match: Match) -> Proof | None:
    """Read the object: who signs in where, and the keys for it."""
    if not match.secret.startswith(_PREFIX):
        return None
    found = _json.load(decode(match.secret.removeprefix(_PREFIX)) or b"")
    if found is None or not found.get("secretKey"):
        return disproved("holds no JSON object with a key")
    return verified("", address=found.get("signInAddress"), user=found.get("email"))


CHECK: Check = prove
