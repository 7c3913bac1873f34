"""From the end of a trigger to the match of its rule's pattern around it, or to those beside it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._coded import Text
from ocianalyze.detectors.secrets._expressions import Coding
from ocianalyze.detectors.secrets._reach import NEAR
from ocianalyze.detectors.secrets.candidate import AROUND, Candidate, is_near

MARGIN = 64
"""Bytes before and behind a match that look-around may look at."""
_FAR = 4 << 10
"""Bytes through which a try goes at the cost of one more."""
_STARTS = 64
"""Matches that are tried for one end."""
WIDE = 4
"""What a try through a window costs, where one at known places costs 1."""


@dataclass(frozen=True, slots=True)
class _Last:
    """The last match of a rule, as offsets of the content."""

    start: int = -1
    end: int = -1
    secret: int = -1
    """Where its secret ends; the secrets of one rule do not overlap."""


@dataclass(slots=True)
class Confirm:
    """Knows where rules matched in one content; the ends of triggers come in order."""

    rules: Sequence[Rule]
    vain: int = 0
    """What tries of a pattern cost that found nothing around their trigger."""
    _last: dict[int, _Last] = field(default_factory=dict)

    def news(self, index: int, end: int) -> bool:
        """Tell whether the end of a trigger is outside what its rule matched already."""
        last = self._last.get(index)
        return last is None or end > last.end or self.rules[index].beside

    def may_match(self, index: int, text: Text) -> bool:
        """Tell whether fixed bytes that every match of a rule has are around its trigger.

        Of the rules that share a trigger most have none there, which takes far less to find out.
        """
        rule = self.rules[index]
        floor, stop = _around(rule, text)
        near = text.data[floor:stop].lower()
        return any(word in near for word in rule.words)

    def candidates(self, index: int, text: Text, coding: Coding) -> Iterator[Candidate]:
        """Yield the match of a rule around the end of its trigger, or all that are beside it."""
        rule, last = self.rules[index], self._last.get(index, _Last())
        known = last if not coding else _Last()
        for match in self._matches(rule, text, known):
            found = _candidate(rule, text, match, coding)
            if found.start < last.secret or (rule.beside and not is_near(found)):
                self.vain += WIDE
                continue
            self._last[index] = last = _Last(*text.span(*match.span()), found.end)
            yield found
            if not rule.beside:
                return

    def _matches(self, rule: Rule, text: Text, last: _Last) -> Iterator["re.Match[bytes]"]:
        """Yield the matches that a trigger's end speaks of."""
        if rule.beside:
            return _beside(rule, text, last)
        is_placed = rule.reach.is_placed
        return self._placed(rule, text, last) if is_placed else self._holding(rule, text, last)

    def _placed(self, rule: Rule, text: Text, last: _Last) -> Iterator["re.Match[bytes]"]:
        """Yield matches that the trigger begins."""
        reach, stop = rule.reach, _around(rule, text)[1]
        first = max(text.at - reach.back, last.start + 1 - text.span(0, 0)[0], 0)
        for start in range(first, text.at - reach.least + 1):
            match = rule.expression.match(text.data, start, stop)
            if match and match.end() >= text.at:
                yield match
        self.vain += 1

    def _holding(self, rule: Rule, text: Text, last: _Last) -> Iterator["re.Match[bytes]"]:
        """Yield matches that hold the trigger's end: behind the rule's last one, then inside."""
        origin = text.span(0, 0)[0]
        floor, stop = _around(rule, text)
        begins = (max(floor, least - origin) for least in (last.end, last.start + 1))
        for begin in dict.fromkeys(begins):
            at = begin
            for _ in range(_STARTS):
                match = rule.expression.search(text.data, at, stop)
                if match and match.start() < text.at <= match.end():
                    yield match
                else:
                    self.vain += WIDE * (1 + (stop - at) // _FAR)
                if not match or match.start() >= text.at:
                    break
                at = match.start() + 1


def _secret(match: "re.Match[bytes]") -> tuple[int, int]:
    """Return the span of the group, of the whole match where it took no part."""
    named = "secret" in match.re.groupindex and match.start("secret") >= 0
    return match.span("secret") if named else match.span()


def _beside(rule: Rule, text: Text, last: _Last) -> Iterator["re.Match[bytes]"]:
    """Yield the matches that may be close to the trigger, behind the rule's last secret."""
    floor, stop = _around(rule, text)
    at = max(floor, last.secret - text.span(0, 0)[0])
    while match := rule.expression.search(text.data, at, stop):
        if match.start() > text.at + NEAR:
            return
        yield match
        at = max(_secret(match)[1], match.start() + 1)


def _around(rule: Rule, text: Text) -> tuple[int, int]:
    """Return between which offsets of a text those matches lie that a trigger's end speaks of."""
    floor = max(text.at - rule.reach.back - MARGIN, 0)
    return floor, min(text.at + rule.reach.ahead + MARGIN, len(text.data))


def _candidate(rule: Rule, text: Text, match: "re.Match[bytes]", coding: Coding) -> Candidate:
    start, end = _secret(match)
    first = max(match.start() - AROUND, 0)
    outer = text.span(start, end)
    return Candidate(
        rule=rule,
        start=outer[0],
        end=outer[1],
        secret=text.data[start:end],
        around=text.data[first : match.end() + AROUND],
        at=start - first,
        coding=coding,
        groups={name: value for name, value in match.groupdict().items() if value is not None},
        match=match.group(),
    )
