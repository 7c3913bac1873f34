"""What package managers and other programs of a RUN step are told, without what it is about."""

import re
from collections.abc import Callable, Sequence

from ocianalyze.controls.aspects.history.updates import uses
from ocianalyze.model.history import Command, Step

_APT = frozenset({"apt-get", "apt", "aptitude"})
_YES = frozenset({"--yes", "--assume-yes", "--force-yes", "--non-interactive"})
_QUOTED = re.compile(r"\\[\\'\"]|'[^']*+'|\"(?:\\.|[^\"\\])*+\"", re.DOTALL)
"""An escaped quote opens nothing: were each tried, a text of them would be read again and again."""
_BEFORE = r"(?:^|[;&|(\n{]|\b(?:then|do|else|exec|time|env)\s)"
_ASSIGNED = r"(?:[A-Za-z_]\w{0,64}=\S{0,256}\s{1,64}){0,8}"
_SUDO = re.compile(rf"{_BEFORE}\s{{0,64}}{_ASSIGNED}(?:/\S{{0,64}}/)?sudo\s")
_CD = re.compile(r"\s{0,64}cd\s+[^\s;&|]")
_TEXT = 1 << 16


def run(wrong: Callable[[Step], str]) -> Callable[[Step], str]:
    """Return a question about RUN steps only, those without the word among them."""
    return lambda step: wrong(step) if step.commands or step.instruction == "RUN" else ""


def installs(step: Step) -> list[Command]:
    """Return the commands of apt that install something."""
    found = (use for use in uses(step.commands) if use.family == "apt")
    return [use.command for use in found if use.text.endswith(" install")]


def asks(step: Step) -> str:
    """Tell an installation that would ask whether to go on."""
    for command in installs(step):
        if command.name in _APT and not _agrees(command.words):
            return f"{command.name} install without -y"
    return ""


def _agrees(words: Sequence[str]) -> bool:
    settings = "assume-yes=true", "assume-yes=1", "assume-yes=yes"
    return any(
        word in _YES or _agrees_shortly(word) or word.casefold().endswith(settings)
        for word in words
    )


def _agrees_shortly(word: str) -> bool:
    """Tell `-y` among short options, and the quietness that means it: `-qq`, `-q=2`."""
    letters = word[1:]
    if not word.startswith("-") or not letters.isalpha():
        return word == "-q=2"
    return "y" in letters or letters.count("q") > 1


def recommends(step: Step) -> str:
    """Tell an installation that takes recommended packages too."""
    off = "install-recommends=false", "install-recommends=0", "install-recommends=no"
    for command in installs(step):
        words = [word.casefold() for word in command.words]
        if "--no-install-recommends" not in words and not any(x.endswith(off) for x in words):
            return f"{command.name} install with recommended packages"
    return ""


def upgrades(step: Step) -> str:
    """Tell an upgrade that may remove packages."""
    for command in step.commands:
        for word in ("dist-upgrade", "full-upgrade"):
            if command.name in _APT and word in command.words:
                return f"{command.name} {word}"
    return ""


def sudo(step: Step) -> str:
    """Tell a use of sudo; quoted text is not one."""
    return "sudo" if _SUDO.search(_QUOTED.sub("''", step.text[:_TEXT])) else ""


def changes_directory(step: Step) -> str:
    """Tell a step whose first command changes the directory."""
    return "cd instead of WORKDIR" if _CD.match(step.text) else ""


def downloaders(step: Step) -> frozenset[str]:
    """Return which of curl and wget a step starts."""
    return frozenset(x.name for x in step.commands if x.name in ("curl", "wget"))
