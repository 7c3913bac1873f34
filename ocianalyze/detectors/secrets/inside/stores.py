"""Key stores and key files that are no text: what they hold, and whether a default password opens.

A private key that a rule for raw bytes finds as well is the same secret here, with more proof.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from itertools import islice
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.passwords import Budget
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.inside import _der, _gnupg, _jks, _keytab, _pkcs12
from ocianalyze.detectors.secrets.inside._flow import Data
from ocianalyze.detectors.secrets.inside._stored import Stored
from ocianalyze.limits import MIB

_LARGEST = 4 * MIB
_EACH = 64
"""Keys told of one file."""


class Format(NamedTuple):
    """One kind of key store."""

    is_one: Callable[[bytes, bytes], bool]
    """Given the first bytes and the path."""
    read: Callable[[bytes, Budget], Stored | None]
    """Given what trying passwords may cost; returns None for one without a secret."""


_FORMATS: dict[str, Format] = {
    "jks": Format(_jks.is_one, _jks.read),
    "pkcs12": Format(_pkcs12.is_one, _pkcs12.read),
    "der": Format(_der.is_one, _der.read),
    "keytab": Format(_keytab.is_one, _keytab.read),
    "gnupg": Format(_gnupg.is_one, _gnupg.read),
}


PROOFS = {
    "java-keystore-key": ("its structure", "a default password"),
    "java-jceks-key": ("its structure", "a default password"),
    "pkcs12-key": ("its structure", "a default password"),
    "der-private-key": ("its structure",),
    "kerberos-keytab": ("its structure",),
    "pgp-private-key": ("its structure",),
}
"""What may prove the secret of a rule where a whole file is a key store, in a few words."""
FIRST = frozenset({b"\xfe", b"\xce", b"0", b"\5", b"\x94", b"\x95", b"\x96", b"\xc5"})
"""First bytes of key stores; the files of GnuPG's agent are told by their path."""


def recognise(head: bytes, path: bytes) -> str:
    """Return the kind of key store that a content begins like; empty for none."""
    if head[:1] not in FIRST and not path.endswith(b".key"):
        return ""
    return next((kind for kind, form in _FORMATS.items() if form.is_one(head, path)), "")


@dataclass(slots=True)
class Kept:
    """A key store as it comes in pieces."""

    kind: str
    data: bytearray = field(default_factory=bytearray)
    problem: str = ""
    """Why it is not looked at; empty when it is."""

    def feed(self, piece: Data) -> None:
        """Take the next piece."""
        if self.problem or len(self.data) + len(piece) > _LARGEST:
            self.problem = f"is a key store of more than {_LARGEST} bytes"
            self.data.clear()
        else:
            self.data += piece

    def found(self, rules: Sequence[Rule], budget: Budget) -> list[Proved]:
        """Return its secrets; none where the rule that speaks for it is not wanted."""
        data = bytes(self.data)
        stored = _FORMATS[self.kind].read(data, budget) if data else None
        rule = next((rule for rule in rules if stored and rule.id == stored.rule), None)
        if stored is None or rule is None:
            return []
        return [_proved(stored, rule, data, span) for span in _spans(rule, data)]


def _spans(rule: Rule, data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the rule finds its secrets; all of the store where it finds none."""
    spans = [
        match.span("secret" if "secret" in match.re.groupindex else 0)
        for match in islice(rule.expression.finditer(data), _EACH)
    ]
    yield from spans or [(0, len(data))]


def _proved(stored: Stored, rule: Rule, data: bytes, span: tuple[int, int]) -> Proved:
    return Proved(
        rule=rule,
        start=span[0],
        end=span[1],
        secret=data[slice(*span)],
        proven=stored.proven,
        severity=stored.severity or rule.severity,
        detail=stored.detail,
        facts=stored.facts,
    )
