"""Set-id files that a plain installation of a distribution has: path, owner, mode.

Seen on Debian 12. Path, owner and mode are what anybody can copy: a file is the distribution's only
where its package's record proves its bytes.
"""

from typing import NamedTuple

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.own_bytes import has_own_bytes
from ocianalyze.model.entry import Entry

DISTRIBUTIONS = frozenset({"debian"})
"""`ID` in os-release for which the table was seen to hold."""


class _Default(NamedTuple):
    package: str
    mode: int
    group: str


def _setuid(package: str, *names: str) -> dict[str, _Default]:
    return {name: _Default(package, 0o4755, "root") for name in names}


_DEFAULTS: dict[str, _Default] = {
    **_setuid("passwd", "bin/chfn", "bin/chsh", "bin/gpasswd", "bin/passwd"),
    "bin/chage": _Default("passwd", 0o2755, "shadow"),
    "bin/expiry": _Default("passwd", 0o2755, "shadow"),
    **_setuid("login", "bin/newgrp"),
    **_setuid("mount", "bin/mount", "bin/umount"),
    **_setuid("util-linux", "bin/su"),
    "sbin/unix_chkpwd": _Default("libpam-modules-bin", 0o2755, "shadow"),
    **_setuid("openssh-client", "lib/openssh/ssh-keysign"),
    "bin/ssh-agent": _Default("openssh-client", 0o2755, "_ssh"),
    **_setuid("uidmap", "bin/newuidmap", "bin/newgidmap"),
    "lib/dbus-1.0/dbus-daemon-launch-helper": _Default("dbus", 0o4754, "messagebus"),
    **_setuid("polkitd", "lib/polkit-1/polkit-agent-helper-1"),
}


def distribution(view: ImageView) -> str:
    """Return `ID` of the image's os-release, empty when there is none."""
    content = view.read("etc/os-release") or view.read("usr/lib/os-release") or b""
    for line in content.split(b"\n"):
        key, _, value = line.partition(b"=")
        if key.strip() == b"ID":
            return value.strip().strip(b"\"'").decode("utf-8", "replace")[:64]
    return ""


def default_package(entry: Entry, group: str) -> str:
    """Return the package that ships a file with this path, owner and mode; else nothing."""
    default = _DEFAULTS.get(entry.path.removeprefix("usr/"))
    if default is None or entry.uid != 0 or entry.mode & 0o7777 != default.mode:
        return ""
    return default.package if group == default.group else ""


def shipped_by(view: ImageView, entry: Entry, group: str) -> str:
    """Return the package that ships a file so and records its bytes; else nothing."""
    name = default_package(entry, group)
    owners = (x for x in view.inventory.owners(entry.path) if name and x.name == name)
    return name if any(has_own_bytes(view, entry.path, owner) for owner in owners) else ""
