"""Every rule by its own examples."""

import re
from pathlib import Path

import hyperscan
import pytest

from ocianalyze.detectors.secrets import checks
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._expressions import expressions
from ocianalyze.detectors.secrets._reach import NEAR
from ocianalyze.detectors.secrets.rule_files import SHIPPED, read_rule, tried
from ocianalyze.errors import UsageError
from ocianalyze.model.anomaly import Severity

FILES = sorted(SHIPPED.glob("*.toml"))
RULES = [pytest.param(path, id=path.stem) for path in FILES]
_UNFIT = re.compile(r"\(\?[=!<](?!P)|\\[1-9]|\(\?P=|[+*?}]\+")
"""Look-around, references and possessive repeats, which the engines do not know."""
_SLOW = re.compile(r"(?:\\b|\(\?P<secret>)*(?:\\d|\[[^\]]*\])(?:\+|\{\d\d)")
"""A class many times before anything fixed, which the engines follow through every byte."""


def triggered(rule: Rule, text: bytes) -> set[int]:
    """Return where the trigger ends in a text."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    texts = [one.text.encode() for one in expressions([rule]) if not one.coding]
    database.compile(texts, list(range(len(texts))), len(texts), [0] * len(texts))
    ends: set[int] = set()

    def note(_id: int, _start: int, end: int, _flags: int, _context: object) -> None:
        ends.add(end)

    database.scan(text, match_event_handler=note)
    return ends


def _says_what_it_is(rule: Rule) -> None:
    assert rule.title
    assert rule.provider
    assert rule.remediation
    assert rule.severity in Severity.__args__  # type: ignore[attr-defined]
    assert rule.matches
    assert rule.misses
    assert rule.beside or not _UNFIT.search(rule.trigger or rule.pattern)
    known = {module.stem.replace("_", "-") for module in Path(checks.__path__[0]).glob("[a-z]*.py")}
    assert set(rule.checks) <= known


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param("beside = true\n", "with words in near", id="without-words"),
        pytest.param("beside = true\nnear = []\n", "with words in near", id="with-none"),
        pytest.param(
            "beside = true\nnear = ['a']\ntrigger = 'x'\n", "without a trigger", id="trigger"
        ),
        pytest.param("beside = 'yes'\nnear = ['a']\n", "beside has a value", id="no-truth"),
        pytest.param("allowed = ['(']\n", "is no expression", id="no-expression"),
        pytest.param("allowed = 'a'\n", "allowed has a value", id="no-list"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(more: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "acme.toml"
    texts = ("title", "provider", "remediation")
    rows = [f"{name} = 'x'\n" for name in texts]
    path.write_text(
        f"id = 'acme'\nkind = 'token'\nseverity = 'low'\npattern = 'x'\n{more}" + "".join(rows)
    )
    with pytest.raises(UsageError, match=said):
        tried(read_rule(path))


def _begins_with_what_is_fixed(rule: Rule) -> None:
    assert rule.files or rule.beside or not _SLOW.match(rule.trigger or rule.pattern)


def _matches_its_examples_where_its_trigger_ends(rule: Rule) -> None:
    for text in rule.matches:
        found = rule.expression.search(text.encode())
        assert found, text
        ends = triggered(rule, text.encode())
        first, last = found.start(), found.end()
        if rule.beside:
            first, last = found.start() - NEAR, found.end() + NEAR
        assert any(first < end <= last for end in ends), text


def _misses_what_it_must(rule: Rule) -> None:
    for text in rule.misses:
        assert not rule.expression.search(text.encode()), text


@pytest.mark.parametrize("path", RULES)
def test_a_rule_is_as_it_says(path: Path) -> None:
    """One test a rule: there are more than a thousand."""
    rule = read_rule(path)
    assert rule.id == path.stem
    _says_what_it_is(rule)
    _begins_with_what_is_fixed(rule)
    _matches_its_examples_where_its_trigger_ends(rule)
    _misses_what_it_must(rule)


def test_no_pattern_takes_long_to_compile() -> None:
    texts = [one.text.encode() for one in expressions([read_rule(path) for path in FILES])]
    count = len(texts)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_STREAM)
    database.compile(texts, list(range(count)), count, [0] * count)
    assert database.size() < 1 << 23
