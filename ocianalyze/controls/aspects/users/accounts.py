"""Accounts of an image: who a container runs as, and what the account files say line by line.

Users are resolved as runtimes do (moby/sys `user.GetExecUser`): a number is never tried as a
name; the first matching line wins; a line whose number cannot be read counts as number 0. Those
who judge the files themselves see such lines as they are (`passwd_lines`).
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from ocianalyze.dataclass import dataclass

_NUMBER = re.compile(rb"[+-]?[0-9]+")
_LARGEST = 2**31 - 1
"""Ids above it are refused by runtimes."""
_INT64 = 2**63 - 1
_LONGEST = 2**16 - 1
"""Bytes of a passwd line (Go `bufio.Scanner`); at a longer one runtimes find nobody at all."""
_WHITE = b"\t\n\v\f\r "
_HASH = re.compile(rb"[!*]*(?:\$[0-9a-z-]{1,12}\$.+|_[./0-9A-Za-z]{19}|[./0-9A-Za-z]{13})")
"""What crypt(5) makes, locked or not: `$id$...`, extended DES, DES."""
PasswordKind = Literal["shadowed", "locked", "empty", "hash", "impossible"]
"""`impossible` is no lock by its form, yet nothing that crypt makes: `NP`."""


class Account(NamedTuple):
    """One line of the passwd file."""

    name: bytes
    uid: int
    gid: int
    shell: bytes


class Group(NamedTuple):
    """One line of the group file."""

    name: bytes
    gid: int
    members: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a runtime makes of the `User` of an image."""

    uid: int = 0
    gid: int = 0
    account: Account | None = None
    """The passwd line that was found."""
    numeric: bool = False
    groups: tuple[Group, ...] = ()
    """Lines of the group file that make the user's groups."""
    explicit_group: bool = False
    problem: str = ""
    """Why a runtime refuses to start: `unknown-user`, `unknown-group`, `out-of-range` or
    `long-line`."""


def resolve(user: str, passwd: bytes | None, group: bytes | None) -> Resolved:
    """Return who runs; files that are not there are None.

    What follows a second `:` counts for nothing, as in any line of an account file.
    """
    name, group_name, *_ = (*user.encode("utf-8", "surrogateescape").split(b":", 2), b"")
    uid, gid = number(name), number(group_name)
    if _out_of_range(uid) or _out_of_range(gid):
        return Resolved(numeric=uid is not None, problem="out-of-range")
    if any(len(line) > _LONGEST for line in (passwd or b"").split(b"\n")):
        return Resolved(numeric=uid is not None, problem="long-line")
    account = _account(name, uid, passwd)
    if account is None and name and uid is None:
        return Resolved(problem="unknown-user")
    if account and (_out_of_range(account.uid) or _out_of_range(account.gid)):
        return Resolved(account=account, problem="out-of-range")
    base = Resolved(
        uid=account.uid if account else uid or 0,
        gid=account.gid if account else 0,
        account=account,
        numeric=uid is not None,
    )
    return _grouped(base, group_name, gid, tuple(_groups(group or b"")))


def _account(name: bytes, uid: int | None, passwd: bytes | None) -> Account | None:
    """Return the first line for a name, or for a number; no name at all means number 0."""
    wanted = 0 if not name else uid
    for account in accounts(passwd or b""):
        if account.name == name if wanted is None else account.uid == wanted:
            return account
    return None


def _grouped(base: Resolved, name: bytes, gid: int | None, groups: tuple[Group, ...]) -> Resolved:
    if not name:
        who = base.account.name if base.account else None
        mine = tuple(g for g in groups if g.gid == base.gid or (who and who in g.members))
        return Resolved(base.uid, base.gid, base.account, base.numeric, mine)
    found = next((g for g in groups if (g.name == name if gid is None else g.gid == gid)), None)
    if found is None and gid is None:
        return Resolved(base.uid, 0, base.account, base.numeric, problem="unknown-group")
    number_of = found.gid if found else gid or 0
    mine = (found,) if found else ()
    return Resolved(base.uid, number_of, base.account, base.numeric, mine, explicit_group=True)


def number(text: bytes) -> int | None:
    """Return a decimal number as Go's Atoi reads it, None for anything else.

    What does not fit into 64 bits is cut to their end, which no id may have.
    """
    if not _NUMBER.fullmatch(text):
        return None
    digits = text.lstrip(b"+-").lstrip(b"0")
    value = int(digits or b"0") if len(digits) < 20 else _INT64
    return -min(value, _INT64) if text.startswith(b"-") else min(value, _INT64)


def _out_of_range(value: int | None) -> bool:
    return value is not None and not 0 <= value <= _LARGEST


def accounts(passwd: bytes) -> Iterator[Account]:
    """Yield the lines of a passwd file."""
    for fields in _lines(passwd):
        name, _, uid, gid, _, _, shell = (*fields, *[b""] * 7)[:7]
        yield Account(name, number(uid) or 0, number(gid) or 0, shell)


def group_names(group: bytes | None) -> dict[int, str]:
    """Return the first name of each number in a group file."""
    names: dict[int, str] = {}
    for line in _groups(group or b""):
        names.setdefault(line.gid, line.name.decode("utf-8", "replace"))
    return names


class Line(NamedTuple):
    """One line of an account file as it is written."""

    at: int
    """Number of the line, the first is 1."""
    name: bytes
    password: bytes
    uid: int | None
    """None in the group and shadow files, and where no number stands."""
    gid: int | None
    home: bytes = b""
    shell: bytes = b""
    members: tuple[bytes, ...] = ()
    fields: int = 0

    @property
    def is_nis(self) -> bool:
        """Tell a line that takes entries from a name service (`+`, `-user`, `+@netgroup`)."""
        return self.name[:1] in (b"+", b"-")


def passwd_lines(content: bytes) -> Iterator[Line]:
    """Yield every line of a passwd file but comments, short ones included."""
    for at, fields in _numbered(content):
        name, password, uid, gid, _, home, shell = (*fields, *[b""] * 7)[:7]
        yield Line(at, name, password, number(uid), number(gid), home, shell, (), len(fields))


def group_lines(content: bytes) -> Iterator[Line]:
    """Yield every line of a group file but comments, short ones included."""
    for at, fields in _numbered(content):
        name, password, gid, members = (*fields, *[b""] * 4)[:4]
        people = tuple(filter(None, (x.strip(_WHITE) for x in members.split(b","))))
        yield Line(at, name, password, None, number(gid), members=people, fields=len(fields))


def shadow_lines(content: bytes) -> Iterator[Line]:
    """Yield every line of a shadow file that has a password field."""
    for at, fields in _numbered(content):
        if len(fields) > 1:
            yield Line(at, fields[0], fields[1], None, None, fields=len(fields))


def password_kind(field: bytes) -> PasswordKind:
    """Return what a password field means to who logs in (shadow(5), crypt(5))."""
    if not field:
        return "empty"
    if field == b"x":
        return "shadowed"
    if field[:1] in (b"!", b"*"):
        return "locked"
    return "hash" if is_hash(field) else "impossible"


def is_hash(field: bytes) -> bool:
    """Tell a field that holds a real password hash, locked or not."""
    return _HASH.fullmatch(field) is not None


def _numbered(content: bytes) -> Iterator[tuple[int, list[bytes]]]:
    for at, line in enumerate(content.split(b"\n"), 1):
        stripped = line.strip(_WHITE)
        if stripped and not stripped.startswith(b"#"):
            yield at, stripped.split(b":")


def _groups(group: bytes) -> Iterator[Group]:
    for fields in _lines(group):
        if not fields[0].startswith(b"#"):
            name, _, gid, members = (*fields, *[b""] * 4)[:4]
            yield Group(name, number(gid) or 0, tuple(filter(None, members.split(b","))))


def _lines(content: bytes) -> Iterator[list[bytes]]:
    for line in content.split(b"\n"):
        stripped = line.strip(_WHITE)
        if stripped:
            yield stripped.split(b":")
