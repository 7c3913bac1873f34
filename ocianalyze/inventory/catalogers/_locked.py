"""What lock files of any tool say of one package, and the value that is kept of them.

Where a package is from, when that is not its type's registry, is told as purl's qualifiers tell it:
`vcs_url` has the form of SPDX's download location (SPDX 2.3, 7.7), `git+https://HOST/PATH@COMMIT`.
"""

import re
from collections.abc import Iterable
from itertools import islice

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.catalogers._gathered import NAME_CHARS, ROWS, name

_SECRET = re.compile(r"(?<=://)(?!git@)[^/?#]*@|\?[^#]*")
"""User, password and query of a URL, which may hold tokens."""
_HOSTS = {"github:": "github.com", "gitlab:": "gitlab.com", "bitbucket:": "bitbucket.org"}
"""Short forms that npm takes."""
_GIT = re.compile(r"git\+\w+://|git://|ssh://|https?://[^#]*\.git(?:#|\Z)")
_COMMIT = re.compile(r"#(?:commit=|semver:)?(?=[^#]+\Z)")
_ARCHIVE = re.compile(r"https?://[^#]*(?:\.tgz|\.tar\.gz|\.whl|\.zip|/tar\.gz/[^/#]+)(?:#|\Z)")
_SHELL = re.compile(r"([\w.-]{1,64})@([\w.-]{1,255}):(?!//)")
"""`USER@HOST:PATH`, as git writes what is reached by ssh."""
_REGISTRY = ("/-/", "/download/")
"""Parts of a registry's addresses of releases."""


@dataclass(slots=True)
class Locked:
    """One package of a lock file."""

    name: str
    version: str
    development: bool = False
    source: str = ""
    """What `source` makes of an address that is no registry's."""


def rows(found: Iterable[Locked]) -> list[list[str]]:
    """Return the value to keep: name, version, `dev` for development only, where it is from.

    An empty row at the end says that there are more than are read.
    """
    kept: dict[tuple[str, str, str], bool] = {}
    left = iter(found)
    for one in islice(left, ROWS):
        key = (name(one.name), name(one.version), name(one.source))
        if key[0] and (key[1] or key[2]):
            kept[key] = kept.get(key, True) and one.development
    listed = [_row(*key, development=development) for key, development in kept.items()]
    return listed if next(left, None) is None else [*listed, []]


def _row(own: str, version: str, source_: str, *, development: bool) -> list[str]:
    scope = "dev" if development else ""
    return [own, version, scope, source_] if source_ else [own, version, scope][: 2 + development]


def source(recorded: str) -> str:
    """Return `vcs_url=...` or `download_url=...` for an address; empty for a registry's."""
    for short, host in _HOSTS.items():
        if recorded.startswith(short):
            recorded = f"git+https://{host}/{recorded[len(short) :]}"
    if len(recorded) > NAME_CHARS:
        return ""
    url = _SECRET.sub("", recorded)
    if _GIT.match(url):
        tool = "" if url.startswith("git") else "git+"
        return f"vcs_url={tool}{_COMMIT.sub('@', url)}"
    if _ARCHIVE.match(url) and not any(part in url for part in _REGISTRY):
        return f"download_url={url.partition('#')[0]}"
    return ""


def git(repository: str, commit: str) -> str:
    """Return the same for a repository and a commit, which may be unknown."""
    remote = _SHELL.match(repository)
    url = f"ssh://{remote[1]}@{remote[2]}/{repository[remote.end() :]}" if remote else repository
    if url.startswith("/"):
        url = f"file://{url}"
    tool = "" if url.startswith(("git+", "git://", *_HOSTS)) else "git+"
    return source(f"{tool}{url}{'#' if commit else ''}{commit}")


def download(recorded: str) -> str:
    """Return `download_url=...` for the address of a file; empty for what is none."""
    url = _web(recorded)
    return f"download_url={url}" if url else ""


def registry(recorded: str) -> str:
    """Return `repository_url=...` for the address of a registry; empty for what is none."""
    url = _web(recorded).rstrip("/")
    return f"repository_url={url}" if url else ""


def _web(recorded: str) -> str:
    """Return an address without what may be secret in it; empty for what is none."""
    is_one = recorded.startswith(("https://", "http://")) and len(recorded) <= NAME_CHARS
    return _SECRET.sub("", recorded) if is_one else ""


def qualifier(recorded: str) -> tuple[tuple[str, str], ...]:
    """Return what `source` made as a purl's qualifiers."""
    key, _, value = recorded.partition("=")
    return ((key, value),) if value else ()
