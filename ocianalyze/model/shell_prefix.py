"""Programs that only start another one: what they start, as words or as text."""

import re
from collections.abc import Sequence
from typing import NamedTuple


class _Prefix(NamedTuple):
    """How a program takes the command that it starts."""

    valued: str = ""
    """Letters of options whose value is the next word."""
    operands: int = 0
    """Words of its own before the command."""
    valued_long: tuple[str, ...] = ()
    is_bare: bool = False
    """It has no options before the command; with one it does something of its own."""


_PREFIXES: dict[str, _Prefix] = {
    "builtin": _Prefix(),
    "busybox": _Prefix(is_bare=True),
    "chronic": _Prefix(),
    "command": _Prefix(),
    "doas": _Prefix("Cu"),
    "eatmydata": _Prefix(),
    "env": _Prefix("uC", valued_long=("--unset", "--chdir")),
    "exec": _Prefix("a"),
    "ionice": _Prefix("cn"),
    "nice": _Prefix("n"),
    "nohup": _Prefix(),
    "stdbuf": _Prefix("ioe"),
    "sudo": _Prefix("ugChpRrTt", valued_long=("--user", "--group", "--chdir")),
    "time": _Prefix("fo"),
    "timeout": _Prefix("ks", operands=1, valued_long=("--signal", "--kill-after")),
    "toybox": _Prefix(is_bare=True),
    "xargs": _Prefix("aEdILnPs", valued_long=("--max-args", "--arg-file", "--delimiter")),
}
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
SHELLS = frozenset(["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "rbash"])
"""Names of command interpreters."""
_SWITCHES = {"-o", "+o", "-O", "+O", "--rcfile", "--init-file"}
"""Options of shells whose value is the next word."""


def program(words: Sequence[str], at: int) -> int:
    """Return where the command that `words[at]` starts begins; `at` when it starts none."""
    prefix = _PREFIXES.get(words[at].rpartition("/")[2])
    if prefix is None or (
        prefix.is_bare and any(word[:1] == "-" for word in words[at + 1 : at + 2])
    ):
        return at
    after = _operands(words, at + 1, prefix) + prefix.operands
    while after < len(words) and _ASSIGNMENT.match(words[after]):
        after += 1
    return after if after < len(words) else at


def _operands(words: Sequence[str], at: int, prefix: _Prefix) -> int:
    """Return where the options of a prefix program end."""
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        word = words[at]
        if word == "--":
            return at + 1
        short = not word.startswith("--")
        valued = word[-1] in prefix.valued if short else word in prefix.valued_long
        at += 2 if valued else 1
    return at


def carried_text(words: Sequence[str]) -> str:
    """Return the shell text among the words of `sh -c TEXT` or `eval TEXT`, else nothing."""
    name = words[0].rpartition("/")[2]
    if name == "eval":
        return " ".join(words[1:])
    if name not in SHELLS:
        return ""
    at = 1
    carries = False
    while at < len(words) and words[at][:1] in ("-", "+") and len(words[at]) > 1:
        word = words[at]
        carries |= word[0] == "-" and not word.startswith("--") and "c" in word
        valued = word in _SWITCHES or (word[0] == "-" and word[1:2] != "-" and word[-1] == "o")
        at += 2 if valued else 1
    return words[at] if carries and at < len(words) else ""
