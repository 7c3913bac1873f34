"""Shell text as simple commands (POSIX.1-2017, "Shell Command Language", 2.3 and 2.9).

Not a shell: nothing is expanded, and control flow is dropped, because the question is only which
programs a text may start, with which words.
"""

import re
from collections.abc import Iterator
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.history import Command
from ocianalyze.model.shell_input import Flow, Simple
from ocianalyze.model.shell_prefix import RESERVED, carried_text, started

_PART = re.compile(
    r"""
    (?P<space>(?:[ \t\r]|\\\r?\n)+)
  | (?P<arithmetic>\$\(\((?:[^()]|\([^()]*\))*\)\))
  | (?P<substitution>[$<>]\(|`)
  | (?P<redirect>[0-9]*(?:<<<|<<-?|<>|<&|>>|>&|>\||&>>|&>|<|>))
  | (?P<parameter>\$\{[^}\n]{0,256}\})
  | (?P<end>&&|\|\||\|&|;;&?|;&|[;|&()\n])
  | (?P<single>'[^']*'?)
  | (?P<double>")
  | (?P<escape>\\(?:.|$))
  | (?P<hash>\#)
  | (?P<plain>[^ \t\r\n'"\\;&|()<>`$\#]+|\$)
    """,
    re.VERBOSE | re.DOTALL,
)
_NESTED = re.compile(r"""\\.|"|'|\$\(|[()]""", re.DOTALL)
_SUBSTITUTION = re.compile(r"""\\.|\$\(\((?:[^()]|\([^()]*\))*\)\)|(?P<open>\$\(|`)""", re.DOTALL)
"""What starts a command inside double quotes or an expansion; arithmetic starts none."""
_UNESCAPE = re.compile(r'\\(?:\n|([$`"\\]))')
_QUOTES = frozenset(["single", "double", "escape"])
_ALL = 1 << 62
"""A number behind all words."""
_WRITES = frozenset([">", ">>", ">|", "&>", "&>>"])
_BACKSLASH = "\ufdd0"
"""Stands for a backslash that does not quote; a noncharacter of Unicode."""


def commands(text: str, *, windows: bool = False, limits: Limits = DEFAULT) -> tuple[Command, ...]:
    """Return the simple commands of a shell text in the order in which they are written.

    Args:
        text: what a shell is given with `-c`, or a script.
        windows: cmd or PowerShell, where a backslash is a path separator.
        limits: `shell_chars` are read, `shell_depth` shells inside each other are followed.

    """
    if windows:
        text = text.replace("`\n", " ").replace("\\", _BACKSLASH)
    flow = Flow(limits.shell_chars)
    found = _commands(text[: limits.shell_chars], limits.shell_depth, flow)
    if not windows:
        return tuple(found)
    return tuple(_windows(command) for command in found)


def listed(text: str, limits: Limits = DEFAULT) -> list[Simple]:
    """Return the commands of a shell text with what ends each; at a group's ends there are none."""
    (splitter := _Splitter(text[: limits.shell_chars])).split()
    return splitter.found


def _commands(text: str, depth: int, flow: Flow) -> Iterator[Command]:
    for simple in _Splitter(text).split():
        words = started(simple.words)
        inner, told = _handed(words, simple, flow) if words else ("", _ALL)
        if inner and depth:
            yield from _commands(inner, depth - 1, flow)
        elif words:
            yield Command(words[0].rpartition("/")[2], words)
        flow.wrote(words[:1] if inner else words, simple)
        for word, substituted in simple.substituted:
            if word < told or not inner:
                yield from _substituted(substituted, depth, flow)


def _handed(words: tuple[str, ...], simple: Simple, flow: Flow) -> tuple[str, int]:
    """Return the text that a shell is given, and from which word on its words are part of it."""
    if text := carried_text(words):
        return text, len(simple.words) - len(words)
    return flow.given(words, simple), len(simple.words) if simple.here else _ALL


def _substituted(text: str, depth: int, flow: Flow) -> Iterator[Command]:
    """Yield the commands of a substitution, which a shell of its own runs."""
    if depth:
        yield from _commands(text, depth - 1, flow)
    else:
        yield Command("sh", ("sh", "-c", text))


def _windows(command: Command) -> Command:
    words = tuple(word.replace(_BACKSLASH, "\\") for word in command.words)
    name = re.split(r"[\\/]", words[0])[-1]
    return Command(re.sub(r"\.(?:exe|cmd|bat)$", "", name, flags=re.IGNORECASE), words)


@dataclass(slots=True)
class _Here:
    """A here-document that begins after the line that is being read."""

    reader: Simple
    end: str = ""
    """The word that ends it; empty until it is read."""
    is_literal: bool = False
    """A part of the word is quoted: nothing in the body is expanded."""


@dataclass(slots=True)
class _Splitter:
    """One pass over a text; every step moves forward, so the work is linear in its length."""

    text: str
    at: int = 0
    found: list[Simple] = field(default_factory=list)
    simple: Simple = field(default_factory=Simple)
    word: list[str] = field(default_factory=list)
    """Pieces of the word being read; empty between words."""
    redirect: str = ""
    """What the next word is the target of: `>`, `<<` ..."""
    heredocs: list[_Here] = field(default_factory=list)
    within: list[str] = field(default_factory=list)
    """Open `(` and `case`, outermost first."""
    pipeline: int = 0
    """Where the current pipeline begins in `found`."""

    def split(self) -> list[Simple]:
        """Return the commands of the text."""
        while match := _PART.match(self.text, self.at):
            self.at = match.end()
            self._read(str(match.lastgroup), match.group())
        self._end_command()
        return [simple for simple in self.found if simple.words]

    def _read(self, kind: str, part: str) -> None:
        if kind == "hash":
            self._hash()
        elif kind == "space":
            self._end_word()
        elif kind == "redirect":
            self._redirect(part)
        elif kind == "end":
            self._separator(part)
        else:
            self.word.append(self._piece(kind, part))

    def _piece(self, kind: str, part: str) -> str:
        """Return a part of a word without its quotes."""
        if kind in _QUOTES and self.redirect and self.heredocs:
            self.heredocs[-1].is_literal |= not self.heredocs[-1].end
        if kind == "substitution":
            return self._substitution(part)
        if kind == "single":
            return part[1:].removesuffix("'")
        if kind == "escape":
            return part[1:]
        if kind == "double":
            start = self.at
            self.at = _closing(self.text, start)
            part = self.text[start : self.at].removesuffix('"')
            self._substitutions(self.simple, part)
            return _UNESCAPE.sub(r"\1", part)
        if kind == "parameter":
            self._substitutions(self.simple, part)
        return part

    def _substitution(self, opened: str) -> str:
        """Return a substitution, each kind in one spelling; its commands are noted."""
        start = self.at
        self.at, text = _substituted_text(self.text, start, opened)
        self.simple.substituted.append((len(self.simple.words), text))
        return f"$({text})" if opened == "`" else self.text[start - 2 : self.at]

    @staticmethod
    def _substitutions(simple: Simple, part: str) -> None:
        """Note what is run to expand a part of a word, or a here-document."""
        at = 0
        while match := _SUBSTITUTION.search(part, at):
            at = match.end()
            if match["open"]:
                at, text = _substituted_text(part, at, match["open"])
                simple.substituted.append((len(simple.words), text))

    def _hash(self) -> None:
        """Pass over a comment; inside a word, `#` is a character like others."""
        if self.word:
            self.word.append("#")
            return
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _redirect(self, part: str) -> None:
        digits = part.rstrip("<>&|-")
        if self.word and digits:
            self.word.append(digits)
            digits = ""
        self._end_word()
        self.redirect = part if digits.strip("01") else part.removeprefix(digits)
        if part.lstrip("0123456789") in ("<<", "<<-"):
            self.heredocs.append(_Here(self.simple))

    def _end_word(self) -> None:
        if not self.word:
            return
        word = "".join(self.word)
        self.word = []
        if self.redirect:
            self._redirected(word)
        else:
            self._case(word)
            self.simple.words.append(word)
        self.redirect = ""

    def _redirected(self, word: str) -> None:
        """Take the target of a redirection."""
        if self.heredocs and not self.heredocs[-1].end:
            self.heredocs[-1].end = word
        elif self.redirect == "<<<":
            self.simple.here = f"{word}\n"
        elif self.redirect == "<":
            self.simple.reads = word
        elif self.redirect in _WRITES:
            self.simple.writes.append((word, self.redirect[-2:] == ">>"))

    def _case(self, word: str) -> None:
        if word not in ("case", "esac") or any(w not in RESERVED for w in self.simple.words):
            return
        if word == "case":
            self.within.append(word)
        elif self.within[-1:] == ["case"]:
            self.within.pop()

    def _separator(self, part: str) -> None:
        self._end_word()
        if part == ")" and self.within[-1:] == ["case"]:
            self.simple = Simple()
            del self.found[self.pipeline :]  # they were the patterns
            return
        if part == "(":
            self.within.append("(")
        elif part == ")" and self.within:
            self.within.pop()
        is_piped = part in ("|", "|&")
        # A pipeline goes on in the next line, and into a group.
        goes_on = self.simple.source if part in ("\n", "(") and not self.simple.words else None
        before = self.simple if is_piped else goes_on
        self.simple.end = part
        self._end_command()
        self.simple.source = before
        if not is_piped:
            self.pipeline = len(self.found)
        if part == "\n":
            self._here_documents()

    def _end_command(self) -> None:
        self._end_word()
        self.redirect = ""
        self.found.append(self.simple)
        self.simple = Simple()

    def _here_documents(self) -> None:
        """Pass over the bodies that begin on this line."""
        for here in self.heredocs:
            start = self.at
            line = ""
            while self.at < len(self.text) and line.strip("\t\r\n") != (here.end or None):
                after = self.text.find("\n", self.at) + 1 or len(self.text)
                line, self.at = self.text[self.at : after], after
            here.reader.here = self.text[start : self.at - len(line)]
            if not here.is_literal:
                self._substitutions(here.reader, here.reader.here)
        self.heredocs = []


def _substituted_text(text: str, at: int, opened: str) -> tuple[int, str]:
    """Return where a substitution that `opened` before `at` ends, and what is in it."""
    if opened == "`":
        end = text.find("`", at) + 1 or len(text)
        return end, text[at:end].removesuffix("`")
    end = _closing(text, at, "(")
    return end, text[at:end].removesuffix(")")


def _closing(text: str, at: int, opened: str = '"') -> int:
    """Return where what `opened` before `at` ends: a double-quoted part, a substitution."""
    within = [opened]
    while within and (match := _NESTED.search(text, at)):
        at = match.end()
        part = match.group()
        if part == "'" and within[-1] == "(":
            at = text.find("'", at) + 1 or len(text)
        elif part == '"':
            within.pop() if within[-1] == '"' else within.append('"')
        elif part == "$(" or (part == "(" and within[-1] == "("):
            within.append("(")
        elif part == ")" and within[-1] == "(":
            within.pop()
    return len(text) if within else at
