"""What the reader of a key store says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.certificates import public_key
from ocianalyze.detectors.secrets.known_keys import publisher
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.secret import Proven

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
    proven: Proven = "verified-offline"
    """By its structure."""


def of_keys(
    rule: str, detail: str, severity: Severity | None, keys: int, certificates: Sequence[bytes]
) -> Stored:
    """Return what is said of private keys that are known by their certificates.

    The certificates say whose keys they are; no password is needed for that. Keys that everybody
    has are no secret, where all of the store are.

    Args:
        rule: id of the rule that speaks for the store.
        detail: what is said of it.
        severity: replaces the rule's.
        keys: how many there are; 0 where nobody knows.
        certificates: of them, as far as they can be read; the first joins the store with others.

    """
    prints = [public_key(one) for one in certificates]
    facts = {"spki": prints[0]} if prints and prints[0] else {}
    known = [publisher(one) for one in prints]
    if known and len(known) == keys and all(known):
        return Stored(rule, f"published: {known[0]}", "info", facts, "disproved")
    return Stored(rule, detail, severity, facts)
