"""Archives, compressed contents and key stores that are coded in base64 in another content.

They are looked at as files are: by the same readers, within the same bounds.
"""

import re
from collections.abc import Callable
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.hits import Hit, hit
from ocianalyze.detectors.secrets.inside import inner, stores
from ocianalyze.detectors.secrets.inside.allowance import Allowance
from ocianalyze.detectors.secrets.inside.inner import Inside, Unread
from ocianalyze.detectors.secrets.inside.recognise import HEAD, recognise, unread
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.layers.observer import Seen, Tap
from ocianalyze.limits import DEFAULT, Limits

_MODE = 0o644
_CODE = re.compile(rb"\\x([0-9a-f]{2})")


BEGINS = (
    rb"UEsD|H4sI|[/_]Td6|KLUv|Qlpo|e(?:J[w-z]|N[o-r]).|[/_]u3[+-]|zs7O|BQIA"
    rb"|M(?:I[G-L].|IAC|[C-H][AEIMQUYcgkosw048]C)"
    rb"|N3q8|UmFy|BCJN|TVND|aHNx|eGFy|TFpJ"
)
"""Three bytes in base64: of zip, gzip, xz, zstd, bzip2, zlib of two levels, key stores of Java and
keytabs; of keys in DER and PKCS#12, by the width of their size; of packed files that are not read.
What is known by less is no container here."""


def is_container(head: bytes) -> bool:
    """Tell one by its first bytes, of which three are among `BEGINS`."""
    return bool(recognise(head, b"") or unread(head) or stores.recognise(head, b""))


@dataclass(slots=True)
class Containers:
    """Looks into containers as into files of a layer; they have an allowance of their own."""

    engine: Engine
    limits: Limits = DEFAULT
    bare: bool = False
    """Keep the values themselves."""
    _allowance: Allowance = field(default_factory=Allowance)
    _open: Callable[[Seen, memoryview], Tap | None] | None = None

    def begin(self) -> None:
        """Begin a layer."""
        self._allowance.begin(self.limits)

    def inside(self, path: bytes, data: bytes) -> Inside:
        """Return what the bytes of a container hold as they are, and what is packed in them."""
        search = Search(self.engine, path)
        found = search.find(data)
        outer = [hit(x, "content", x.start, secret=x.secret, bare=self.bare) for x in found]
        told = self._told(path, data)
        missed = (Unread(inner.TOO_MANY, 1, ""),) if search.exhausted else ()
        return Inside((*told.hits, *inner.not_told(outer, told.hits)), (*told.unread, *missed))

    def _told(self, path: bytes, data: bytes) -> Inside:
        tap = self._opening()(Seen(path, len(data), _MODE), memoryview(data)[:HEAD])
        if tap is None:
            return Inside()
        tap.feed(data)
        value = tap.close()
        return inner.unpacked(value) if value else Inside()

    def _opening(self) -> Callable[[Seen, memoryview], Tap | None]:
        if self._open is None:
            from ocianalyze.detectors.secrets.inside import (  # noqa: PLC0415 - imports `gather`
                observer,
            )

            self._open = observer.observer(self.engine, self._allowance, bare=self.bare).open
        return self._open


def proved(engine: Engine, one: Hit) -> Proved | None:
    """Return a hit, whose value was kept, as it was found; None where a name alone spoke for it."""
    rule = next((rule for rule in engine.rules if rule.id == one.rule), None)
    value = one.value.encode()
    forms = value, _CODE.sub(lambda code: bytes((int(code[1], 16),)), value)
    secret = next((form for form in forms if identity(form) == one.id), None)
    if rule is None or secret is None:
        return None
    return Proved(
        rule=rule,
        start=one.offset,
        end=one.offset + len(secret),
        secret=secret,
        proven=one.proven,
        severity=one.severity,
        detail=one.detail,
        facts=one.facts,
    )
