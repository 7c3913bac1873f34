"""Secrets are named without telling them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._identity import identity, masked

MakeRule = Callable[..., Rule]


@pytest.mark.parametrize(
    ("fields", "value", "shown"),
    [
        ({"pattern": r"\b(?P<secret>acme_\w{15,35})"}, b"acme_" + b"q" * 35, "acme_**** (40)"),
        ({"pattern": r"\b(?P<secret>acme_\w{15,35})"}, b"acme_" + b"q" * 7, "acm**** (12)"),
        ({"pattern": r"\b(?P<secret>acme_\w+)"}, b"acme_q", "**** (6)"),
        ({"pattern": r"key=(?P<secret>\w{40})"}, b"k" * 40, "**** (40)"),
        ({"pattern": r"(?:id|no)=(?:(?P<secret>no-\w{9,})|x)"}, b"no-" + b"q" * 9, "no-**** (12)"),
        ({"pattern": r"pass-(?P<secret>pass\w+)", "kind": "password"}, b"pass" * 9, "**** (36)"),
        ({"pattern": r"\x00\x01\x02\x03.{40}"}, b"\0\1\2\3" + b"q" * 40, "**** (44)"),
    ],
)
def test_only_what_every_value_begins_with_is_shown(
    fields: dict[str, str], value: bytes, shown: str, make_rule: MakeRule
) -> None:
    assert masked(value, make_rule("a", **fields)) == shown


@given(value=st.binary(max_size=60))
def test_never_more_than_a_quarter(value: bytes, make_rule: MakeRule) -> None:
    rule = make_rule("a", pattern=r"(?P<secret>(?:\x41{9}|acme_acme_acme_)?.*)")
    assert len(masked(value, rule).partition("****")[0]) <= len(value) // 4


def test_identities_are_short_and_their_own() -> None:
    assert identity(b"a") == identity(b"a") != identity(b"b")
    assert len(identity(b"")) == 16
