"""Every rule's trigger is told by the fast engine wherever its example lies and is cut."""

import re
from collections.abc import Iterator, Sequence

import pytest

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._reach import NEAR
from ocianalyze.detectors.secrets.engine import Engine, Event, engine
from ocianalyze.detectors.secrets.rule_files import shipped

BEFORE = b"the text in front of it, of words that no rule knows; line\n" * 2
AFTER = b"\nand what follows it\n"
ALIGNMENTS = (0, 1, 3, 8, 13, 31, 32, 61)
"""Bytes in front: a matcher steps by powers of two."""
BLANKS = ((b"", b" "), (b" ", b""), (b" ", b"  "), (b"\t", b"\t\t"), (b"  ", b" '"), (b"", b' "'))


@pytest.fixture(scope="module")
def hyperscan() -> Engine:
    return engine([rule for rule in shipped() if not rule.files], "hyperscan")


def examples(rules: Sequence[Rule]) -> Iterator[tuple[int, bytes]]:
    for index, rule in enumerate(rules):
        for text in rule.matches:
            yield index, text.encode()


def told(one: Engine, pieces: Sequence[bytes]) -> list[Event]:
    stream = one.stream()
    return [event for piece in pieces for event in stream.feed(piece)] + stream.close()


def seen(one: Engine, index: int, content: bytes, events: Sequence[Event]) -> bool:
    """Tell whether a trigger's end is inside the match that `re` finds alone, if there is one."""
    rule = one.rules[index]
    match = rule.expression.search(content)
    reach = NEAR if rule.beside else 0
    ends = (end for expression, end in events if index in one.expressions[expression].rules)
    return not match or any(match.start() - reach < end <= match.end() + reach for end in ends)


def cut(content: bytes, at: int) -> tuple[bytes, bytes]:
    return content[:at], content[at:]


def test_a_trigger_is_told_at_every_alignment(hyperscan: Engine) -> None:
    """The bytes in front end with a line: its begin is part of what some rules look for."""
    lost = [
        (hyperscan.rules[index].id, count, text)
        for index, text in examples(hyperscan.rules)
        for count in (ALIGNMENTS[index % 8], ALIGNMENTS[(index + 5) % 8])
        for content in [BEFORE[len(BEFORE) - count :] + text + AFTER]
        if not seen(hyperscan, index, content, told(hyperscan, [content]))
    ]
    assert not lost


def test_a_trigger_is_told_wherever_a_piece_ends(hyperscan: Engine) -> None:
    lost = [
        (hyperscan.rules[index].id, at, text)
        for index, text in examples(hyperscan.rules)
        for content in [BEFORE[-7:] + text + AFTER]
        for at in sorted({8, 9 + index % 5, 7 + len(text) // 2, 6 + len(text)})
        if not seen(hyperscan, index, content, told(hyperscan, cut(content, at)))
    ]
    assert not lost


def spaced(text: bytes) -> Iterator[bytes]:
    """Yield a text with more blanks and quotes around its first signs, as people write."""
    for sign in re.finditer(rb"[=:;,]|=>", text[:200]):
        before, behind = text[: sign.start()], text[sign.end() :]
        for left, right in BLANKS:
            yield before + left + sign.group() + right + behind


def test_blanks_that_a_pattern_allows_are_nothing_to_a_trigger(hyperscan: Engine) -> None:
    """Vectorscan loses some of these where a class is repeated in front of a fixed text."""
    lost = [
        (hyperscan.rules[index].id, changed)
        for index, text in examples(hyperscan.rules)
        for changed in spaced(text)
        if hyperscan.rules[index].expression.search(changed)
        for content in [BEFORE[-33:] + changed]
        if not seen(hyperscan, index, content, told(hyperscan, [content]))
    ]
    assert not lost


def test_the_case_of_a_word_is_nothing_to_a_trigger(hyperscan: Engine) -> None:
    """Vectorscan loses some of these where short alternatives are in any case."""
    lost = [
        (hyperscan.rules[index].id, changed)
        for index, text in examples(hyperscan.rules)
        for changed in (text.upper(), text.swapcase())
        if not seen(hyperscan, index, changed, told(hyperscan, [changed]))
    ]
    assert not lost
