"""Where package managers keep their databases: the usual place, and where images move it to.

An image whose `/var` is the machine's own moves it below `/usr` and leaves a link, or a setting:
rpm's for Fedora, openSUSE and Photon (`usr/lib/sysimage/rpm`) and older ostree (`usr/share/rpm`);
dpkg's for bootc and for deb-ostree-builder (`usr/share/dpkg/database`); pacman's for bootc and
SteamOS (`usr/lib/holo/pacmandb`). apk's moves with `/lib` where that is merged into `/usr`.
"""

import re

DPKG = ("var/lib/dpkg", "usr/lib/dpkg", "usr/lib/sysimage/dpkg", "usr/share/dpkg/database")
APK = ("lib/apk/db", "usr/lib/apk/db")
RPM = ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
PACMAN = (
    *("var/lib/pacman", "usr/lib/sysimage/lib/pacman", "usr/lib/sysimage/pacman"),
    "usr/lib/holo/pacmandb",
)
_SHARED = "usr/lib/dpkg"
"""A home where dpkg has its own programs as well."""
RPM_DATABASES = ("rpmdb.sqlite", "Packages.db", "Packages")
"""SQLite, ndb and Berkeley DB, in rpm's directory."""


def within(homes: tuple[str, ...], *names: str) -> tuple[str, ...]:
    """Return files or directories in each home."""
    return tuple(f"{home}/{name}" for home in homes for name in names)


def below(homes: tuple[str, ...], *names: str) -> frozenset[bytes]:
    """Return them as layers name them."""
    return frozenset(path.encode() for path in within(homes, *names))


def placed(homes: tuple[str, ...], rest: str) -> re.Pattern[str]:
    """Return what matches a path in any home, whose rest there is a pattern."""
    return re.compile(f"(?:{'|'.join(map(re.escape, homes))})/(?:{rest})")


def alone(homes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the homes that hold a database and nothing else."""
    return tuple(home for home in homes if home != _SHARED)


LISTS = within(DPKG, "info", "status.d")
"""Where dpkg's lists of digests are, `PACKAGE.md5sums`; distroless images have the second."""
PREFIXES = (
    *(f"{home}/" for home in alone((*DPKG, *APK, *RPM, *PACMAN))),
    *within((_SHARED,), "status", "info/"),
)
"""What the path of a file begins with that is of a database."""
