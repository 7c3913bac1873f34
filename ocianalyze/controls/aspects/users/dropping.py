"""Users that a container which starts as root gives itself: by its entry script or its server."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from ocianalyze.controls.aspects.programs.started import find_program, kept_alive, started
from ocianalyze.controls.aspects.programs.supervised import OVERLAY
from ocianalyze.controls.aspects.users.accounts import resolve
from ocianalyze.controls.aspects.users.servers import Server, servers
from ocianalyze.controls.quoting import quoted
from ocianalyze.controls.saying import of_entry
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Evidence
from ocianalyze.model.history import Command
from ocianalyze.model.oci import RunConfig

_ROOT = frozenset({"", "root", "0", "0:0", "root:root", "0:root", "root:0"})
_ASKS = re.compile(rb"\bid\s+-u|\bE?UID\b|\bwhoami\b")
"""How a script finds out that it is not root, and leaves out what only root can do."""
_FREE = 1024
"""The first port that needs no privilege."""


@dataclass(frozen=True, slots=True)
class Drop:
    """One place where root is given up."""

    evidence: Evidence
    ids: tuple[int, int] | None
    """Uid and gid that run then; None for a user that the image does not have."""
    before: str = ""
    """What the image must change to start as that user."""


def drops(view: ImageView, config: RunConfig) -> Iterator[Drop]:
    """Yield where root is given up, when the program that does it is there."""
    for command, entry in started(view, config):
        target = _target(command)
        if target in _ROOT or not _is_there(view, config, command.words[0]):
            continue
        evidence = _evidence(f"{command.name} {target}"[:80], entry)
        yield Drop(evidence, _ids(view, target), _unguarded(view, command, entry))
    kept = tuple(kept_alive(view, config))
    where = quoted(f"/{kept[0].entry.path}") or "the settings of supervisord" if kept else ""
    alone = f"name no other user in {where}" if kept else ""
    for program in kept:
        if program.user not in _ROOT:
            said = f"user {program.user} of program {program.name}"
            yield Drop(_evidence(said[:80], program.entry), _ids(view, program.user), alone)
    for server in servers(view, config):
        if server.user not in _ROOT:
            ids = _ids(view, server.user)
            pool = f" of pool {server.pool}" if server.pool else ""
            evidence = _evidence(f"user {server.user}{pool};", server.entry)
            needs = (alone, _needs(view, config, server, ids))
            yield Drop(evidence, ids, ", ".join(filter(None, needs)))


def unread_settings(view: ImageView, config: RunConfig) -> Iterator[Evidence]:
    """Yield settings of started servers that were not read; they may name other users."""
    of_servers = (server.entry for server in servers(view, config) if not server.user)
    of_programs = (program.entry for program in kept_alive(view, config) if not program.command)
    for entry in chain(of_servers, of_programs):
        detail = "settings of a server were not read: they may name another user"
        yield of_entry(entry, detail, "low", "settings-unread")


def _is_there(view: ImageView, config: RunConfig, program: str) -> bool:
    """Tell whether a program is where a path leads, that of s6-overlay's services included."""
    overlay = view.tree.resolve(f"command/{program}")
    return overlay is not None or find_program(view, config, program) is not None


def _ids(view: ImageView, user: str) -> tuple[int, int] | None:
    found = resolve(user, view.read("etc/passwd"), view.read("etc/group"))
    known = found.account is not None or found.numeric
    return (found.uid, found.gid) if known and found.uid and not found.problem else None


def _unguarded(view: ImageView, command: Command, entry: Entry | None) -> str:
    """Tell what fails for other users: to switch is for root alone."""
    text = view.tree.observed("captured", entry) if entry else None
    if text and _ASKS.search(text):
        return ""
    where = quoted(f"/{entry.path}") if entry else "the command"
    first = f"start the program without {command.name} in {where or 'the entry script'}"
    is_overlay = entry is not None and entry.path.startswith(OVERLAY)
    return f"{first}, let the user own /run" if is_overlay else first


def _needs(view: ImageView, config: RunConfig, server: Server, ids: tuple[int, int] | None) -> str:
    """Return what a server needs to start as the user of its workers."""
    ports = (port.partition("/")[0] for port in config.exposed_ports)
    low = any(port.isdecimal() and int(port[:6]) < _FREE for port in ports)
    parts = [server.setting, "let it listen above port 1023" if low else ""]
    if ids and (others := [x for x in server.writes if _is_of_another(view, x, ids[0])]):
        paths = " ".join(f"/{x}" for x in others)
        parts.append(f"RUN chown -R {ids[0]}:{ids[1]} {paths}")
    return ", ".join(filter(None, parts))


def _is_of_another(view: ImageView, path: str, uid: int) -> bool:
    entry = view.tree.resolve(path)
    return entry is not None and entry.uid != uid


def _evidence(detail: str, entry: Entry | None) -> Evidence:
    reason = "drops-privileges-at-start"
    if entry is None:
        pointer = "/config/Entrypoint"
        return Evidence(detail, "config", reason, pointer=pointer, severity="low")
    return of_entry(entry, detail, "low", reason)


def _target(command: Command) -> str:
    """Return the user that a command switches to, empty when it switches to none."""
    read = _DROPPERS.get(command.name)
    return read(command.words[1:]) if read else ""


def _first(words: Sequence[str]) -> str:
    return next((word for word in words if not word.startswith("-")), "")


def _option(*names: str) -> Callable[[Sequence[str]], str]:
    def read(words: Sequence[str]) -> str:
        for word, after in zip(words, (*words[1:], ""), strict=True):
            if word in names:
                return after
            if word.startswith("--") and word.partition("=")[0] in names:
                return word.partition("=")[2]
        return ""

    return read


def _su(words: Sequence[str]) -> str:
    """Return the operand of su: `su -s /bin/sh -c TEXT USER`, `su USER -c TEXT`, `su - USER`."""
    at = 0
    while at < len(words):
        if words[at] in ("-s", "-c", "-g", "-G", "-w", "--shell", "--command"):
            at += 2
        elif words[at].startswith("-"):
            at += 1
        else:
            return words[at]
    return ""


def _runuser(words: Sequence[str]) -> str:
    return _option("-u", "--user")(words) or _su(words)


_DROPPERS: dict[str, Callable[[Sequence[str]], str]] = {
    "chpst": _option("-u"),
    "chroot": _option("--userspec"),
    "gosu": _first,
    "runuser": _runuser,
    "s6-setuidgid": _first,
    "setpriv": _option("--reuid"),
    "setuidgid": _first,
    "su": _su,
    "su-exec": _first,
}
