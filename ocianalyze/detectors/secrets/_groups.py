"""Which group of an expression is the first that takes part in a match, and is not empty."""

import re

from ocianalyze.dataclass import dataclass

_PART = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:P<\w+>|[aims]*(?:-[ims]+)?:|.[=!]?))?|.", re.DOTALL
)
"""An escape, a class, the begin of a group, or one character."""
_CAPTURES = re.compile(r"\((?:\?P<\w+>)?")
_OPTIONAL = re.compile(r"[*?]|\{0?,|\{0\}")


@dataclass(slots=True)
class _Open:
    """A group that did not end yet."""

    start: int
    is_first: bool = False
    around_first: bool = False
    """The first group is inside, or the group is it."""
    branches: bool = False


def is_first_sure(pattern: str) -> bool:
    """Tell whether the first group is in every match, and never empty.

    Args:
        pattern: of `re`, without look-around.

    """
    stack = [_Open(0)]
    is_sure = seen = False
    for part in _PART.finditer(pattern):
        text = part[0]
        if text[0] == "(":
            is_first = not seen and bool(_CAPTURES.fullmatch(text))
            seen |= is_first
            stack.append(_Open(part.end(), is_first, is_first))
        elif text == "|":
            stack[-1].branches = True
        elif text == ")" and len(stack) > 1:
            group = stack.pop()
            if group.around_first:
                stack[-1].around_first = True
                if not _is_kept(group, pattern, part.start()):
                    return False
                is_sure = True
    return is_sure and not stack[0].branches


def _is_kept(group: _Open, pattern: str, end: int) -> bool:
    """Tell a group that every match has, from what is in it and behind it."""
    if _OPTIONAL.match(pattern, end + 1):
        return False
    if not group.is_first:
        return not group.branches
    return re.fullmatch(pattern[group.start : end].encode(), b"") is None
