"""Which files a step may have written: only then it explains that they changed."""

import re
from collections.abc import Mapping
from posixpath import normpath

from ocianalyze.controls.aspects.history.add import sources_and_target
from ocianalyze.controls.aspects.history.updates import is_package_command
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.history import Command, Step

_LONGEST = 4_096
_WRITES_NO_PROGRAM = frozenset(
    {
        *(":", "[", "cd", "echo", "exit", "export", "false", "printf", "set", "test", "true"),
        *("chgrp", "chmod", "chown", "mkdir", "rm", "rmdir", "touch", "unset"),
        *("addgroup", "adduser", "apt-mark", "groupadd", "useradd"),
    }
)
"""What stands beside package managers in a step; where its output goes is another question."""
_REDIRECT = re.compile(r"[<>]")
_HARMLESS = re.compile(r"[0-9]?>&[0-9]|(?:[0-9]|&)?>{1,2}[ \t]*/dev/(?:null|stdout|stderr)\b")
_LIBRARY = re.compile(r"\.so(?:\.[0-9.]+)?\Z")
_SYSTEM = frozenset({"", "/bin", "/sbin", "/usr/bin", "/usr/sbin"})
_HOOK = re.compile(r"invoke|hook|\.(?:apk|deb|rpm)\Z", re.IGNORECASE)
"""Words with which a package manager runs or installs what the author wrote."""


def may_write(view: ImageView, step: Step, entry: Entry) -> bool:
    """Tell whether a step can have written a file: COPY and ADD below their target.

    RUN any, but for a program when all that ran are package managers: they write the records of
    what they write.
    """
    path = entry.path
    if step.instruction == "RUN":
        return not (_is_program(entry) and _only_installs(step))
    targets = view.once(_targets).get(step.index, ())
    return any(not target or f"{path}/".startswith(f"{target}/") for target in targets)


def _is_program(entry: Entry) -> bool:
    is_file = entry.kind in (Kind.FILE, Kind.HARDLINK)
    return is_file and bool(entry.mode & 0o111 or _LIBRARY.search(entry.path))


def _only_installs(step: Step) -> bool:
    """Tell a step whose text is known and does nothing but install, remove and tidy."""
    if step.opaque or step.lost or step.ambiguous or not step.commands:
        return False
    if _REDIRECT.search(_HARMLESS.sub("", step.text)):
        return False
    return all(map(_writes_no_program, step.commands))


def _writes_no_program(command: Command) -> bool:
    if command.words[0].rpartition("/")[0] not in _SYSTEM:
        return False
    if is_package_command(command):
        return not any(map(_HOOK.search, command.words))
    return command.name in _WRITES_NO_PROGRAM


def absolute(home: str, path: str) -> str:
    """Return a path below the root, without leading slash; a relative one is below `home`."""
    joined = path if path.startswith("/") else f"{home}/{path}"
    whole = normpath(f"/{joined[:_LONGEST]}").lstrip("/")
    return "" if whole == "." else whole


def working_directories(view: ImageView) -> Mapping[int, str]:
    """Return the directory that each step ran in, by its index."""
    home, found = "", {}
    for step in view.history.steps:
        found[step.index] = home
        if step.instruction == "WORKDIR":
            home = absolute(home, step.text.strip())
    return found


def _targets(view: ImageView) -> Mapping[int, tuple[str, ...]]:
    """Return the targets of the steps that copy, as written and where links lead.

    A variable may stand for any path, so such a target is the root.
    """
    homes, found = view.once(working_directories), {}
    for step in view.history.steps:
        if step.instruction not in ("COPY", "ADD"):
            continue
        written = sources_and_target(step.text)[1]
        if not written:
            continue
        target = "" if "$" in written else absolute(homes[step.index], written)
        found[step.index] = (target, view.tree.real(target) or target) if target else ("",)
    return found
