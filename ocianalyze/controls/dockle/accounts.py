"""dockle's questions about accounts, which are those of CIS Debian Linux."""

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_debian_12 import numbers, passwords
from ocianalyze.controls.combined import Worst

_PARTS = {control.id: control for control in (*passwords.CONTROLS, *numbers.CONTROLS)}
_PASSWORDS = tuple(_PARTS[f"cis-debian-12-7.2.{number}"] for number in (1, 2))
_NUMBERS = tuple(_PARTS[f"cis-debian-12-7.2.{number}"] for number in (5, 6, 7, 8))

CONTROLS = (
    Control(
        id="dockle-DKL-LI-0001",
        short="no empty password",
        automation="full",
        reads="etc/passwd and etc/shadow of the final filesystem",
        decides="the worst of CIS Debian 7.2.1 and 7.2.2: fails when an account has no password, "
        "or has one that is not shadowed",
        limits="accounts that a name service or an entry script adds",
        remediation="RUN passwd -l USER",
        evaluate=Worst(_PASSWORDS),
    ),
    Control(
        id="dockle-DKL-LI-0002",
        short="unique accounts",
        automation="full",
        reads="etc/passwd and etc/group of the final filesystem",
        decides="the worst of CIS Debian 7.2.5 to 7.2.8: fails on a uid, gid, user or group that "
        "two lines have",
        limits="accounts that a name service or an entry script adds",
        remediation="RUN usermod, groupmod, userdel or groupdel",
        evaluate=Worst(_NUMBERS),
    ),
)
