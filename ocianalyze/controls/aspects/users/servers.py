"""Servers that start as root and give their workers another user, as their own settings say."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ocianalyze.controls.aspects.programs.started import argv, started
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.oci import RunConfig


class Server(NamedTuple):
    """One that the container starts."""

    user: str
    entry: Entry
    """The file that names the user."""
    setting: str
    """What its settings must say besides for it to start as that user."""
    writes: tuple[str, ...]
    """Directories that it writes; not all images have all of them."""


class _Kind(NamedTuple):
    program: re.Pattern[str]
    files: tuple[str, ...]
    directive: re.Pattern[bytes]
    writes: tuple[str, ...] = ()
    setting: str = ""


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
        re.compile(r"php-fpm[0-9.]{0,4}"),
        ("usr/local/etc/php-fpm.d/www.conf", "etc/php-fpm.d/www.conf"),
        re.compile(rb"^[ \t]*user[ \t]*=[ \t]*([^\s;]+)", re.MULTILINE),
    ),
)


def servers(view: ImageView, config: RunConfig) -> Iterator[Server]:
    """Yield the servers that a container starts and whose settings name a user."""
    names = {word.rpartition("/")[2] for word in argv(config)}
    names |= {command.name for command, _ in started(view, config)}
    for kind in _KINDS:
        if any(map(kind.program.fullmatch, names)):
            yield from _found(view, kind)


def _found(view: ImageView, kind: _Kind) -> Iterator[Server]:
    for path in kind.files:
        entry = view.tree.resolve(path)
        found = kind.directive.search(view.read(path) or b"")
        if entry and found:
            user = found[found.lastindex or 1].decode("utf-8", "replace")[:64]
            yield Server(user, entry, kind.setting, kind.writes)
            return
