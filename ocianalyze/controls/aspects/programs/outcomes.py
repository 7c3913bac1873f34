"""With which results a shell text can end (POSIX.1-2017, "Shell Command Language", 2.9).

Only constant commands have a known result, so a text that is not understood can end with both.
"""

import re
from collections.abc import Sequence
from itertools import dropwhile
from typing import NamedTuple

from ocianalyze.controls.aspects.programs.constants import (
    BOTH,
    NEVER,
    NO,
    YES,
    Results,
    of_command,
    of_exit,
)
from ocianalyze.model.shell_prefix import RESERVED, carried_text, started

_TEXT = 65_536
_DEPTH = 8
"""Groups and shells inside each other."""
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
_STRICT = re.compile(r"-[A-Za-z]*e|errexit\Z|pipefail\Z")
_UNSET = re.compile(r"-[A-Za-z]*u|nounset\Z")
_TRANSPARENT = RESERVED | {"command", "builtin"}
_COMPOUND = (RESERVED - {"!", "{", "}"}) | {"fi", "done", "esac", "for", "case", "select", "in"}
_SAFE = frozenset({"/dev/null", "/dev/stdout", "/dev/stderr"})
"""Where a redirection leads without a doubt; opening any other file is a question itself."""
_COPIES = re.compile(r"[012]?[<>]&[012]")
"""Redirections to what is open already."""
_DEFINING = frozenset({"alias", "function", "trap"})
"""What gives other commands another meaning, or the shell another end."""
_WITHIN = frozenset({"eval", ".", "source", "return", "shift", "local"})
"""What runs a text that is not read here, or may end the shell by a misuse."""
_SPECIAL = _WITHIN | frozenset(
    (":", "break", "continue", "exec", "exit", "export", "readonly", "set", "times", "unset")
)
"""Commands with whose redirections a shell fails (POSIX.1-2017, 2.14), and so may all without a
name."""
_IN_SHELL = _SPECIAL | {"[["}
"""Commands that are no programs, so that no program starts them."""
_ARITHMETIC = re.compile(r"(?<!\$)\(\(")
_EXPANSION = re.compile(r"\$\{[^}]*\?|\$\(\(|\$\[")
"""Expansions that a shell ends with when they fail."""


class _Outcome(NamedTuple):
    """How a part of a text ends."""

    goes: Results
    """With which results the shell goes on behind it."""
    ends: Results = NEVER
    """With which results it leaves the shell."""

    @property
    def all(self) -> Results:
        """Return what a shell of its own would report."""
        return self.goes | self.ends


_ODD = "no list of commands that is read here"


def cannot_fail(text: str, shell: Sequence[str] = ()) -> bool:
    """Tell a shell text that reports success whatever happens.

    Args:
        text: what a shell is given.
        shell: the words that start it; its options may be stricter than the default, and dash has
            no redirection of bash's.

    """
    return _results(text[:_TEXT], _DEPTH, shell) == YES


def word_cannot_fail(words: Sequence[str]) -> bool:
    """Tell a program started without a shell that succeeds whatever happens."""
    return words[0] not in _IN_SHELL and _program(words, YES, _DEPTH).all == YES


def _results(text: str, depth: int, shell: Sequence[str] = ()) -> Results:
    if depth <= 0 or _ARITHMETIC.search(text):
        return BOTH
    try:
        return _Reader(_tokens(text, is_dash=_is_dash(shell)), depth, shell).whole()
    except ValueError:
        return BOTH


def _is_dash(shell: Sequence[str]) -> bool:
    return bool(shell) and shell[0].rpartition("/")[2] == "dash"


def _tokens(text: str, *, is_dash: bool = False) -> list[tuple[str, str]]:
    """Return words, operators and redirections; the text of one that cannot fail is empty.

    Bash and busybox have `&>`; in dash it is `&` and `>`, a descriptor follows `>&`, and `|&` is
    none of its operators.

    Raises:
        ValueError: a quote is open, or there is a here-document.

    """
    found: list[tuple[str, str]] = []
    at, redirect = 0, ""
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(_ODD)
        kind, at = str(match.lastgroup), match.end()
        if kind == "redirect":
            redirect = match.group()
            if is_dash and redirect.startswith("&"):
                found.append(("operator", "&"))
                redirect = redirect[1:]
            if redirect.endswith("<") and text[at : at + 1] == "<":
                raise ValueError(_ODD)
            if not redirect.endswith(("<", ">", "|", "&")):
                found.append((kind, "" if _COPIES.fullmatch(redirect) else redirect))
                redirect = ""
        elif kind == "word" and redirect:
            is_safe = match.group() in _SAFE and not (is_dash and redirect.endswith("&"))
            found.append(("redirect", "" if is_safe else redirect))
            redirect = ""
        elif kind in ("word", "operator"):
            if is_dash and match.group() == "|&":
                raise ValueError(_ODD)
            found.append((kind, match.group()))
    return found


class _Reader:
    """Reads tokens from the first to the last; each is looked at once."""

    def __init__(self, tokens: Sequence[tuple[str, str]], depth: int, shell: Sequence[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = depth
        words = [text for kind, text in tokens if kind == "word"]
        if not _DEFINING.isdisjoint(words):
            raise ValueError(_ODD)
        options = [*(words if "set" in words else ()), *shell[1:]]
        self._is_strict = any(map(_STRICT.match, options))
        self._is_unset_odd = any(map(_UNSET.match, options))

    def whole(self) -> Results:
        """Return the results of all tokens."""
        outcome = self._list("", YES)
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

    def _step(self) -> None:
        """Go on to the command that an operator is about.

        Raises:
            ValueError: it has parts, of which only the first would be looked at.

        """
        self._at += 1
        while self._next() == "\n":
            self._at += 1
        if any(map(self._is_word, _COMPOUND)):
            raise ValueError(_ODD)

    def _list(self, end: str, before: Results) -> _Outcome:
        """Read commands up to an operator or word that closes them."""
        done = _Outcome(before)
        while (
            self._at < len(self._tokens) and self._next() != ")" and not self._is_word(end or "\0")
        ):
            if self._next() in (";", "\n"):
                self._at += 1
                continue
            part = self._and_or(done.goes)
            if self._next() == "&":
                self._at += 1
                part = _Outcome(YES)
            elif self._is_strict:  # what goes on does so where the shell looks at the result
                part = _Outcome(part.goes, part.ends | (part.goes & NO))
            if done.goes:
                done = _Outcome(part.goes, done.ends | part.ends)
        return done

    def _and_or(self, before: Results) -> _Outcome:
        done = self._pipeline(before)
        while (joined := self._next()) in ("&&", "||"):
            self._step()
            wanted = YES if joined == "&&" else NO
            part = self._pipeline(wanted)
            if done.goes & wanted:
                done = _Outcome((done.goes - wanted) | part.goes, done.ends | part.ends)
        return done

    def _pipeline(self, before: Results) -> _Outcome:
        """Read a pipeline, which ends as its last command does, that in a shell of its own."""
        is_negated = False
        while self._is_word("!"):
            self._step()
            is_negated = not is_negated
        done = self._command(before)
        while self._next() in ("|", "|&"):
            self._step()
            last = self._command(before).all
            done = _Outcome(BOTH if self._is_strict else last)
        return done._replace(goes=frozenset(not x for x in done.goes)) if is_negated else done

    def _command(self, before: Results) -> _Outcome:
        if self._next() == "(":
            return _failing(_Outcome(self._group(")", before).all), is_risky=self._is_redirected())
        if self._is_word("{"):
            return _failing(self._group("}", before), is_risky=self._is_redirected())
        words, first = [], self._at
        is_risky = self._is_redirected()
        while self._is_word():
            words.append(self._tokens[self._at][1])
            self._at += 1
            is_risky |= self._is_redirected()
        if words[:1] == ["!"] or self._at == first or self._next() == "(":
            raise ValueError(_ODD)
        done = _simple(words, before, self._depth)
        if is_risky:
            done = _failing(done, is_risky=True, ends=not words or words[0] in _SPECIAL)
        return _failing(done, ends=any(map(self._is_ending, words)))

    def _is_ending(self, word: str) -> bool:
        """Tell a word with which the shell ends when it cannot be expanded."""
        return bool(_EXPANSION.search(word)) or (self._is_unset_odd and "$" in word)

    def _is_redirected(self) -> bool:
        """Step over redirections, and tell whether any of them can fail."""
        is_risky = False
        while self._at < len(self._tokens) and self._tokens[self._at][0] == "redirect":
            is_risky |= bool(self._tokens[self._at][1])
            self._at += 1
        return is_risky

    def _group(self, end: str, before: Results) -> _Outcome:
        self._at += 1
        self._depth -= 1
        if self._depth <= 0:
            raise ValueError(_ODD)
        done = self._list(end if end == "}" else "", before)
        if not (self._next() == end or self._is_word(end)):
            raise ValueError(_ODD)
        self._at += 1
        self._depth += 1
        return done


def _failing(done: _Outcome, *, is_risky: bool = False, ends: bool = False) -> _Outcome:
    """Return how a command ends that may fail, or end the shell, before it starts."""
    return _Outcome(done.goes | (NO if is_risky else NEVER), done.ends | (NO if ends else NEVER))


def _simple(words: Sequence[str], before: Results, depth: int) -> _Outcome:
    """Return how a command ends; one inside `if` or `while` may not run at all."""
    if words and words[0] in _COMPOUND:
        rest = [*dropwhile(_COMPOUND.__contains__, words)]
        return _Outcome(BOTH, _simple(rest, BOTH, depth).ends if rest else NEVER)
    outcome = _program([_unquoted(word) for word in words], before, depth)
    if not words or words[0] != "exec" or not words[1:]:
        return outcome
    return _Outcome(NEVER, outcome.all)


def _program(words: Sequence[str], before: Results, depth: int) -> _Outcome:
    """Return how a program ends; an assignment alone as the last command in its value does."""
    own = started(words)
    if not own:
        return _Outcome(BOTH if any("$(" in word or "`" in word for word in words) else YES)
    starting = words[: len(words) - len(own)]
    is_by_program = any("=" not in x and x not in _TRANSPARENT for x in starting)
    if is_by_program and (own[0] in _IN_SHELL or "xargs" in starting):
        return _Outcome(BOTH)
    if own[0] == "exit":
        return _Outcome(NEVER, of_exit(own[1:], before))
    if own[0] in _WITHIN:
        return _Outcome(BOTH, BOTH)
    if text := carried_text(own):
        return _Outcome(_results(text, depth - 1, own[: own.index(text)]))
    return _Outcome(of_command(own))


def _unquoted(word: str) -> str:
    return _QUOTE.sub(lambda match: match[1] or match[2] or match[3] or "", word)
