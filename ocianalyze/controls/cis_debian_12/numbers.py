"""Numbers and names of accounts and groups: each once, each known, who is as good as root."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.users.accounts import Line
from ocianalyze.controls.cis_debian_12._files import GROUP, PASSWD, Users, over, users
from ocianalyze.controls.cis_debian_12._say import (
    inapplicable,
    lines_judged,
    of_file,
    passed,
    shown,
)
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Evidence, Verdict

_GID_0_ALLOWED = frozenset({b"root", b"sync", b"shutdown", b"halt", b"operator"})
"""Accounts that Red Hat and Alpine give root's group."""
_NAMED = 5
_Find = Callable[[ImageView, Users], Iterable[Evidence]]


def _twice(path: str, what: str) -> _Find:
    """Return who finds what occurs in more than one line of a file."""

    def find(view: ImageView, known: Users) -> Iterator[Evidence]:
        seen: dict[Hashable, list[Line]] = defaultdict(list)
        for line in known.accounts if path == PASSWD else known.groups:
            value = _value(line, what)
            if value is not None:
                seen[value].append(line)
        for value, lines in seen.items():
            if len(lines) > 1:
                yield of_file(view, path, _repeated(value, lines, what), _grave(value))
        yield from _service(view, known, path)

    return find


def _value(line: Line, what: str) -> Hashable:
    """Return what must be unique; None where the line does not have it."""
    if what == "name":
        return line.name or None
    return line.uid if what == "uid" else line.gid


def _grave(value: Hashable) -> Severity:
    return "high" if value in (0, b"root") else "medium"


def _repeated(value: Hashable, lines: list[Line], what: str) -> str:
    told = shown(value) if isinstance(value, bytes) else str(value)
    if what == "name":
        return f"{told} in lines {_some(str(x.at) for x in lines)}"
    return f"{what} {told}: {_some(shown(x.name) for x in lines)}"


def _some(words: Iterable[str]) -> str:
    listed = list(words)
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more


def _service(view: ImageView, known: Users, path: str) -> Iterator[Evidence]:
    """Yield the lines by which anybody may come from a name service."""
    for file, line in known.nis:
        if file == path:
            yield of_file(view, path, f"line {line.at}: {shown(line.name)} takes in a name service")


def _unknown_groups(view: ImageView, known: Users) -> Iterator[Evidence]:
    gids = {group.gid for group in known.groups}
    for account in known.accounts:
        if account.gid is not None and account.gid not in gids:
            detail = f"{shown(account.name)} has gid {account.gid}, which is no group"
            yield of_file(view, PASSWD, detail, "low")


def _as_root(view: ImageView, known: Users) -> Iterator[Evidence]:
    """Yield accounts with uid 0, and lines whose uid a runtime takes for 0."""
    for account in known.accounts:
        if account.name == b"root":
            continue
        if account.uid == 0:
            yield of_file(view, PASSWD, f"{shown(account.name)} has uid 0", "high")
        elif account.uid is None:
            detail = f"line {account.at}: no uid, which runtimes take for 0"
            yield of_file(view, PASSWD, detail, "medium")


def _root_group(view: ImageView, known: Users) -> Iterator[Evidence]:
    for account in known.accounts:
        if account.gid == 0 and account.name not in _GID_0_ALLOWED:
            yield of_file(view, PASSWD, f"{shown(account.name)} has gid 0", "medium")
        elif account.name == b"root" and account.gid != 0:
            yield of_file(view, PASSWD, f"root has gid {account.gid}", "medium")


def _groups_as_root(view: ImageView, known: Users) -> Iterator[Evidence]:
    for group in known.groups:
        if group.gid == 0 and group.name != b"root":
            yield of_file(view, GROUP, f"group {shown(group.name)} has gid 0", "medium")
        elif group.name == b"root" and group.gid != 0:
            yield of_file(view, GROUP, f"group root has gid {group.gid}", "medium")


@over(GROUP, also=(PASSWD,))
def shadow_group(view: ImageView) -> Verdict:
    """Judge who can read the hashes by group."""
    known = view.once(users)
    group = next((x for x in known.groups if x.name == b"shadow"), None)
    if group is None:
        return inapplicable("no-shadow-group", "does not apply: there is no group shadow")
    found = [of_file(view, GROUP, f"{shown(x)} is in group shadow", "high") for x in group.members]
    found += [
        of_file(view, PASSWD, f"{shown(x.name)} has gid {x.gid}, group shadow", "high")
        for x in known.accounts
        if x.gid == group.gid and group.gid is not None
    ]
    if not found:
        return passed("shadow-group-empty", "nobody is in group shadow")
    return lines_judged(found, "shadow-group-members", "members of group shadow")


def _control(  # noqa: PLR0913, PLR0917 - a row of the table
    number: str, short: str, files: tuple[str, ...], find: _Find, reason: str, decides: str
) -> Control:
    @over(*files)
    def judge(view: ImageView) -> Verdict:
        return lines_judged(find(view, view.once(users)), reason, short)

    return Control(
        id=f"cis-debian-12-{number}",
        short=short,
        automation="full",
        reads=f"the lines of {' and '.join(files)}",
        decides=f"fails on {decides}; comments and short lines are read as far as they go",
        limits="accounts that a name service or an entry script adds",
        remediation="RUN usermod, groupmod, userdel or groupdel, or sed the line out of "
        f"/{files[-1]}",
        evaluate=judge,
        needs=frozenset({"filesystem"}),
    )


_NIS = "and lines that take in a name service (`+`)"
CONTROLS = (
    _control("5.4.2.1", "accounts with uid 0", (PASSWD,), _as_root, "uid-0",
             "an account other than root with uid 0, or with no number for its uid, "
             "which runtimes take for 0"),
    _control("5.4.2.2", "accounts with gid 0", (PASSWD,), _root_group, "gid-0",
             "an account with gid 0 other than root, sync, shutdown, halt and operator, "
             "and on root with another gid"),
    _control("5.4.2.3", "groups with gid 0", (GROUP,), _groups_as_root, "group-0",
             "a group other than root with gid 0"),
    _control("7.2.3", "unknown groups", (PASSWD, GROUP), _unknown_groups, "unknown-group",
             "an account whose gid is no group"),
    Control(
        id="cis-debian-12-7.2.4",
        short="members of shadow",
        automation="full",
        reads="the line of group shadow in etc/group, the gids of etc/passwd",
        decides="fails on members of group shadow and on accounts whose gid is its gid; does "
        "not apply where there is no such group",
        limits="groups that a runtime adds to its process",
        remediation="RUN gpasswd -d USER shadow, or usermod -g for its first group",
        evaluate=shadow_group,
        needs=frozenset({"filesystem"}),
    ),
    _control("7.2.5", "repeated uids", (PASSWD,), _twice(PASSWD, "uid"), "repeated-uid",
             f"a uid in two lines {_NIS}"),
    _control("7.2.6", "repeated gids", (GROUP,), _twice(GROUP, "gid"), "repeated-gid",
             f"a gid in two lines {_NIS}"),
    _control("7.2.7", "repeated users", (PASSWD,), _twice(PASSWD, "name"), "repeated-user",
             f"a name in two lines {_NIS}"),
    _control("7.2.8", "repeated groups", (GROUP,), _twice(GROUP, "name"), "repeated-group",
             f"a name in two lines {_NIS}"),
)  # fmt: skip
