"""What is kept of a secret among the facts: where it is, what it is, never the value itself."""

from collections.abc import Iterable
from dataclasses import field
from typing import Any

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._identity import identity, masked
from ocianalyze.detectors.secrets.candidate import Proved
from ocianalyze.detectors.secrets.masking import forms, is_stand_in
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.secret import Coding, Proven, Where

VERSION = 4
"""Raise it when more or something else is kept."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place of one secret in one layer or document."""

    rule: str
    id: str
    masked: str
    proven: Proven
    severity: Severity
    where: Where
    offset: int
    """Byte in the content, or in the text that a pointer names."""
    coding: Coding = ""
    inner: str = ""
    """Path inside the archive that the file is."""
    detail: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    forms: str = ""
    """What tells the value in other writings (`masking.forms`)."""
    value: str = ""
    """Only where the owner asked for it; facts with values are not kept."""


def hit(  # noqa: PLR0913 - what a place is
    proved: Proved, where: Where, offset: int, *, secret: bytes, inner: str = "", bare: bool
) -> Hit:
    """Return what may be kept of a proved secret.

    Args:
        proved: as the search found it.
        where: what holds it.
        offset: in there.
        secret: the value, of which the end may have been cut off.
        inner: path inside an archive.
        bare: keep the value itself.

    """
    mask = masked(secret, proved.rule)
    return Hit(
        rule=proved.rule.id,
        id=identity(secret),
        masked=mask,
        proven=proved.proven,
        severity=proved.severity,
        where=where,
        offset=offset,
        coding=proved.coding,
        inner=inner,
        detail=proved.detail,
        facts=dict(proved.facts),
        forms="" if is_stand_in(secret, proved.proven) else forms(secret, mask),
        value=secret.decode("utf-8", "backslashreplace") if bare else "",
    )


def pack(hits: Iterable[Hit]) -> bytes:
    """Return hits as JSON, without what is empty."""
    return orjson.dumps([_row(one) for one in hits])


def unpack(value: bytes) -> list[Hit]:
    """Return the hits of an observation."""
    return [Hit(**row) for row in orjson.loads(value)]


_ALWAYS = frozenset({"masked"})
"""Kept though it may be empty: that of a file that is a credential by its name."""


def _row(one: Hit) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in Hit.__slots__}
    return {name: value for name, value in row.items() if name in _ALWAYS or value not in ("", {})}
