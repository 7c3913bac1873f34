"""Package manager commands that refresh an index, upgrade, or install (catalogue, 4.7)."""

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
        "reinstall source download",
        other="remove purge autoremove clean autoclean mark show search policy list",
    ),
    "apk": _table(
        refresh="update",
        install="add upgrade fix fetch",
        other="del cache info search policy list index verify",
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


def uses(commands: Iterable[Command]) -> Iterator[Use]:
    """Yield what package managers are asked to do."""
    for command in commands:
        family = _FAMILIES.get(command.name, "")
        action = _pacman(command) if family == "pacman" else _action(family, command)
        if action:
            yield Use(family, action, command)


def _action(family: str, command: Command) -> Action | None:
    table = _ACTIONS.get(family, {})
    match table.get(_subcommand(command, table)):
        case "refresh":
            return "refresh"
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
