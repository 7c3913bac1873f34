"""The frameworks of the catalogue: a line for each, with how much of it is decided."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ocianalyze.controls.catalogue import Row, by_framework
from ocianalyze.report.blocks import Line, line
from ocianalyze.report.layout import wrap

_DECIDED = {"full": 6, "partial": 8, "assist": 7, "no": 5}
_OWNERS = {"image": 7, "runtime": 8, "node": 5, "platform": 9}
"""Columns with their widths."""
_ITEMS, _NAME = 6, 11
_ABOUT = (
    "Decided: how far ocianalyze decides an item from an image alone; assist gathers what people "
    "judge by. Owner: who can meet it. `ocianalyze controls --framework NAME` lists the items of "
    "one, -v those of all."
)


def table(rows: Sequence[Row], columns: int) -> Iterator[Line]:
    """Yield what the columns mean, then the frameworks that have any of the rows."""
    yield from map(line, wrap(_ABOUT, columns))
    yield line()
    grouped = by_framework(rows)
    name = max((_NAME, *map(len, grouped)))
    decided, owners = sum(_DECIDED.values()), sum(_OWNERS.values())
    groups = f"{'decided':^{decided}}{'owner':^{owners}}"
    yield line(f"{'':{name + _ITEMS}}{groups}", "bold")
    heads = "".join(f"{word:>{room}}" for word, room in (_DECIDED | _OWNERS).items())
    yield line(f"{'framework':<{name}}{'items':>{_ITEMS}}{heads}", "bold")
    for framework, found in grouped.items():
        yield line(f"{framework:<{name}}{len(found):>{_ITEMS}}{_counts(found)}")


def _counts(rows: Sequence[Row]) -> str:
    counted = Counter(row.control.automation if row.control else "no" for row in rows)
    counted["no"] += counted.pop("none", 0)
    counted.update(row.item.owner if row.item else "image" for row in rows)
    widths = (_DECIDED | _OWNERS).items()
    return "".join(f"{counted[word] or '-':>{room}}" for word, room in widths)
