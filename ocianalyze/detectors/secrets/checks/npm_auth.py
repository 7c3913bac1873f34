"""Values of `_auth`, `_authToken` and `_password` in `.npmrc`."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks import github_crc32, jwt
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder, is_template
from ocianalyze.detectors.secrets.checks._user_pass import encoded_pair
from ocianalyze.detectors.secrets.proofs import PLACEHOLDER, disproved, well_formed

_UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def prove(match: Match) -> Proof | None:
    """Tell a variable's name from a token."""
    value = match.secret
    if is_template(value):
        return disproved("a variable's name")
    if _UUID.fullmatch(value) and not is_placeholder(value):
        return well_formed("token of the old form")
    if value.startswith(b"eyJ"):
        return jwt.prove(match)
    found = github_crc32.prove(match) or encoded_pair(value)
    return found or (PLACEHOLDER if is_placeholder(value) else None)


CHECK: Check = prove
