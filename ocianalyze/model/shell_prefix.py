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
    "fdmove": _Prefix(operands=2),
    "ionice": _Prefix("cn"),
    "nice": _Prefix("n"),
    "nohup": _Prefix(),
    "redirfd": _Prefix(operands=2),
    "s6-notifyoncheck": _Prefix("3sTtwnc"),
    "s6-softlimit": _Prefix("acdfolmnps"),
    "stdbuf": _Prefix("ioe"),
    "sudo": _Prefix("ugChpRrTt", valued_long=("--user", "--group", "--chdir")),
    "time": _Prefix("fo"),
    "timeout": _Prefix("ks", operands=1, valued_long=("--signal", "--kill-after")),
    "toybox": _Prefix(is_bare=True),
    "with-contenv": _Prefix(),
    "xargs": _Prefix("aEdILnPs", valued_long=("--max-args", "--arg-file", "--delimiter")),
}
RESERVED = frozenset(["!", "{", "}", "if", "then", "elif", "else", "while", "until", "do"])
"""Words before a command that are no part of it."""
_NO_COMMAND = frozenset(["case", "for", "select", "function", "fi", "done", "esac", "in"])
"""Words at the place of a command that start none."""
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\[[^]]*\])?\+?=")
SHELLS = frozenset(["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "rbash"])
"""Names of command interpreters."""
_SWITCHES = {"-o", "+o", "-O", "+O", "--rcfile", "--init-file"}
"""Options of shells whose value is the next word."""


def started(words: Sequence[str]) -> tuple[str, ...]:
    """Drop reserved words, assignments and programs that only start another one."""
    at = 0
    while at < len(words):
        if words[at] in _NO_COMMAND:
            return ()
        if words[at] in RESERVED or _ASSIGNMENT.match(words[at]):
            at += 1
            continue
        step = _program(words, at)
        if step == at:
            break
        at = step
    return tuple(words[at:])


def _program(words: Sequence[str], at: int) -> int:
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
    at, switches = _options(words)
    return words[at] if "c" in switches and at < len(words) else ""


def script_of(words: Sequence[str]) -> str | None:
    """Return the file that a shell is told to run, `-` for what it reads; None for no such."""
    name = words[0].rpartition("/")[2]
    if name in (".", "source"):
        return words[1] if len(words) > 1 else None
    if name not in SHELLS:
        return words[0] if "/" in words[0] else None
    at, switches = _options(words)
    if "c" in switches or any(word in ("--version", "--help") for word in words[1:at]):
        return None
    is_file = at < len(words) and "s" not in switches
    return words[at] if is_file and words[at] != "/dev/stdin" else "-"


def _options(words: Sequence[str]) -> tuple[int, str]:
    """Return where the options of a shell end, and the letters of its short ones."""
    at, letters = 1, ""
    while at < len(words) and words[at][:1] in ("-", "+") and len(words[at]) > 1:
        word = words[at]
        if word == "--":
            return at + 1, letters
        short = word[0] == "-" and word[1] != "-"
        letters += word[1:] if short else ""
        at += 2 if word in _SWITCHES or (short and word[-1] == "o") else 1
    return at, letters
