"""Reads the text of an expression, as far as widths and fixed beginnings need it.

Not a second `re`: what it does not know (verbose mode, conditionals) is `Unreadable`, and whoever
asks does without.
"""

import re
from dataclasses import field
from functools import lru_cache

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import UsageError

UNBOUNDED = 1 << 30
"""Width of what has no greatest width."""
_DEPTH = 50
_ESCAPES = {"n": 10, "r": 13, "t": 9, "f": 12, "v": 11, "a": 7, "0": 0}
_ZERO_WIDTH = frozenset("bBAZz")
_WIDE = frozenset("wWsSdD")
_QUANTIFIER = re.compile(r"(?:([*+?])|\{([0-9]*)(,?)([0-9]*)\})[?+]?")
PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
"""One character, escape or class of an expression."""
_FLAGS = re.compile(r"\(\?[aiLmsux]+\)")
_GROUP = re.compile(r"\?(?:P?<(?![=!])[^>]*>|(<?[=!])|([aims]*)(?:-[ims]+)?(:|\)))")


class Unreadable(UsageError):
    """The expression has something that this module does not know."""


@dataclass(frozen=True, slots=True)
class Byte:
    """One byte of a few; of too many to name when `values` is empty."""

    values: tuple[int, ...] = ()
    folded: bool = False
    """Letters match whatever their case."""
    text: str = field(default="", compare=False)
    """An expression for it alone."""


@dataclass(frozen=True, slots=True)
class Empty:
    """Matches no byte: an anchor, a look-around."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Bytes of any number: a reference."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences."""

    branches: "tuple[Nodes, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node several times."""

    node: "Node"
    low: int
    high: int
    keeps: bool = False
    """What it took it never gives back (possessive)."""


Node = Byte | Empty | Unknown | Choice | Repeat
Nodes = tuple[Node, ...]


@lru_cache(maxsize=8)
def parse(pattern: str, *, part: bool = False) -> Nodes:
    """Return the nodes of an expression, or of what it has up to a parenthesis without partner.

    The last ones are kept: widths and fixed bytes of the same expression are asked for in a row.

    Raises:
        Unreadable: it has something unknown.

    """
    reader = _Reader(pattern)
    nodes = reader.branches(0)
    if reader.at < len(pattern) and not part:
        raise Unreadable("a group ends that never began")
    return nodes


def alternatives(pattern: str) -> list[str]:
    """Return the texts between the bars outside all groups; all of it where flags rule it all."""
    if _FLAGS.match(pattern):
        return [pattern]
    found, depth = [""], 0
    for part in PART.findall(pattern):
        depth += (part == "(") - (part == ")")
        if part == "|" and not depth:
            found.append("")
        else:
            found[-1] += part
    return found


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    folded: bool = False

    def branches(self, depth: int) -> Nodes:
        """Read up to the end of the group; a single branch is not wrapped."""
        if depth > _DEPTH:
            raise Unreadable("groups are nested too deeply")
        found = [self.sequence(depth)]
        while self.peek() == "|":
            self.at += 1
            found.append(self.sequence(depth))
        return found[0] if len(found) == 1 else (Choice(tuple(found)),)

    def sequence(self, depth: int) -> Nodes:
        nodes: list[Node] = []
        while self.peek() not in {"", "|", ")"}:
            part = self.atom(depth)
            if match := _QUANTIFIER.match(self.text, self.at):
                self.at = match.end()
                nodes.append(_repeat(part, match))
            else:
                nodes += part
        return tuple(nodes)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def atom(self, depth: int) -> Nodes:
        char = self.peek()
        self.at += 1
        if char == "(":
            return self.group(depth)
        if char == "[":
            return (self.byte_class(),)
        if char == "\\":
            return (self.escape(),)
        if char in "^$":
            return (Empty(),)
        return (self.any_of(".") if char == "." else self.byte(char),)

    def byte(self, char: str) -> Node:
        return Unknown() if ord(char) > 0x7F else self.value(ord(char))

    def value(self, value: int) -> Node:
        folded = self.folded and chr(value).isalpha()
        return Byte((value,), folded, self.own(f"\\x{value:02x}"))

    def any_of(self, text: str) -> Node:
        """Return a byte of too many to name."""
        return Byte(text=self.own(text))

    def own(self, text: str) -> str:
        """Return the expression of a byte with the flags around it."""
        return f"(?i:{text})" if self.folded else text

    def escape(self) -> Node:
        char = self.peek()
        self.at += 1
        if char == "x":
            self.at += 2
            return self.value(_hexadecimal(self.text[self.at - 2 : self.at]))
        if char in _ESCAPES:
            return self.value(_ESCAPES[char])
        if char in _ZERO_WIDTH:
            return Empty()
        if char.isdigit():
            return Unknown()
        return self.any_of(f"\\{char}") if char in _WIDE else self.byte(char or "\\")

    def byte_class(self) -> Node:
        """Read a class; only one of a few plain characters is told apart."""
        match = re.compile(r"(\^?)(\]?(?:\\.|[^\]\\])*)\]", re.DOTALL).match(self.text, self.at)
        if not match:
            raise Unreadable("a class has no end")
        self.at = match.end()
        inside = match.group(2)
        if match.group(1) or re.search(r"\\[^-./+]|.-.|[^\x00-\x7f]", inside):
            return self.any_of(f"[{match.group()}")
        plain = inside.replace("\\", "")
        folded = self.folded and any(map(str.isalpha, plain))
        return Byte(tuple(dict.fromkeys(map(ord, plain))), folded, self.own(f"[{match.group()}"))

    def group(self, depth: int) -> Nodes:
        outside = self.folded
        if self.text.startswith("?P=", self.at):
            self.at = (self.text + ")").index(")", self.at) + 1
            return (Unknown(),)
        looks, flags, end = self.kind()
        self.folded = outside or "i" in flags
        if end == ")":
            return ()
        nodes = self.branches(depth + 1)
        if self.peek() != ")":
            raise Unreadable("a group has no end")
        self.at += 1
        self.folded = outside
        return (Empty(),) if looks else nodes

    def kind(self) -> tuple[str, str, str]:
        """Read what stands behind the parenthesis: the look-around, the flags, their end."""
        if self.peek() != "?":
            return "", "", ""
        match = _GROUP.match(self.text, self.at)
        if not match:
            raise Unreadable("a group of unknown kind")
        self.at = match.end()
        return match.group(1) or "", match.group(2) or "", match.group(3) or ""


def _hexadecimal(digits: str) -> int:
    if not re.fullmatch(r"[0-9A-Fa-f]{2}", digits):
        raise Unreadable("an escape without its two digits")
    return int(digits, 16)


def _repeat(part: Nodes, match: "re.Match[str]") -> Node:
    sign, low, comma, high = match.groups()
    if sign:
        bounds = {"*": (0, UNBOUNDED), "+": (1, UNBOUNDED), "?": (0, 1)}[sign]
    else:
        least = int(low or 0)
        bounds = (least, int(high) if high else UNBOUNDED if comma else least)
    node = part[0] if len(part) == 1 else Choice((part,))
    return Repeat(node, *bounds, keeps=match.group().endswith("+") and match.group() != "+")


def width(nodes: Nodes) -> int:
    """Return the length of the longest match, at most `UNBOUNDED`."""
    return min(UNBOUNDED, sum(_width(node) for node in nodes))


def _width(node: Node) -> int:
    match node:
        case Byte():
            return 1
        case Empty():
            return 0
        case Unknown():
            return UNBOUNDED
        case Choice(branches):
            return max(width(branch) for branch in branches)
        case Repeat(inner, _, high, _):
            return min(UNBOUNDED, _width(inner) * high)


def least_width(nodes: Nodes) -> int:
    """Return the length of the shortest match, or less where it is not known."""
    return sum(_least_width(node) for node in nodes)


def _least_width(node: Node) -> int:
    match node:
        case Byte():
            return 1
        case Choice(branches):
            return min(least_width(branch) for branch in branches)
        case Repeat(inner, low, _, _):
            return _least_width(inner) * low
    return 0
