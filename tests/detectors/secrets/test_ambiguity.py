"""An expression whose loops fit a text in two ways is known; one that marks its rounds is not."""

import re
import time

import pytest

from ocianalyze.detectors.secrets._ambiguity import is_endless
from ocianalyze.detectors.secrets.rule_files import by_id, shipped, tried
from ocianalyze.errors import UsageError

ENDLESS = [
    "(a+)+b",
    "(a*)*b",
    "(a|a)*b",
    "(?:a|ab|b)*c",
    r"(\w+\s?)+:",
    "(?:[a-z]+[0-9]*)+-",
    "(?:x?y?)*z",
    "(?i:(?:[a-z]|A)+)1",
    "(?:a{1,30}){2,}b",
    "(?:(?:ab)+)+c",
    "(a+){1,20}b",
    r"(?:[ \t]{1,8}[^\n]{1,90}\n){0,64}kind",
]
FINITE = [
    r"(?:[a-z]+\.)+com",
    "[a-z]+",
    "(?:[A-F0-9]{4}-){3,}",
    "(?:[a-z]{4})+",
    "(?:a{4,6}b)+",
    r'(?:[^\\"]|\\.)*"',
    '(?:"[^"]*",?)+',
    r"(?:\r?\n[ \t]{0,4}[a-z]+)+",
    r"(?:\s{0,4}\d{1,3}\s{0,4},){63}",
    "(?:a++b?)+c",
    "(a+){1,3}b",
    "(?P<secret>[a-f]{32})",
    "(?P<unread",
]


@pytest.mark.parametrize("pattern", ENDLESS)
def test_a_loop_that_fits_a_text_in_two_ways_is_endless(pattern: str) -> None:
    assert is_endless(pattern)


@pytest.mark.parametrize("pattern", FINITE)
def test_a_loop_that_marks_its_rounds_is_not(pattern: str) -> None:
    assert not is_endless(pattern)


def test_no_rule_that_ships_is_endless() -> None:
    texts = ((one.id, x) for one in shipped() for x in (one.pattern, one.trigger, *one.allowed))
    assert [name for name, text in texts if is_endless(text)] == []


def test_a_rule_of_the_user_is_refused_with_a_cure() -> None:
    rule = by_id(shipped())["github-pat"]
    assert tried(rule) is rule
    with pytest.raises(UsageError, match="without end") as caught:
        tried(type(rule)(**{name: getattr(rule, name) for name in _FIELDS} | {"pattern": "(a+)+b"}))
    assert "begin or end" in caught.value.cure


_FIELDS = ("id", "title", "provider", "kind", "severity", "pattern", "remediation")


def test_lines_in_front_of_a_kind_take_no_time() -> None:
    """A hundred bytes of indented lines once took hours."""
    text = b"data:\n  x: YWJjZGVmZ2hpams=\n" + b"        a: b\n" * 60 + b"kinx: Secret\n"
    pattern = by_id(shipped())["kubernetes-secret-data-first"].expression
    began = time.process_time()
    assert not pattern.search(text)
    assert time.process_time() - began < 1
    assert re.search(pattern, text.replace(b"kinx", b"kind"))
