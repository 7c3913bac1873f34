"""Values of a Terraform state, which keeps all of them in the clear."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder
from ocianalyze.detectors.secrets.proofs import PLACEHOLDER, verified

_VERSION = re.compile(rb'"terraform_version"\s{0,9}:\s{0,9}"(\d+\.\d+\.\d+[^"\s]{0,20})"')
_LINEAGE = re.compile(rb'"lineage"\s{0,9}:\s{0,9}"([0-9a-f]{8}-[0-9a-f-]{27})"')
_SERIAL = re.compile(rb'"serial"\s{0,9}:\s{0,9}(\d{1,9})\b')


def prove(match: Match) -> Proof | None:
    """Expect the head of a state near it: version, serial and lineage."""
    if is_placeholder(match.secret):
        return PLACEHOLDER
    version, lineage, serial = (part.search(match.around) for part in (_VERSION, _LINEAGE, _SERIAL))
    if version is None or lineage is None or serial is None:
        return None
    return verified("Terraform state", version=version[1], lineage=lineage[1], serial=serial[1])


CHECK: Check = prove
