"""Files of the user's own: what is wrong with one is told with its place, and what helps."""

from pathlib import Path

import pytest

from ocianalyze.limits import MIB
from tests import archives
from tests.archives import Image
from tests.cli.conftest import Command

LAYER = archives.tar({"etc/": None, "etc/os-release": b"ID=test\n"})
PROFILE = "scan {image} --no-store --profile {file}"
IGNORE = "secrets {image} --no-store --ignore {file}"
IMPORT = "secrets rules import {file} {folder}/made"
RULES = "secrets {image} --no-store --rules {folder}"
START = b"version: 1\nname: mine\n"
RULE = b"""id = "mine"
title = "Mine"
provider = "Mine"
kind = "token"
severity = "high"
remediation = "Revoke it"
pattern = '%s'
"""
BAD: dict[str, tuple[str, bytes, str]] = {
    "profile-no-yaml": (PROFILE, b"a: [", ":2: not YAML"),
    "profile-no-mapping": (PROFILE, b"- a\n", "no mapping"),
    "profile-no-utf-8": (PROFILE, b"name: \xff\n", "byte 6 is no UTF-8"),
    "profile-control-character": (PROFILE, b"name: \x01\n", ":1: a control character: U+0001"),
    "profile-too-large": (PROFILE, b"#" * (MIB + 1), "more than 1048576 bytes"),
    "profile-anchor": (PROFILE, b"a: &x 1\nb: *x\n", ":1: anchors are not allowed"),
    "profile-alias": (PROFILE, b"b: *x\n", ":1: aliases are not allowed"),
    "profile-tag": (PROFILE, b"a: !!int 1\n", ":1: tags are not allowed"),
    "profile-twice": (PROFILE, b"a: 1\na: 2\n", ":2: key 'a' is there twice"),
    "profile-key": (PROFILE, b"? [a]\n: 1\n", ":1: a key must be a text"),
    "profile-deep": (PROFILE, b"[" * 17 + b"]" * 17, ":1: deeper than 16 levels"),
    "profile-documents": (PROFILE, b"a: 1\n---\na: 1\n", ":2: more than one document"),
    "profile-unknown-key": (PROFILE, START + b"controls: [l1]\nmine: 1\n", ":4: mine: "),
    "profile-unknown-control": (PROFILE, START + b"controls: [nope]\n", ":3: controls[0]: "),
    "ignore-no-toml": (IGNORE, b"[[ignore]", "is no ignore list: "),
    "ignore-no-reason": (IGNORE, b'[[ignore]]\nrule = "a"\n', "entry 1: has no reason"),
    "import-no-toml": (IMPORT, b"[[rules]", "is no TOML: "),
    "import-no-rules": (IMPORT, b"title = 'a'\n", "has no [[rules]], or more than are read"),
    "rule-no-toml": (RULES, b"id =", "is no rule: "),
    "rule-no-key": (RULES, b'id = "a"\n', "is no rule: no key "),
    "rule-no-expression": (RULES, RULE % b"(", "'(' is no expression: "),
}
"""Command, content of the file, and words of what must be said."""


def _said(command: Command, line: str, folder: Path) -> str:
    """Return the one line that a command says of a file that is no good."""
    image = archives.docker_archive(folder / "app.tar", [Image([LAYER], {}, ["team/app:1"])])
    named = {"image": str(image), "file": str(folder / "mine.toml"), "folder": str(folder)}
    shown = command(*(word.format(**named) for word in line.split()))
    assert shown.status == 2
    (said,) = shown.err.splitlines()
    return said


@pytest.mark.parametrize(("line", "content", "words"), BAD.values(), ids=BAD)
def test_a_bad_file_is_named_with_what_is_wrong_and_what_helps(
    line: str, content: bytes, words: str, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    said = _said(command, line, tmp_path)
    place = "rule mine" if words.startswith("'(") else str(path)
    assert said.startswith(f"ocianalyze: {place}:")
    assert words in said
    wrong, _, cure = said.rpartition("; ")
    assert wrong
    assert len(cure) > len("mend it")


@pytest.mark.parametrize("line", [IGNORE, IMPORT], ids=["ignore", "import"])
def test_a_file_that_is_absent_is_named(line: str, command: Command, tmp_path: Path) -> None:
    assert str(tmp_path / "mine.toml") in _said(command, line, tmp_path)
