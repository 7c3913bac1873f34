"""Rules of gitleaks, imported and used on a folder, tell what gitleaks says they tell.

What is expected stands beside each configuration, from the documentation of its format.
"""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from ocianalyze.cli.main import run
from ocianalyze.detectors.secrets.folder import read_folder
from ocianalyze.detectors.secrets.seeking import Seeking
from ocianalyze.limits import Limits
from tests import archives
from tests.archives import Image

Capture = pytest.CaptureFixture[str]
A, B, C = "acme_q8w7e6r5t4y3", "acme_sampleq8w7e6", "acme_Z9X8C7V6B5N4"
RULE = "[[rules]]\nid = 'acme'\nregex = 'acme_[A-Za-z0-9]{12}'\n"
FILES = {"srv/a": A, "srv/b": B, "lib/a": A, "lib/b": B}


class Case(NamedTuple):
    """A configuration, and what it tells of some files."""

    config: str
    files: dict[str, str]
    told: set[tuple[str, str]]
    """Path and value."""
    lost: str = ""
    """Words of the one line about what is not taken over; empty for none."""


def both(*paths: str) -> set[tuple[str, str]]:
    return {(path, FILES[path]) for path in paths}


CASES = {
    "plain": Case(RULE, FILES, both(*FILES)),
    "path": Case(f"{RULE}path = '^srv/'\n", FILES, both("srv/a", "srv/b")),
    "keys-in-capitals": Case(
        "[[Rules]]\nID = 'acme'\nRegex = 'acme_([A-Za-z0-9]{12})'\nSecretGroup = 1\n"
        "[Rules.AllowList]\nStopWords = ['sample']\n",
        FILES,
        {("srv/a", A[5:]), ("lib/a", A[5:])},
    ),
    "or": Case(
        f"{RULE}[[rules.allowlists]]\npaths = ['^lib/']\nstopwords = ['SAMPLE']\n",
        FILES,
        both("srv/a"),
    ),
    "and": Case(
        f"{RULE}[[rules.allowlists]]\ncondition = 'AND'\npaths = ['^lib/']\n"
        "stopwords = ['SAMPLE']\n",
        FILES,
        both("srv/a", "srv/b", "lib/a"),
    ),
    "and-in-small-letters": Case(
        f"{RULE}[[rules.allowlists]]\ncondition = 'and'\npaths = ['^lib/']\n"
        "regexes = ['_sample']\n",
        FILES,
        both("srv/a", "srv/b", "lib/a"),
    ),
    "and-of-the-value": Case(
        f"{RULE}[[rules.allowlists]]\ncondition = 'AND'\nregexes = ['8w7']\n"
        "stopwords = ['sample']\n",
        FILES,
        both("srv/a", "lib/a"),
    ),
    "and-of-paths-alone": Case(
        f"{RULE}[[allowlists]]\ncondition = 'AND'\npaths = ['^lib/', 'b$']\n",
        FILES,
        both("srv/a"),
    ),
    "and-with-commits": Case(
        f"{RULE}[[allowlists]]\ncondition = 'AND'\npaths = ['^lib/']\ncommits = ['0123456']\n",
        FILES,
        both(*FILES),
    ),
    "two-that-join": Case(
        f"{RULE}[[allowlists]]\ncondition = 'AND'\npaths = ['^lib/']\nregexes = ['sample']\n"
        "[[allowlists]]\ncondition = 'AND'\npaths = ['a$']\nregexes = ['q8w7e6r5']\n",
        FILES,
        both("srv/b"),
    ),
    "or-of-commits": Case(
        f"{RULE}[[allowlists]]\ncommits = ['0123456']\npaths = ['^lib/']\n",
        FILES,
        both("srv/a", "srv/b"),
    ),
    "commits-alone": Case(
        f"{RULE}[allowlist]\ncommits = ['0123456']\n",
        FILES,
        both(*FILES),
    ),
    "targets": Case(
        f"{RULE}[[allowlists]]\ntargetRules = ['acme', 'other']\nstopwords = ['sample']\n"
        "[[rules]]\nid = 'other'\nregex = 'other_[a-z]{9}'\n",
        FILES,
        both("srv/a", "lib/a"),
    ),
    "targets-of-another": Case(
        f"{RULE}[[allowlists]]\ntargetRules = ['gone']\nstopwords = ['sample']\n",
        FILES,
        both(*FILES),
        "an allow list is for the rule gone, which is not in it",
    ),
    "match": Case(
        "[[rules]]\nid = 'acme'\nregex = 'key = (acme_\\w{12})'\n"
        "[[rules.allowlists]]\nregexTarget = 'match'\nregexes = ['^key = .*q8']\n",
        {"a": f"key = {A}", "b": f"key = {C}"},
        {("b", C)},
    ),
    "match-and-path": Case(
        "[[rules]]\nid = 'acme'\nregex = 'key = (acme_\\w{12})'\n"
        "[[rules.allowlists]]\ncondition = '&&'\nregexTarget = 'match'\nregexes = ['^key']\n"
        "paths = ['^a']\n",
        {"a": f"key = {A}", "b": f"key = {C}"},
        {("b", C)},
    ),
    "line": Case(
        f"{RULE}[[rules.allowlists]]\nregexTarget = 'line'\nregexes = ['nosec$']\n",
        {"a": f"x = {A} # nosec\ny = {C}\n"},
        {("a", C)},
    ),
    "line-and-path": Case(
        f"{RULE}[[rules.allowlists]]\ncondition = 'AND'\nregexTarget = 'line'\n"
        "regexes = ['nosec$']\npaths = ['[.]py$']\n",
        {"a.py": f"x = {A} # nosec\n", "a.js": f"x = {C} # nosec\n"},
        {("a.js", C)},
    ),
    "entropy-is-surpassed": Case(
        "[[rules]]\nid = 'acme'\nregex = 'acme=([a-z]{8})'\nentropy = 3\n",
        {"a": "acme=abcdefgh", "b": "acme=abcdefga"},
        set(),
    ),
    "first-group": Case(
        "[[rules]]\nid = 'acme'\nregex = '(acme_)([a-z]{8})'\n",
        {"a": "acme_abcdefgh"},
        {("a", "acme_")},
    ),
    "keywords-in-the-match": Case(
        f"{RULE}keywords = ['ACME_']\n",
        {"a": f"{A}\n"},
        {("a", A)},
    ),
    "keywords-elsewhere": Case(
        "[[rules]]\nid = 'acme'\nregex = '\\b[0-9]{4}-[0-9]{5}\\b'\nkeywords = ['acme']\n",
        {"a": "Acme: 4821-90753", "b": "phone: 4821-90754"},
        {("a", "4821-90753")},
        "its keywords must be within 256 bytes of a value",
    ),
    "skip-report": Case(f"{RULE}skipReport = true\n{RULE.replace('acme', 'nono')}", FILES, set()),
}


def imported(config: str, folder: Path, capsys: Capture) -> tuple[int, str, Path]:
    """Import a configuration; return the status, what was said, and the folder of the rules."""
    path = folder / "gitleaks.toml"
    path.write_text(config)
    rules = folder / "rules"
    status = run(["secrets", "rules", "import", str(path), str(rules)])
    return status, capsys.readouterr().err, rules


def told(files: dict[str, str], rules: Path, folder: Path) -> set[tuple[str, str]]:
    """Return path and value of all that the rules of a folder, and no others, tell of files."""
    root = folder / "work"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    seeking = Seeking((rules,), None, Limits(), bare=True)
    found = read_folder(root, seeking).secrets
    own = {path.stem for path in rules.glob("*.toml")}
    return {(place.path, one.value) for one in found if one.rule in own for place in one.places}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_imported_rule_tells_what_it_told(case: Case, tmp_path: Path, capsys: Capture) -> None:
    status, said, rules = imported(case.config, tmp_path, capsys)
    assert (status == 4) is bool(case.lost)
    assert case.lost in said
    assert told(case.files, rules, tmp_path) == case.told


@pytest.mark.parametrize("name", ["a.p12", "b/A.PFX", "id_acme"])
def test_a_rule_for_names_tells_files(name: str, tmp_path: Path, capsys: Capture) -> None:
    config = (
        "[[rules]]\nid = 'acme-file'\npath = '(?i)(?:(?:^|/)[^/]+\\.p(?:12|fx)|(?:^|/)id_acme)$'\n"
        "[[rules.allowlists]]\npaths = ['^lib/']\n"
        "[[allowlists]]\ncondition = 'AND'\npaths = ['a']\nregexes = ['.']\n"
    )
    _, _, rules = imported(config, tmp_path, capsys)
    files = {name: "text", f"lib/{name}": "other", f"{name}.txt": "third", "empty.p12": ""}
    assert told(files, rules, tmp_path) == {(name, "text")}


def test_the_command_tells_what_imported_rules_find(tmp_path: Path, capsys: Capture) -> None:
    _, _, rules = imported(CASES["and"].config, tmp_path, capsys)
    expected = told(FILES, rules, tmp_path)
    words = ["--rules", str(rules), "--show-secrets", "--no-store", "-f", "jsonl"]
    assert run(["secrets", str(tmp_path / "work"), *words]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {(place["path"], row["value"]) for row in rows for place in row["places"]}
    assert found == expected == CASES["and"].told


BOUNDED = r"""
[[rules]]
id = "end"
regex = 'end_([a-z0-9]{12})(?:[;\s]|$)'
[[rules]]
id = "begin"
regex = '^begin_[a-z0-9]{12}'
[[rules]]
id = "file"
path = '\.db$'
[[allowlists]]
condition = "AND"
paths = ['^lib/']
regexes = ['sample']
"""


def test_files_of_a_layer_begin_and_end_as_others_do(tmp_path: Path, capsys: Capture) -> None:
    _, _, rules = imported(BOUNDED, tmp_path, capsys)
    texts = {
        "srv/a": "x end_q8w7e6r5t4y1", "srv/b": "end_q8w7e6r5t4y2 ", "srv/c": "end_q8w7e6r5t4y3+",
        "srv/d": "begin_q8w7e6r5t4y4", "srv/e": "x begin_q8w7e6r5t4y5", "srv/f.db": "seven",
        "lib/a": "end_sample345678", "srv/g": "end_sample345679",
    }  # fmt: skip
    expected = {
        ("srv/a", "q8w7e6r5t4y1"), ("srv/b", "q8w7e6r5t4y2"), ("srv/d", "begin_q8w7e6r5t4y4"),
        ("srv/f.db", "seven"), ("srv/g", "sample345679"),
    }  # fmt: skip
    assert told(texts, rules, tmp_path) == expected
    layer = archives.tar({name: text.encode() for name, text in texts.items()})
    path = archives.docker_archive(tmp_path / "a.tar", [Image([layer], {}, ["a:1"])])
    words = ["--rules", str(rules), "--show-secrets", "--no-store", "-f", "jsonl"]
    run(["secrets", str(path), *words])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {(place["path"], row["value"]) for row in rows for place in row.get("places", ())}
    assert found == expected


def test_a_rule_for_names_tells_large_files_once(tmp_path: Path, capsys: Capture) -> None:
    _, _, rules = imported("[[rules]]\nid = 'f'\npath = '\\.db$'\n", tmp_path, capsys)
    texts = {name: name * 50_000 for name in ("a.db", "b.db")}
    found = told(texts | {"c.db": texts["a.db"]}, rules, tmp_path)
    assert {path for path, _ in found} == {"a.db", "b.db", "c.db"}
    assert len({value for _, value in found}) == 2


REFUSED = {
    "required": (f"{RULE}[[rules.required]]\nid = 'x'\n", "beside what other rules find"),
    "words-and-line": (
        (
            f"{RULE}[[rules.allowlists]]\ncondition = 'AND'\nregexTarget = 'line'\n"
            "regexes = ['x']\nstopwords = ['y']\n"
        ),
        "an allow list of rule acme has no equal: words of the value",
    ),
    "expression-of-its-own": (
        f"{RULE}[rules.allowlist]\nregexes = ['\\p{{Greek}}']\n",
        "an allow list of rule acme has no equal: a class of Unicode characters",
    ),
    "expression-of-all": (
        f"{RULE}[allowlist]\npaths = ['\\p{{Greek}}']\n",
        "an allow list of the whole file has no equal: a class of Unicode characters",
    ),
    "condition": (
        f"{RULE}[[allowlists]]\ncondition = 'XOR'\npaths = ['x']\n",
        "its condition XOR is none of AND and OR",
    ),
    "no-list": (f"{RULE}[allowlist]\npaths = 'lib'\n", "its paths is no list of texts"),
    "no-table": (f"allowlists = ['lib']\n{RULE}", "it is no table"),
    "path-for-anything": (
        "[[rules]]\nid = 'acme'\npath = 'secrets/'\n",
        "it has no regex, and its path ends with no name or ending that is fixed",
    ),
    "neither": ("[[rules]]\nid = 'acme'\n", "it has neither regex nor path"),
    "of-the-default": (
        "[extend]\nuseDefault = true\n[[rules]]\nid = 'acme'\n",
        "it changes a rule of gitleaks' own configuration, which is not here",
    ),
    "some-group": (
        "[[rules]]\nid = 'acme'\nregex = '(a{9})|(b{9})'\nentropy = 1\n",
        "which of its groups is the value differs; give it a secretGroup",
    ),
    "many-that-join": (
        RULE + "".join(
            f"[[allowlists]]\ncondition = 'AND'\npaths = ['{n}']\nregexes = ['x']\n"
            for n in range(4)
        ),
        "more than 3 allow lists join paths with other conditions",
    ),
    "keywords": (f"{RULE}keywords = 'acme'\n", "its keywords are no list of texts"),
}  # fmt: skip


@pytest.mark.parametrize(("config", "why"), REFUSED.values(), ids=REFUSED)
def test_a_rule_that_would_tell_more_is_not_written(
    config: str, why: str, tmp_path: Path, capsys: Capture
) -> None:
    status, said, rules = imported(config, tmp_path, capsys)
    assert status == 4
    (line,) = [line for line in said.splitlines() if "rule acme" in line]
    assert "rule acme: not taken over: " in line
    assert why in line
    assert not list(rules.glob("*.toml"))
