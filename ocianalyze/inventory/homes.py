"""Where package managers keep their databases: the usual place, and where images move it to.

An image whose `/var` is the machine's own moves it below `/usr` and leaves a link, or a setting:
rpm's for Fedora, openSUSE and Photon (`usr/lib/sysimage/rpm`) and older ostree (`usr/share/rpm`);
dpkg's for bootc and for deb-ostree-builder (`usr/share/dpkg/database`); pacman's for bootc and
SteamOS (`usr/lib/holo/pacmandb`). apk's moves with `/lib` where that is merged into `/usr`.
"""

DPKG = ("var/lib/dpkg", "usr/lib/dpkg", "usr/lib/sysimage/dpkg", "usr/share/dpkg/database")
APK = ("lib/apk/db", "usr/lib/apk/db")
RPM = ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
PACMAN = (
    *("var/lib/pacman", "usr/lib/sysimage/lib/pacman", "usr/lib/sysimage/pacman"),
    "usr/lib/holo/pacmandb",
)
RPM_DATABASES = ("rpmdb.sqlite", "Packages.db", "Packages")
"""SQLite, ndb and Berkeley DB, in rpm's directory."""


def below(homes: tuple[str, ...], name: str) -> frozenset[bytes]:
    """Return a file or directory in each home, as layers name it."""
    return frozenset(f"{home}/{name}".encode() for home in homes)
