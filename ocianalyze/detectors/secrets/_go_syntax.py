r"""Expressions of Go's regexp (RE2 syntax) as expressions of Python's `re` over bytes.

What differs: flags in the middle of an expression, `\z`, `\Q..\E`, named classes, `(?<name>`,
characters beyond ASCII, `$`. What Python lacks over bytes (Unicode classes, `(?U)`) is refused.

A file of a layer has neither begin nor end of its own, but NULs before and behind.
"""

import re
from collections.abc import Callable
from dataclasses import field
from typing import Literal

from ocianalyze.dataclass import dataclass

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAMED = re.compile(r"\(\?P?<[A-Za-z_]\w*>")
_POSIX = re.compile(r"\[:(\^?)([a-z]+):\]")
_HEX = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_UNICODE = "a class of Unicode characters"
_LONGEST = 20_000
Bounds = Literal["text", "content", "none"]
"""What `^` and `$` mean: begin and end of a text, those of a file in a layer as well, nothing."""
_BEGINS = {"text": ("^", "^"), "content": (r"(?<![^\x00])", r"(?<![^\x00\n])")}
_ENDS = {"text": (r"\Z", "$"), "content": (r"(?![^\x00])", r"(?![^\x00\n])")}
"""Of the whole, and of a line."""
_ANYWHERE = ("(?:)", "(?:)")


def translated(text: str, secret: int | None = None, bounds: Bounds = "text") -> str:
    r"""Return the expression for `re`, a group of a number named `secret`.

    Args:
        text: as Go reads it.
        secret: number of the group that is the value; None names no group.
        bounds: what begin and end are.

    Raises:
        ValueError: it has no equal, or no such group.

    """
    if len(text) > _LONGEST:
        raise ValueError("it is too long")
    state = _State(text, secret, bounds)
    while state.at < len(text):
        _step(state)
    if len(state.open) > 1:
        raise ValueError("a bracket is not balanced")
    done = "".join(state.parts) + ")" * len(state.open[0])
    if secret is not None and not state.has_secret:
        raise ValueError(f"it has no group {secret}")
    re.compile(done.encode())
    return done


def groups(text: str) -> int:
    """Return how many capturing groups an expression of Go has.

    Raises:
        ValueError: it has no equal.

    """
    return re.compile(translated(text).encode()).groups


@dataclass(slots=True)
class _State:
    text: str
    secret: int | None
    bounds: Bounds
    at: int = 0
    parts: list[str] = field(default_factory=list)
    open: list[list[str]] = field(default_factory=lambda: [[]])
    """Of each open group, the beginnings of groups that flags in its middle became."""
    multiline: list[bool] = field(default_factory=lambda: [False])
    """Of each open group, whether `$` ends a line."""
    count: int = 0
    has_secret: bool = False

    def put(self, text: str, taken: int) -> None:
        self.parts.append(text)
        self.at += taken


def _step(state: _State) -> None:
    char = state.text[state.at]
    steps: dict[str, Callable[[_State], None]] = {
        "\\": _escape,
        "[": _class,
        "(": _open,
        ")": _close,
        "^": _begin,
        "$": _end,
        "|": _either,
    }
    steps.get(char, _literal)(state)


def _literal(state: _State) -> None:
    char = state.text[state.at]
    state.put(char if char.isascii() else f"(?:{_bytes(ord(char))})", 1)


def _begin(state: _State) -> None:
    state.put(_BEGINS.get(state.bounds, _ANYWHERE)[state.multiline[-1]], 1)


def _end(state: _State) -> None:
    state.put(_ENDS.get(state.bounds, _ANYWHERE)[state.multiline[-1]], 1)


def _either(state: _State) -> None:
    """Begin an alternative, into which the flags of the one before reach."""
    flags = state.open[-1]
    state.put(")" * len(flags) + "|" + "".join(flags), 1)


def _open(state: _State) -> None:
    rest = state.text[state.at :]
    if match := _FLAGS.match(rest):
        _flags(state, match)
    elif match := _NAMED.match(rest):
        _group(state, match.end())
    elif rest.startswith("(?"):
        raise ValueError(f"a group that begins with {rest[:3]}")
    else:
        _group(state, 1)


def _group(state: _State, taken: int) -> None:
    """Begin a group without its name, which a second expression beside it may have too."""
    state.count += 1
    is_secret = state.count == state.secret
    state.has_secret |= is_secret
    state.put("(?P<secret>" if is_secret else "(", taken)
    state.open.append([])
    state.multiline.append(state.multiline[-1])


def _flags(state: _State, match: "re.Match[str]") -> None:
    on, off, end = match[1], match[2] or "", match[3]
    if "U" in on + off:
        raise ValueError("the flag U")
    multiline = "m" in on or (state.multiline[-1] and "m" not in off)
    spelled = f"(?{on}{f'-{off}' if off else ''}:"
    state.put(spelled, match.end())
    if end == ":":
        state.open.append([])
        state.multiline.append(multiline)
    else:
        state.open[-1].append(spelled)
        state.multiline[-1] = multiline


def _close(state: _State) -> None:
    if len(state.open) == 1:
        raise ValueError("a bracket is not balanced")
    began = state.open.pop()
    state.multiline.pop()
    state.put(")" * (len(began) + 1), 1)


def _escape(state: _State) -> None:
    rest = state.text[state.at :]
    if rest.startswith(r"\Q"):
        quoted, _, _ = rest[2:].partition(r"\E")
        ended = rest[2 + len(quoted) :].startswith(r"\E")
        state.put(re.escape(quoted), 2 + len(quoted) + 2 * ended)
        return
    if match := _HEX.match(rest):
        state.put(f"(?:{_bytes(int(match[1], 16))})", match.end())
        return
    if rest[1:2] in ("p", "P"):
        raise ValueError(_UNICODE)
    if rest[1:2] in ("C", ""):
        raise ValueError(f"the escape {rest[:2]}")
    bounds = {"A": _BEGINS, "z": _ENDS}.get(rest[1])
    state.put(bounds.get(state.bounds, _ANYWHERE)[0] if bounds else _same(rest[:2]), 2)


def _same(escape: str) -> str:
    r"""Return an escape as Python writes it: it knows no `\-` for some characters only."""
    return escape if escape[1].isalnum() else re.escape(escape[1])


def _class(state: _State) -> None:
    end = _class_end(state.text, state.at)
    body = state.text[state.at + 1 : end - 1]
    if re.search(r"\\[pP]", body) or not body.isascii():
        raise ValueError(_UNICODE)
    body = _POSIX.sub(_posix, body)
    body = _HEX.sub(_code, body)
    # Python warns of what may become set operations one day.
    body = re.sub(r"(?<!\\)\[", r"\\[", body)
    body = re.sub(r"([&~|-])\1", lambda m: f"{m[1]}\\{m[1]}", body)
    state.put(f"[{body}]", end - state.at)


def _class_end(text: str, at: int) -> int:
    """Return where the class that begins here ends."""
    at += 1
    at += text.startswith("^", at)
    at += text.startswith("]", at)
    while at < len(text):
        if match := _POSIX.match(text, at):
            at = match.end()
        elif text[at] == "]":
            return at + 1
        else:
            at += 2 if text[at] == "\\" else 1
    raise ValueError("a class does not end")


def _posix(match: "re.Match[str]") -> str:
    if match[1] or match[2] not in _CLASSES:
        raise ValueError(f"the class {match[0]}")
    return _CLASSES[match[2]]


def _code(match: "re.Match[str]") -> str:
    code = int(match[1], 16)
    if code > 0x7F:
        raise ValueError(_UNICODE)
    return f"\\x{code:02x}"


def _bytes(code: int) -> str:
    """Return a character as the bytes of its UTF-8."""
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise ValueError("a character that there is not")
    return "".join(f"\\x{byte:02x}" for byte in chr(code).encode())
