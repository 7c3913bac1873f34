"""Triggers as they are; beginnings in three codings."""

import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._expressions import base64_forms, expressions

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
        (r"acme_\d{9}", ["", "utf-16", "base64", "base64", "base64"]),
        (r"acm_\d{9}", ["", "utf-16"]),
        *((r"ac_\d{9}", [""]), (r"(?i:acme_)\d{9}", [""]), (r"password\d{9}", [""])),
        *((r"https?://\w{9}", [""]), (r"AAAAAA\d{9}", [""]), (r"\x05\x02\x00\x01\x03\d", [""])),
    ],
)
def test_only_distinct_beginnings_are_coded(
    pattern: str, wanted: list[str], make_rule: MakeRule
) -> None:
    assert codings(make_rule("a", pattern=pattern)) == wanted


@given(before=st.binary(max_size=9), text=st.binary(min_size=5, max_size=20), after=st.binary())
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
        assert (end, end % 4) in ends


def test_alternatives_and_begins_of_lines_are_looked_for_alone(make_rule: MakeRule) -> None:
    rule = make_rule("a", pattern=r"(?:(?m:^)|\x00)k=\d|[(|]x(?:y|z)\|")
    texts = [expression.text for expression in expressions([rule]) if not expression.coding]
    assert texts == [r"^k=\d", r"\nk=\d", r"\x00k=\d", r"[(|]x(?:y|z)\|"]


def test_flags_of_all_alternatives_stay_with_them(make_rule: MakeRule) -> None:
    rule = make_rule("a", pattern=r"(?i)ab\d|cd\d")
    assert [expression.text for expression in expressions([rule])] == [r"(?i)ab\d|cd\d"]
