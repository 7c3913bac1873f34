"""Accounts of an image: who a container runs as, and what the account files say line by line.

Users are resolved as runtimes do (moby/sys `user.GetExecUser`): a number is never tried as a
name; the first matching line wins; a line whose number cannot be read counts as number 0; what a
line has beyond 32 bits is cut when the process starts. Those who judge the files themselves see
such lines as they are (`passwd_lines`).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

from ocianalyze.dataclass import dataclass

_NUMBER = re.compile(rb"[+-]?[0-9]+")
_LARGEST = 2**31 - 1
"""Ids above it that no line has are refused by runtimes."""
_CUT = 2**32 - 1
"""Bits of an id; the kernel gives no process this number."""
_INT64 = range(-(2**63), 2**63)
_LONGEST = 2**16 - 1
"""Bytes of a passwd line (Go `bufio.Scanner`); at a longer one runtimes find nobody at all."""
_WHITE = b"\t\n\v\f\r "
_UNICODE_WHITE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What Go trims: White_Space of Unicode, which is less than Python's `str.strip` does."""
_HASH = re.compile(rb"[!*]*(?:\$[0-9a-z-]{1,12}\$.+|_[./0-9A-Za-z]{19}|[./0-9A-Za-z]{13})")
"""What crypt(5) makes, locked or not: `$id$...`, extended DES, DES."""
PasswordKind = Literal["shadowed", "locked", "empty", "hash", "impossible"]
"""`impossible` is no lock by its form, yet nothing that crypt makes: `NP`."""


class Account(NamedTuple):
    """One line of the passwd file, its numbers as they stand there."""

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
    uid = _argument(name)
    numeric = uid is not None
    if any(len(line) > _LONGEST for line in (passwd or b"").split(b"\n")):
        return Resolved(numeric=numeric, problem="long-line")
    account = _account(name, uid, passwd)
    if account is None and name and uid is None:
        return Resolved(problem="unknown-user")
    if account is None and _out_of_range(uid):
        return Resolved(numeric=numeric, problem="out-of-range")
    base = Resolved(
        uid=(account.uid if account else uid or 0) & _CUT,
        gid=(account.gid if account else 0) & _CUT,
        account=account,
        numeric=numeric,
    )
    found = _grouped(base, group_name, _argument(group_name), tuple(_groups(group or b"")))
    return replace(found, problem="out-of-range") if _CUT in (found.uid, found.gid) else found


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
        own = (g for g in groups if g.gid == base.gid or (who and who in g.members))
        return replace(base, groups=tuple(map(_cut, own)))
    found = next((g for g in groups if (g.name == name if gid is None else g.gid == gid)), None)
    if found is None and gid is None:
        return replace(base, gid=0, problem="unknown-group")
    if found is None and _out_of_range(gid):
        return replace(base, gid=0, problem="out-of-range")
    mine = (_cut(found),) if found else ()
    return replace(base, gid=mine[0].gid if mine else gid or 0, groups=mine, explicit_group=True)


def _cut(group: Group) -> Group:
    return group._replace(gid=group.gid & _CUT)


def number(text: bytes) -> int | None:
    """Return a decimal number as Go's Atoi reads it, None for anything else.

    Of what does not fit into 64 bits it makes the nearest number that does.
    """
    value = _decimal(text)
    return None if value is None else max(_INT64[0], min(value, _INT64[-1]))


def _argument(text: bytes) -> int | None:
    """Return the number that a runtime is asked for; one beyond 64 bits is taken for a name."""
    value = _decimal(text)
    return None if value is None or value not in _INT64 else value


def _decimal(text: bytes) -> int | None:
    """Return a decimal number, or any beyond 64 bits for one that is."""
    if not _NUMBER.fullmatch(text):
        return None
    digits = text.lstrip(b"+-").lstrip(b"0")
    value = int(digits or b"0") if len(digits) < 20 else 1 << 64
    return -value if text.startswith(b"-") else value


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
        stripped = _trimmed(line)
        if stripped:
            yield stripped.split(b":")


def _trimmed(line: bytes) -> bytes:
    """Return a line without what Go's `bytes.TrimSpace` takes away."""
    if line.isascii():
        return line.strip(_WHITE)
    text = line.decode("utf-8", "surrogateescape").strip(_UNICODE_WHITE)
    return text.encode("utf-8", "surrogateescape")
