"""Kept values of package databases: JSON with the packages, and what went wrong."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import orjson

from ocianalyze.limits import KIB, MIB

DATABASE_BYTES = 24 * MIB
"""Of one database read; five thousand Debian packages need 6 MiB."""
PACKAGES = 50_000
"""Packages kept of one database."""
NAME_CHARS = 512
"""Of a name or version; real ones have a tenth."""

Row = dict[str, Any]


def keep(
    rows: Iterable[Row], *, cut: bool = False, limit: int = DATABASE_BYTES, problem: str = ""
) -> bytes | None:
    """Return rows as a value, None for no row.

    Args:
        rows: packages.
        cut: more was not read.
        limit: bytes that are read.
        problem: what else is wrong with the database.

    """
    kept = list(islice(rows, PACKAGES + 1))
    if cut or len(kept) > PACKAGES:
        problem = (
            f"more than the limit of one database: {PACKAGES:,} packages, {limit // KIB:,} KiB"
        )
    table = {"packages": kept[:PACKAGES], "problem": problem}
    return orjson.dumps(table) if kept or problem else None


def rows(value: bytes) -> Iterator[Row]:
    """Yield the rows of a value.

    Raises:
        ValueError: the value is damaged; after the last row: the database was cut.

    """
    table = orjson.loads(value)
    if not isinstance(table, dict) or not isinstance(table.get("packages"), list):
        raise ValueError("the kept value is no package table")  # noqa: TRY004 - what readers raise
    yield from (row for row in table["packages"] if isinstance(row, dict))
    if table.get("problem"):
        raise ValueError(str(table["problem"]))


def sound(value: object) -> str:
    """Return a name or version as kept; empty for one that is damaged.

    Bytes that are no UTF-8 were replaced when the database was read.
    """
    is_sound = isinstance(value, str) and len(value) <= NAME_CHARS and "\ufffd" not in value
    return value if isinstance(value, str) and is_sound else ""


def unsound(count: int) -> str:
    """Return what is wrong with a database that has such packages."""
    what = "1 package is" if count == 1 else f"{count} packages are"
    return f"{what} damaged: no sound name or version, or what is no field"


def strings(value: bytes) -> tuple[str, ...]:
    """Return a kept list of strings; a damaged one is empty."""
    try:
        loaded = orjson.loads(value)
    except ValueError:
        return ()
    return texts({"": loaded}, "")


def texts(row: Row, name: str) -> tuple[str, ...]:
    """Return the strings of a list in a row; anything else has none."""
    listed = row.get(name)
    return tuple(x for x in listed if isinstance(x, str)) if isinstance(listed, list) else ()
