"""Why packages were installed, as dnf remembers it: dnf 5's system state, dnf 4's history."""

import re
from collections.abc import Iterator

import orjson

from ocianalyze.inventory.catalogers._rpm_sqlite import (
    MAGIC,
    Pages,
    Value,
    pages_of,
    payload,
    root_of,
    values,
    walk,
)
from ocianalyze.limits import MIB
from ocianalyze.model.package import InstallReason

_OF_WORDS: dict[object, InstallReason] = {
    "User": "manual",
    "External User": "manual",
    "Group": "automatic",
    "Dependency": "automatic",
    "Weak Dependency": "automatic",
    "Clean": "automatic",
}
_OF_CODES: dict[object, InstallReason] = {
    1: "automatic",
    2: "manual",
    3: "automatic",
    4: "automatic",
    5: "automatic",
}
"""libdnf's numbers of dependency, user, clean, weak dependency and group."""
_STATE_BYTES = 2 * MIB
"""Read of dnf 5's state; a package needs 50."""
_ROWS = 200_000
"""Rows read of one table of the history."""

_SECTION = re.compile(r'\[(?:packages\."([^"\\]{1,256})"|.*)\]')
_INLINE = re.compile(r'"([^"\\]{1,256})" *= *\{ *reason *= *"([^"\\]{1,64})"')
_REASON = re.compile(r'reason *= *"([^"\\]{1,64})"')

Reasons = dict[str, InstallReason]


def observed(data: bytes) -> bytes | None:
    """Return the reasons by `name.arch` as JSON; None when there are none."""
    try:
        is_history = data.startswith(MAGIC)
        reasons = _of_history(data) if is_history else _of_state(data[:_STATE_BYTES])
    except ValueError:
        return None
    return orjson.dumps(reasons) if reasons else None


def _of_state(data: bytes) -> Reasons:
    """Read `packages.toml` line by line, as dnf writes it.

    A TOML parser spends quadratic time on hostile keys.
    """
    reasons: Reasons = {}
    name = ""
    for line in data.decode("utf-8", "replace").splitlines():
        entry = _INLINE.match(line)
        if section := _SECTION.match(line):
            name = section[1] or ""
        elif entry and entry[2] in _OF_WORDS:
            reasons[entry[1]] = _OF_WORDS[entry[2]]
        elif name and (reason := _REASON.match(line)) and reason[1] in _OF_WORDS:
            reasons[name] = _OF_WORDS[reason[1]]
    return reasons


def _of_history(data: bytes) -> Reasons:
    """Read the tables `rpm` (item, name, ..., arch) and `trans_item`; the last reason counts."""
    pages = pages_of(memoryview(data))
    names = {
        row[0] or key: f"{_text(row[1])}.{_text(row[5])}"
        for key, row in _rows(pages, "rpm")
        if len(row) >= 6
    }
    reasons: Reasons = {}
    fresh = pages_of(memoryview(data))
    for _, row in sorted(_rows(fresh, "trans_item"), key=lambda each: each[0]):
        name = names.get(row[2] or 0) if len(row) >= 7 else None
        if name and row[6] in _OF_CODES:
            reasons[name] = _OF_CODES[row[6]]
    return reasons


def _rows(pages: Pages, table: str) -> Iterator[tuple[int, list[Value]]]:
    root, left = root_of(pages, table), _ROWS
    for node in walk(pages, root) if root else ():
        for cell in () if isinstance(node, str) else node.cells:
            left -= 1
            if left < 0:
                return
            content = payload(pages, node, cell) if not isinstance(node, str) else None
            yield cell.row, values(content or b"")


def _text(value: Value) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else ""
