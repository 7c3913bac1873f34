"""WordPress's keys and salts: 64 characters of `wp-config.php`."""

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder
from ocianalyze.detectors.secrets.entropy import shannon
from ocianalyze.detectors.secrets.proofs import PLACEHOLDER, well_formed

_UNSET = b"put your unique phrase here"
_GENERATED = 64


def prove(match: Match) -> Proof | None:
    """Tell the sample of a fresh installation from a generated value."""
    value = match.secret
    if value.strip().lower() == _UNSET or is_placeholder(value) or _is_documented(match):
        return PLACEHOLDER
    is_generated = len(value) == _GENERATED and shannon(value) >= 4.5
    detail = "64 random characters" if is_generated else ""
    return well_formed(detail) if len(value) >= 16 and shannon(value) >= 3 else None


def _is_documented(match: Match) -> bool:
    """Tell a line of a block that documents code, as WordPress' own sources have with samples."""
    line = match.around[: match.start].rpartition(b"\n")[2]
    return line.lstrip(b" \t").startswith(b"* ")


CHECK: Check = prove
