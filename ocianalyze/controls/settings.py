"""What values of parameters must be beyond their type: a mistake is told before anything is judged.

Each parameter of the controls that come with the program has a line here; of controls from outside
only the type is known, and `now`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

from ocianalyze.controls.aspects.setid.allowed import rule

Reader: TypeAlias = Callable[[Any], object]
"""Reads one value, of a list one item; raises ValueError for what is none."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_DAYS = 100_000
_SHOWN = 60


def _day(text: str) -> None:
    try:
        date.fromisoformat(text or "2026-06-10")
    except ValueError as error:
        raise ValueError(f"{text[:_SHOWN]!r} is no date, as 2026-06-10") from error


def _count(number: int) -> None:
    if not 0 <= number <= _DAYS:
        raise ValueError(f"{number:.6g} is not from 0 to {_DAYS:,}")


def _pattern(text: str) -> None:
    if not text.strip():
        raise ValueError("an empty text fits nothing")


def _base(text: str) -> None:
    _pattern(text)
    if text.startswith("sha256:") and not _DIGEST.fullmatch(text):
        raise ValueError(f"{text[:_SHOWN]!r} is no digest: sha256: and 64 of 0-9 a-f")


def _orchestrator(text: str) -> None:
    if text not in ("", "kubernetes"):
        raise ValueError(f"{text[:_SHOWN]!r} is none that is known: kubernetes")


def _label(text: str) -> None:
    if text != text.strip():
        raise ValueError("a label begins and ends with no space")


READERS: Mapping[tuple[str, str], Reader] = {
    ("cis-docker-4.2", "trusted"): _base,
    ("cis-docker-4.2", "refused"): _base,
    ("cis-docker-4.2", "days"): _count,
    ("cis-docker-4.2", "signers"): _pattern,
    ("cis-docker-4.4", "days"): _count,
    ("cis-docker-4.6", "orchestrator"): _orchestrator,
    ("cis-docker-4.6", "exempt_label"): _label,
    ("cis-docker-4.8", "allow"): rule,
    ("cis-debian-12-1.2.2.1", "days"): _count,
    ("cis-ssc-3.1.8", "days"): _count,
    ("ocia-dependency-sprawl", "packages"): _count,
    ("ocia-image-age", "days"): _count,
    ("s2c2f-ING-1", "types"): _pattern,
    ("s2c2f-ING-3", "denied"): _pattern,
    ("s2c2f-SCA-2", "denied"): _pattern,
}
"""By control and parameter."""
DAY = "now"
"""The parameter that means the same in every control."""


def misfits(control: str, name: str, value: object) -> Iterator[tuple[int | None, str]]:
    """Yield what is wrong with a value of the right type, with its position in a list.

    Args:
        control: id of the one that has the parameter.
        name: of the parameter.
        value: what a profile gives.

    """
    read = _day if name == DAY else READERS.get((control, name))
    if read is None:
        return
    items: Iterable[tuple[int | None, Any]] = [(None, value)]
    if isinstance(value, list | tuple):
        items = enumerate(value)
    for position, item in items:
        try:
            read(item)
        except ValueError as error:
            yield position, str(error)
