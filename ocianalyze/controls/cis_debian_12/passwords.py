"""Passwords of accounts: shadowed, not empty, root's locked, and those nobody logs in to."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.users.accounts import Line, is_hash, password_kind
from ocianalyze.controls.cis_debian_12._files import (
    PASSWD,
    SHADOW,
    Users,
    may_log_in,
    over,
    program,
    users,
)
from ocianalyze.controls.cis_debian_12._say import (
    inapplicable,
    lines_judged,
    of_file,
    passed,
    shown,
)
from ocianalyze.detectors.captures.logins import SHELLS
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Verdict

_LOGINS = ("su", "login", "sshd", "dropbear", "telnetd")
"""Programs by which an account with a password is entered."""


@over(PASSWD)
def shadowed(view: ImageView) -> Verdict:
    """Judge the password fields of the file that everybody reads."""
    return lines_judged(_unshadowed(view, view.once(users)), "not-shadowed", "unshadowed passwords")


def _unshadowed(view: ImageView, known: Users) -> Iterator[Evidence]:
    for account in known.accounts:
        name, kind = shown(account.name), password_kind(account.password)
        if is_hash(account.password):
            yield of_file(view, PASSWD, f"{name}: a password hash", "high", "hash")
        elif kind == "empty" and account.fields > 1:
            yield of_file(view, PASSWD, f"{name}: no password", "critical", "empty-password")
        elif kind == "impossible" and b"NP" not in account.password:
            yield of_file(view, PASSWD, f"{name}: neither shadowed nor locked", "medium")


@over(SHADOW, also=(PASSWD, SHELLS))
def not_empty(view: ImageView) -> Verdict:
    """Judge the password fields of the shadow file."""
    return lines_judged(_empty(view, view.once(users)), "empty-password", "empty passwords")


def _empty(view: ImageView, known: Users) -> Iterator[Evidence]:
    accounts = {account.name: account for account in reversed(known.accounts)}
    for name, line in (known.shadow or {}).items():
        if not line.password:
            yield _open(view, line, accounts.get(name))
        elif is_hash(line.password):
            yield of_file(view, SHADOW, f"{shown(name)}: has a password", "info", "hash")


def _open(view: ImageView, line: Line, account: Line | None) -> Evidence:
    name = shown(line.name)
    if account is None:
        return of_file(view, SHADOW, f"{name}: empty password, no such account", "low")
    if account.password != b"x":
        return of_file(view, SHADOW, f"{name}: empty password, passwd(5) has its own", "low")
    if not may_log_in(view, account) and program(view, *_LOGINS) is None:
        detail = f"{name}: empty password; no login shell, nothing to log in with"
        return of_file(view, SHADOW, detail, "medium", "empty-password-unusable")
    return of_file(view, SHADOW, f"{name}: empty password", "critical")


@over(PASSWD, also=(SHADOW,))
def root_locked(view: ImageView) -> Verdict:
    """Judge root's password: an image wants none that works."""
    known = view.once(users)
    root = next((x for x in known.accounts if x.name == b"root"), None)
    if root is None:
        return inapplicable("no-root", "does not apply: there is no account root")
    kind = known.kind(root)
    place = SHADOW if root.password == b"x" and known.shadow is not None else PASSWD
    if kind == "empty":
        found = of_file(view, place, "root: empty password", "critical", "empty-password")
    elif kind == "hash":
        found = of_file(view, place, "root: has a password", "high", "hash")
    else:
        return passed("root-locked", "root has no password that works")
    return lines_judged((found,), "root-password", "passwords of root")


@over(PASSWD, also=(SHADOW, SHELLS))
def locked_without_shell(view: ImageView) -> Verdict:
    """Judge accounts that nobody is meant to log in to."""
    known = view.once(users)
    found = (
        of_file(view, PASSWD, f"{shown(x.name)}: no login shell, but {_SAID[kind]}", "medium")
        for x in known.accounts
        if x.name != b"root"
        and (kind := known.kind(x)) in ("empty", "hash")
        and x.fields > 1
        and not may_log_in(view, x)
    )
    return lines_judged(found, "unlocked", "unlocked accounts without shell")


_SAID = {"empty": "an empty password", "hash": "a password"}
_LOCK = "RUN passwd -l USER, or usermod -p '*' USER"

CONTROLS = (
    Control(
        id="cis-debian-12-7.2.1",
        short="shadowed passwords",
        automation="full",
        reads="the password fields of etc/passwd",
        decides="fails on a hash, on an empty field, and on anything but `x`, a lock (`*`, `!`) "
        "or `NP`; hashes are never printed",
        limits="whether the lines of a name service have passwords",
        remediation=f"{_LOCK}, then pwconv",
        evaluate=shadowed,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="cis-debian-12-7.2.2",
        short="empty passwords",
        automation="full",
        reads="the password fields of etc/shadow; etc/passwd, shells and programs to log in with",
        decides="fails on an empty field; that weighs less where the account has no login shell "
        "and the image no su, login or sshd; passwords that are set are told",
        limits="does not apply without etc/shadow: then 7.2.1 judges etc/passwd",
        remediation=_LOCK,
        evaluate=not_empty,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="cis-debian-12-5.4.2.4",
        short="root's password",
        automation="full",
        reads="root's password field in etc/passwd and etc/shadow",
        decides="passes when root is locked (`*`, `!`) or has no shadow line; fails on a hash "
        "and on an empty field: in an image nobody needs root's password",
        limits="keys that let root in by ssh",
        remediation="RUN passwd -l root, or usermod -p '*' root",
        evaluate=root_locked,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="cis-debian-12-5.4.2.8",
        short="unlocked, no shell",
        automation="full",
        reads="password fields and shells of etc/passwd, etc/shadow and etc/shells",
        decides="fails on an account whose shell is none or is not there, and whose password "
        "is not locked",
        limits="keys that let an account in by ssh",
        remediation=_LOCK,
        evaluate=locked_without_shell,
        needs=frozenset({"filesystem"}),
    ),
)
