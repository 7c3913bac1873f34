"""One answer for bytes that several rules matched."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._prefer import clusters, preferred
from ocianalyze.detectors.secrets.candidate import Proved

MakeRule = Callable[..., Rule]


def proved(rule: Rule, start: int, end: int, proven: Any = "well-formed") -> Proved:
    return Proved(rule, start, end, b"?" * (end - start), proven, "high")


@pytest.fixture
def rules(make_rule: MakeRule) -> dict[str, Rule]:
    names = {"a": "Acme", "b": "Bolt", "g": "generic", "h": "Generic"}
    return {name: make_rule(name, pattern=".", provider=who) for name, who in names.items()}


CASES = [
    pytest.param([("g", 0, 40), ("a", 10, 20)], ["a"], id="a provider before a longer generic one"),
    pytest.param([("a", 0, 40), ("b", 10, 20)], ["a"], id="the longer of two providers"),
    pytest.param([("a", 0, 20), ("b", 0, 20)], ["a"], id="the first name of equals"),
    pytest.param([("a", 0, 20), ("b", 10, 30)], ["a", "b"], id="both when neither holds the other"),
    pytest.param([("g", 0, 9), ("h", 9, 20)], ["g", "h"], id="neighbours"),
    pytest.param([("g", 0, 40), ("h", 1, 5), ("a", 8, 20)], ["h", "a"], id="what a loser held"),
    pytest.param(
        [("a", 0, 20, "disproved"), ("b", 5, 20, "verified-offline")], ["b"], id="better proof"
    ),
]


@pytest.mark.parametrize(("found", "wanted"), CASES)
def test_the_better_rule_speaks(
    found: list[tuple[Any, ...]], wanted: list[str], rules: dict[str, Rule]
) -> None:
    ones = [proved(rules[name], *more) for name, *more in found]
    for seed in range(4):
        Random(seed).shuffle(ones)
        told = [one.rule.id for group in clusters(ones) for one in preferred(group)]
        assert told == wanted


def test_clusters_are_apart(rules: dict[str, Rule]) -> None:
    ones = [proved(rules["a"], at, at + 15) for at in (50, 0, 10, 25, 100)]
    assert [[one.start for one in group] for group in clusters(ones)] == [
        [0, 10],
        [25],
        [50],
        [100],
    ]
