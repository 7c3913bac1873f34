"""Servers that start as root and give their workers another user, as their own settings say."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import islice, pairwise
from typing import NamedTuple

from ocianalyze.controls.aspects.programs.started import argv, started
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.oci import RunConfig

_FILES = 64
"""Of one server that are looked at."""
_INCLUDES = 16
"""Lines of one server's settings that name other files."""
_SECTION = re.compile(rb"^[ \t]*\[([^\]\n]{1,64})\]", re.MULTILINE)
_GLOB = frozenset("*?[")
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
        ("etc/nginx/nginx.conf",),
        re.compile(rb"^\s*user\s+([^\s;]+)", re.MULTILINE),
        ("var/cache/nginx", "var/lib/nginx", "var/log/nginx"),
        "set pid /tmp/nginx.pid; in nginx.conf",
        option=("-c",),
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
        for entry, text in _settings(view, kind, pattern):
            unread += [entry] if text is None else []
            for pool, user in _users(kind, text or b""):
                named[pool] = Server(user, entry, pool, kind.setting, kind.writes)
        unread += [server.entry for server in islice(named.values(), _FILES, _FILES + 1)]
        yield from (Server("", entry, "", "", ()) for entry in unread)
        yield from islice(named.values(), _FILES)
        if named or unread:
            return


def _settings(view: ImageView, kind: _Kind, pattern: str) -> Iterator[tuple[Entry, bytes | None]]:
    """Yield files and what they say, those that they include behind them; None is unread."""
    waiting = deque(islice(_matching(view, "", pattern.split("/")), _FILES + 1))
    seen: set[str] = set()
    includes = _INCLUDES if kind.pools else 0
    while waiting and len(seen) < _FILES:
        entry = waiting.popleft()
        if entry.path in seen:
            continue
        seen.add(entry.path)
        text = view.read(entry.path)
        yield entry, text
        for target in _INCLUDE.findall(text or b"")[:includes]:
            includes -= 1
            waiting.extend(islice(_included(view, entry, target), _FILES + 1))
    yield from ((entry, None) for entry in waiting if entry.path not in seen)


def _included(view: ImageView, entry: Entry, target: bytes) -> Iterator[Entry]:
    """Yield the files of an include line; only their names may be a pattern."""
    path = target.decode("utf-8", "replace")
    prefix = "" if path.startswith("/") else f"/{entry.path}".partition("/etc/")[0]
    home, _, name = f"{prefix}/{path}".strip("/").rpartition("/")
    if _GLOB.isdisjoint(home):
        yield from _matching(view, home, [name])


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
        yield from [entry] if entry and entry.kind in (Kind.FILE, Kind.HARDLINK) else []
    elif _GLOB.isdisjoint(parts[0]):
        yield from _matching(view, f"{home}/{parts[0]}".lstrip("/"), parts[1:])
    else:
        names = {name for name, _ in view.tree.children(view.tree.real(home) or home)}
        for name in sorted(names):
            if fnmatchcase(name, parts[0]):
                yield from _matching(view, f"{home}/{name}".lstrip("/"), parts[1:])
