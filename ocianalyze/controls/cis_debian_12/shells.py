"""Shells: who has one, and what may stand in the list of them."""

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.users.accounts import Line
from ocianalyze.controls.cis_debian_12._files import (
    PASSWD,
    first_person,
    listed_shells,
    may_log_in,
    over,
    users,
)
from ocianalyze.controls.cis_debian_12._say import lines_judged, of_file, shown
from ocianalyze.detectors.captures.logins import LOGIN_DEFS, SHELLS
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Verdict

_ALLOWED = frozenset({b"root", b"sync", b"shutdown", b"halt", b"nfsnobody"})
_NOBODY = 65534


@over(PASSWD, also=(SHELLS, *LOGIN_DEFS))
def system_accounts(view: ImageView) -> Verdict:
    """Judge accounts of services: below the first uid of people, and nobody."""
    below = view.once(first_person)
    found = (
        of_file(view, PASSWD, f"{shown(x.name)}: uid {x.uid}, {_shell(x)}")
        for x in view.once(users).accounts
        if x.uid is not None
        and (0 < x.uid < below or x.uid == _NOBODY)
        and x.name not in _ALLOWED
        and may_log_in(view, x)
    )
    return lines_judged(found, "system-shell", "system accounts with a shell")


def _shell(account: Line) -> str:
    return shown(account.shell) if account.shell else "an empty shell field (/bin/sh)"


@over(SHELLS)
def listed(view: ImageView) -> Verdict:
    """Judge the list of shells that people may choose."""
    found = (
        of_file(view, SHELLS, f"{shown(shell)} is listed as a shell", "low")
        for shell in sorted(view.once(listed_shells))
        if shell.endswith(b"/nologin")
    )
    return lines_judged(found, "nologin-listed", "nologin among the shells")


CONTROLS = (
    Control(
        id="cis-debian-12-5.4.2.7",
        short="system shells",
        automation="full",
        reads="uids and shells of etc/passwd, etc/shells, UID_MIN of login.defs, and whether "
        "the shells are there",
        decides="fails on an account with a uid from 1 to UID_MIN - 1 (999), or 65534, whose shell "
        "is listed or has a shell's name, and is in the image; an empty field is /bin/sh",
        limits="programs that let somebody in although they have no shell's name",
        remediation="RUN usermod -s /usr/sbin/nologin USER",
        evaluate=system_accounts,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="cis-debian-12-5.4.3.1",
        short="nologin as a shell",
        automation="full",
        reads=SHELLS,
        decides="fails when a nologin stands in the list",
        limits="what services do with the list",
        remediation="RUN sed -i '/nologin/d' /etc/shells",
        evaluate=listed,
        needs=frozenset({"filesystem"}),
    ),
)
