"""Rows of rpm's table `Packages`: in a database, in a write-ahead log, and of both together.

The two files come one at a time, so each observation tells which page holds which rows; a page
that the log has replaces the database's. A row whose overflow pages are not in the log was not
changed by it.
"""

from collections.abc import Iterator

from ocianalyze.inventory.catalogers._rpm_package import Facts
from ocianalyze.inventory.catalogers._rpm_record import Record
from ocianalyze.inventory.catalogers._rpm_sqlite import (
    Cell,
    Node,
    Pages,
    payload,
    root_of,
    values,
    walk,
)
from ocianalyze.inventory.catalogers._rpm_value import Tree, Value

_TABLE = "Packages"
_TREE_PAGES = frozenset({5, 13})
_CELLS = 2_000_000
"""Rows of all pages of one log, those of indexes too."""
_FIRST_HEADER = 100
"""Where page 1 has its own header, after the file's."""


def of_database(pages: Pages, tree: Tree) -> Iterator[Record | str]:
    """Yield all rows, and note in `tree` where they are; a text for each damaged one."""
    tree["root"] = root_of(pages, _TABLE)
    if not tree["root"]:
        yield "database has no table of packages"
        return
    for node in walk(pages, tree["root"]):
        if isinstance(node, str):
            yield node
            continue
        _note(node, tree)
        for cell in node.cells:
            yield _record(pages, node, cell) or f"row {cell.row} is cut or no header"


def of_log(pages: Pages, tree: Tree) -> Iterator[Record | str]:
    """Yield those rows that the log holds whole, and note in `tree` where all of them are."""
    places = sorted((pages.at or {}).items())
    numbers = [number for number, at in places if _is_tree(pages, number, at)]
    if 1 in numbers:
        tree["root"] = root_of(pages, _TABLE)
    left = _CELLS
    for number in numbers:
        node = "" if number in pages.used else next(walk(pages, number), "")
        if isinstance(node, str):
            continue
        left -= len(node.cells) + len(node.children)
        if left < 0:
            yield "write-ahead log has too many rows"
            return
        if not node.children and not _may_be_packages(node):
            continue
        _note(node, tree)
        yield from (each for cell in node.cells if (each := _record(pages, node, cell)))


def _is_tree(pages: Pages, number: int, at: int) -> bool:
    return pages.data[at + (_FIRST_HEADER if number == 1 else 0)] in _TREE_PAGES


def _may_be_packages(node: Node) -> bool:
    """Tell whether a leaf's first row has two columns, the first without a value."""
    if not node.cells:
        return True
    at = node.cells[0].at
    length, first = node.page[at : at + 1], node.page[at + 1 : at + 2]
    return b"\x03" <= bytes(length) <= b"\x0b" and bytes(first) == b"\0"


def _note(node: Node, tree: Tree) -> None:
    if node.children:
        tree["children"].append((node.number, node.children))
    else:
        tree["rows"].append((node.number, [cell.row for cell in node.cells]))


def _record(pages: Pages, node: Node, cell: Cell) -> Record | None:
    columns = values(payload(pages, node, cell) or b"")
    header = columns[1] if len(columns) == 2 and columns[0] is None else None
    return Record(header, cell.row) if isinstance(header, bytes) else None


def alone(log: Value) -> list[Facts]:
    """Return the packages of a log: of the whole table if it has that, else of all its pages."""
    tree = log["tree"]
    if tree is None or not tree["root"]:
        return log["packages"]
    rows, missing = _walked(tree["root"], dict(tree["children"]), dict(tree["rows"]))
    alive = set(rows)
    return [facts for facts in log["packages"] if missing or facts["row"] in alive]


def merged(database: Value, log: Value) -> list[Facts]:
    """Return the packages of a database with its log applied, in the order of their rows."""
    old, new = database["tree"], log["tree"]
    if old is None or new is None:
        return database["packages"]
    children, rows = dict(old["children"]), dict(old["rows"])
    for page, _ in (*new["children"], *new["rows"]):
        children.pop(page, None)
        rows.pop(page, None)
    children.update(new["children"])
    rows.update(new["rows"])
    alive, _ = _walked(new["root"] or old["root"], children, rows)
    facts = {each["row"]: each for each in database["packages"]}
    facts.update({each["row"]: each for each in log["packages"]})
    return [facts[row] for row in alive if row in facts]


def _walked(
    root: int, children: dict[int, list[int]], rows: dict[int, list[int]]
) -> tuple[list[int], bool]:
    """Return the rows below a page in order, and whether any page is missing."""
    found: list[int] = []
    waiting, seen, missing = [root], set[int](), False
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        waiting.extend(reversed(children.get(page, [])))
        found.extend(rows.get(page, []))
        missing = missing or not (page in children or page in rows)
    return found, missing
