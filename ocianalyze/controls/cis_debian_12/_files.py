"""What the controls read: account files with their lines, or why there is nothing to judge."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ocianalyze.controls._base import undecided, windows_image
from ocianalyze.controls.aspects.programs.started import find_program
from ocianalyze.controls.aspects.settings.files import files_in, lines
from ocianalyze.controls.aspects.users.accounts import (
    Line,
    PasswordKind,
    group_lines,
    group_names,
    passwd_lines,
    password_kind,
    shadow_lines,
)
from ocianalyze.controls.cis_debian_12._say import inapplicable, of_entry
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.captures.logins import LOGIN_DEFS, PROFILE, PROFILES, SHELLS
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Verdict
from ocianalyze.model.oci import RunConfig

Evaluate: TypeAlias = Callable[[ImageView], Verdict]

PASSWD, GROUP, SHADOW = "etc/passwd", "etc/group", "etc/shadow"
UID_MIN = 1000
"""First uid of people, where login.defs names none."""
_LINES = 50_000
"""An account file with more lines is not judged."""
_NO_LOGIN = frozenset({b"nologin", b"false", b"true", b"sync", b"halt", b"shutdown"})
"""Programs that stand in the place of a shell and let nobody in."""
_SHELL_NAMES = frozenset(
    {b"sh", b"bash", b"rbash", b"dash", b"ash", b"zsh", b"ksh", b"mksh", b"csh", b"tcsh", b"fish"}
)


def over(*required: str, also: Iterable[str] = ()) -> Callable[[Evaluate], Evaluate]:
    """Decorate a control that judges the content of files.

    Windows images and absent files are not applicable, files that were not kept undecided.

    Args:
        required: files without which there is nothing to judge.
        also: files that are judged when they are there.

    """

    def decorate(evaluate: Evaluate) -> Evaluate:
        def judge(view: ImageView) -> Verdict:
            return unread(view, required, also) or evaluate(view)

        return judge

    return decorate


def unread(view: ImageView, required: Iterable[str], also: Iterable[str] = ()) -> Verdict | None:
    """Return why the content of files cannot be judged, else None."""
    if view.is_windows:
        return windows_image()
    required = tuple(required)
    for path in required:
        if view.tree.resolve(path) is None:
            return inapplicable("file-absent", f"does not apply: there is no {path}")
    for path in (*required, *also):
        entry = view.tree.resolve(path)
        if entry is None:
            continue
        content = view.read(path)
        if content is None or content.count(b"\n") > _LINES:
            what = of_entry(entry, f"was not read: {entry.kind.name.lower()}, {entry.size} bytes")
            return undecided("file-unread", f"not evaluated: {path} was not read", what)
    return None


def linux(evaluate: Evaluate) -> Evaluate:
    """Decorate a control that applies to everything but Windows."""

    def judge(view: ImageView) -> Verdict:
        return windows_image() if view.is_windows else evaluate(view)

    return judge


@dataclass(frozen=True, slots=True)
class Users:
    """The accounts and groups of an image; lines of a name service are kept apart."""

    accounts: tuple[Line, ...] = ()
    groups: tuple[Line, ...] = ()
    shadow: dict[bytes, Line] | None = None
    """By name, the first line of each; None without the file."""
    nis: tuple[tuple[str, Line], ...] = ()
    """Lines that take more accounts or groups from a name service, with their file."""

    def password(self, account: Line) -> bytes:
        """Return the password field that counts for an account."""
        if account.password != b"x":
            return account.password
        line = (self.shadow or {}).get(account.name)
        return line.password if line else b"*"

    def kind(self, account: Line) -> PasswordKind:
        """Return what the password of an account lets anybody do."""
        return password_kind(self.password(account))


def groups(view: ImageView) -> dict[int, str]:
    """Return the names of groups by number; use it with `view.once`."""
    return group_names(view.read(GROUP))


def profiles(view: ImageView) -> tuple[str, ...]:
    """Return the files that every login shell reads."""
    return (PROFILE, *files_in(view, PROFILES, ".sh"))


def users(view: ImageView) -> Users:
    """Return what the account files say; use it with `view.once`."""
    passwd = tuple(passwd_lines(view.read(PASSWD) or b""))
    groups = tuple(group_lines(view.read(GROUP) or b""))
    shadow = view.read(SHADOW)
    by_name: dict[bytes, Line] = {}
    for line in shadow_lines(shadow or b""):
        if not line.is_nis:
            by_name.setdefault(line.name, line)
    service = [(PASSWD, x) for x in passwd if x.is_nis] + [(GROUP, x) for x in groups if x.is_nis]
    return Users(
        accounts=tuple(x for x in passwd if not x.is_nis),
        groups=tuple(x for x in groups if not x.is_nis),
        shadow=None if shadow is None else by_name,
        nis=tuple(service),
    )


def may_log_in(view: ImageView, account: Line) -> bool:
    """Tell an account whose shell is there and is one that people use.

    An empty field means `/bin/sh` (passwd(5)). What `etc/shells` lists is a shell; so is what
    has a shell's name, since not every image has the list.
    """
    shell = account.shell or b"/bin/sh"
    name = shell.rpartition(b"/")[2]
    if name in _NO_LOGIN or (name not in _SHELL_NAMES and shell not in view.once(listed_shells)):
        return False
    return view.tree.resolve(shell.decode("utf-8", "surrogateescape")) is not None


def listed_shells(view: ImageView) -> frozenset[bytes]:
    """Return the lines of `etc/shells`."""
    lines = (x.strip() for x in (view.read(SHELLS) or b"").split(b"\n"))
    return frozenset(x for x in lines if x.startswith(b"/"))


def login_definitions(view: ImageView) -> dict[str, str]:
    """Return the settings of login.defs(5)."""
    path = next((x for x in LOGIN_DEFS if view.tree.resolve(x) is not None), LOGIN_DEFS[0])
    found: dict[str, str] = {}
    for line in lines(view, path):
        words = line.split(None, 1)
        if len(words) == 2 and not words[0].startswith("#"):
            found[words[0]] = words[1].strip().strip('"')
    return found


def first_person(view: ImageView) -> int:
    """Return the lowest uid of people."""
    said = view.once(login_definitions).get("UID_MIN", "")
    return int(said) if said.isdecimal() and len(said) < 10 else UID_MIN


def program(view: ImageView, *names: str) -> Entry | None:
    """Return the first of some programs in the directories where a system has its own."""
    found = (find_program(view, RunConfig(), name) for name in names)
    return next((entry for entry in found if entry is not None), None)
