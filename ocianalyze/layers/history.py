"""Build steps from `config.history` (image-spec "OCI Image Configuration", history).

The text of a step is whatever its builder wrote; the forms below are those of known builders.
All of it is what the image says of itself: nothing here is proof.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ocianalyze.layers.build_args import BuildArgs, cut_build_args
from ocianalyze.layers.builders import builder_of, is_rootfs, without_suffixes
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.history import Command, History, Step
from ocianalyze.model.oci import HistoryEntry
from ocianalyze.model.run_form import shell_text
from ocianalyze.model.shell import commands
from ocianalyze.model.shell_prefix import SHELLS

_BUILDKIT = re.compile(r"[ \n]*# buildkit\Z")
_INSTRUCTIONS = (
    "ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL"
    "|STOPSIGNAL|USER|VOLUME|WORKDIR"
)
_INSTRUCTION = re.compile(rf"({_INSTRUCTIONS})(?:\s+(.*))?", re.DOTALL)
_NOP = re.compile(
    rf"(?:\S{{1,200}} (?:-\S{{1,20}} ){{0,8}}|cmd /S /C |powershell [^#\n]{{0,300}})?"
    rf"#\(nop\)\s+({_INSTRUCTIONS})\b(.*)",
    re.DOTALL,
)
SHELL = re.compile(
    r"(?:(?:[A-Za-z]:)?[\w./+\\-]{0,200}[/\\])?(?:(?:ba|da|a|z|k|mk|fi)?sh|cmd|powershell|pwsh)"
    r"(?:\.exe)?(?: (?:[-+][A-Za-z]*o \w+|-{1,2}[A-Za-z-]+|/[A-RT-Zacd-z]|/S|\+[a-z]+)){0,8}?"
    r" (?:-[A-Za-z]*c|/[Cc]|-[Cc]ommand)(?: |\Z)"
)
"""How a builder starts the shell of a RUN step."""
_WINDOWS_SHELL = re.compile(r"(?:cmd|powershell|pwsh)(?:\.exe)? |[A-Za-z]:\\", re.IGNORECASE)
_STANDARD = re.compile(r"/(?:usr/)?(?:local/)?s?bin/[^/]+\Z")
_SCRIPT = re.compile(r"\.(?:sh|bash|py|pl|rb|ps1|cmd|bat)\Z", re.IGNORECASE)
_EXPANDED = re.compile(r"\$(?:\w+|[@*]|\{[^}]*\}|\(.*\))", re.DOTALL)
"""A command that is nothing but an expansion may be any text."""
_KNOWN_SOURCES = ("/os-release", "/lsb-release", "/activate", "/.bashrc", "/.profile", "/env")


class _Parsed(NamedTuple):
    """What a line says, without builder decoration."""

    instruction: str
    text: str
    arguments: BuildArgs = BuildArgs()
    windows: bool = False
    classic: bool = False
    """A RUN step without the word."""


def read_history(
    entries: Sequence[HistoryEntry], layer_count: int, limits: Limits = DEFAULT
) -> History:
    """Parse the steps and join them with the layers.

    The n-th step that is not empty made layer n. When the counts differ nothing is joined.
    """
    budget = limits.history_chars
    steps: list[Step] = []
    for index, entry in enumerate(entries):
        limit = replace(limits, shell_chars=min(limits.shell_chars, budget))
        steps.append(_step(index, entry, limit))
        budget -= min(budget, len(entry.created_by))
    made = [index for index, entry in enumerate(entries) if not entry.empty_layer]
    if len(made) != layer_count:
        return History(tuple(steps), reliable=False)
    for layer, index in enumerate(made):
        steps[index] = replace(steps[index], layer=layer)
    return History(tuple(steps))


def _step(index: int, entry: HistoryEntry, limits: Limits) -> Step:
    raw = entry.created_by
    parsed = _parse(entry)
    builder = builder_of(entry) or ("classic" if parsed.classic else "")
    found: tuple[Command, ...] = ()
    if parsed.instruction == "RUN" or (parsed.instruction == "RAW" and not builder):
        found = commands(parsed.text, windows=parsed.windows, limits=limits)
    lost = len(parsed.text) > limits.shell_chars or any(map(_is_heredoc, found))
    return Step(
        index=index,
        raw=raw,
        instruction=parsed.instruction,
        text=parsed.text,
        builder=builder,
        commands=found,
        build_args=parsed.arguments.values,
        ambiguous=parsed.arguments.ambiguous,
        opaque=lost or any(map(is_opaque, found)),
        lost=lost,
        created=entry.created,
        author=entry.author,
        comment=entry.comment,
    )


def _parse(entry: HistoryEntry) -> _Parsed:
    """Tell the form of a line, the most decorated forms first."""
    stripped = entry.created_by.strip()
    if is_rootfs(entry):
        return _Parsed("ROOTFS", stripped)
    if not stripped:
        return _Parsed("EMPTY", "")
    line = without_suffixes(_BUILDKIT.sub("", stripped))
    if nop := _NOP.match(line):
        return _Parsed(nop[1], nop[2].strip())
    if (instruction := _INSTRUCTION.fullmatch(line)) and instruction[1] != "RUN":
        return _Parsed(instruction[1], (instruction[2] or "").strip())
    return _run(instruction[2] or "" if instruction else line, known=instruction is not None)


def _run(text: str, *, known: bool) -> _Parsed:
    """Read what follows RUN, or a line that a classic builder wrote without saying RUN."""
    arguments = cut_build_args(text.strip(), SHELL)
    text = arguments.rest
    shell = SHELL.match(text)
    windows = bool(shell and _WINDOWS_SHELL.match(text))
    inner = text[shell.end() :].strip(" ") if shell else text
    if known or shell:
        inner = shell_text(inner)
    if known:
        return _Parsed("RUN", inner, arguments, windows)
    classic = bool(shell) or arguments.counted
    return _Parsed("RUN" if classic else "RAW", inner, arguments, windows, classic)


def _is_heredoc(command: Command) -> bool:
    """Tell the label that BuildKit writes for a here-document with an interpreter of its own."""
    return command.words[0].startswith("/dev/")


def is_opaque(command: Command) -> bool:
    """Tell a command that runs commands from somewhere else: a script, a pipe."""
    program = command.words[0]
    if len(command.words) == 1 and _EXPANDED.fullmatch(program):
        return True
    if command.name in (".", "source"):
        return not any(word.endswith(_KNOWN_SOURCES) for word in command.words[1:2])
    if command.name in SHELLS or command.name == "eval":
        return command.words[1:2] not in (("--version",), ("--help",))
    if _is_heredoc(command):
        return True
    own_path = "/" in program and not _STANDARD.match(program) and "$" not in program
    return own_path or bool(_SCRIPT.search(program))
