"""Profiles from their files: the template is one, and every mistake has a line."""

from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml

from ocianalyze import policy
from ocianalyze.errors import UsageError
from ocianalyze.policy.load import Loaded, load, read
from ocianalyze.policy.profile import Profile, schema

HEAD = "version: 1\nname: x\n"
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
        ("version: 2\nname: x\n", ":1: version: input should be 1"),
        (HEAD + "contrls: []\n", ":3: contrls: no such key"),
        (HEAD + "controls: l1\n", ":3: controls: input should be a valid"),
        (HEAD + "allow:\n- control: a\n", ":4: allow[0].reason: is missing"),
        (HEAD + "allow:\n- {control: a, reason: ''}\n", ":4: allow[0].reason: string should"),
        (HEAD + "allow:\n- control: a\n  reason: b\n  expires: soon\n", ":6: allow[0].expires: "),
        (HEAD + "allow:\n- {control: a, reason: b, sha256: 12}\n", ":4: allow[0].sha256: "),
        (HEAD + "severities:\n  a: grave\n", ":4: severities.a: input should be"),
        (HEAD + OWN % "level: 3", ":4: custom[0].level: "),
        (HEAD + OWN % "given: {query: ''}", ":4: custom[0].given.query: "),
        (HEAD + "custom: [{id: A}]\n", ":3: custom[0].id: string should match"),
    ],
)
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
