"""What values of options mean to the engine: bounds, sizes, parts, an ignore list."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ocianalyze.cli.options import PARTS, Part
from ocianalyze.cli.output import say
from ocianalyze.errors import UsageError
from ocianalyze.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from ocianalyze.detectors.secrets.ignore import Ignore

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def warned(show_secrets: bool) -> bool:
    """Say what telling secrets means before it happens."""
    if show_secrets:
        say("the output will hold secrets whole; nothing read is kept")
    return show_secrets


def ignores_of(path: Path, rules: Iterable[Path] = ()) -> "tuple[Ignore, ...]":
    """Return the entries of an ignore list that count today; say which do not, or cannot.

    Args:
        path: of the list.
        rules: folders with the user's own rules.

    Raises:
        UsageError: it cannot be used.

    """
    from ocianalyze.detectors.secrets.ignore import (  # noqa: PLC0415 - imports TOML
        counting,
        read_ignores,
        unknown,
    )

    entries, over = counting(read_ignores(path), datetime.now(UTC).date())
    for line in (*over, *unknown(entries, rules)):
        say(line)
    return entries


def parts(names: list[str]) -> frozenset[Part]:
    """Return what an analysis leaves out.

    Raises:
        UsageError: a name is none of them.

    """
    for name in names:
        if name not in PARTS:
            cure = f"take some of {', '.join(PARTS)}"
            raise UsageError(f"no part {name!r}", place="--skip", cure=cure)
    return frozenset(part for part in PARTS if part in names)


def bounds(texts: list[str]) -> Limits:
    """Return the limits with the changes of `NAME=VALUE` texts.

    Raises:
        UsageError: a text has no such form, name or value.

    """
    kinds = {field.name: type(getattr(DEFAULT, field.name)) for field in fields(Limits)}
    changes: dict[str, int | float] = {}
    for text in texts:
        name, _, value = text.partition("=")
        name = name.strip().replace("-", "_")
        if name not in kinds:
            what, cure = f"no limit {_written(name)!r}", _meant(name, kinds)
            raise UsageError(what, place="--limit", cure=cure)
        changes[name] = _number(value.strip(), kinds[name], f"--limit {_written(name)}")
    return replace(DEFAULT, **changes)  # type: ignore[arg-type]


def _written(name: str) -> str:
    return name.replace("_", "-")


def _meant(name: str, known: Iterable[str]) -> str:
    """Return the limits that somebody may have meant; all where nothing is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes

    meant = get_close_matches(name, known) or [one for one in known if name in one] or known
    return f"take one of {', '.join(map(_written, meant))}"


def byte_count(text: str, place: str) -> int:
    """Return a size such as `500M`.

    Raises:
        UsageError: it is none.

    """
    return int(_number(text, int, place))


def _number(text: str, kind: type, place: str) -> int | float:
    digits = text.upper().removesuffix("IB").removesuffix("B")
    number = digits.rstrip("KMGT")
    try:
        value: int | float = float(number) if kind is float else int(number)
        value *= _UNITS[digits[len(number) :]]
    except (KeyError, ValueError):
        value = -1
    if not 0 <= value < 1 << 62:
        raise UsageError(f"no number: {text!r}", place=place, cure="write 4096, 500M or 8G")
    return value
