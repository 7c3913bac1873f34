"""The shape of the code: sizes, names and errors, as docs/explanation/design says."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import ocianalyze
from ocianalyze.errors import OcianalyzeError

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for folder in ("ocianalyze", "tests", "testdata", "docs")
    for path in (ROOT / folder).rglob("*.py")
    if "_build" not in path.parts
)
MODULES = sorted(
    module.name
    for module in walk_packages(ocianalyze.__path__, "ocianalyze.")
    if not module.name.endswith("__main__")  # importing it is running it
)
NAMED = [path for path in SOURCES if "tests" not in path.relative_to(ROOT).parts]
"""Without tests, whose names are sentences."""
FUNCTION_LINES = 50
FILE_LINES = 400
FORBIDDEN = {"util", "utils", "helper", "helpers", "manager", "managers", "scanner", "check"}
NOT_ROOMS = {"architecture", "benchmarks", "docs", "golden", "hostile", "integration", "property"}
"""Folders of tests that look at the whole, not at one room."""

Definition = tuple[type[ast.AST], str, int]
"""What a definition is, its name and its lines."""


@cache
def _definitions(path: Path) -> tuple[Definition, ...]:
    return tuple(
        (type(node), node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )


def _words(name: str) -> set[str]:
    """Return the words of a name; a package manager is a thing of its own."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return set(re.sub(r"package_managers?", "", spaced).split("_"))


def _own_errors(module: str) -> Iterator[type[Exception]]:
    for value in vars(import_module(module)).values():
        if inspect.isclass(value) and issubclass(value, Exception) and value.__module__ == module:
            yield value


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path}: {name}: {lines} lines"
        for path in SOURCES
        for kind, name, lines in _definitions(path)
        if kind is not ast.ClassDef and lines > FUNCTION_LINES
    ]
    assert not long


def test_no_file_is_too_long_to_read() -> None:
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert not {path: count for path, count in lines.items() if count > FILE_LINES}


def test_names_say_what_a_thing_is() -> None:
    """A name like `utils` says where someone ran out of names."""
    names = {path: [path.stem, *(name for _, name, _ in _definitions(path))] for path in NAMED}
    found = [(path, name) for path in NAMED for name in names[path] if _words(name) & FORBIDDEN]
    assert not found


def test_every_error_derives_from_one_and_has_an_exit_status() -> None:
    """A caller catches everything that is raised on purpose with one clause."""
    own = [value for module in MODULES for value in _own_errors(module)]
    assert own
    for value in own:
        assert issubclass(value, OcianalyzeError), value
        assert value.exit_status in {2, 3, 4}, value


def test_every_module_says_what_it_is_for() -> None:
    assert not [module for module in MODULES if not import_module(module).__doc__]


def test_test_folders_mirror_the_package() -> None:
    """Whoever looks for the tests of a room finds them under its name."""
    tests = ROOT / "tests"
    folders = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")}
    rooms = {folder for folder in folders if folder.parts and folder.parts[0] not in NOT_ROOMS}
    homes = (ROOT / "ocianalyze", ROOT)
    assert not {room for room in rooms if not any((home / room).is_dir() for home in homes)}
