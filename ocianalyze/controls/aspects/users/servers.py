"""Servers that start as root and give their workers another user, as their own settings say."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from ocianalyze.controls.aspects.programs.started import argv, started
from ocianalyze.controls.aspects.settings.included import settings
from ocianalyze.detectors.captures.servers import APACHE, NGINX
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.oci import RunConfig

_POOLS = 64
"""Of one server that are looked at."""
_SECTION = re.compile(rb"^[ \t]*\[([^\]\n]{1,64})\]", re.MULTILINE)
_STARTERS = frozenset({"service", "systemctl", "rc-service"})


class Server(NamedTuple):
    """One that the container starts."""

    user: str
    """Empty where the file was not read."""
    entry: Entry
    """The file that names the user."""
    pool: str
    """Of a server that has several; they may be of several users."""
    setting: str
    """What its settings must say besides for it to start as that user."""
    writes: tuple[str, ...]
    """Directories that it writes; not all images have all of them."""


class _Kind(NamedTuple):
    program: re.Pattern[str]
    files: tuple[str, ...]
    """Paths, with globs for versions; the first that names users counts."""
    directive: re.Pattern[bytes]
    writes: tuple[str, ...] = ()
    setting: str = ""
    pools: bool = False
    """Whether a file has sections, each a server of its own; of one key the last value counts."""
    option: tuple[str, ...] = ()
    """By which a command names another file."""


_KINDS = (
    _Kind(
        re.compile(r"nginx(?:-debug)?"),
        NGINX,
        re.compile(rb"^\s*user\s+([^\s;]+)", re.MULTILINE),
        ("var/cache/nginx", "var/lib/nginx", "var/log/nginx"),
        "set pid /tmp/nginx.pid; in nginx.conf",
        option=("-c",),
    ),
    _Kind(
        re.compile(r"(?:httpd|apache2)(?:-foreground)?|apache2?ctl"),
        APACHE,
        re.compile(
            rb"^[ \t]*User[ \t]+\"?([^\s\"$]+)|\bAPACHE_RUN_USER:?=([^\s\"'}]+)", re.MULTILINE
        ),
        (
            "usr/local/apache2/logs",
            "run/httpd",
            "run/apache2",
            "run/lock/apache2",
            "var/log/httpd",
            "var/log/apache2",
        ),
        option=("-f",),
    ),
    _Kind(
        re.compile(r"php-fpm[0-9.]{0,6}|php[0-9.]{0,6}-fpm"),
        (
            "usr/local/etc/php-fpm.conf",
            "etc/php-fpm.conf",
            "etc/php/[0-9]*/fpm/php-fpm.conf",
            "etc/php[0-9]*/php-fpm.conf",
            "usr/local/etc/php-fpm.d/*.conf",
            "etc/php-fpm.d/*.conf",
            "etc/php/[0-9]*/fpm/pool.d/*.conf",
            "etc/php[0-9]*/php-fpm.d/*.conf",
            "etc/opt/*/php[0-9]*/php-fpm.d/*.conf",
        ),
        re.compile(rb"^[ \t]*user[ \t]*=[ \t]*\"?([^\s;\"]+)", re.MULTILINE),
        pools=True,
        option=("-y", "--fpm-config"),
    ),
)
_INCLUDE = re.compile(rb"^[ \t]*include[ \t]*=[ \t]*\"?([^\s;\"]{1,256})", re.MULTILINE)


def servers(view: ImageView, config: RunConfig) -> Iterator[Server]:
    """Yield the servers that a container starts and whose settings name a user, or are unread."""
    told: list[Sequence[str]] = [argv(config)]
    names = {word.rpartition("/")[2] for word in told[0]}
    for command, _ in started(view, config):
        told.append(command.words)
        names.add(command.name)
        names.update(command.words[1:3] if command.name in _STARTERS else ())
    for kind in _KINDS:
        if any(map(kind.program.fullmatch, names)):
            named = next(filter(None, (_option(kind, words) for words in told)), "")
            yield from _found(view, kind, (named,) if named else kind.files)


def _option(kind: _Kind, words: Sequence[str]) -> str:
    """Return the settings that a command names, empty for none."""
    programs = (at for at, x in enumerate(words) if kind.program.fullmatch(x.rpartition("/")[2]))
    own = words[next(programs, len(words)) :]
    named = (after for word, after in pairwise(own) if word in kind.option)
    return next((path.lstrip("/") for path in named if path.startswith("/")), "")


def _found(view: ImageView, kind: _Kind, files: Sequence[str]) -> Iterator[Server]:
    for pattern in files:
        named: dict[str, Server] = {}
        unread: list[Entry] = []
        include = _INCLUDE if kind.pools else None
        for entry, text in settings(view, pattern, include, _prefix):
            unread += [entry] if text is None else []
            for pool, user in _users(kind, text or b""):
                named[pool] = Server(user, entry, pool, kind.setting, kind.writes)
        unread += [server.entry for server in islice(named.values(), _POOLS, _POOLS + 1)]
        yield from (Server("", entry, "", "", ()) for entry in unread)
        yield from islice(named.values(), _POOLS)
        if named or unread:
            return


def _prefix(path: str) -> str:
    """Return what php-fpm was built for: where relative paths begin."""
    return f"/{path}".partition("/etc/")[0]


def _users(kind: _Kind, text: bytes) -> Iterator[tuple[str, str]]:
    """Yield pools and their users; a server without pools has one of no name."""
    pools = _SECTION.split(text)[1:] if kind.pools else [b"", text]
    for name, body in zip(pools[::2], pools[1::2], strict=True):
        found = list(kind.directive.finditer(body))
        if found:
            told = found[-1 if kind.pools else 0]
            user = told[told.lastindex or 1].decode("utf-8", "replace")[:64]
            yield name.decode("utf-8", "replace"), user
