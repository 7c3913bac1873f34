"""Ways to regain root: groups and sudo rules that give it."""

from collections.abc import Iterator

from ocianalyze.controls.aspects.programs.started import find_program
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
from ocianalyze.model.oci import RunConfig

POWERFUL_GROUPS = frozenset({b"sudo", b"wheel", b"docker", b"disk", b"shadow"})
"""Groups whose members can become root or read what root alone may."""


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
