"""Home directories of people, and the files in them that let others in."""

from collections.abc import Iterator
from itertools import islice

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.users.accounts import Line
from ocianalyze.controls.cis_debian_12._files import (
    PASSWD,
    first_person,
    may_log_in,
    over,
    users,
)
from ocianalyze.controls.cis_debian_12._say import judged, modes, of_entry, of_file, shown
from ocianalyze.detectors.captures.logins import LOGIN_DEFS, SHELLS
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence, Verdict

_PEOPLE = 1_000
"""Accounts whose homes are looked at."""
_FORBIDDEN = frozenset({".rhosts", ".forward", ".shosts"})
_PRIVATE = frozenset({".netrc", ".pgpass", ".bash_history", ".git-credentials"})
_FILES = frozenset({Kind.FILE, Kind.HARDLINK})


def _people(view: ImageView) -> Iterator[Line]:
    """Yield root and the accounts of people that may log in."""
    least = view.once(first_person)
    people = (
        x
        for x in view.once(users).accounts
        if x.uid is not None and (x.uid == 0 or x.uid >= least) and may_log_in(view, x)
    )
    return islice(people, _PEOPLE)


def _home(view: ImageView, account: Line) -> Entry | None:
    path = account.home.decode("utf-8", "surrogateescape")
    return view.tree.resolve(path) if path.strip("/") else None


@over(PASSWD, also=(SHELLS, *LOGIN_DEFS))
def homes(view: ImageView) -> Verdict:
    """Judge that homes are there, are their people's, and are closed to others."""
    return judged(_homes(view), "home-open", "homes open or missing")


def _homes(view: ImageView) -> Iterator[Evidence]:
    for account in _people(view):
        if not account.home.strip(b"/"):
            continue
        entry, name = _home(view, account), shown(account.name)
        path = account.home.decode("utf-8", "surrogateescape")
        if entry is None:
            if view.tree.real(path) is None:
                yield of_file(view, PASSWD, f"{name}: {shown(account.home)} is not there", "low")
        elif entry.kind is not Kind.DIRECTORY:
            yield of_entry(entry, f"home of {name}, no directory", "low")
        elif entry.uid != account.uid:
            yield of_entry(entry, f"home of {name}: {modes(entry)}", "low")
        elif entry.mode & 0o027:
            yield of_entry(entry, f"home of {name}: {modes(entry)}, beyond 0750", _open(entry))


def _open(entry: Entry) -> Severity:
    return "medium" if entry.mode & 0o022 else "low"


@over(PASSWD, also=(SHELLS, *LOGIN_DEFS))
def dot_files(view: ImageView) -> Verdict:
    """Judge the hidden files of homes."""
    return judged(_dot_files(view), "dot-file-open", "hidden files of homes open")


def _dot_files(view: ImageView) -> Iterator[Evidence]:
    for account in _people(view):
        path = account.home.decode("utf-8", "surrogateescape")
        for entry in view.tree.listing(path) if path.strip("/") else ():
            name = entry.path.rpartition("/")[2]
            is_hidden = name.startswith(".") and entry.kind in _FILES
            if is_hidden and (fault := _fault(entry, name, account)):
                yield of_entry(entry, f"{modes(entry)}: {fault}", "low")


def _fault(entry: Entry, name: str, account: Line) -> str:
    if name in _FORBIDDEN:
        return "lets others in"
    if entry.uid not in (account.uid, 0):
        return f"not owned by {shown(account.name)}"
    most = 0o600 if name in _PRIVATE else 0o644
    return f"beyond {most:04o}" if entry.mode & 0o777 & ~most & 0o077 else ""


CONTROLS = (
    Control(
        id="cis-debian-12-7.2.9",
        short="homes",
        automation="full",
        reads="etc/passwd, etc/shells, UID_MIN of login.defs; mode and owner of homes",
        decides="fails when the home of root, or of a person (uid from UID_MIN) with a shell, is "
        "not there, is somebody else's, or is open beyond 0750",
        limits="volumes that are mounted over homes",
        remediation="RUN chmod 0750 HOME && chown USER HOME, or usermod -s /usr/sbin/nologin USER",
        evaluate=homes,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="cis-debian-12-7.2.10",
        short="hidden files of homes",
        automation="full",
        reads="the same, and the files in homes whose names begin with a dot",
        decides="fails on .forward, .rhosts and .shosts, on .netrc, .pgpass, .git-credentials and "
        ".bash_history open beyond 0600, on others that group or others may write, and on "
        "those of another owner",
        limits="files deeper in the home",
        remediation="RUN rm them, or chmod go-w them",
        evaluate=dot_files,
        needs=frozenset({"filesystem"}),
    ),
)
