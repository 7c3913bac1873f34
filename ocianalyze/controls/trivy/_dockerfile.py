"""Stages and instructions of a Dockerfile (its reference: Format, escape, Here-documents)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import orjson

_ESCAPE = re.compile(r"#\s*escape\s*=\s*([\\`])\s*", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*[A-Za-z]+\s*=.*")
_HEREDOC = re.compile(r"(?:^|\s)\d*<<-?([\"']?)([A-Za-z_]\w{0,60})\1(?=\s|$)")
_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})


class Instruction(NamedTuple):
    """One instruction."""

    line: int
    """Number of its first line, the first is 1."""
    name: str
    """In capitals: `COPY`."""
    flags: tuple[str, ...]
    """`--from=build`."""
    words: tuple[str, ...]


class Stage(NamedTuple):
    """One FROM with what follows up to the next."""

    line: int
    alias: str
    """In small letters, as builders compare them; empty for none."""
    instructions: tuple[Instruction, ...]


def stages(text: str) -> tuple[Stage, ...]:
    """Return the stages; what stands before the first FROM belongs to none."""
    found: list[tuple[Instruction, list[Instruction]]] = []
    for each in _instructions(text.splitlines()):
        if each.name == "FROM":
            found.append((each, []))
        elif found:
            found[-1][1].append(each)
    return tuple(Stage(x.line, _alias(x.words), tuple(inner)) for x, inner in found)


def _alias(words: Sequence[str]) -> str:
    """Return the name of a stage: `FROM image AS name`."""
    return words[2].lower() if len(words) > 2 and words[1].lower() == "as" else ""


def _instructions(lines: Sequence[str]) -> Iterator[Instruction]:
    escape, at = _escape(lines), 0
    ends = {line.strip(): number for number, line in enumerate(lines)}
    while at < len(lines):
        first = at + 1
        text, at = _joined(lines, at, escape)
        name, _, rest = text.partition(" ")
        if name:
            yield _instruction(first, name.upper(), rest)
        if name.upper() in _WITH_HEREDOCS:
            at = _after_heredocs(ends, lines, at, rest)


def _escape(lines: Sequence[str]) -> str:
    """Return the character that joins lines; a directive stands before everything else."""
    for line in lines:
        if found := _ESCAPE.fullmatch(line.strip()):
            return found[1]
        if not _DIRECTIVE.fullmatch(line.strip()):
            break
    return "\\"


def _joined(lines: Sequence[str], at: int, escape: str) -> tuple[str, int]:
    """Return one instruction without comments, and where the next begins."""
    parts: list[str] = []
    while at < len(lines):
        line, at = lines[at].strip(), at + 1
        if line.startswith("#") or (parts and not line):
            continue
        parts.append(line.removesuffix(escape))
        if not line.endswith(escape):
            break
    return " ".join(" ".join(parts).split()), at


def _after_heredocs(ends: Mapping[str, int], lines: Sequence[str], at: int, rest: str) -> int:
    """Return where the next instruction begins; text that only looks so has no last line."""
    for _, name in _HEREDOC.findall(rest):
        if ends.get(name, -1) < at:
            break
        while lines[at].strip() != name:
            at += 1
        at += 1
    return at


def _instruction(line: int, name: str, rest: str) -> Instruction:
    words = rest.split()
    count = next((n for n, x in enumerate(words) if not x.startswith("--")), len(words))
    return Instruction(line, name, tuple(words[:count]), _words(words[count:]))


def _words(words: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments; those in JSON form as they are in it."""
    if words and words[0].startswith("["):
        try:
            listed = orjson.loads(" ".join(words))
        except orjson.JSONDecodeError:
            return tuple(words)
        if isinstance(listed, list) and all(isinstance(x, str) for x in listed):
            return tuple(listed)
    return tuple(words)
