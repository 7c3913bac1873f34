"""Keep whole small files that controls read: accounts, settings of logins, entry scripts.

`etc/shadow` is kept too, because who has a password is evidence; nothing ever prints it.
"""

from dataclasses import dataclass, field

from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB, MIB

_ACCOUNTS = frozenset({b"passwd", b"group", b"shadow", b"os-release", b"sudoers"})
_PAM = (b"common-auth", b"common-password", b"system-auth", b"password-auth", b"su", b"su-l")
_SETTINGS = frozenset(
    {
        b"etc/nginx/nginx.conf",
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
_RULES = frozenset({b"etc/sudoers.d"})
_SCRIPT_HOMES = frozenset({b"", b"usr/local/bin", b"usr/local/sbin", b"opt/bin"})
_FILE_BYTES = 1 * MIB
_SETTING_BYTES = 64 * KIB
_SCRIPT_BYTES = 64 * KIB


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
    first = bytes(head[:64]).split(b"\n", 1)[0]
    if name in _ACCOUNTS or directory in _RULES:
        wanted = seen.size <= _FILE_BYTES and not first.startswith(b"\x7fELF")
    elif seen.path in _SETTINGS or directory in _SETTING_HOMES:
        wanted = seen.size <= _SETTING_BYTES
    else:
        wanted = seen.size <= _SCRIPT_BYTES and first.startswith(b"#!") and b"sh" in first
    return _Whole(seen.size) if wanted else None


OBSERVER = Observer(
    name="captured",
    version=2,
    interest=Interest(
        paths=_SETTINGS,
        names=_ACCOUNTS | _ENTRY_SCRIPTS,
        directories=_RULES | _SETTING_HOMES | _SCRIPT_HOMES,
    ),
    open=_open,
    summary="contents of account files, sudo rules, settings of logins and engines, entry scripts",
)
