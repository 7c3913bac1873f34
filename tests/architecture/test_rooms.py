"""Where code of controls lies: frameworks beside each other, what they share in `aspects`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocianalyze.controls.catalogue import folders

HOME = Path(__file__).resolve().parents[2] / "ocianalyze" / "controls"
ASPECTS = sorted(path.parent.name for path in (HOME / "aspects").glob("*/__init__.py"))
MACHINERY = {
    "_base",
    "catalogue",
    "combined",
    "custom",
    "databases",
    "evaluate",
    "evidence",
    "hint",
    "items",
    "misspelt",
    "outside",
    "profiled",
    "proof",
    "quoting",
    "saying",
    "tables",
    "unspoken",
    "values",
}
"""What makes, chooses, runs and tells controls; what controls ask of an image is an aspect."""
SHARED = sorted([*HOME.glob("*.py"), *(HOME / "aspects").rglob("*.py")])


def _taken(path: Path) -> Iterator[tuple[str, ...]]:
    """Yield what a module takes from controls: the words after `ocianalyze.controls`."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module:
            room, *words = node.module.removeprefix("ocianalyze.").split(".")
            if room == "controls":
                yield from ((*words, alias.name) for alias in node.names)


def test_only_what_controls_are_made_of_lies_beside_the_frameworks() -> None:
    """A question that several controls ask belongs to its topic in `aspects`."""
    assert {path.stem for path in HOME.glob("*.py")} - {"__init__"} == MACHINERY


@pytest.mark.parametrize("path", SHARED, ids=lambda path: str(path.relative_to(HOME)))
def test_what_is_shared_knows_no_framework(path: Path) -> None:
    """A framework may combine controls of another; what serves all of them names none."""
    assert not [words for words in _taken(path) if words[0] in folders()]


@pytest.mark.parametrize("name", ASPECTS)
def test_an_aspect_is_asked_for(name: str) -> None:
    """By a framework, by the machinery, or by another room of the program."""
    own = HOME / "aspects" / name
    others = (path for path in HOME.parent.rglob("*.py") if own not in path.parents)
    assert any(words[:2] == ("aspects", name) for path in others for words in _taken(path))
