"""What nobody looked at for secrets, told as findings, the gravest reasons first."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Literal

from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import CODES
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Finding

if TYPE_CHECKING:
    from ocianalyze.detectors.secrets.inside.inner import Unread
    from ocianalyze.model.report import FindingRecord

UNREAD = "secrets.unread-inside"
"""Code of what is said of files."""
UNSEARCHED = "secrets.unsearched"
"""Code of what is said of layers."""
Why = Literal["limit", "closed", "damaged"]
"""A limit was reached; encrypted or in a format that is not read; damaged."""
_TITLES: dict[Why, str] = {
    "limit": "a limit ended the search for secrets",
    "closed": "the inside of a file cannot be looked at for secrets",
    "damaged": "the inside of a file was not looked at for secrets",
}
_WHYS: dict[str, Why] = {title: why for why, title in _TITLES.items()}
_ORDER: tuple[Why, ...] = tuple(_TITLES)
_LIMIT = re.compile(r"limit |lies deeper |has more |needs more |is a key store of more ")
_CLOSED = re.compile(r"is encrypted|is packed ")
_Row = tuple[Why, Entry, "Unread"]


def why_unread(finding: "Finding | FindingRecord") -> Why | None:
    """Return why something was not looked at; None for findings about other things."""
    if finding.code == UNSEARCHED:
        return "limit"
    return _WHYS.get(finding.title, "damaged") if finding.code == UNREAD else None


def unread(view: ImageView, limits: Limits, *, left_out: int = 0) -> tuple[Finding, ...]:
    """Return which layers and insides of files were not looked at, and why.

    Args:
        view: of the image.
        limits: how many are named; one more tells how many are not.
        left_out: secrets that were found and are not told.

    """
    rows = sorted(_rows(view), key=lambda row: _ORDER.index(row[0]))
    steps = {step.layer: step.index for step in view.history.steps if step.layer is not None}
    told = [_of_row(row, steps) for row in rows[: limits.findings]]
    rest = rows[limits.findings :]
    if left_out:
        told.insert(0, _counted("limit", f"{left_out:,} more secrets than are told"))
    if rest:
        told.append(_counted(rest[0][0], f"{len(rest):,} more insides that were not looked at"))
    return (*_unsearched(view, steps), *told)


def _unsearched(view: ImageView, steps: dict[int, int]) -> Iterator[Finding]:
    meaning = CODES[UNSEARCHED]
    for layer in view.layers:
        if layer.unsearched:
            yield Finding(
                code=UNSEARCHED,
                severity=meaning.severity,
                title=meaning.title,
                detail=layer.unsearched,
                layer=layer.index,
                step=steps.get(layer.index),
            )


def unread_beside(rows: "Iterable[tuple[str, Unread]]", limits: Limits) -> tuple[Finding, ...]:
    """Return what was not looked at of documents, and of files that no image is made of."""
    told = sorted(rows, key=lambda row: _ORDER.index(_why(row[1].reason)))
    return tuple(_of_file(name, one) for name, one in told[: limits.findings])


def _of_file(name: str, one: "Unread") -> Finding:
    why, detail = _why(one.reason), f"{name}: {_said(one)}"
    return Finding(code=UNREAD, severity="low", title=_TITLES[why], detail=detail)


def _said(one: "Unread") -> str:
    """Return a sentence about what was not looked at; a bound stands for itself."""
    times = f", {one.times:,} times" if one.times > 1 else ""
    if one.reason.startswith("limit "):
        return f"{one.inner}: {one.reason}{times}" if one.inner else f"{one.reason}{times}"
    return f"{one.inner or 'it'} {one.reason}{times}"


def _counted(why: Why, detail: str) -> Finding:
    return Finding(code=UNREAD, severity="low", title=_TITLES[why], detail=detail)


def _rows(view: ImageView) -> Iterator[_Row]:
    from ocianalyze.detectors.secrets import (  # noqa: PLC0415 - controls need no facts
        encoded,
        small,
    )
    from ocianalyze.detectors.secrets.inside import inner  # noqa: PLC0415 - the same

    names = (*inner.UNREAD, encoded.NAME, small.NAME)
    seen = chain.from_iterable(map(view.tree.observations, names))
    for entry, value in seen:
        for one in inner.unpacked(value).unread:
            yield _why(one.reason), entry, one


def _why(reason: str) -> Why:
    """Return the kind of a reason, which is ours: no file's name is part of it."""
    if _LIMIT.match(reason):
        return "limit"
    return "closed" if _CLOSED.match(reason) else "damaged"


def _of_row(row: _Row, steps: dict[int, int]) -> Finding:
    why, entry, one = row
    return Finding(
        code=UNREAD,
        severity="low",
        title=_TITLES[why],
        detail=_said(one),
        path=entry.path,
        layer=entry.layer,
        step=steps.get(entry.layer),
        state=entry.state,
    )
