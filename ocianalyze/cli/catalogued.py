"""The catalogue itself: as a list, or one item explained."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ocianalyze.cli import envelope
from ocianalyze.controls._base import Control
from ocianalyze.controls.catalogue import Row, rows_about, shown_id
from ocianalyze.controls.combined import decider
from ocianalyze.controls.outside import placeholder
from ocianalyze.report.blocks import Line, line
from ocianalyze.report.layout import fit, indented, wrap

_LEGEND = (
    "Decided: how far ocianalyze decides it from an image alone, - not at all. By: A for "
    "automated, M for manual, as the benchmark itself has it. `ocianalyze explain ID` says what is "
    "read and what decides, or who owns it."
)
_ID = 22
_LISTS = frozenset({"what is read", "what decides", "what it cannot know"})
"""Parts of an explanation whose sentences list things."""
_PARTS = re.compile(r"; (?![^()]*\))")
"""Between the parts of a sentence, outside of brackets."""


def table(rows: Sequence[Row], columns: int) -> Iterator[Line]:
    """Yield what the columns mean, then the items."""
    yield from map(line, wrap(_LEGEND, columns))
    yield line()
    yield line(f"{'id':<{_ID}}lvl {'owner':<9}{'decided':<9}{'by':<4}title", "bold")
    for row in rows:
        control, item = _shown(row)
        level = "-" if item is None or item.level is None else str(item.level)
        theirs = "-" if item is None or item.assessment is None else item.assessment[0].upper()
        ours = row.control.automation if row.control else "-"
        owner = item.owner if item else "image"
        name = shown_id(control, item)
        if len(name) >= _ID:
            yield line(name)
            name = ""
        lead = f"{name:<{_ID}}{fit(level, 3)} {owner:<9}{ours:<9}{theirs:<4}"
        title = wrap(item.title if item else control.short, columns - len(lead))
        yield from map(line, indented(title, lead))


def json(rows: Sequence[Row]) -> Iterator[bytes]:
    """Yield one object with the list `controls`."""
    return envelope.json(envelope.head(), {"controls": map(_record, rows)})


def jsonl(rows: Sequence[Row]) -> Iterator[bytes]:
    """Yield one object for each item."""
    return envelope.jsonl("control", map(_record, rows))


def ids(rows: Iterable[Row]) -> list[str]:
    """Return what items are called, for completion."""
    return [shown_id(*_shown(row)) for row in rows]


def _shown(row: Row) -> Any:
    control = row.control or (placeholder(row.item) if row.item else None)
    return control, row.item


def _record(row: Row) -> dict[str, Any]:
    control, item = _shown(row)
    return {
        "id": shown_id(control, item),
        "control": item.id if item and item.id else control.id,
        "framework": item.framework if item else "",
        "version": item.version if item else "",
        "number": item.number if item else "",
        "title": item.title if item else control.short,
        "level": item.level if item else None,
        "assessment": item.assessment if item else None,
        "owner": item.owner if item else "image",
        "include": item.include if item else "extended",
        "severity": item.severity if item else "medium",
        "implemented": row.control is not None,
        "decided_by": decider(control) if row.control else None,
        "automation": control.automation,
        "evidence": list(item.evidence) if item else [],
        "hint": item.hint if item else "",
        "xrefs": list(item.xrefs) if item else [],
        "reads": control.reads,
        "decides": control.decides,
        "limits": control.limits,
        "remediation": control.remediation,
        "parameters": {one.name: one.default for one in control.parameters},
    }


def explanation(row: Row, everything: Sequence[Row], columns: int) -> Iterator[Line]:
    """Yield what an item is, what decides it, what nobody can know from an image, what helps."""
    control, item = _shown(row)
    title = f"{shown_id(control, item)}  {item.title if item else control.short}"
    yield from (line(text, "bold cyan") for text in wrap(title, columns))
    if item:
        yield from map(line, wrap(_about(row), columns))
    parts = {
        "what is read": control.reads,
        "what decides": control.decides,
        "what it cannot know": control.limits,
        "what helps": control.remediation,
        "what a profile can set": "\n".join(_settable(control)),
        "what an image hints": item.hint if item else "",
        "the same elsewhere": ", ".join(_elsewhere(row, everything)),
    }
    for name, paragraphs in parts.items():
        if paragraphs:
            yield from (line(), line(name, "bold"))
            for paragraph in paragraphs.splitlines():
                yield from map(line, _paragraph(name, paragraph, columns))


def _paragraph(name: str, text: str, columns: int) -> Iterator[str]:
    """Yield a paragraph; a sentence of several parts as a list."""
    parts = _PARTS.split(text) if name in _LISTS else [text]
    mark = "  - " if len(parts) > 1 else "  "
    for part in parts:
        yield from indented(wrap(part, columns - len(mark)), mark)


def _settable(control: Control) -> Iterator[str]:
    for one in control.parameters:
        yield f"{one.name}: {one.meaning}; default: {_default(one.default)}"


def _default(value: object) -> str:
    """Return a default in the words of people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return shown or "none"


def _about(row: Row) -> str:
    """Return framework, level, assessment, owner, and how far it is decided here."""
    item = row.item
    if item is None:
        return ""
    facts = [
        f"{item.framework} v{item.version}" if item.version else item.framework,
        f"level {item.level}" if item.level is not None else "",
        item.assessment or "",
    ]
    if item.owner != "image":
        facts.append(f"owner: {item.owner}")
    ours = row.control.automation if row.control else "not"
    by = f" by {row.control.id}" if row.control and row.control.id != item.id else ""
    return f"{', '.join(fact for fact in facts if fact)}; decided here: {ours}{by}"


def _elsewhere(row: Row, everything: Sequence[Row]) -> Iterator[str]:
    """Yield what the item refers to, and the items that refer to it."""
    if row.item is None:
        return
    for name in row.item.xrefs:
        yield name.removeprefix("external:").replace(":", " ")
    yield from rows_about(row.item.id, row.item.xrefs, everything)
