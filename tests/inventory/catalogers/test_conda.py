"""Conda packages and their files."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.conda import CATALOGER
from tests.inventory.catalogers.walked import claims, found, kept, survives

PATH = "opt/conda/envs/app/conda-meta/numpy-1.26.4-py311h64a7726_0.json"
RECORD: dict[str, object] = {
    "build": "py311h64a7726_0",
    "channel": "https://conda.example.test/t/tk-notasecret-0000/conda-forge/linux-64",
    "files": ["bin/f2py", "lib/python3.11/site-packages/numpy/__init__.py", "../../../etc/passwd"],
    "fn": "numpy-1.26.4-py311h64a7726_0.conda",
    "license": "BSD-3-Clause",
    "name": "numpy",
    "requested_spec": "numpy=1.26",
    "subdir": "linux-64",
    "version": "1.26.4",
}


def test_a_record_is_a_package_of_its_environment() -> None:
    (package,) = found(CATALOGER, {PATH: orjson.dumps(RECORD)})
    assert (package.type, package.name, package.version) == ("conda", "numpy", "1.26.4")
    assert package.qualifiers == (
        ("build", "py311h64a7726_0"),
        ("channel", "conda-forge"),
        ("subdir", "linux-64"),
        ("type", "conda"),
    )
    assert package.location == "opt/conda/envs/app"
    assert package.licenses == ("BSD-3-Clause",)
    assert package.reason == "manual"


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"requested_spec": ""}, "automatic"),
        # What conda writes of a dependency.
        ({"requested_spec": "None"}, "automatic"),
        ({"requested_spec": "None", "requested_specs": ["numpy"]}, "manual"),
        ({"requested_spec": None, "requested_specs": []}, "automatic"),
    ],
)
def test_what_nobody_asked_for_came_automatically(asked: dict[str, object], reason: str) -> None:
    (package,) = found(CATALOGER, {PATH: orjson.dumps({**RECORD, **asked})})
    assert package.reason == reason


def test_files_are_those_of_the_environment_and_never_outside() -> None:
    (claim,) = claims(CATALOGER, {PATH: orjson.dumps(RECORD)})
    assert claim.location == "opt/conda/envs/app"
    assert claim.paths == (
        "opt/conda/envs/app/bin/f2py",
        "opt/conda/envs/app/lib/python3.11/site-packages/numpy/__init__.py",
        PATH,
    )


def test_tokens_in_channels_are_not_kept() -> None:
    (seen,) = kept(CATALOGER, {PATH: orjson.dumps(RECORD)})
    assert b"notasecret" not in seen.value


@pytest.mark.parametrize("name", [None, "", 7, ["x"]], ids=repr)
def test_a_record_without_a_name_is_a_problem(name: object) -> None:
    """What lies in conda-meta stands for an installed package, whatever became of its name."""
    with pytest.raises(ValueError, match="names no package"):
        found(CATALOGER, {PATH: orjson.dumps({**RECORD, "name": name})})


@pytest.mark.parametrize("content", [b"{", b"[]", b"7", b""], ids=str)
def test_a_damaged_record_is_a_problem(content: bytes) -> None:
    if not content:
        return
    with pytest.raises(ValueError, match=r"\w"):
        found(CATALOGER, {PATH: content})


def test_other_documents_are_not_looked_at() -> None:
    assert kept(CATALOGER, {"app/package.json": orjson.dumps(RECORD)}) == []


@given(st.recursive(st.none() | st.text() | st.integers(0, 9), lambda x: st.lists(x, max_size=3)))
def test_values_of_another_shape_never_raise(value: object) -> None:
    for key in RECORD:
        survives(CATALOGER, PATH, orjson.dumps({**RECORD, key: value}))


@given(st.binary(max_size=300))
def test_damaged_files_never_raise(noise: bytes) -> None:
    survives(CATALOGER, PATH, noise)


def test_needs_are_match_specifications_as_recorded() -> None:
    text = orjson.dumps(
        {"name": "numpy", "version": "1", "depends": ["python >=3.11,<3.12.0a0", 7]}
    )
    (one,) = found(CATALOGER, {PATH: text})
    assert one.depends == ("python >=3.11,<3.12.0a0",)


def test_files_may_be_told_by_how_they_were_linked_alone() -> None:
    paths = [{"_path": "lib/a.py", "path_type": "hardlink"}, 7, {"_path": "../out"}]
    record = {"name": "a", "version": "1", "files": [], "paths_data": {"paths": paths}}
    (claim,) = claims(CATALOGER, {PATH: orjson.dumps(record)})
    assert claim.paths == ("opt/conda/envs/app/lib/a.py", PATH)
