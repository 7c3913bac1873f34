"""The pages of the catalogues: an index, and one page for each framework."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from markup import code, escaped, table

from ocianalyze.controls._base import Control, Owner, Recommendation
from ocianalyze.controls.catalogue import Row, catalogue, controls
from ocianalyze.controls.items import frameworks, items

_HEAD = """\
# Controls

What ocianalyze decides of each catalogue, and who owns what it does not. *Automation* says how far
a program can decide an item from an image alone: `full`, `partial`, `assist` (it gathers what a
person needs to decide), `none`. What each status means is explained in
[What a status means](../explanation/statuses.md).

`ocianalyze scan` judges section 4 of the [CIS Docker Benchmark](controls/cis-docker.md);
`--profile all`, or the name of a framework or control, judges others. `ocianalyze explain ID` shows
one control, `ocianalyze controls -v` lists them.
"""
_OWNERS: tuple[Owner, ...] = ("image", "runtime", "node", "platform")
_UNDECIDED = {
    "excluded": "wrong for images",
    "hint": "out of scope",
    "out-of-scope": "out of scope",
}
_CLAUSE = re.compile(r"; (?![^(]*\))")


def pages() -> dict[str, str]:
    """Return the index and the pages of all frameworks by their file names."""
    rows = {row.item.id: row for row in catalogue() if row.item}
    found = {
        name.replace("_", "-"): [rows[one] for one in items(name) if one in rows]
        for name in frameworks()
    }
    homes = {row.item.id: name for name, of in found.items() for row in of if row.item}
    written = {f"controls/{name}.md": _page(name, of, homes) for name, of in found.items()}
    return {"controls.md": _index(found)} | written


def _index(found: dict[str, list[Row]]) -> str:
    head = ("framework", "name for `--profile`", "items", "decided", *_OWNERS)
    lines = (
        (
            f"[{_named(rows)}](controls/{name}.md)",
            f"`{name}`",
            str(len(rows)),
            str(sum(row.control is not None for row in rows)),
            *_by_owner(rows),
        )
        for name, rows in found.items()
    )
    tree = "\n".join(f"controls/{name}" for name in found)
    toctree = f"```{{toctree}}\n:maxdepth: 1\n:hidden:\n\n{tree}\n```\n"
    owners = "Who can meet the items stands in the last four columns."
    return f"{_HEAD}\n{owners}\n\n{table(head, lines)}\n{toctree}"


def _page(name: str, rows: list[Row], homes: dict[str, str]) -> str:
    decided = sorted((row for row in rows if row.control), key=_is_of_others)
    others = [row for row in rows if not row.control]
    own = {one.id: one for one, row in controls() if row and one.id == row.id}
    chapters = [
        _control(own[row.item.id], row.item) for row in decided if row.item and _is_own(row)
    ]
    return "\n".join(
        (
            f"# {_named(rows)}\n\n{_summary(name, rows)}",
            "## What is decided\n",
            table(("item", "level", "title", "automation"), _decided(decided, name, homes)),
            *(("## How each is decided\n", *chapters) if chapters else ()),
            *(("## What is not decided\n", _left(others)) if others else ()),
        )
    )


def _summary(name: str, rows: list[Row]) -> str:
    counts = zip(_OWNERS, _by_owner(rows), strict=True)
    owners = ", ".join(f"{owner} {count}" for owner, count in counts if count)
    decided = sum(row.control is not None for row in rows)
    return (
        f"{decided} of {len(rows)} items are decided. By owner: {owners}.\n"
        f"All [frameworks](../controls.md). "
        f"`ocianalyze scan IMAGE --profile {name}` judges these.\n"
    )


def _decided(rows: Iterable[Row], home: str, homes: dict[str, str]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        if row.item and row.control:
            by = row.control.id
            link = _link(by, home, homes)
            same = f"[`{row.item.id}`]({link})"
            as_ = "" if _is_own(row) else f", as [`{by}`]({link})"
            ident = same if _is_own(row) else f"`{row.item.id}`"
            title = escaped(row.item.title)
            yield ident, _level(row.item), title, f"{row.control.automation}{as_}"


def _left(rows: Iterable[Row]) -> str:
    lines = (
        (
            f"`{row.item.id}`",
            _level(row.item),
            escaped(row.item.title),
            row.item.owner,
            _UNDECIDED.get(row.item.include, "not by this version"),
        )
        for row in rows
        if row.item
    )
    return table(("item", "level", "title", "owner", "why"), lines)


def _link(control: str, home: str, homes: dict[str, str]) -> str:
    """Return where a control is described, from the page of a framework."""
    at = homes.get(control, home)
    return f"{'' if at == home else f'{at}.md'}#{_anchor(control)}"


def _anchor(control: str) -> str:
    return control.lower().replace(".", "-")


def _control(control: Control, item: Recommendation) -> str:
    chapters = (
        ("Reads", escaped(control.reads)),
        ("Decides", _clauses(control.decides)),
        ("Cannot know", escaped(control.limits)),
        ("Remedy", code(control.remediation) if control.remediation else ""),
        ("Answers too", ", ".join(f"`{name}`" for name in control.answers)),
    )
    body = "\n".join(f"{head}\n: {_indented(text)}\n" for head, text in chapters if text)
    head = f"({_anchor(control.id)})=\n### {control.id}: {escaped(control.short)}"
    return f"{head}\n\n{escaped(item.title)}.\n\n{body}"


def _clauses(text: str) -> str:
    """Return what stands between semicolons as a list; those in parentheses part nothing."""
    parts = [escaped(part) for part in _CLAUSE.split(text)]
    return parts[0] if len(parts) == 1 else "\n".join(f"- {part}" for part in parts)


def _indented(text: str) -> str:
    return text.rstrip().replace("\n", "\n  ").replace("\n  \n", "\n\n")


def _named(rows: list[Row]) -> str:
    """Return the name of a framework; of several, that of its first item."""
    first = rows[0].item
    return f"{first.framework} {first.version}".rstrip() if first else ""


def _by_owner(rows: Iterable[Row]) -> list[str]:
    counts = Counter(row.item.owner for row in rows if row.item)
    return [str(counts[owner] or "") for owner in _OWNERS]


def _is_of_others(row: Row) -> bool:
    return bool(row.item and row.item.owner != "image")


def _level(item: Recommendation) -> str:
    return "" if item.level is None else str(item.level)


def _is_own(row: Row) -> bool:
    """Tell whether a control of the item's own decides it, not one that answers it too."""
    return bool(row.item and row.control and row.control.id == row.item.id)
