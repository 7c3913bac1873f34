"""Set-id files that a plain installation of a distribution has, as rules: path, owner, mode.

Seen on Debian 12. Path, owner and mode are what anybody can copy: as every rule that names a
package, these hold only where its record proves the bytes.
"""

from ocianalyze.controls.aspects.setid.allowed import Rule
from ocianalyze.model.finding import Status


def _shipped(package: str, *names: str, mode: int = 0o4755, group: str = "root") -> list[Rule]:
    """Return rules of a package's files, with and without `usr` before their paths."""
    shared = Rule("", package=package, distro="debian", owner=f"0:{group}", mode=mode)
    shared = shared._replace(grants=Status.FAIL)
    return [shared._replace(path=f"{home}/{name}") for name in names for home in ("/usr", "")]


NAMED = (
    *_shipped("passwd", "bin/chfn", "bin/chsh", "bin/gpasswd", "bin/passwd"),
    *_shipped("passwd", "bin/chage", "bin/expiry", mode=0o2755, group="shadow"),
    *_shipped("login", "bin/newgrp"),
    *_shipped("mount", "bin/mount", "bin/umount"),
    *_shipped("util-linux", "bin/su"),
    *_shipped("libpam-modules-bin", "sbin/unix_chkpwd", mode=0o2755, group="shadow"),
    *_shipped("openssh-client", "lib/openssh/ssh-keysign"),
    *_shipped("openssh-client", "bin/ssh-agent", mode=0o2755, group="_ssh"),
    *_shipped("uidmap", "bin/newuidmap", "bin/newgidmap"),
    *_shipped("dbus", "lib/dbus-1.0/dbus-daemon-launch-helper", mode=0o4754, group="messagebus"),
    *_shipped("polkitd", "lib/polkit-1/polkit-agent-helper-1"),
)
"""They name a file as the distribution's, and excuse nothing."""
ACCEPTED = tuple(each._replace(grants=Status.NEEDS_REVIEW, undisturbed=True) for each in NAMED)
"""The same where people are to look at it."""
