"""Keep whole small files that controls read: accounts, settings of logins, scripts.

Account files may be links to files of any name, of which the walk cannot know yet that something
leads to them: so what begins as an account file is kept wherever it lies.

`etc/shadow` is kept too, because who has a password is evidence; nothing ever prints it.
"""

import re
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB, MIB

_ACCOUNTS = frozenset({b"passwd", b"group", b"shadow", b"os-release", b"sudoers"})
_PAM = (b"common-auth", b"common-password", b"system-auth", b"password-auth", b"su", b"su-l")
_SETTINGS = frozenset(
    {
        b"etc/nginx/nginx.conf",
        b"etc/apache2/envvars",
        b"etc/apache2/httpd.conf",
        b"etc/httpd/conf/httpd.conf",
        b"usr/local/apache2/conf/httpd.conf",
        b"etc/docker/daemon.json",
        b"etc/containers/registries.conf",
        b"etc/shells",
        b"etc/ssh/sshd_config",
        b"usr/etc/ssh/sshd_config",
        b"etc/doas.conf",
        b"etc/login.defs",
        b"usr/etc/login.defs",
        b"etc/profile",
        b"etc/bash.bashrc",
        b"etc/bashrc",
        b"root/.profile",
        b"root/.bash_profile",
        b"root/.bashrc",
        b"etc/apt/sources.list",
        b"etc/apk/repositories",
        *(b"etc/pam.d/" + name for name in _PAM),
        *(b"usr/lib/pam.d/" + name for name in _PAM),
        *(b"etc/authselect/" + name for name in _PAM),
    }
)
_SETTING_HOMES = frozenset(
    {
        b"etc/php-fpm.d",
        b"etc/supervisor/conf.d",
        b"etc/supervisor.d",
        b"etc/supervisord.d",
        b"usr/local/etc/php-fpm.d",
        b"etc/ssh/sshd_config.d",
        b"usr/etc/ssh/sshd_config.d",
        b"etc/doas.d",
        b"etc/profile.d",
        b"etc/apt/sources.list.d",
        b"etc/yum.repos.d",
    }
)
_ENTRY_SCRIPTS = frozenset(
    {
        b"docker-entrypoint.sh",
        b"docker-entrypoint",
        b"entrypoint.sh",
        b"entrypoint",
        b"start.sh",
        b"run.sh",
        b"init",
    }
)
_POOL = b".conf"
_MAIN = frozenset({b"php-fpm.conf", b"supervisord.conf"})
"""Settings of servers wherever they lie; they have programs, or name the files that do."""
_POOL_HOMES = frozenset({b"pool.d", b"php-fpm.d"})
"""What the directories of php-fpm's pools are called, below one that names its version."""
_RULES = frozenset({b"etc/sudoers.d"})
_SERVICE = b"run"
"""The script of a service of s6 and runit, in a directory of its own below `etc`."""
_SCRIPT_HOMES = frozenset({b"", b"usr/local/bin", b"usr/local/sbin", b"opt/bin"})
_SCRIPT_SUFFIXES = frozenset({b".sh", b".bash"})
"""Build steps run such scripts from anywhere."""
_OF_PACKAGES = (b"usr/share/", b"usr/lib", b"usr/include/", b"lib", b"proc/", b"sys/", b"nix/")
"""Where scripts are parts of what is installed; `lib` is `lib32` and `lib64`, too."""
_MODULES = (b"/node_modules/", b"/site-packages/", b"/dist-packages/", b"/vendor/", b"/.git/")
_DEPTH = 6
"""Parts of the path of a script that only its suffix tells."""
_ROOT_LINE = re.compile(rb"root:[^:\n]{0,512}:[0-9]{1,10}:")
"""How files of accounts, groups and passwords begin, but for few."""
_FILE_BYTES = 1 * MIB
_SETTING_BYTES = 64 * KIB
_SCRIPT_BYTES = 64 * KIB
_ANYWHERE_BYTES = 16 * KIB
"""Of a script that only its suffix tells; the walk bounds how much is kept of a layer."""


@dataclass(slots=True)
class _Whole:
    """Collects one content; its size was known to fit."""

    room: int
    pieces: list[bytes] = field(default_factory=list)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Keep the next piece."""
        kept = bytes(piece[: self.room])
        self.pieces.append(kept)
        self.room -= len(kept)
        return self.room > 0

    def close(self) -> bytes | None:
        """Return the content."""
        return b"".join(self.pieces)


def _open(seen: Seen, head: memoryview) -> Tap | None:
    """Take accounts and settings as they are, scripts only when a shell runs them.

    A file larger than its bound is declined: half an account file would answer wrongly.
    """
    directory, _, name = seen.path.rpartition(b"/")
    first = bytes(head).split(b"\n", 1)[0]
    if name in _ACCOUNTS or directory in _RULES or _ROOT_LINE.match(first):
        wanted = seen.size <= _FILE_BYTES and not first.startswith(b"\x7fELF")
    elif seen.path in _SETTINGS or directory in _SETTING_HOMES or _is_program(directory, name):
        wanted = seen.size <= _SETTING_BYTES
    else:
        wanted = seen.size <= _room(seen.path, directory, name) and _is_shell(name, head, first)
    return _Whole(seen.size) if wanted else None


def _is_program(directory: bytes, name: bytes) -> bool:
    return name in _MAIN or (name.endswith(_POOL) and directory.rpartition(b"/")[2] in _POOL_HOMES)


def _is_shell(name: bytes, head: memoryview, first: bytes) -> bool:
    """Tell a script of a shell; what `sh` is given needs no first line that says so."""
    if first.startswith(b"#!"):
        return b"sh" in first or b"execlineb" in first
    return name.endswith(tuple(_SCRIPT_SUFFIXES)) and b"\0" not in bytes(head)


def _room(path: bytes, directory: bytes, name: bytes) -> int:
    """Return how large a script may be that is kept; 0 for none that a build step would run."""
    is_service = name == _SERVICE and path.startswith(b"etc/")
    if name in _ENTRY_SCRIPTS or directory in _SCRIPT_HOMES or is_service:
        return _SCRIPT_BYTES
    is_part = path.startswith(_OF_PACKAGES) or any(part in b"/" + path for part in _MODULES)
    return 0 if is_part or path.count(b"/") >= _DEPTH else _ANYWHERE_BYTES


OBSERVER = Observer(
    name="captured",
    version=9,
    interest=Interest(
        paths=_SETTINGS,
        names=_ACCOUNTS | _ENTRY_SCRIPTS | {_SERVICE},
        suffixes=_SCRIPT_SUFFIXES | {_POOL},
        directories=_RULES | _SETTING_HOMES | _SCRIPT_HOMES,
        magics=frozenset({b"root"}),
    ),
    open=_open,
    summary="contents of account files, of what begins as one, of sudo rules, settings of logins, "
    "engines and servers, entry scripts, scripts of services, "
    "small shell scripts that are no part of a package",
)
