"""Whether the failure of a check ends a build step (POSIX.1-2017, "Shell Command Language", 2.9.3).

A shell goes on behind `;` and the end of a line whatever a command returned, but for `set -e`,
which looks only at the last command of a list and of a pipeline.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ocianalyze.dataclass import dataclass
from ocianalyze.model.history import Command, Step
from ocianalyze.model.shell import listed
from ocianalyze.model.shell_input import Simple
from ocianalyze.model.shell_prefix import SHELLS, carried_text, started

_TEXT = 65_536
_DEPTH = 3
"""Shells inside each other."""
_FAR = 64
"""Commands behind a check that are looked at; what is further does not heed it."""
_CLOSED = frozenset(["}", "fi", "done", "esac"])
_IDLE = frozenset([":", "cat", "echo", "head", "printf", "tail", "tee", "true", *_CLOSED])
"""Programs that do the same whatever came before them, and succeed."""
_OPENED = frozenset(["{", "if", "while", "until", "for", "case"])
_PIPES = frozenset(["|", "|&"])
_LISTS = frozenset(["&&", "||"])
_Ask = Callable[[Command], bool]


@dataclass(frozen=True, slots=True)
class _Mode:
    """What a shell was told of failures."""

    ends: bool = False
    """At the first one: `set -e`."""
    pipes: bool = False
    """One in a pipeline is the pipeline's: `set -o pipefail`."""


def is_heeded(step: Step, is_check: _Ask) -> bool:
    """Tell whether a step ends, or does otherwise, when one of its checks fails.

    A check that is not among the commands of its text is in a script: it is taken for heeded.
    """
    text = step.text[:_TEXT]
    found = list(_heeded(text, is_check, _told(_Mode(), _shell(step)), _DEPTH))
    return not found or any(found)


def _shell(step: Step) -> Sequence[str]:
    """Return the words before a step's text, from the shell that reads it."""
    before, _, _ = step.raw[:_TEXT].partition(step.text[:200] or step.raw)
    words = before.split()
    shells = [at for at, word in enumerate(words) if word.rpartition("/")[2] in SHELLS]
    return words[shells[-1] :] if shells else ()


def _heeded(text: str, is_check: _Ask, mode: _Mode, depth: int) -> Iterator[bool]:
    """Yield of every check in a text whether it is heeded."""
    simples = _lines(text)
    for at, simple in enumerate(simples):
        words = started(simple.words)
        name = words[0].rpartition("/")[2] if words else ""
        inner = carried_text(words) if words else ""
        inner = inner or (simple.here if name in SHELLS else "")
        if inner and depth:
            within = mode if name == "eval" else _told(_Mode(), words)
            outer = _Follows(simples, mode).is_heeded(at)
            yield from (x and outer for x in _heeded(inner, is_check, within, depth - 1))
        elif name in ("set", "trap"):
            mode = _told(mode, words)
        elif name and is_check(Command(name, words)):
            yield _Follows(simples, mode).is_heeded(at)


def _told(mode: _Mode, words: Sequence[str]) -> _Mode:
    """Return what holds behind `set -e`, `set +e`, `trap 'exit 1' ERR`, and in `sh -e`."""
    if words[:1] == ("trap",):
        return replace(mode, ends=mode.ends or ("ERR" in words and "exit" in words[1]))
    is_value = False
    for number, word in enumerate(words[1:], 1):
        if not is_value and (word[:1] not in ("-", "+") or word == "--"):
            break
        value = "".join(words[number + 1 : number + 2]) if word[-1] == "o" else ""
        if not is_value and ("e" in word or value == "errexit"):
            mode = replace(mode, ends=word[0] == "-")
        if not is_value and value == "pipefail":
            mode = replace(mode, pipes=word[0] == "-")
        is_value = bool(value) and not is_value
    return mode


def _lines(text: str) -> list[Simple]:
    """Return the commands of a text without blank lines, which end nothing but a group."""
    found: list[Simple] = []
    for simple in listed(text):
        if simple.words or simple.end != "\n" or (found and found[-1].end == ")"):
            found.append(simple)
    return found


@dataclass(frozen=True, slots=True)
class _Follows:
    """Commands of one text, and what holds where a check among them is."""

    simples: Sequence[Simple]
    mode: _Mode

    def is_heeded(self, at: int) -> bool:
        """Tell whether something depends on the status of a command."""
        ends = self.mode.ends
        for _ in range(_FAR):
            end = self.simples[at].end
            if at + 1 == len(self.simples):
                return True
            if end in _LISTS:
                if (last := self._idle_until(at)) is None:
                    return True
                if any(x.end == "||" for x in self.simples[at:last]):
                    return False
                at, ends = last, False
                continue
            at += 1
            if end == "&" or (end in _PIPES and not self.mode.pipes and self._is_idle(at)):
                return False
            if end not in _PIPES and end != ")" and self._begins(at):
                return self._minds(at, ends=ends)
        return False

    def _idle_until(self, at: int) -> int | None:
        """Return where a list ends in which nothing matters; None when something does."""
        depth = 0
        for number in range(at + 1, min(at + _FAR, len(self.simples))):
            simple = self.simples[number]
            if simple.words and not self._is_idle(number):
                return None
            first = simple.words[0] if simple.words else ""
            depth += (first in _OPENED) + (simple.end == "(")
            depth -= (first in _CLOSED) + (simple.end == ")")
            goes_on = simple.end in _LISTS or simple.end in _PIPES or simple.end == ")"
            if depth < 0 or not (depth or goes_on):
                return number
        return len(self.simples) - 1

    def _is_idle(self, at: int) -> bool:
        words = self.simples[at].words
        command = started(words) or tuple(words[-1:])
        return any(word.rpartition("/")[2] in _IDLE for word in command[:1])

    def _begins(self, at: int) -> bool:
        """Tell where another command begins, not only a group ends."""
        simple = self.simples[at]
        return simple.words[0] not in _CLOSED if simple.words else simple.end == "("

    def _minds(self, at: int, *, ends: bool) -> bool:
        """Tell whether the command behind another's end asks for its status."""
        words = self.simples[at].words
        return ends or words[:1] in (["then"], ["do"]) or any("$?" in word for word in words)
