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
    locks: frozenset[str] = frozenset()
    """Options with which nothing is installed but what a file names by its digest."""
    reads_project: bool = False
    """Without a name it installs what a file of the project asks for."""


_PIP = _Installer(
    ("install",),
    re.compile(r"===?[^*]+$| @ .*"),
    frozenset({"-i", "--index-url", "--extra-index-url", "-t", "--target", "--trusted-host", "-f"}),
    ("-r", "--requirement", "-c", "--constraint", "--requirements"),
    frozenset({"--require-hashes"}),
)
_NPM = _Installer(
    ("install", "i", "add"),
    re.compile(r".+@(?!latest$|next$)[^@]+$"),
    frozenset({"--registry", "--prefix", "-C"}),
    locks=frozenset({"--frozen-lockfile", "--immutable"}),
    reads_project=True,
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


def unlocked(step: Step) -> str:
    """Tell a step that installs what a file asks for, perhaps without its versions."""
    for command in step.commands:
        installer, verb, rest = _parts(command)
        if installer is None or not installer.locks.isdisjoint(rest):
            continue
        if listed := next((x for x in rest if _is_list(installer, x)), ""):
            return f"{command.name} install {listed[:2]}: its list may name no digests"
        operands = [x for x in rest if not x.startswith("-")]
        alone = not command.words[1:] and command.name == "yarn"
        if installer.reads_project and (alone or (verb in ("install", "i") and not operands)):
            return f"{command.name} install may write its lock file anew"
    return ""


def _is_list(installer: _Installer, word: str) -> bool:
    return word.startswith(("-r", "--requirement")) and bool(installer.listed)


def _parts(command: Command) -> tuple[_Installer | None, str, Sequence[str]]:
    """Return the installer, what it is told to do, and with what."""
    installer, words = _installer(command)
    at = next((at for at, word in enumerate(words) if not word.startswith("-")), None)
    if installer is None or at is None:
        return installer, "", ()
    if words[at] not in installer.verbs:
        return None, words[at], ()
    return installer, words[at], words[at + 1 :]


def _first(command: Command) -> str | None:
    installer, _, rest = _parts(command)
    if installer is None:
        return None
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
    "a version, or a repository without a commit; pip install -r without --require-hashes and "
    "npm, pnpm or yarn install of a project without a frozen lock file need review, and so does "
    "what only a seam in the history excuses",
    limits="what lock files and lists of requirements say is not looked at, nor are versions of "
    "packages of apt, apk, dnf and their like, other managers, and what a script installs; "
    "builder stages are not in the history",
    remediation="name the version: pip install NAME==1.2.3, npm install NAME@1.2.3, go install "
    "MODULE@v1.2.3; for a project npm ci, yarn install --frozen-lockfile, pip install "
    "--require-hashes -r FILE",
    evaluate=StepRule(
        "unpinned", "unpinned pip/npm/gem/cargo/go", each(unpinned), unsure=each(unlocked)
    ),
    needs=frozenset({"history"}),
)
