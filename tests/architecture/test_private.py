"""What begins with an underscore stays in its folder; `_base` is a folder's contract with others.

Modules of one folder share their private modules; a folder inside or outside of it does not. A
private name stays in its module. Tests may look inside.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

Words = tuple[str, ...]
"""A dotted name."""


def _imported(path: Path) -> Iterator[Words]:
    """Yield the full names of ours that a module imports."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (tuple(x.split(".")) for x in names if x.startswith("ocianalyze."))


def _kept_by(name: Words) -> Words | None:
    """Return the folder or module that keeps a name to itself; None for one that all may use."""
    for at, word in enumerate(name):
        if word.startswith("_") and not word.endswith("__") and word != "_base":
            return name[:at]
    return None


def test_nobody_imports_what_another_folder_keeps_to_itself(root: Path) -> None:
    found = [
        f"{path.relative_to(root)}: {'.'.join(name)}"
        for path in sorted((root / "ocianalyze").rglob("*.py"))
        for name in _imported(path)
        if _kept_by(name) not in (None, path.parent.relative_to(root).parts)
    ]
    assert not found
