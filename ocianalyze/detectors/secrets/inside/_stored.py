"""What the reader of a key store says of it."""

from collections.abc import Mapping
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.certificates import public_key
from ocianalyze.model.anomaly import Severity

OPENS = "opens with a default password"


@dataclass(frozen=True, slots=True)
class Stored:
    """A key store with something secret in it."""

    rule: str
    """Id of the rule that speaks for it."""
    detail: str
    severity: Severity | None = None
    """Replaces the rule's."""
    facts: Mapping[str, str] = field(default_factory=dict)
    is_proved: bool = True
    """Its structure says that there is a secret."""


def joining(certificate: bytes) -> Mapping[str, str]:
    """Return the fact by which the key of a certificate is joined with others that have it."""
    key = public_key(certificate)
    return {"spki": key} if key else {}
