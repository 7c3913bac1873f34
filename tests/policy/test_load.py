"""Profiles from their files: the template is one, and every mistake has a line."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ocianalyze import policy
from ocianalyze.errors import UsageError
from ocianalyze.policy.load import Loaded, load, read
from ocianalyze.policy.profile import Profile, schema

HEAD = "version: 1\nname: x\n"
NO_ID = "is no id: 2 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first, as"
OWN = "custom:\n- {id: own, title: t, query: SELECT 1, expect: empty, passed: p, failed: f, %s}\n"


def _write(folder: Path, text: str) -> Path:
    path = folder / "p.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_template_is_a_profile_and_fits_the_schema() -> None:
    """By this project's reader and by another one."""
    place = Path(str(files(policy).joinpath("template.yaml")))
    assert load(place).profile.custom[0].expect == "empty"
    document = yaml.load(place.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    document["version"] = 1
    document["custom"][0].pop("level", None)
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(document, schema())


def test_the_least_profile_judges_level_2(tmp_path: Path) -> None:
    loaded = load(_write(tmp_path, HEAD))
    assert loaded.profile == Profile(version=1, name="x")
    assert loaded.profile.controls == ("l2",)
    assert len(loaded.sha256) == 64


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\n", ":1: version: is missing"),
        ("version: 2\nname: x\n", ":1: version: must be 1"),
        (HEAD + "contrls: []\n", ":3: contrls: no such key"),
        (HEAD + "controls: l1\n", ":3: controls: must be a list of ids"),
        (HEAD + "allow:\n- control: a\n", ":4: allow[0].reason: is missing"),
        (HEAD + "allow:\n- {control: a, reason: ''}\n", ":4: allow[0].reason: must not be empty"),
        (HEAD + "allow:\n- control: a\n  reason: b\n  expires: soon\n",
         ":6: allow[0].expires: must be a date, as"),
        (HEAD + "allow:\n- {control: a, reason: b, sha256: 12}\n",
         ":4: allow[0].sha256: must be a text"),
        (HEAD + "allow:\n- {control: a, reason: b, sha256: 1a}\n",
         ":4: allow[0].sha256: '1a' is no SHA-256: 64"),
        (HEAD + "severities:\n  a: grave\n", ":4: severities.a: must be 'info', 'low'"),
        (HEAD + OWN % "level: 3", ":4: custom[0].level: "),
        (HEAD + OWN % "given: {query: ''}", ":4: custom[0].given.query: "),
        (HEAD + "custom: [{id: A}]\n", ":3: custom[0].id: 'A' is no id: 2 to 64"),
        (HEAD + "custom: [{id: No SSH}]\n", f":3: custom[0].id: 'No SSH' {NO_ID} 'no-ssh'"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_line_and_key(text: str, said: str, tmp_path: Path) -> None:
    path = _write(tmp_path, text)
    found = read(path)
    assert not isinstance(found, Loaded)
    assert any(str(problem).startswith(f"{path}{said}") for problem in found), found
    with pytest.raises(UsageError) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(f"{path}:")


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("empty", True),
        ("nonempty", True),
        ("value <= 5", True),
        ("value == -1.5", True),
        ("value != 'a b'", True),
        ("value", False),
        ("value = 5", False),
        ("value < 'a'", False),
        ('value == "a"', False),
        ("5 > value", False),
        ("value == 1e400", False),
        ("empty or nonempty", False),
    ],
)
def test_an_expectation_is_one_of_few_forms(text: str, *, fine: bool, tmp_path: Path) -> None:
    quoted = text.replace("'", "''")
    own = (OWN % "level: 1").replace("expect: empty", f"expect: '{quoted}'")
    assert isinstance(read(_write(tmp_path, HEAD + own)), Loaded) is fine


@pytest.mark.parametrize("text", ["", "- a\n", "5\n"])
def test_what_is_no_mapping_is_no_profile(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no mapping"):
        read(_write(tmp_path, text))


def test_a_device_is_read_no_further_than_the_bound() -> None:
    with pytest.raises(UsageError, match="more than"):
        read(Path("/dev/zero"))


FULL = {
    "version": 1,
    "name": "x",
    "controls": ["l1"],
    "without": ["a"],
    "severities": {"a": "low"},
    "parameters": {"a": {"b": [1]}},
    "allow": [{"control": "a", "path": "b", "sha256": "0" * 64, "package": "c", "reason": "d",
               "expires": "2027-06-30"}],
    "custom": [{"id": "own", "title": "t", "severity": "low", "level": 1, "query": "SELECT 1",
                "expect": "empty", "passed": "p", "failed": "f", "remediation": "r",
                "filesystem": True, "given": {"query": "SELECT 1", "otherwise": "not-evaluated"}}],
}  # fmt: skip
ODD = [None, 7, 1.5, True, "", "x" * 30_000, "\n", "2027-06-30T01:02:03", [], [7], {}, {"a": 7}]


def _changed(value: Any, location: tuple[str | int, ...], odd: object) -> Any:
    if not location:
        return odd
    copy = value.copy()
    copy[location[0]] = _changed(value[location[0]], location[1:], odd)
    return copy


def _locations(value: Any) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (key,)
        if isinstance(item, dict | list):
            yield from ((key, *rest) for rest in _locations(item))


@pytest.mark.parametrize("location", list(_locations(FULL)), ids=str)
def test_no_mistake_is_told_in_the_words_of_a_library(
    location: tuple[str | int, ...], tmp_path: Path
) -> None:
    for odd in ODD:
        found = read(_write(tmp_path, json.dumps(_changed(FULL, location, odd))))
        for problem in () if isinstance(found, Loaded) else found:
            text = str(problem)
            assert not re.search("(?i)should|valid|value error|tuple|dictionary", text), text
            assert "\n" not in text
            assert len(problem.text) < 200


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("version: 1".encode("utf-16") + b"x", "byte 22 is no UTF-16; save the file as UTF-8"),
        (b"version: 1\nname: \xff\n", "byte 17 is no UTF-8; save the file as UTF-8"),
        ("version: 1".encode("utf-16-le"), ":1: a control character: U+0000"),
        (b"version: 1\nname: a\x07\n", ":2: a control character: U+0007"),
        (b"version: [1\nname: }\n", "not YAML: "),
    ],
    ids=["half", "latin", "unmarked", "bell", "brackets"],
)
def test_a_file_that_is_no_text_is_one_line(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        read(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_profile_of_any_encoding_of_yaml_is_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes("version: 1\nname: für uns\n".encode(encoding))
    assert load(path).profile.name == "für uns"


def test_an_absent_profile_is_a_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.yaml: No such file .*; name a profile"):
        load(tmp_path / "absent.yaml")
