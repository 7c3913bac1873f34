"""Triggers as they are; beginnings in three codings."""

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._expressions import base64_forms, expressions
from ocianalyze.detectors.secrets._syntax import Empty, Repeat, parse, width
from ocianalyze.detectors.secrets.rule_files import shipped

MakeRule = Callable[..., Rule]


def codings(rule: Rule) -> list[str]:
    return [expression.coding for expression in expressions([rule])]


def test_the_trigger_comes_before_the_pattern(make_rule: MakeRule) -> None:
    rules = [make_rule("a", pattern=r"\d{5}x", trigger=r"\d{5}"), make_rule("b", pattern=r"\d{6}")]
    assert [(one.text, one.rules) for one in expressions(rules)] == [
        (r"\d{5}", (0,)),
        (r"\d{6}", (1,)),
    ]


def test_equal_texts_are_looked_for_once(make_rule: MakeRule) -> None:
    rules = [make_rule(name, pattern=r"acme_[0-9]{5}") for name in "ab"]
    assert {one.rules for one in expressions(rules)} == {(0, 1)}


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        (r"acme_\d{9}", ["", "utf-16", *["base64"] * 3]),
        (r"acm_\d{9}", ["", "utf-16", *["base64"] * 6]),
        *((r"ac_\d{9}", [""]), (r"\x05\x02\x00\x01\x03\d", [""])),
        *((r"https?://\w{9}", ["", "escaped"]), (r"AAAAAA\d{9}", [""])),
    ],
)
def test_only_distinct_beginnings_are_coded(
    pattern: str, wanted: list[str], make_rule: MakeRule
) -> None:
    assert codings(make_rule("a", pattern=pattern)) == wanted


@pytest.mark.parametrize("severity", ["critical", "high", "medium", "info"])
def test_four_bytes_are_coded_whatever_the_rule(severity: str, make_rule: MakeRule) -> None:
    rule = make_rule("a", pattern=r"AIza\w{35}", severity=severity)
    found = {(one.coding, one.phase) for one in expressions([rule]) if one.coding}
    assert found == {("utf-16", 0), ("base64", 1), ("base64", 3), ("base64", 0)}


def spelled(rules: list[Rule], text: str) -> bool:
    """Tell whether a text is found in base64 in every place in a group of three bytes."""
    forms = [one.text.encode() for one in expressions(rules) if one.coding == "base64"]
    coded = [b64encode(b"#" * before + text.encode() + b"==") for before in range(3)]
    return all(any(re.search(form, data) for form in forms) for data in coded)


def test_the_words_of_rules_without_a_beginning_are_coded(make_rule: MakeRule) -> None:
    rules = [make_rule("a", pattern=r"(?i)\w*(?:api_key|secret)\s*=\s*(?P<secret>\w{8,})")]
    for text in ("my_api_key", "API_KEY", "Api_Key", "apiKey", "ApiKey", "Secret", "client_SECRET"):
        assert spelled(rules, text), text
    assert not spelled(rules, "sEcReT")


def test_a_word_is_coded_as_its_rule_writes_it(make_rule: MakeRule) -> None:
    assert spelled([make_rule("a", pattern=r"[a-z]{3,9}AzFu\w{9}")], "AzFu")


def test_a_word_in_another_leaves_its_writings_as_one_name(make_rule: MakeRule) -> None:
    patterns = (r"(?i)\w*acme_(\w{8})", r"(?i)\w*acme_key=(\w{8})")
    rules = [make_rule(name, pattern=text) for name, text in zip("ab", patterns, strict=True)]
    assert spelled(rules, "acmeKey")
    assert spelled(rules, "ACME_KEY")


@pytest.mark.parametrize(
    ("trigger", "wanted"), [("kty_of_k", True), ("|".join(f"kty{x:x}" for x in range(16)), False)]
)
def test_a_trigger_may_know_a_word_that_the_pattern_does_not(
    trigger: str,
    wanted: bool,  # noqa: FBT001 - a table
    make_rule: MakeRule,
) -> None:
    rules = [make_rule("a", pattern=r"\{(?=[^{}]{0,99}kty)\w{9,99}\}", trigger=trigger)]
    assert spelled(rules, trigger[:8]) is wanted


def test_bytes_that_no_text_has_are_coded_in_base64_alone(make_rule: MakeRule) -> None:
    rules = [make_rule("a", pattern=r"\x00ACMEKEY\x00\x01(?s:.){9}")]
    assert codings(rules[0]) == ["", *["base64"] * 3]
    assert spelled(rules, "\0ACMEKEY\0\1")


def test_a_word_that_holds_another_is_looked_for_with_it(make_rule: MakeRule) -> None:
    patterns = (r"(?i)\w*acme_secret=(\w{8})", r"(?i)\w*secret=(\w{8})")
    rules = [make_rule(name, pattern=text) for name, text in zip("ab", patterns, strict=True)]
    words = [one for one in expressions(rules) if one.coding and not one.rules]
    assert words == [one for one in expressions(rules[1:]) if one.coding]


def test_the_words_beside_a_match_are_looked_for_in_its_place(make_rule: MakeRule) -> None:
    rule = make_rule("a", pattern=r"\d{9}", near=("acme", "k.v"), beside=True)
    assert [one.text for one in expressions([rule])] == ["(?i:acme)", r"(?i:k\.v)"]


def lossy(text: str) -> bool:
    """Tell the shape of which Vectorscan loses matches, as tried with every bound up to 100.

    One byte, or two of which one may be missing, then 16 to 31 of a class at most, of which there
    is one, then a fixed text.
    """
    nodes = [node for node in parse(text) if node != Empty()]
    for at, node in enumerate(nodes[:4]):
        if isinstance(node, Repeat) and node.low < node.high and 16 <= node.high <= 31:
            return at > 0 and width(tuple(nodes[:at])) <= 2
    return False


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *((r";[ \t]{0,24}password=", True), (r"(?:^|[^x]);[ \t]{1,16}password=", True)),
        *((r";[ \t]{0,15}password=", False), (r";[ \t]{0,32}password=", False)),
        (r"abc[ \t]{0,24}password=", False),
    ],
)
def test_the_shape_that_loses_is_known(text: str, wanted: bool) -> None:  # noqa: FBT001 - a table
    assert lossy(text) is wanted


def test_no_shipped_trigger_has_the_shape_that_loses() -> None:
    rules = shipped()
    found = [one for one in expressions(rules) if not one.coding and lossy(one.text)]
    assert [rules[one.rules[0]].id for one in found] == []


@given(before=st.binary(max_size=9), text=st.binary(min_size=4, max_size=20), after=st.binary())
def test_a_text_is_found_in_base64_whatever_is_around(
    before: bytes, text: bytes, after: bytes
) -> None:
    for encode in (b64encode, urlsafe_b64encode):
        data = encode(before + text + after)
        ends = [
            (match.end(1), phase)
            for form, phase in base64_forms(text)
            for match in re.finditer(f"(?=({form}))".encode(), data)
        ]
        end = (len(before) + len(text)) * 8 // 6
        assert {(end, end % 4), (end + 1, (end + 1) % 4)} & set(ends)


def test_alternatives_and_begins_of_lines_are_looked_for_alone(make_rule: MakeRule) -> None:
    rule = make_rule("a", pattern=r"(?:(?m:^)|\x00)k=\d|[(|]x(?:y|z)\|")
    texts = [expression.text for expression in expressions([rule]) if not expression.coding]
    assert texts == [r"^k=\d", r"\nk=\d", r"\x00k=\d", r"[(|]x(?:y|z)\|"]


def test_flags_of_all_alternatives_stay_with_them(make_rule: MakeRule) -> None:
    rule = make_rule("a", pattern=r"(?i)ab\d|cd\d")
    assert [expression.text for expression in expressions([rule])] == [r"(?i)ab\d|cd\d"]
