"""The controls themselves: as a list, or one explained."""

from collections.abc import Iterator, Sequence
from typing import Any

from ocianalyze.cli import envelope
from ocianalyze.cli.terminal import PLAIN
from ocianalyze.controls.catalogue import Listed
from ocianalyze.errors import UsageError
from ocianalyze.report.assemble import display_id
from ocianalyze.report.layout import indented, wrap

_LEGEND = b"""
ours: how far ocianalyze decides it from an image alone; theirs: the benchmark's
own assessment. `ocianalyze explain ID` says what is read and what decides.
"""


def text(listed: Sequence[Listed]) -> Iterator[bytes]:
    """Yield a table of 80 columns."""
    yield f"{'id':<10}level  {'ours':<9}{'theirs':<11}title\n".encode()
    for control, item in listed:
        level = f"L{item.level}" if item else "-"
        theirs = item.assessment if item else "-"
        lead = f"{display_id(control, item):<10}{level:<7}{control.automation:<9}{theirs:<11}"
        title = wrap(item.title if item else control.short, PLAIN - len(lead))
        yield "".join(f"{line}\n" for line in indented(title, lead)).encode()
    yield _LEGEND


def json(listed: Sequence[Listed]) -> Iterator[bytes]:
    """Yield one object with the list `controls`."""
    return envelope.json(envelope.head(), {"controls": map(_record, listed)})


def jsonl(listed: Sequence[Listed]) -> Iterator[bytes]:
    """Yield one object for each control."""
    return envelope.jsonl("control", map(_record, listed))


def _record(listed: Listed) -> dict[str, Any]:
    control, item = listed
    return {
        "id": display_id(control, item),
        "control": control.id,
        "framework": item.framework if item else "",
        "version": item.version if item else "",
        "number": item.number if item else "",
        "title": item.title if item else control.short,
        "level": item.level if item else None,
        "assessment": item.assessment if item else None,
        "automation": control.automation,
        "reads": control.reads,
        "decides": control.decides,
        "limits": control.limits,
        "remediation": control.remediation,
    }


def find(listed: Sequence[Listed], wanted: str) -> Listed:
    """Return the control that `CIS-4.8`, `cis-docker-4.8` or `4.8` names.

    Raises:
        UsageError: there is none.

    """
    for control, item in listed:
        known = (display_id(control, item), control.id, item.number if item else control.id)
        if wanted.casefold() in (name.casefold() for name in known):
            return control, item
    raise UsageError(f"no control {wanted!r}", cure="`ocianalyze controls` lists them")


def explanation(listed: Listed, columns: int) -> Iterator[bytes]:
    """Yield what one control reads, what decides it, what it cannot know, and what helps."""
    control, item = listed
    title = f"{display_id(control, item)}  {item.title if item else control.short}"
    yield "".join(f"{line}\n" for line in wrap(title, columns)).encode()
    if item:
        theirs = f"{item.framework} v{item.version}, level {item.level}, {item.assessment}"
        yield f"{theirs}; decided here: {control.automation}\n".encode()
    parts = {
        "what is read": control.reads,
        "what decides": control.decides,
        "what it cannot know": control.limits,
        "what helps": control.remediation,
    }
    for name, paragraphs in parts.items():
        yield f"\n{name}\n".encode()
        for paragraph in paragraphs.splitlines():
            lines = wrap(paragraph, columns - 2)
            yield "".join(f"  {line}".rstrip() + "\n" for line in lines).encode()
