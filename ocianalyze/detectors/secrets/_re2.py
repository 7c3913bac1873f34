"""The engine for machines without Hyperscan: RE2 tells which expressions fire, `re` where."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._expressions import Expression, refusal
from ocianalyze.detectors.secrets._re import Sliding

_MEMORY = 256 << 20
"""Bytes of one set's automaton; RE2 begins anew when it is full."""
_SET = 256
"""Expressions in one set: the more there are, the more often it is full."""
_REPEAT = 1000
"""RE2 knows no greater counts."""
_TOKEN = re.compile(
    r"\\.|(?P<opens>\[\^?\]?)|(?P<closes>\])|\{(?P<low>\d*),?(?P<high>\d*)\}", re.DOTALL
)


def compiled(rules: Sequence[Rule], wanted: Sequence[Expression]) -> Sliding:
    """Return the engine for expressions.

    Raises:
        UsageError: one of them is not for it; names the rule.

    """
    sets = [_compiled(rules, wanted[start : start + _SET]) for start in range(0, len(wanted), _SET)]

    def fired(data: bytes) -> Iterable[int]:
        return [n * _SET + i for n, one in enumerate(sets) for i in one.Match(data) or ()]

    return Sliding("re2", tuple(rules), tuple(wanted), fired)


def _compiled(rules: Sequence[Rule], wanted: Sequence[Expression]) -> Any:
    import re2  # noqa: PLC0415 - not everybody has it

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _MEMORY
    options.log_errors = False
    found = re2.Set.SearchSet(options)
    for expression in wanted:
        try:
            found.Add(translated(expression.text))
        except re2.error as error:
            raise refusal(rules, expression, error) from error
    found.Compile()
    return found


def translated(text: str) -> str:
    r"""Return an expression of RE2 that fires wherever one of `re` matches.

    RE2's `\s` has no vertical tab, and its repeats end at a thousand.
    """
    inside = False
    parts, at = [], 0
    for match in _TOKEN.finditer(text):
        parts.append(text[at : match.start()])
        parts.append(_token(match, inside=inside))
        inside = bool(match["opens"]) or (inside and not match["closes"])
        at = match.end()
    return "".join(parts) + text[at:]


def _token(match: "re.Match[str]", *, inside: bool) -> str:
    token = match.group()
    spaces = {"\\s": "[:space:]", "\\S": "[:^space:]"}
    if token in spaces:
        return spaces[token] if inside else f"[{spaces[token]}]"
    if match["low"] and not inside and max(int(match["low"]), int(match["high"] or 0)) > _REPEAT:
        return f"{{{min(int(match['low']), _REPEAT)},}}"
    return token
