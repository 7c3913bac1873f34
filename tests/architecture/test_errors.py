"""Every error says what helps: where it is raised, or by its class."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocianalyze import errors

_HOME = Path(errors.__file__).parent
_ROOMS = sorted({path.relative_to(_HOME).parts[0] for path in _HOME.rglob("*.py")})
_KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.OcianalyzeError)
}


def _raised(path: Path) -> Iterator[tuple[str, int, set[str]]]:
    """Yield the errors that a module makes: class, line, keywords."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "")
            if name in _KINDS:
                yield name, node.lineno, {str(word.arg) for word in node.keywords}


@pytest.mark.parametrize("room", _ROOMS)
def test_every_error_has_a_cure(room: str, root: Path) -> None:
    """A limit's is the option that allows more; `limit=""` says that there is none."""
    without = [
        f"{path.relative_to(root)}:{line}: {name}"
        for path in _HOME.rglob("*.py")
        if path.relative_to(_HOME).parts[0] == room
        for name, line, words in _raised(path)
        if not _KINDS[name].usual_cure and not words & {"cure", "limit"}
    ]
    assert not without


def test_an_error_names_its_input_once() -> None:
    error = errors.MalformedImage("no JSON", place="index.json")
    assert str(error.of("a.tar")) == str(error.of("a.tar"))
    assert str(error).startswith("a.tar: index.json: no JSON; save")
    assert errors.LimitExceeded("much", limit="sql_rows").cure == "--limit sql-rows=N allows more"
