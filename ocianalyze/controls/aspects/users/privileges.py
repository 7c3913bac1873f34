"""Ways to lose or regain root: entry scripts that drop it, groups and sudo rules that give it."""

import re
from collections.abc import Callable, Iterator, Sequence

from ocianalyze.controls.aspects.programs.started import argv, find_program, started
from ocianalyze.controls.aspects.users.accounts import Resolved
from ocianalyze.controls.aspects.users.sudoers import (
    Rule,
    doas_rules,
    doas_without_password,
    sudo_rules,
    without_password,
)
from ocianalyze.controls.saying import of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Evidence
from ocianalyze.model.history import Command
from ocianalyze.model.oci import RunConfig

POWERFUL_GROUPS = frozenset({b"sudo", b"wheel", b"docker", b"disk", b"shadow"})
"""Groups whose members can become root or read what root alone may."""
_ROOT = frozenset({"", "root", "0", "0:0", "root:root", "0:root", "root:0"})
_NGINX_USER = re.compile(rb"^\s*user\s+([^\s;]+)", re.MULTILINE)


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
    """Yield the groups and rules of sudo and doas that make a user as good as root."""
    for group in resolved.groups:
        if group.name in POWERFUL_GROUPS:
            entry = view.tree.resolve("etc/group")
            yield _privileged(f"in group {group.name.decode()}", entry)
    if _is_there(view, "sudo"):
        who = _subjects(resolved, number="#", group="%") | {"ALL"}
        yield from _by_rules(view, "NOPASSWD", without_password(view, who))
    if _is_there(view, "doas"):
        who = _subjects(resolved, number="", group=":")
        yield from _by_rules(view, "nopass", doas_without_password(view, who))


def unread_rules(view: ImageView) -> Iterator[Evidence]:
    """Yield the files that could make a user as good as root, are there, and were not kept."""
    files = [x for x in ("etc/passwd", "etc/group") if view.read(x) is None]
    files += view.once(sudo_rules).unread if _is_there(view, "sudo") else ()
    files += view.once(doas_rules).unread if _is_there(view, "doas") else ()
    for path in files:
        entry = view.tree.resolve(path)
        if entry is not None:
            detail = f"was not read, {entry.size} bytes"
            yield of_entry(entry, detail, reason="accounts-unread", path=path)


def _is_there(view: ImageView, name: str) -> bool:
    """Tell whether a program can be started; without it its rules are text."""
    configs = (RunConfig(), *((view.config.config,) if view.config else ()))
    return any(find_program(view, config, name) is not None for config in configs)


def _privileged(detail: str, entry: Entry | None) -> Evidence:
    return of_entry(entry, detail, reason="privileged-group")


def _by_rules(view: ImageView, word: str, rules: Iterator[Rule]) -> Iterator[Evidence]:
    """Yield the first rule of each file."""
    first: dict[str, Rule] = {}
    for rule in rules:
        first.setdefault(rule.path, rule)
    for path, rule in first.items():
        subject = rule.text.split(None, 1)[0] if word == "NOPASSWD" else rule.text
        yield _privileged(f"{word} for {subject[:40]}", view.tree.resolve(path))


def _subjects(resolved: Resolved, *, number: str, group: str) -> frozenset[str]:
    """Return how rules may name the user, given what marks numbers and groups in them."""
    found = {f"{number}{resolved.uid}", f"{group}{number}{resolved.gid}"}
    found |= {f"{group}{x.name.decode('utf-8', 'replace')}" for x in resolved.groups}
    if resolved.account:
        found.add(resolved.account.name.decode("utf-8", "replace"))
    return frozenset(found)
