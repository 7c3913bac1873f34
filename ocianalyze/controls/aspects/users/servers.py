"""Servers that start as root and give their workers another user, as their own settings say."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import islice
from typing import NamedTuple

from ocianalyze.controls.aspects.programs.started import argv, started
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.oci import RunConfig

_FILES = 64
"""Of one server that are looked at."""
_SECTION = re.compile(rb"^[ \t]*\[([^\]\n]{1,64})\]", re.MULTILINE)
_GLOB = frozenset("*?[")
_STARTERS = frozenset({"service", "systemctl", "rc-service"})


class Server(NamedTuple):
    """One that the container starts."""

    user: str
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


_KINDS = (
    _Kind(
        re.compile(r"nginx(?:-debug)?"),
        ("etc/nginx/nginx.conf",),
        re.compile(rb"^\s*user\s+([^\s;]+)", re.MULTILINE),
        ("var/cache/nginx", "var/lib/nginx", "var/log/nginx"),
        "set pid /tmp/nginx.pid; in nginx.conf",
    ),
    _Kind(
        re.compile(r"(?:httpd|apache2)(?:-foreground)?|apache2?ctl"),
        (
            "usr/local/apache2/conf/httpd.conf",
            "etc/httpd/conf/httpd.conf",
            "etc/apache2/httpd.conf",
            "etc/apache2/envvars",
        ),
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
    ),
    _Kind(
        re.compile(r"php-fpm[0-9.]{0,6}|php[0-9.]{0,6}-fpm"),
        (
            "usr/local/etc/php-fpm.d/*.conf",
            "etc/php-fpm.d/*.conf",
            "etc/php/[0-9]*/fpm/pool.d/*.conf",
            "etc/php[0-9]*/php-fpm.d/*.conf",
            "etc/opt/*/php[0-9]*/php-fpm.d/*.conf",
        ),
        re.compile(rb"^[ \t]*user[ \t]*=[ \t]*\"?([^\s;\"]+)", re.MULTILINE),
        pools=True,
    ),
)


def servers(view: ImageView, config: RunConfig) -> Iterator[Server]:
    """Yield the servers that a container starts and whose settings name a user."""
    names = {word.rpartition("/")[2] for word in argv(config)}
    for command, _ in started(view, config):
        names.add(command.name)
        names.update(command.words[1:3] if command.name in _STARTERS else ())
    for kind in _KINDS:
        if any(map(kind.program.fullmatch, names)):
            yield from _found(view, kind)


def _found(view: ImageView, kind: _Kind) -> Iterator[Server]:
    for pattern in kind.files:
        named: dict[str, Server] = {}
        for entry in islice(_matching(view, "", pattern.split("/")), _FILES):
            for pool, user in _users(kind, view.read(entry.path) or b""):
                named[pool] = Server(user, entry, pool, kind.setting, kind.writes)
        if named:
            yield from islice(named.values(), _FILES)
            return


def _users(kind: _Kind, text: bytes) -> Iterator[tuple[str, str]]:
    """Yield pools and their users; a server without pools has one of no name."""
    pools = _SECTION.split(text)[1:] if kind.pools else [b"", text]
    for name, body in zip(pools[::2], pools[1::2], strict=True):
        found = list(kind.directive.finditer(body))
        if found:
            told = found[-1 if kind.pools else 0]
            user = told[told.lastindex or 1].decode("utf-8", "replace")[:64]
            yield name.decode("utf-8", "replace"), user


def _matching(view: ImageView, home: str, parts: Sequence[str]) -> Iterator[Entry]:
    """Yield what lies in a directory at a path with globs, sorted by name in each directory."""
    if not parts:
        entry = view.tree.resolve(home)
        yield from [entry] if entry else []
    elif _GLOB.isdisjoint(parts[0]):
        yield from _matching(view, f"{home}/{parts[0]}".lstrip("/"), parts[1:])
    else:
        names = {name for name, _ in view.tree.children(view.tree.real(home) or home)}
        for name in sorted(names):
            if fnmatchcase(name, parts[0]):
                yield from _matching(view, f"{home}/{name}".lstrip("/"), parts[1:])
