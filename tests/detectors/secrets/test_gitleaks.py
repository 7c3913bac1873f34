"""Rules of gitleaks as rules of ours; expressions of Go as those of `re`."""

import math
import re
import tomllib
from pathlib import Path

import pytest

from ocianalyze.detectors.secrets._go_syntax import groups, translated
from ocianalyze.detectors.secrets.engine import engine
from ocianalyze.detectors.secrets.gitleaks import read_gitleaks, written
from ocianalyze.detectors.secrets.rule_files import read_rule, read_rules, tried
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.errors import UsageError

CONFIG = r"""
title = "made up"
[extend]
useDefault = true
[allowlist]
paths = ['''vendor''']

[[rules]]
id = "acme-token"
description = "Acme's \"token\""
regex = '''(?i)acme[_-]?(?:key|tok)(?:.{0,20})(?:=|>|:)['"\s]{0,3}([a-z0-9]{32})(?:['"\s;]|$)'''
secretGroup = 1
entropy = 3.5
keywords = ["acme"]
tags = ["key"]
[[rules.allowlists]]
regexes = ['''example''']

[[rules]]
id = "acme-file"
path = '''\.p12$'''

[[rules]]
id = "acme-greek"
regex = '''\p{Greek}{20}'''

[[rules]]
id = "acme-password"
regex = '''pw[[:alnum:]]{10}(?i)foo|bar([\w-]{20})\z'''
path = '''(?i)\.env$'''

[[rules]]
id = "../escape"
regex = "x"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gitleaks.toml"
    path.write_text(CONFIG)
    return path


def test_what_cannot_be_taken_over_is_said_rule_by_rule(config: Path) -> None:
    found = read_gitleaks(config)
    ids = [rule.id for rule in found.rules]
    assert ids == ["acme-token", "acme-file", "acme-password", "escape"]
    assert found.lost == (
        "the whole file: its allow lists count for its own rules, not for those that ship",
        "rule acme-greek: not taken over: a class of Unicode characters",
    )
    assert found.notes == (
        "extend.useDefault: the rules that ship stand in for gitleaks' own",
        "rule ../escape: is written as escape",
    )


def test_an_imported_rule_is_one_of_ours(config: Path, tmp_path: Path) -> None:
    token, _, password, _ = read_gitleaks(config).rules
    path = tmp_path / "acme-token.toml"
    path.write_text(written(token))
    assert read_rule(path) == token
    assert (token.title, token.near) == ('Acme\'s "token"', ())
    assert token.entropy == math.nextafter(3.5, 4)
    assert password.kind == "password"
    wanted = re.compile(password.paths)
    assert wanted.search("srv/.ENV")
    assert not wanted.search("srv/env")
    assert not wanted.search("srv/vendor/.env")
    secret = b"k3j5h2g8f7d6s1a0q9w4e5r6t7y8u2i1"
    found = Search(engine((token,)), None).find(b'ACME_KEY = "' + secret + b'"\n')
    assert [one.secret for one in found] == [secret]


ALLOWING = r"""
[[allowlists]]
paths = ['vendor/', '^testdata']
[[allowlists]]
targetRules = ["acme"]
paths = ['[.]md$']
[[allowlists]]
paths = ['both']
regexes = ['x']
condition = "AND"
[[rules]]
id = "acme"
regex = 'acme_[0-9a-f]{12}'
[rules.allowlist]
paths = ['own']
stopwords = ["sample"]
[[rules]]
id = "other"
regex = 'other_[0-9a-f]{12}'
path = '^srv/'
"""


@pytest.mark.parametrize(
    ("path", "said"),
    [("srv/a", "acme other"), ("etc/a", "acme"), ("srv/vendor/a", ""), ("testdata/a", ""),
     ("srv/testdata", "acme other"), ("srv/a.md", "other"), ("srv/own", "other"),
     ("srv/both", "acme.2 other.2")],
)  # fmt: skip
def test_a_rule_says_nothing_of_paths_that_are_allowed(
    path: str, said: str, tmp_path: Path
) -> None:
    config = tmp_path / "gitleaks.toml"
    config.write_text(ALLOWING)
    found = read_gitleaks(config)
    told = [rule.id for rule in found.rules if re.search(rule.paths, path)]
    assert " ".join(sorted(told)) == said
    assert found.lost == ()
    assert found.notes == (
        "rule acme: is written as acme.2 too, for paths that an allow list joins with more",
        "rule other: is written as other.2 too, for paths that an allow list joins with more",
    )


LETTING_OFF = r"""
[allowlist]
regexes = ['(?i)^sample']
stopwords = ["abcdef"]
[[allowlists]]
targetRules = ["acme-line"]
regexTarget = "line"
regexes = ['nosec$']
[[rules]]
id = "acme-value"
regex = 'key\s*=\s*([a-zA-Z0-9]{12,20})\b'
secretGroup = 1
entropy = 2.5
keywords = ["key"]
[[rules.allowlists]]
regexTarget = "match"
regexes = ['key  =']
[[rules]]
id = "acme-line"
regex = 'tok_[a-zA-Z0-9]{12}'
[rules.allowlist]
commits = ["0123456"]
stopwords = ["Test"]
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("key = q8w7e6r5t4y3", "acme-value", id="value"),
        pytest.param("key = sampleq8w7e6", "", id="expression-on-the-value"),
        pytest.param("sample: key = q8w7e6r5t4y3", "acme-value", id="not-on-the-match"),
        pytest.param("key = q8w7ABCDEF6r5", "", id="stopword-whatever-its-case"),
        pytest.param("key  = q8w7e6r5t4y3", "", id="expression-on-the-match"),
        pytest.param("key = aaaaaaaaaaaa", "", id="entropy"),
        pytest.param("x = tok_q8w7e6r5t4y3", "acme-line", id="whole-match"),
        pytest.param("x = tok_q8w7e6r5t4y3 # nosec", "", id="expression-on-the-line"),
        pytest.param("y # nosec\nx = tok_q8w7e6r5t4y3\nz # nosec", "acme-line", id="other-lines"),
        pytest.param("x = tok_q8w7test4y3z", "", id="own-stopword"),
    ],
)
def test_a_rule_lets_off_what_its_allow_lists_say(text: str, said: str, tmp_path: Path) -> None:
    config = tmp_path / "gitleaks.toml"
    config.write_text(LETTING_OFF)
    found = read_gitleaks(config)
    assert found.lost == ()
    commits = "commits of an allow list let off nothing here: what is read is in no commit"
    assert found.notes == (f"rule acme-line: {commits}",)
    (tmp_path / "rules").mkdir()
    for rule in found.rules:
        (tmp_path / "rules" / f"{rule.id}.toml").write_text(written(rule))
    rules = [tried(rule) for rule in read_rules(tmp_path / "rules")]
    assert {rule.id: rule for rule in rules} == {rule.id: rule for rule in found.rules}
    told = Search(engine(rules), b"srv/a").find(b"\n" + text.encode() + b"\n")
    assert [one.rule.id for one in told] == [x for x in [said] if x]


def test_what_an_allow_list_is_tried_on_must_be_there(tmp_path: Path) -> None:
    config = tmp_path / "gitleaks.toml"
    config.write_text(CONFIG + "[[allowlists]]\nregexTarget = 'file'\nregexes = ['x']\n")
    found = read_gitleaks(config)
    assert not found.rules
    assert all("regexTarget file is none of match and line" in x for x in found.lost[1:3])


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        pytest.param("acme", "acme", id="fit"),
        pytest.param("Acme Token/2", "acme-token-2", id="blank-and-slash"),
        pytest.param("a" * 200, "a" * 100, id="long"),
        pytest.param("github-pat", "gitleaks-github-pat", id="one-that-ships"),
        pytest.param("GitHub PAT", "gitleaks-github-pat", id="becomes-one-that-ships"),
    ],
)
def test_an_id_becomes_a_files_name_of_its_own(name: str, id_: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f'[[rules]]\nid = "{name}"\nregex = "acme"\n')
    found = read_gitleaks(path)
    assert [rule.id for rule in found.rules] == [id_]
    assert found.notes == (() if name == id_ else (f"rule {name}: is written as {id_}",))


@pytest.mark.parametrize(
    "names",
    [("a/b", "A-b", "a-b.2"), ("x" * 99 + "ab", "x" * 99 + "ac"), ("jwt", "JWT", "gitleaks-jwt")],
    ids=["marks", "long", "of a rule that ships"],
)
def test_rules_of_different_ids_do_not_replace_each_other(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "gitleaks.toml"
    rows = (f'[[rules]]\nid = "{name}"\nregex = "{n}_[0-9]{{8}}"\n' for n, name in enumerate(names))
    path.write_text("".join(rows))
    found = read_gitleaks(path)
    assert {rule.pattern for rule in found.rules} == {f"{n}_[0-9]{{8}}" for n in range(len(names))}
    assert len({rule.id for rule in found.rules}) == len(names)
    assert not found.lost


@pytest.mark.parametrize("name", ["", "/", "..", "é"])
def test_an_id_without_a_letter_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f'[[rules]]\nid = "{name}"\nregex = "acme"\n')
    found = read_gitleaks(path)
    assert not found.rules
    assert "cannot be the name of a file" in found.lost[0]


@pytest.mark.parametrize(
    ("regex", "is_said"),
    [("acme", False), ("acme(x)", False), ("(a)(b)", False), ("(a)|(b)", True)],
)
def test_the_whole_match_is_told_only_where_groups_compete(
    regex: str,
    is_said: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f'[[rules]]\nid = "acme"\nregex = "{regex}"\n')
    assert any("several groups" in note for note in read_gitleaks(path).notes) is is_said


@pytest.mark.parametrize("text", ["x", "title = 'no rules'", "rules = []", "rules = 1"])
def test_another_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(UsageError):
        read_gitleaks(path)
    with pytest.raises(UsageError):
        read_gitleaks(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("go", "matches", "misses"),
    [
        pytest.param(r"(?i)ab|cd", ["AB", "CD"], ["a"], id="flags-reach-alternatives"),
        pytest.param(r"a(?i)b|c", ["aB", "C"], ["AB"], id="flags-in-the-middle"),
        pytest.param(r"(x(?i)y)z", ["xYz"], ["xyZ"], id="flags-end-with-their-group"),
        pytest.param(r"(?i:a)b", ["Ab"], ["AB"], id="flags-of-a-group"),
        pytest.param(r"a$", ["a"], ["a\n"], id="end-of-text"),
        pytest.param(r"(?m)a$", ["a\nb"], ["ab"], id="end-of-line"),
        pytest.param(r"a\z", ["a"], ["a\n"], id="z"),
        pytest.param(r"\Qa.b\E+", ["a.b", "a.bb"], ["axb"], id="quoted"),
        pytest.param(r"[[:alpha:]_]+\d", ["a_1"], ["-1"], id="named-class"),
        pytest.param(r"[]a]x", ["]x"], ["bx"], id="bracket-in-a-class"),
        pytest.param(r"[a&&b]{3}", ["a&b"], ["a-b"], id="no-set-operations"),
        pytest.param("é+", ["é"], ["e"], id="characters-are-bytes"),
        pytest.param(r"\x{41}[\x{42}]", ["AB"], ["BA"], id="hexadecimal"),
        pytest.param(r"(?P<key>a)(?<val>b)", ["ab"], ["ba"], id="named-groups"),
        pytest.param(r"\-\:\_", ["-:_"], ["-"], id="escapes-of-nothing"),
    ],
)
def test_an_expression_means_the_same(go: str, matches: list[str], misses: list[str]) -> None:
    pattern = re.compile(translated(go).encode())
    assert all(pattern.search(text.encode()) for text in matches)
    assert not any(pattern.search(text.encode()) for text in misses)


@pytest.mark.parametrize(
    ("go", "text", "fits"),
    [
        pytest.param("^ab", "\0\0ab", True, id="begin-of-a-file"),
        pytest.param("^ab", "xab", False, id="no-begin"),
        pytest.param("^ab", "\nab", False, id="begin-of-a-line"),
        pytest.param("(?m)^ab", "\nab", True, id="begin-of-a-line-that-counts"),
        pytest.param(r"\Aab", "\0ab", True, id="a"),
        pytest.param("ab$", "ab\0\0", True, id="end-of-a-file"),
        pytest.param(r"ab\z", "ab", True, id="end-of-all"),
        pytest.param("ab$", "ab\n", False, id="end-of-a-line"),
        pytest.param("(?m)ab$", "ab\n", True, id="end-of-a-line-that-counts"),
        pytest.param("ab(?:[;x]|$)", "abc", False, id="no-end"),
    ],
)
def test_in_a_layer_files_begin_and_end_with_nuls(
    go: str,
    text: str,
    fits: bool,  # noqa: FBT001
) -> None:
    content, bare = (translated(go, bounds=kind) for kind in ("content", "none"))
    assert bool(re.search(content.encode(), text.encode())) is fits
    assert re.search(bare.encode(), text.encode()) or "[" in go


@pytest.mark.parametrize(
    "go",
    [r"\pL", r"[\p{Greek}]", r"(?U)a+", r"\C", "(?=a)", "[é]", "a)", "(a", "[a", "[[:x:]]", "a\\"],
)
def test_what_has_no_equal_is_refused(go: str) -> None:
    with pytest.raises((ValueError, re.error)):
        translated(go)


def test_the_group_of_the_secret_is_named() -> None:
    assert translated("(a)(b)", 2) == "(a)(?P<secret>b)"
    assert translated("(?P<secret>a)(?<x>b)") == "(a)(b)"
    assert groups("(a)(?:b)(?P<c>d)") == 2
    with pytest.raises(ValueError, match="no group 3"):
        translated("(a)(b)", 3)


def test_values_are_written_as_toml_reads_them(config: Path) -> None:
    for rule in read_gitleaks(config).rules:
        assert tomllib.loads(written(rule))["pattern"] == rule.pattern
