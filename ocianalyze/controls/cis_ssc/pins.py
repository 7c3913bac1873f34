"""Dependencies are pinned (3.1.7): versions in the commands of the history."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.history.step_rule import StepRule, each
from ocianalyze.model.history import Command, Step

_SHOWN = 24
_WORDS = 400
_LOCAL = re.compile(
    r"(?:\.{0,2}/|\.{1,2}$|\$|~|[A-Za-z]:\\|file:)|(?!.*://).*\.(?:whl|tgz|gem|zip|gz)$"
)
"""Paths, variables, and files that are archives."""
_GIT_PIN = re.compile(r"[@#][0-9a-f]{40}\b")


class _Installer(NamedTuple):
    """How one installer is told to install, and how a version is written behind a name."""

    verbs: tuple[str, ...]
    pin: re.Pattern[str]
    valued: frozenset[str] = frozenset()
    """Options whose value is the next word."""
    listed: tuple[str, ...] = ()
    """Options that name a file of requirements instead."""


_PIP = _Installer(
    ("install",),
    re.compile(r"===?[^*]+$| @ .*"),
    frozenset({"-i", "--index-url", "--extra-index-url", "-t", "--target", "--trusted-host", "-f"}),
    ("-r", "--requirement", "-c", "--constraint", "--requirements"),
)
_NPM = _Installer(
    ("install", "i", "add"),
    re.compile(r".+@(?!latest$|next$)[^@]+$"),
    frozenset({"--registry", "--prefix", "-C"}),
)
_GEM = _Installer(
    ("install",), re.compile(r".+:[0-9].*"), frozenset({"-v", "--version", "-n", "-i"})
)
_CARGO = _Installer(
    ("install",),
    re.compile(r".+@[0-9].*"),
    frozenset({"--version", "--vers", "--root", "--features", "--path", "--git", "--rev", "--tag"}),
)
_GO = _Installer(("install", "get"), re.compile(r".+@(?!latest$|master$|main$)[^@]+$"))
_MANAGERS = {
    **dict.fromkeys(("pip", "pip3", "pipx"), _PIP),
    **dict.fromkeys(("npm", "pnpm", "yarn"), _NPM),
    "gem": _GEM,
    "cargo": _CARGO,
    "go": _GO,
}
_APART = frozenset({"-v", "--version", "--vers", "--rev", "--tag"})
"""Options that give the version of what is named beside them."""


def unpinned(step: Step) -> str:
    """Tell a step that installs the newest of something, and name the first."""
    for command in step.commands:
        if (name := _first(command)) is not None:
            return f"{command.name} installs {name[:_SHOWN]} without a version"
    return ""


def _first(command: Command) -> str | None:
    installer, words = _installer(command)
    verb = next((at for at, word in enumerate(words) if not word.startswith("-")), None)
    if installer is None or verb is None or words[verb] not in installer.verbs:
        return None
    rest = words[verb + 1 :]
    if any(word.partition("=")[0] in _APART for word in rest):
        return None
    return next((x for x in _names(installer, rest) if not _is_pinned(installer, x)), None)


def _installer(command: Command) -> tuple[_Installer | None, Sequence[str]]:
    """Return the installer, `python -m pip` too, and the words behind its name."""
    words = command.words[:_WORDS]
    if command.name.startswith("python") and words[1:3] == ("-m", "pip"):
        return _PIP, words[3:]
    after = words[2:] if command.name == "yarn" and words[1:2] == ("global",) else words[1:]
    return _MANAGERS.get(command.name), after


def _names(installer: _Installer, words: Sequence[str]) -> Iterator[str]:
    """Yield what is to be installed; local files and lists of requirements are left out."""
    at = 0
    while at < len(words):
        word = words[at]
        if word in installer.valued or word in installer.listed:
            at += 2
            continue
        if not word.startswith("-") and not _LOCAL.match(word):
            yield word
        at += 1


def _is_pinned(installer: _Installer, name: str) -> bool:
    if "://" in name or name.startswith("git+"):
        return _GIT_PIN.search(name) is not None
    return installer.pin.search(name) is not None


CONTROL = Control(
    id="cis-ssc-3.1.7",
    short="versions pinned",
    automation="assist",
    reads="the commands of every RUN step in the history",
    decides="fails when pip, npm, pnpm, yarn, gem, cargo or go install a package by name without "
    "a version, or a repository without a commit; what only a seam in the history excuses needs "
    "review",
    limits="versions in lock files and lists of requirements are not looked at, nor are those of "
    "the distribution's packages, which its release pins; builder stages are not in the history; "
    "what a script installs leaves the question open",
    remediation="name the version: pip install NAME==1.2.3, npm install NAME@1.2.3, go install "
    "MODULE@v1.2.3",
    evaluate=StepRule("unpinned", "install without a version", each(unpinned)),
    needs=frozenset({"history"}),
)
