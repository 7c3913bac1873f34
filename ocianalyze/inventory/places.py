"""Directories of the system: what no installer makes a package's own, and those of databases."""

from ocianalyze.inventory.homes import PREFIXES

SYSTEM = frozenset(
    {"", ".", "bin", "sbin", "lib", "lib64", "usr", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64"}
    | {"usr/libexec", "usr/share", "usr/local", "usr/local/bin", "usr/local/sbin", "usr/local/lib"}
    | {"usr/local/share", "usr/local/libexec", "opt", "etc", "etc/init.d", "var", "var/lib"}
    | {"var/opt", "var/spool", "home", "root", "srv", "tmp", "run", "dev", "proc", "sys", "boot"}
)
"""Directories that hold what many packages install, and are none's with all below."""
INSTALLED = (
    *("bin/", "sbin/", "lib/", "lib32/", "lib64/"),
    *("usr/bin/", "usr/sbin/", "usr/lib/", "usr/lib64/", "usr/libexec/"),
)
"""Where distributions install programs, and authors rarely do."""
DATABASES = ("etc/apk/", "usr/lib/sysimage/", *PREFIXES)
"""Where distributions keep their package databases."""
BESIDE = (
    *(*DATABASES, "var/lib/apt/", "var/lib/dnf/", "var/lib/yum/", "var/cache/", "var/log/"),
    *("tmp/", "run/"),
)
"""What changes with a database and is no package's file: it stays where only the database goes."""
_TRIPLET = "-linux-gnu"
_PROGRAMS = frozenset({"bin", "sbin"})
_PASSING = ("tmp/", "var/tmp/", "dev/", "run/", "var/run/")


def is_system(directory: str) -> bool:
    """Tell a directory that is no package's with all that is below."""
    return directory in SYSTEM or directory.endswith(_TRIPLET)


def is_passing(path: str) -> bool:
    """Tell a path where nothing stays that is installed."""
    return path.startswith(_PASSING)


def is_among_programs(directory: str) -> bool:
    """Tell a directory inside one of programs: what runs from there is no library's part."""
    return not _PROGRAMS.isdisjoint(directory.split("/")[:-1])
