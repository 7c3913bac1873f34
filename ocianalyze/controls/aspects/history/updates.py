"""Package manager commands that refresh an index, upgrade, or install (catalogue, 4.7)."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from ocianalyze.model.history import Command

Action = Literal["refresh", "upgrade", "install"]


class Use(NamedTuple):
    """One package manager command."""

    family: str
    """`apt`, `apk`, `dnf`, `zypper`, `pacman`: managers that share an index."""
    action: Action
    command: Command

    @property
    def text(self) -> str:
        """The manager and what it does, without arguments that may hold anything."""
        if self.family == "pacman":
            return f"{self.command.name} {_pacman_flags(self.command)}"
        return f"{self.command.name} {_subcommand(self.command, _ACTIONS[self.family])}"


_FAMILIES: dict[str, str] = {
    "apt": "apt",
    "apt-get": "apt",
    "aptitude": "apt",
    "nala": "apt",
    "apk": "apk",
    "dnf": "dnf",
    "dnf5": "dnf",
    "microdnf": "dnf",
    "tdnf": "dnf",
    "yum": "dnf",
    "zypper": "zypper",
    "pacman": "pacman",
}


def _table(**actions: str) -> dict[str, str]:
    return {word: action for action, words in actions.items() for word in words.split()}


_ACTIONS: dict[str, dict[str, str]] = {
    "apt": _table(
        refresh="update",
        install="install upgrade dist-upgrade full-upgrade safe-upgrade build-dep satisfy "
        "reinstall",
        other="source download remove purge autoremove clean autoclean mark show search policy "
        "list",
    ),
    "apk": _table(
        refresh="update",
        install="add upgrade fix",
        other="fetch del cache info search policy list index verify",
    ),
    "dnf": _table(
        refresh="makecache check-update check-upgrade",
        upgrade="update upgrade update-minimal upgrade-minimal",
        install="install in reinstall groupinstall group localinstall builddep distro-sync swap "
        "downgrade module",
        other="remove erase clean autoremove repolist list info search config-manager repoquery",
    ),
    "zypper": _table(
        refresh="refresh ref",
        upgrade="update up",
        install="install in patch dist-upgrade dup source-install si install-new-recommends",
        other="remove rm clean cc addrepo ar removerepo rr modifyrepo mr search se lock al",
    ),
}


_PRETENDED: dict[str, re.Pattern[str]] = {
    "apt": re.compile(r"-(?![otc])[a-zA-Z]*[sd][a-zA-Z]*|--(?:simulate|just-print|dry-run|recon"
                      r"|no-act|download-only|print-uris)"),
    "apk": re.compile(r"-[a-zA-Z]*s[a-zA-Z]*|--simulate"),
    "dnf": re.compile(r"--(?:downloadonly|assumeno|setopt=tsflags=test)"),
    "zypper": re.compile(r"-[a-zA-Z]*[dD]|--(?:dry-run|download-only)"),
}  # fmt: skip
"""Options with which nothing is installed."""
_REPAIRS = frozenset({"-f", "--fix-broken"})
_WITHOUT_NAMES = frozenset({"install", "in", "add", "reinstall", "build-dep", "satisfy"})
"""What does nothing unless packages are named."""


def uses(commands: Iterable[Command], text: str | None = None) -> Iterator[Use]:
    """Yield what package managers are asked to do.

    Args:
        commands: of one step.
        text: they are from; an install that names no package counts only where the text gives it
            names from elsewhere (`xargs`, a substitution), or where there is no text to tell.

    """
    gives_names = text is None or any(mark in text for mark in _GIVING)
    for command in commands:
        family = _FAMILIES.get(command.name, "")
        if not gives_names and _names_nothing(family, command):
            continue
        action = _pacman(command) if family == "pacman" else _action(family, command)
        if action:
            yield Use(family, action, command)


_GIVING = ("xargs", "$(", "`", "<(", "parallel")


def _names_nothing(family: str, command: Command) -> bool:
    """Tell an install without a package."""
    verb = _subcommand(command, _ACTIONS.get(family, {}))
    if verb not in _WITHOUT_NAMES or _REPAIRS.intersection(command.words):
        return False
    after = command.words[command.words.index(verb) + 1 :]
    return all(word.startswith("-") for word in after)


def is_unnamed(command: Command) -> bool:
    """Tell a command that a variable names and that may refresh an index: `$APT update`."""
    verbs = _ACTIONS["apt"].keys() | _ACTIONS["dnf"].keys() | _ACTIONS["zypper"].keys()
    return command.words[0].startswith("$") and not verbs.isdisjoint(command.words[1:])


def is_package_command(command: Command) -> bool:
    """Tell a package manager."""
    return command.name in _FAMILIES


def _pretends(family: str, command: Command) -> bool:
    options = _PRETENDED.get(family)
    return options is not None and any(map(options.fullmatch, command.words[1:]))


def _action(family: str, command: Command) -> Action | None:
    table = _ACTIONS.get(family, {})
    match table.get(_subcommand(command, table)):
        case "refresh":
            return "refresh"
        case _ if _pretends(family, command):
            return None
        case "upgrade":
            return "upgrade"
        case "install":
            return "install"
        case _:
            return None


def _subcommand(command: Command, table: dict[str, str]) -> str:
    """Return the first word that is a subcommand; option values before it seldom are."""
    return next((word for word in command.words[1:] if word in table), "")


def _pacman_flags(command: Command) -> str:
    long = {"--sync": "S", "--refresh": "y", "--sysupgrade": "u"}
    flags = [long.get(w, w[1:] if w[:2] != "--" else "") for w in command.words[1:] if w[:1] == "-"]
    letters = (x for x in "".join(flags) if x.isascii() and x.isalpha())
    return "-" + "".join(letters)[:16]


def _pacman(command: Command) -> Action | None:
    """Read pacman's -S: with y it refreshes, with u or packages it installs."""
    flags = _pacman_flags(command)
    if "S" not in flags:
        return "install" if "U" in flags else None
    packages = [word for word in command.words[1:] if not word.startswith("-")]
    if packages or "u" in flags:
        return "install"
    return "refresh" if "y" in flags else None


def lonely(found: Iterable[Use]) -> tuple[Use, ...]:
    """Return refreshes and upgrades that no install of the same family goes with."""
    used = tuple(found)
    installed = {use.family for use in used if use.action == "install"}
    upgraded = {use.family for use in used if use.action == "upgrade"}
    return tuple(
        use
        for use in used
        if use.family not in installed
        and (use.action == "upgrade" or (use.action == "refresh" and use.family not in upgraded))
    )
