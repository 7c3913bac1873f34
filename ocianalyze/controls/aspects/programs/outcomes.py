"""With which results a shell text can end (POSIX.1-2017, "Shell Command Language", 2.9).

Only constant commands have a known result, so a text that is not understood can end with both.
"""

import re
from collections.abc import Callable, Sequence
from itertools import dropwhile
from typing import NamedTuple, TypeAlias

from ocianalyze.model.shell_prefix import RESERVED, carried_text, started

Results: TypeAlias = frozenset[bool]
_YES: Results = frozenset({True})
_NO: Results = frozenset({False})
_BOTH = _YES | _NO
_NEVER: Results = frozenset()
_TEXT = 65_536
_DEPTH = 8
"""Groups and shells inside each other."""
_CONSTANT = {**dict.fromkeys(("true", ":", "echo", "printf"), _YES), "false": _NO}
_TOKEN = re.compile(
    r"""
    (?P<space>(?:[ \t\r]|\\\r?\n)+)
  | (?P<redirect>[0-9]*(?:[<>]&[0-9-]*|&>>?|<<<|>>|>\||<>|[<>])(?!\())
  | (?P<operator>&&|\|\||\|&|[;&|()\n])
  | (?P<comment>\#[^\n]*)
  | (?P<word>(?:'[^']*'|"(?:\\.|[^"\\])*"|\$\((?:[^()]|\([^()]*\))*\)|`[^`]*`|\\.
      |[^\s'"\\;&|()<>`$]|\$(?!\())+)
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTE = re.compile(r"'([^']*)'|\"((?:\\.|[^\"\\])*)\"|\\(.)", re.DOTALL)
_STRICT = re.compile(r"-[a-z]*e|errexit\Z|pipefail\Z")
_COMPOUND = (RESERVED - {"!", "{", "}"}) | {"fi", "done", "esac", "for", "case", "select", "in"}
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_COMPARED: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}


class _Outcome(NamedTuple):
    """How a part of a text ends."""

    goes: Results
    """With which results the shell goes on behind it."""
    ends: Results = _NEVER
    """With which results it leaves the shell."""

    @property
    def all(self) -> Results:
        """Return what a shell of its own would report."""
        return self.goes | self.ends


_ODD = "no list of commands that is read here"


def cannot_fail(text: str) -> bool:
    """Tell a shell text that reports success whatever happens."""
    return _results(text[:_TEXT], _DEPTH) == _YES


def word_cannot_fail(words: Sequence[str]) -> bool:
    """Tell a program started without a shell that succeeds whatever happens."""
    return _program(words, _YES, _DEPTH).all == _YES


def _results(text: str, depth: int) -> Results:
    if depth <= 0:
        return _BOTH
    try:
        return _Reader(_tokens(text), depth).whole()
    except ValueError:
        return _BOTH


def _tokens(text: str) -> list[tuple[str, str]]:
    """Return words and operators, redirections left out.

    Raises:
        ValueError: a quote is open, or there is a here-document.

    """
    found, at, is_target = [], 0, False
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(_ODD)
        kind, at = str(match.lastgroup), match.end()
        if kind == "redirect":
            if match.group().endswith("<") and text[at : at + 1] == "<":
                raise ValueError(_ODD)
            is_target = match.group()[-1] in "<>|"
        elif kind == "word" and is_target:
            is_target = False
        elif kind in ("word", "operator"):
            found.append((kind, match.group()))
    return found


class _Reader:
    """Reads tokens from the first to the last; each is looked at once."""

    def __init__(self, tokens: Sequence[tuple[str, str]], depth: int) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = depth
        words = [text for kind, text in tokens if kind == "word"]
        self._is_strict = "set" in words and any(map(_STRICT.match, words))

    def whole(self) -> Results:
        """Return the results of all tokens."""
        outcome = self._list("")
        if self._at < len(self._tokens):
            raise ValueError(_ODD)
        return outcome.all

    def _next(self) -> str:
        """Return the operator at hand; empty at a word and at the end."""
        if self._at >= len(self._tokens):
            return ""
        kind, text = self._tokens[self._at]
        return text if kind == "operator" else ""

    def _is_word(self, text: str = "") -> bool:
        if self._at >= len(self._tokens):
            return False
        kind, word = self._tokens[self._at]
        return kind == "word" and (not text or word == text)

    def _list(self, end: str) -> _Outcome:
        """Read commands up to an operator or word that closes them."""
        done = _Outcome(_YES)
        while (
            self._at < len(self._tokens) and self._next() != ")" and not self._is_word(end or "\0")
        ):
            if self._next() in (";", "\n"):
                self._at += 1
                continue
            part = self._and_or(done.goes)
            if self._next() == "&":
                self._at += 1
                part = _Outcome(_YES)
            elif self._is_strict:
                part = _Outcome(part.goes & _YES, part.ends | (part.goes & _NO))
            if done.goes:
                done = _Outcome(part.goes, done.ends | part.ends)
        return done

    def _and_or(self, before: Results) -> _Outcome:
        done = self._pipeline(before)
        while (joined := self._next()) in ("&&", "||"):
            self._at += 1
            while self._next() == "\n":
                self._at += 1
            wanted = _YES if joined == "&&" else _NO
            part = self._pipeline(wanted)
            if done.goes & wanted:
                done = _Outcome((done.goes - wanted) | part.goes, done.ends | part.ends)
        return done

    def _pipeline(self, before: Results) -> _Outcome:
        """Read a pipeline, which ends as its last command does, that in a shell of its own."""
        is_negated = False
        while self._is_word("!"):
            self._at, is_negated = self._at + 1, not is_negated
        done = self._command(before)
        while self._next() in ("|", "|&"):
            self._at += 1
            while self._next() == "\n":
                self._at += 1
            done = _Outcome(_BOTH if self._is_strict else self._command(_YES).all)
        return done._replace(goes=frozenset(not x for x in done.goes)) if is_negated else done

    def _command(self, before: Results) -> _Outcome:
        if self._next() == "(":
            return _Outcome(self._group(")").all)
        if self._is_word("{"):
            return self._group("}")
        words = []
        while self._is_word():
            words.append(self._tokens[self._at][1])
            self._at += 1
        if not words or self._next() == "(":
            raise ValueError(_ODD)
        return _simple(words, before, self._depth)

    def _group(self, end: str) -> _Outcome:
        self._at += 1
        self._depth -= 1
        if self._depth <= 0:
            raise ValueError(_ODD)
        done = self._list(end if end == "}" else "")
        if not (self._next() == end or self._is_word(end)):
            raise ValueError(_ODD)
        self._at += 1
        self._depth += 1
        return done


def _simple(words: Sequence[str], before: Results, depth: int) -> _Outcome:
    """Return how a command ends; one inside `if` or `while` may not run at all."""
    if words[0] in _COMPOUND:
        rest = [*dropwhile(_COMPOUND.__contains__, words)]
        return _Outcome(_BOTH, _simple(rest, _BOTH, depth).ends if rest else _NEVER)
    outcome = _program([_unquoted(word) for word in words], before, depth)
    return _Outcome(_NEVER, outcome.all) if words[0] == "exec" and words[1:] else outcome


def _program(words: Sequence[str], before: Results, depth: int) -> _Outcome:
    """Return how a program ends; an assignment alone succeeds."""
    words = started(words)
    name = words[0].rpartition("/")[2] if words else ":"
    if name in ("exit", "return"):
        return _Outcome(_NEVER, _exit(words[1:], before))
    if text := carried_text(words) if words else "":
        return _Outcome(_results(text, depth - 1))
    if name in _CONSTANT:
        return _Outcome(_CONSTANT[name])
    if name in ("test", "[", "[["):
        return _Outcome(_tested(words[1:] if name == "test" else words[1:-1]))
    return _Outcome(_BOTH)


def _exit(words: Sequence[str], before: Results) -> Results:
    if not words:
        return before
    if not _NUMBER.fullmatch(words[0]):
        return _BOTH
    return _YES if int(words[0]) % 256 == 0 else _NO


def _tested(words: Sequence[str]) -> Results:
    """Return what `test` says of constants; of files and variables anything."""
    if len(words) > 1 and words[0] == "!":
        return frozenset(not x for x in _tested(words[1:]))
    if any("$" in word or "`" in word for word in words):
        return _BOTH
    said: bool | None = None
    match [*words]:
        case []:
            said = False
        case [word]:
            said = bool(word)
        case ["-n" | "-z" as option, word]:
            said = bool(word) is (option == "-n")
        case [one, "=" | "==", other]:
            said = one == other
        case [one, "!=", other]:
            said = one != other
        case [one, option, other] if option in _COMPARED and _are_numbers(one, other):
            said = _COMPARED[option](int(one), int(other))
    return _BOTH if said is None else frozenset({said})


def _are_numbers(*words: str) -> bool:
    return all(map(_NUMBER.fullmatch, words))


def _unquoted(word: str) -> str:
    return _QUOTE.sub(lambda match: match[1] or match[2] or match[3] or "", word)
