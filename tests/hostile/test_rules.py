"""No shipped rule takes long on bytes that begin like a match of it and then go on and on."""

import time

import pytest

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets.rule_files import SHIPPED, read_rules

_BYTES = 32_000
"""As many as a rule is tried on around one trigger: twice `candidate.WINDOW`."""
_SECONDS = 1.0
"""Hundreds of times what any takes; one that backtracks takes minutes."""
_FILLS = (
    *(b" ", b"A", b"a ", b"a: ", b"A: b\n", b"\n", b"\\n", b'"', b"a=", b"x.", b"-a", b"\t\n "),
    *(b"1,", b"a\n ", b"'", b"/a", b"a@", b"Abc: " + b" " * 190, b"Abc: " + b"a " * 90),
)
RULES = tuple(read_rules(SHIPPED))


def _beginnings(rule: Rule) -> set[bytes]:
    """Return an example up to its end, and cut before, in and behind what is secret."""
    example = rule.matches[0].encode()
    match = rule.expression.search(example)
    assert match
    named = "secret" in rule.expression.groupindex and match.start("secret") >= 0
    start = match.start("secret" if named else 0)
    middle = (start + match.end()) // 2
    return {example[:at] for at in (len(example), start, start + 3, middle, match.end())}


@pytest.mark.parametrize("part", range(8))
def test_what_goes_on_and_on_takes_no_time(part: int) -> None:
    for rule in RULES[part::8]:
        for begun in _beginnings(rule):
            for fill in _FILLS:
                data = begun + fill * (_BYTES // len(fill)) + b"\0!"
                before = time.process_time()
                rule.expression.search(data)
                assert time.process_time() - before < _SECONDS, (rule.id, begun[-40:], fill)
