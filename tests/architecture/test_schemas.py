"""What is published as JSON does not change without its version."""

import json
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from ocianalyze.model.report import SCHEMA_VERSION


@pytest.fixture
def schemas(root: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(str(root / "docs"))
    return run_path(str(root / "docs" / "schemas.py"))


def test_recorded_versions_are_those_of_the_shapes(schemas: dict[str, Any]) -> None:
    """If this fails raise `SCHEMA_VERSION`, then run `docs/generate.py`."""
    recorded = json.loads(schemas["RECORDED"].read_text())
    assert recorded == schemas["current"]()
    assert recorded["report"]["version"] == SCHEMA_VERSION


@pytest.mark.parametrize(
    ("now", "is_told"),
    [
        (("1.2", "a"), False),
        (("1.2", "b"), True),
        (("1.1", "b"), True),
        (("1.3", "b"), False),
        (("1.10", "b"), False),
        (("2.0", "b"), False),
    ],
)
def test_a_shape_that_changes_must_raise_its_version(
    schemas: dict[str, Any], now: tuple[str, str], *, is_told: bool
) -> None:
    made = [{"x": {"version": v, "sha256": d}} for v, d in (("1.2", "a"), now)]
    assert schemas["unraised"](*made) == ["x"] * is_told


@pytest.mark.parametrize(
    ("change", "is_other"),
    [
        ({"description": "of something else"}, False),
        ({"properties": {"description": {"type": "string"}, "title": {"type": "string"}}}, True),
        ({"properties": {"title": {"type": "string"}, "x": {"type": "string"}}}, True),
        ({"properties": {"title": {"type": "string", "enum": ["a"]}}}, True),
    ],
    ids=["text", "field-named-as-a-text", "field", "value"],
)
def test_a_shape_is_fields_and_values_but_no_texts(
    schemas: dict[str, Any], change: dict[str, Any], *, is_other: bool
) -> None:
    shape = {"description": "of this", "properties": {"title": {"type": "string"}}}
    assert (schemas["digest"](shape) != schemas["digest"](shape | change)) is is_other


def test_nothing_is_recorded_while_a_version_is_forgotten(
    schemas: dict[str, Any], tmp_path: Path
) -> None:
    old = {name: {**each, "sha256": "0"} for name, each in schemas["current"]().items()}
    (tmp_path / "old.json").write_text(json.dumps(old))
    schemas["files"].__globals__["RECORDED"] = tmp_path / "old.json"
    with pytest.raises(SystemExit, match="report, profile changed: raise"):
        schemas["files"]()
