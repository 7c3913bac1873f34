"""What starts by itself, and the words in it that whoever broke in writes.

The places are those where cron, login shells, init systems, supervisors, entry points, udev and the
kernel look. Of a file in one of them only the signs are kept: a download that a shell runs, a shell
that answers a network, names that are sent to another address. Of a file without a sign nothing is
kept.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from ipaddress import IPv6Address, ip_address
from types import MappingProxyType
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB

NAME = "autostart"
"""The observer's name."""
HOSTS = "etc/hosts"
_CRON, _LOGIN, _INIT, _UNIT = "cron job", "login script", "init script", "unit"
_UDEV, _MODULE, _DESKTOP = "udev rule", "kernel module", "session script"
SERVICE = "service"
"""What a supervisor or an entry point starts: an image's author writes such files himself."""
_PERIODS = ("15min", "hourly", "daily", "weekly", "monthly")
_UNIT_HOMES = (
    *("etc/systemd/system", "etc/systemd/user", "etc/systemd/system-generators"),
    *("usr/lib/systemd/system", "usr/lib/systemd/user", "usr/lib/systemd/system-generators"),
    *("usr/local/lib/systemd/system", "usr/local/lib/systemd/user", "run/systemd/system"),
    *("lib/systemd/system", "lib/systemd/user", "lib/systemd/system-generators"),
)
_SUPERVISED = (
    *("etc/services.d", "etc/s6-overlay/s6-rc.d", "etc/s6-overlay/user-bundles.d", "etc/s6"),
    *("etc/s6-rc", "etc/service", "etc/sv", "etc/runit", "service", "var/service"),
)
"""Of s6 and runit: a directory for each service, where files of certain names are run."""
_SUPERVISED_NAMES = frozenset(b"run finish up down check 1 2 3".split())
_SUPERVISOR = ("etc/supervisor", "etc/supervisord.d", "etc/supervisor.d")
_ENTRY = (
    *("docker-entrypoint.d", "docker-entrypoint-initdb.d", "entrypoint.d", "etc/entrypoint.d"),
    *("etc/cont-init.d", "etc/cont-finish.d", "etc/s6-overlay/scripts", "custom-cont-init.d"),
    *("etc/my_init.d", "custom-services.d"),
)
DIRECTORIES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("etc/cron.d", "etc/crontabs", "var/spool/cron"), _CRON),
        **dict.fromkeys(("var/spool/cron/crontabs", "var/spool/cron/atjobs"), _CRON),
        **{f"etc/cron.{period}": _CRON for period in _PERIODS},
        **{f"etc/periodic/{period}": _CRON for period in _PERIODS},
        **dict.fromkeys(("etc/profile.d", "etc/update-motd.d"), _LOGIN),
        **dict.fromkeys(("etc/init.d", "etc/rc.d", "etc/rc.d/init.d", "etc/local.d"), _INIT),
        **dict.fromkeys(_UNIT_HOMES, _UNIT),
        **dict.fromkeys(("etc/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d"), _UDEV),
        **dict.fromkeys(("etc/modules-load.d", "etc/modprobe.d"), _MODULE),
        **dict.fromkeys(("usr/lib/modules", "lib/modules"), _MODULE),
        **dict.fromkeys(("etc/xdg/autostart", "etc/X11/Xsession.d"), _DESKTOP),
        **dict.fromkeys(("etc/NetworkManager/dispatcher.d", "etc/network/if-up.d"), _INIT),
        **dict.fromkeys((*_SUPERVISED, *_SUPERVISOR, *_ENTRY), SERVICE),
    }
)
"""Where everything is started, with all below, by what it is then called."""
FILES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("etc/crontab", "etc/anacrontab"), _CRON),
        **dict.fromkeys(("etc/profile", "etc/bash.bashrc", "etc/bashrc"), _LOGIN),
        **dict.fromkeys(("etc/zshenv", "etc/zshrc", "etc/zsh/zshenv", "etc/zsh/zshrc"), _LOGIN),
        **dict.fromkeys(("etc/rc.local", "etc/inittab"), _INIT),
        "etc/modules": _MODULE,
        **dict.fromkeys(("etc/supervisord.conf", "supervisord.conf"), SERVICE),
        HOSTS: "name table",
    }
)
LOGIN_FILES = frozenset(
    b".profile .bash_profile .bash_login .bashrc .zshenv .zprofile .zshrc .kshrc .cshrc".split()
)
"""What a login shell reads in a home."""
_MODULE_ENDS = (".ko", ".ko.gz", ".ko.xz", ".ko.zst")
_SHELL = rb"(?:sudo\s{1,40})?(?:/[\w/]{0,40}/)?(?:ba|da|a|z|k|c)?sh\b"
_INTERPRETER = rb"(?:python|perl)[0-9.]{0,6}[ \t]{0,9}(?:-[ \t\n]|[;&|\n)]|\Z)"
"""That reads its program from the pipe: without one of its own."""
_COMMENT = re.compile(rb"^[ \t]*#[^\n]*", re.MULTILINE)
_FETCH = rb"\b(?:curl|wget)\b"
_SIGNS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    (
        "a download is run by a shell",
        re.compile(
            _FETCH + rb"[^\n|;&]{0,400}\|[ \t]{0,40}(?:" + _SHELL + rb"|" + _INTERPRETER + rb")"
            rb"|(?:" + _SHELL + rb"|\beval\b|\bsource\b|(?:^|[\s;&])\.\s)"
            rb"[^\n;&|]{0,40}(?:<\(|\$\(|`)[ \t]{0,40}" + _FETCH
        ),
    ),
    (
        "a shell answers a network",
        re.compile(
            rb">&[ \t]{0,9}/dev/(?:tcp|udp)/|/dev/(?:tcp|udp)/[^\n]{0,80}\b0[<>]&1"
            rb"|<>[ \t]{0,9}/dev/(?:tcp|udp)/[^\n]{0,200}\bwhile\s{1,9}read\b"
            rb"|\b(?:nc|ncat|netcat)\b[^\n;|&]{0,200}\s-[a-zA-Z]{0,8}[ec]\b"
            rb"|\bsocat\b[^\n]{0,300}\b(?:exec|EXEC|system|SYSTEM):|\bpty\.spawn\("
            rb"|\bmkfifo\b[^\n]{0,300}\bn(?:et)?c(?:at)?\b|\bos\.dup2\("
        ),
    ),
    (
        "decoded text is run by a shell",
        re.compile(
            rb"\bbase64\s{1,40}(?:-d|-D|-di|--decode)\b[^\n|;&]{0,200}\|[ \t]{0,40}" + _SHELL
        ),
    ),
)
_BYTES = 256 * KIB
"""Of one file that are looked at."""
_LINES = 10_000
_MOST = 20


class Sign(NamedTuple):
    """Words that a file of its kind has no honest use for."""

    line: int
    """From 1."""
    what: str


def kind_of(path: str) -> str:
    """Return what starts a file by itself; empty for one that nothing does."""
    if found := FILES.get(path):
        return found
    home, _, name = path.rpartition("/")
    if name.encode("utf-8", "surrogateescape") in LOGIN_FILES:
        return _LOGIN
    while home and home not in DIRECTORIES:
        home = home.rpartition("/")[0]
    found = DIRECTORIES.get(home, "")
    is_data = home.endswith("lib/modules") and not name.endswith(_MODULE_ENDS)
    is_data |= home in _SUPERVISED and name.encode("utf-8", "surrogateescape") not in (
        _SUPERVISED_NAMES
    )
    return "" if is_data else found


def signs(value: bytes | None) -> tuple[Sign, ...]:
    """Return what an observation tells."""
    lines = (value or b"").decode("ascii", "replace").splitlines()
    parts = (line.partition(" ") for line in lines)
    return tuple(Sign(int(number), what) for number, _, what in parts)


@dataclass(slots=True)
class _Signs:
    """Looks for signs when a content has ended."""

    is_hosts: bool
    room: int = _BYTES
    pieces: list[bytes] = field(default_factory=list)

    def feed(self, piece: bytes | memoryview) -> bool:
        """Keep the next piece while there is room."""
        kept = bytes(piece[: self.room])
        self.pieces.append(kept)
        self.room -= len(kept)
        return self.room > 0

    def close(self) -> bytes | None:
        """Return the signs, a line each; None without any."""
        data = b"".join(self.pieces)
        found = _sent(data) if self.is_hosts else _suspicious(data)
        told = "\n".join(f"{line} {what}" for line, what in sorted(found)[:_MOST])
        return told.encode("ascii", "replace") or None


def _suspicious(data: bytes) -> list[Sign]:
    data = _COMMENT.sub(b"", data)
    found = ((what, pattern.search(data)) for what, pattern in _SIGNS)
    return [Sign(data.count(b"\n", 0, at.start()) + 1, what) for what, at in found if at]


def _sent(data: bytes) -> list[Sign]:
    """Return lines that give a name of the network to an address outside (hosts(5)).

    An address of no host, as lists of names to block have it, is none outside.
    """
    return [Sign(number, "a name is given another address") for number in _elsewhere(data)][:_MOST]


def _elsewhere(data: bytes) -> Iterator[int]:
    for number, line in enumerate(data.split(b"\n", _LINES)[:_LINES], 1):
        words = line.partition(b"#")[0].split(maxsplit=64)
        named = any(b"." in word and not word.endswith(b".localdomain") for word in words[1:])
        if named and _is_outside(words[0]):
            yield number


def _is_outside(word: bytes) -> bool:
    try:
        address = ip_address(word[:64].decode("ascii", "replace"))
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    is_here = address.is_loopback or address.is_unspecified
    return not (is_here or address.is_multicast or address.is_link_local)


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    path = seen.path.decode("utf-8", "surrogateescape")
    is_text = seen.size and not path.endswith(_MODULE_ENDS)
    return _Signs(path == HOSTS) if is_text and kind_of(path) else None


OBSERVER = Observer(
    name=NAME,
    version=3,
    interest=Interest(
        paths=frozenset(path.encode() for path in FILES),
        names=LOGIN_FILES | _SUPERVISED_NAMES,
        directories=frozenset(path.encode() for path in DIRECTORIES),
    ),
    open=_open,
    summary="lines of cron jobs, login scripts, units, services and hosts tables by which whoever "
    "broke in stays: a download that a shell runs, a shell that answers a network, names sent "
    "elsewhere",
)
