"""Files whose content controls read are spelled where they are kept, so none is read unkept."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocianalyze.detectors import captures
from ocianalyze.detectors.captured import OBSERVER
from ocianalyze.detectors.captures._base import Capture
from ocianalyze.discovery import series

CAPTURES = tuple(series(captures, "CAPTURE", "CAPTURES", Capture))
INTERESTS = ("paths", "names", "suffixes", "directories", "magics")
SPELLED = {
    path.decode()
    for one in CAPTURES
    for path in one.interest.paths | {x for x in one.interest.directories if b"/" in x}
}
NAMES = {name.decode() for one in CAPTURES for name in one.interest.names}
_REASONS = {
    "cis_debian_12/modes.py": "modes and owners are judged, no content",
    "aspects/history/step_scripts.py": "where programs are looked for",
    "aspects/users/servers.py": "globs of php-fpm's directories, which are kept by their names",
}
"""Modules of controls that may spell such a path, and why."""
ROOT = Path(__file__).resolve().parents[2] / "ocianalyze" / "controls"


def _spelled(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Constant) and node.value in SPELLED:
            yield str(node.value)


def _read(source: str) -> Iterator[str]:
    """Yield the paths that a module reads by `view.read("...")`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(ast.Attribute(ast.Name("view"), "read"), [ast.Constant(str(path))]):
                yield path


def test_controls_spell_no_path_of_a_capture() -> None:
    found = {
        str(path.relative_to(ROOT)): spelled
        for path in sorted(ROOT.rglob("*.py"))
        if (spelled := sorted(set(_spelled(path))))
    }
    assert {place: paths for place, paths in found.items() if place not in _REASONS} == {}


def test_what_controls_read_is_kept() -> None:
    read = {path for file in ROOT.rglob("*.py") for path in _read(file.read_text())}
    assert read, "controls read no files"
    assert not {x for x in read if x not in SPELLED and x.rpartition("/")[2] not in NAMES}


@pytest.mark.parametrize("which", INTERESTS)
def test_the_observer_wants_what_the_captures_want(which: str) -> None:
    wanted = frozenset[bytes]().union(*(getattr(one.interest, which) for one in CAPTURES))
    assert getattr(OBSERVER.interest, which) == wanted
