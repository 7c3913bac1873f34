"""Ways to lose or regain root: entry scripts that drop it, groups and sudo rules that give it."""

import re
from collections.abc import Callable, Iterator, Sequence

from ocianalyze.controls.aspects.programs.started import DEFAULT_PATH, argv, find_program, started
from ocianalyze.controls.aspects.users.accounts import Resolved
from ocianalyze.controls.saying import of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence
from ocianalyze.model.history import Command
from ocianalyze.model.oci import RunConfig

POWERFUL_GROUPS = frozenset({b"sudo", b"wheel", b"docker", b"disk", b"shadow"})
"""Groups whose members can become root or read what root alone may."""
_ROOT = frozenset({"", "root", "0", "0:0", "root:root", "0:root", "root:0"})
_NGINX_USER = re.compile(rb"^\s*user\s+([^\s;]+)", re.MULTILINE)
_RULES = 200
"""Files of etc/sudoers.d that are read."""


def drops(view: ImageView, config: RunConfig) -> Iterator[Evidence]:
    """Yield where the entry point gives up root, when the program that does it is there."""
    for command, entry in started(view, config):
        target = _target(command)
        if target in _ROOT or find_program(view, config, command.words[0]) is None:
            continue
        yield _evidence(f"{command.name} {target}"[:80], entry)
    yield from _nginx(view, config)


def _evidence(detail: str, entry: Entry | None) -> Evidence:
    reason = "drops-privileges-at-start"
    if entry is None:
        return Evidence(
            detail=detail,
            kind="config",
            reason=reason,
            pointer="/config/Entrypoint",
            severity="low",
        )
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


def _nginx(view: ImageView, config: RunConfig) -> Iterator[Evidence]:
    """Yield the user that nginx's own configuration gives its workers."""
    if "nginx" not in {word.rpartition("/")[2] for word in argv(config)}:
        return
    entry = view.tree.resolve("etc/nginx/nginx.conf")
    found = _NGINX_USER.search(view.read("etc/nginx/nginx.conf") or b"")
    user = found[1].decode("utf-8", "replace")[:64] if found else ""
    if entry is not None and user not in _ROOT:
        yield _evidence(f"user {user};", entry)


def regains(view: ImageView, resolved: Resolved) -> Iterator[Evidence]:
    """Yield the groups and sudo rules that make a user as good as root."""
    for group in resolved.groups:
        if group.name in POWERFUL_GROUPS:
            entry = view.tree.resolve("etc/group")
            yield _privileged(f"in group {group.name.decode()}", entry)
    if _has_sudo(view):
        yield from _sudo(view, resolved)


def unread_rules(view: ImageView) -> Iterator[Evidence]:
    """Yield the files that could make a user as good as root, are there, and were not kept."""
    files = [x for x in ("etc/passwd", "etc/group") if view.tree.resolve(x) is not None]
    if _has_sudo(view):
        files += _rule_files(view)
        if len(view.tree.listing("etc/sudoers.d")) > _RULES:
            detail = f"only the first {_RULES} files are read"
            yield Evidence(detail=detail, reason="accounts-unread", path="etc/sudoers.d")
    for path in files:
        entry = view.tree.resolve(path)
        if entry is not None and view.read(path) is None:
            detail = f"was not read, {entry.size} bytes"
            yield of_entry(entry, detail, reason="accounts-unread", path=path)


def _has_sudo(view: ImageView) -> bool:
    """Tell whether sudo can be started; without it its rules are text."""
    paths = (f"{directory}/sudo" for directory in DEFAULT_PATH.split(":"))
    if any(view.tree.resolve(path) is not None for path in paths):
        return True
    return view.config is not None and find_program(view, view.config.config, "sudo") is not None


def _rule_files(view: ImageView) -> list[str]:
    """Return the paths of the files that sudo reads, directories left out as sudo does."""
    found = []
    for path in ("etc/sudoers", *(x.path for x in view.tree.listing("etc/sudoers.d")[:_RULES])):
        entry = view.tree.resolve(path)
        if entry is not None and entry.kind is not Kind.DIRECTORY:
            found.append(path)
    return found


def _privileged(detail: str, entry: Entry | None) -> Evidence:
    return of_entry(entry, detail, reason="privileged-group")


def _sudo(view: ImageView, resolved: Resolved) -> Iterator[Evidence]:
    who = _subjects(resolved)
    for path in _rule_files(view):
        content = view.read(path) or b""
        for line in content.replace(b"\\\n", b" ").split(b"\n"):
            words = line.split(None, 1)
            if len(words) == 2 and words[0] in who and b"NOPASSWD" in words[1]:
                subject = words[0].decode("utf-8", "replace")[:40]
                yield _privileged(f"NOPASSWD for {subject}", view.tree.resolve(path))
                break


def _subjects(resolved: Resolved) -> frozenset[bytes]:
    """Return how sudo rules may name the user."""
    names = [b"ALL", b"#%d" % resolved.uid, b"%%#%d" % resolved.gid]
    if resolved.account:
        names.append(resolved.account.name)
    names += [b"%" + group.name for group in resolved.groups]
    return frozenset(names)
