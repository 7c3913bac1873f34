"""A configuration is taken with what it extends, as gitleaks takes it."""

from pathlib import Path

import pytest

from tests.detectors.secrets.test_imported_rules import (
    FILES,
    RULE,
    A,
    B,
    C,
    Capture,
    both,
    imported,
    told,
)

EXTENDED = """
[[rules]]
id = "acme"
description = "below"
regex = 'acme_[A-Za-z0-9]{12}'
entropy = 1
keywords = ["acme"]
[rules.allowlist]
stopwords = ["sample"]
[[rules]]
id = "other"
regex = 'other_[a-z]{9}'
[[rules]]
id = "third"
regex = 'third_[a-z]{9}'
[[allowlists]]
paths = ['^lib/']
"""
EXTENDING = """
[extend]
path = "below.toml"
disabledRules = ["third"]
[[rules]]
id = "acme"
path = '^(srv|lib)/'
[[rules.allowlists]]
stopwords = ["Z9X8"]
"""


@pytest.mark.parametrize("is_there", [True, False], ids=["working-directory", "beside"])
def test_a_configuration_is_read_with_what_it_extends(
    is_there: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(other)
    (other if is_there else tmp_path).joinpath("below.toml").write_text(EXTENDED)
    status, said, rules = imported(EXTENDING, tmp_path, capsys)
    assert status == 0
    assert "extend.path: with 3 rules of" in said
    files = {
        "srv/a": A, "srv/b": B, "srv/c": C, "lib/a": A, "etc/a": A, "srv/d": "other_abcdefghi",
        "lib/d": "other_abcdefghi", "srv/e": "third_abcdefghi",
    }  # fmt: skip
    found = told(files, rules, tmp_path)
    assert found == {("srv/a", A), ("srv/d", "other_abcdefghi")}


def test_a_third_file_is_left_out_as_gitleaks_does(tmp_path: Path, capsys: Capture) -> None:
    for n in (1, 2, 3):
        text = f"[extend]\npath = '{n + 1}.toml'\n" + RULE.replace("acme", f"acme{n}")
        (tmp_path / f"{n}.toml").write_text(text)
    _, said, rules = imported("[extend]\npath = '1.toml'\n", tmp_path, capsys)
    assert sorted(path.stem for path in rules.glob("*.toml")) == ["acme1", "acme2"]
    assert "extend.path in" in said


@pytest.mark.parametrize("named", ["'gone.toml'", "'.'", "7"])
def test_a_file_that_is_extended_must_be_there(named: str, tmp_path: Path, capsys: Capture) -> None:
    status, said, _ = imported(f"[extend]\npath = {named}\n{RULE}", tmp_path, capsys)
    assert status == 2
    assert "which is no file" in said


def test_what_the_default_would_bring_is_said(tmp_path: Path, capsys: Capture) -> None:
    config = (
        "[extend]\nuseDefault = true\ndisabledRules = ['a']\nurl = 'x'\n"
        f"[allowlist]\npaths = ['^lib/']\n{RULE}"
    )
    status, said, rules = imported(config, tmp_path, capsys)
    assert status == 4
    lines = [line.partition(": ")[2] for line in said.splitlines()]
    assert lines == [
        "extend.url is not taken over: fetch that file and let extend.path name it",
        (
            "extend.disabledRules: a is not taken over: put what stands in for it here on an "
            "ignore list"
        ),
        "the whole file: its allow lists count for its own rules, not for those that ship",
        "extend.useDefault: the rules that ship stand in for gitleaks' own",
    ]
    assert told(FILES, rules, tmp_path) == both("srv/a", "srv/b")
