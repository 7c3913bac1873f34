"""What is left of a broken profile can be examined, whatever is broken."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.policy.load import examined
from ocianalyze.policy.mended import mended
from ocianalyze.policy.profile import Profile

OWN = {"id": "own", "title": "t", "query": "SELECT 1", "expect": "empty"}
SOUND: dict[str, Any] = {
    "version": 1,
    "name": "x",
    "controls": ["l1"],
    "without": ["a"],
    "severities": {"a": "low"},
    "parameters": {"a": {"b": 1}},
    "allow": [{"control": "a", "reason": "b", "expires": "2027-01-01"}],
    "custom": [{**OWN, "passed": "p", "failed": "f", "given": {"query": "SELECT 1"}}],
}
ODD = st.sampled_from([5, None, "", [], {}, [5], {"x": 5}, "?" * 2_000, True])
"""What stands where it should not."""


def _places(value: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        pairs = list(value.items() if isinstance(value, dict) else enumerate(value))
    found: list[tuple[str | int, ...]] = []
    for key, inner in pairs:
        found += [(*above, key), *_places(inner, (*above, key))]
    return found


def _broken(place: tuple[str | int, ...], odd: Any) -> Any:
    document: Any = yaml.safe_load(yaml.safe_dump(SOUND))
    inner = document
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = odd
    return document


@given(st.sampled_from(_places(SOUND)), ODD)
def test_one_broken_value_leaves_a_profile(place: tuple[str | int, ...], odd: Any) -> None:
    document = _broken(place, odd)
    before = repr(document)
    try:
        Profile.model_validate(document)
    except ValueError as error:
        told = error.errors()  # type: ignore[attr-defined]  # pydantic's
        assert isinstance(Profile.model_validate(mended(document, told)), Profile)
    assert repr(document) == before


@pytest.mark.parametrize(
    "text", ["controls: 5", "allow: [5]", "custom: [5, 6]", "severities: {'': low}", "given: {}"]
)
def test_places_stay_where_they_are(text: str, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(f"version: 1\nname: x\n{text}\n")
    found = examined(path)
    assert found.broken
    assert found.loaded is not None
    assert found.loaded.profile.name == "x"
