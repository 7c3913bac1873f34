"""Where the store is, and whether its directory can be trusted with what files hold."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from ocianalyze.errors import UsageError


def default_directory() -> Path:
    """Return where facts are kept unless somebody says otherwise.

    `$OCIANALYZE_STORE`, else the XDG cache directory (XDG Base Directory Specification).

    Raises:
        UsageError: no variable names a directory and the user has no home.

    """
    named = os.environ.get("OCIANALYZE_STORE")
    directory = Path(named) if named else usual_directory()
    if directory is None:
        raise UsageError("no home directory", cure="set OCIANALYZE_STORE")
    return directory


def usual_directory() -> Path | None:
    """Return where facts are kept if nobody says anything; None for a user without a home."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", ""))
    with suppress(RuntimeError):
        home = cache if cache.is_absolute() else Path.home() / ".cache"
        return home / "ocianalyze"
    return None


def make(directory: Path) -> None:
    """Make the directory, for its owner only; one that is there stays as it is.

    Raises:
        OSError: it cannot be made.

    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def distrust(directory: Path) -> str:
    """Return why an existing directory must not be used, empty when it may.

    Whoever can write there can make up facts, and with them the result of every analysis.

    Raises:
        OSError: it cannot be looked at; FileNotFoundError when it does not exist.

    """
    user = os.geteuid()
    for status in (directory.lstat(), directory.stat()):
        if status.st_uid != user:
            return f"belongs to user {status.st_uid}, not to {user}; name another directory"
    if not stat.S_ISDIR(status.st_mode):
        return "is no directory; name another one"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "others can write to it; chmod go-w it, or name another directory"
    return ""
