"""Installations of what no repository vouches for (catalogue, 4.11 B)."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ocianalyze.controls.aspects.history.add import shown
from ocianalyze.controls.aspects.verification.fetched import ADDRESS, HERE
from ocianalyze.controls.aspects.verification.flags import operands, program
from ocianalyze.controls.aspects.verification.keyed import Off, Weight
from ocianalyze.model.history import Command

UNVERIFIED = "unverified-install"
UNPINNED = "unpinned-source"
"""Reason of what is installed from where it may change, by a tool that could be told which."""
UNVERIFIED_KEY = "unverified-key"
"""Reason of all that is installed without anybody verifying it."""
PLAIN = re.compile(r"(?:http|ftp)://", re.IGNORECASE)
_VCS = re.compile(r"(?:git|hg|svn|bzr)\+|git@|git://", re.IGNORECASE)
_CLONES = frozenset({"git", "hg", "svn", "bzr"})
_UNSAFE = re.compile(r"(?:http|git|svn)://(?!localhost|127\.)", re.IGNORECASE)
"""Transports on which whoever is between may answer."""
_FIXED = re.compile(r"@(?:v[0-9][\w.+-]*|[0-9a-f]{7,40}|none)")
"""Versions of Go modules that go.sum's database vouches for, and commits."""
PINNED = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])", re.IGNORECASE)
"""A commit, or content, by its digest."""
_HOSTED = re.compile(r"(?:github|gitlab|bitbucket|gist):|[A-Za-z0-9][\w.-]*/\w[\w.-]*(?:#.*)?\Z")
"""npm's short words for repositories of code."""
_SHORT = 40


class Told(NamedTuple):
    """Commands of one step, and what its text says as a whole: read once, not for each."""

    commands: Sequence[Command]
    is_checked: bool
    """Something in it checks what it downloads."""
    downloads: bool
    fetched: str
    """The address that code in a here-document fetches; empty for none."""
    is_piped: bool
    is_substituted: bool
    runs_quoted: bool
    """A shell takes its text from a download that stands in quotes."""


def installs(told: Told, command: Command) -> Iterator[Off]:
    """Yield installations of what no repository vouches for."""
    name, words = program(command), operands(command)
    urls = [word for word in words if ADDRESS.match(word) and not HERE.match(word)]
    if name == "apt-key" and {"add", "adv"} & set(words):
        weight: Weight = "fail" if any(PLAIN.match(x) for x in urls) else "review"
        yield Off(weight, "apt-key trusts a key for every repository", UNVERIFIED_KEY)
    elif name == "rpm" and "--import" in words:
        yield from _imported(urls)
    elif local := _LOCAL.get(name):
        yield from _packages(told, name, local, words)
    else:
        yield from _of_language(name, words, urls)


class _Local(NamedTuple):
    """How a program of the distribution installs package files."""

    suffix: str
    files: re.Pattern[str]
    """A word that says that files follow."""
    names: re.Pattern[str] = re.compile(r"(?!)")
    """A word behind which names of repositories and files may stand."""
    unless: re.Pattern[str] = re.compile(r"(?!)")
    """A word that gives the others another meaning."""
    elsewhere: Weight = "review"
    """What it means that the file comes from an address."""


_NAMES = re.compile(r"install|in|add|reinstall|upgrade|update")
_APT = _Local(".deb", re.compile(r"(?!)"), _NAMES)
_DNF = _Local(".rpm", re.compile(r"local-?(?:install|update)"), _NAMES)
_LOCAL: dict[str, _Local] = {
    "dpkg": _Local(".deb", re.compile(r"-[A-Z]*i[A-Z]*|--install|--unpack")),
    "gdebi": _Local(".deb", re.compile(r".*\.deb")),
    "apt": _APT,
    "apt-get": _APT,
    "aptitude": _APT,
    "rpm": _Local(
        ".rpm",
        re.compile(r"-[a-zA-Z]*[iUF][a-zA-Z]*|--(?:install|upgrade|freshen|reinstall)"),
        unless=re.compile(r"-[qeVKE].*|--(?:query|erase|verify|checksig|eval|initdb|rebuilddb)"),
        elsewhere="fail",
    ),
    "dnf": _DNF,
    "dnf5": _DNF,
    "microdnf": _DNF,
    "tdnf": _DNF,
    "yum": _DNF,
    "zypper": _DNF,
}
"""`apk` is not among them: without --allow-untrusted it verifies the signature of a file."""


def _packages(told: Told, name: str, local: _Local, words: Sequence[str]) -> Iterator[Off]:
    """Yield package files that are installed, which nobody verifies."""
    if any(map(local.unless.fullmatch, words)):
        return
    verb = next(filter(local.files.fullmatch, words), "")
    if not verb and not any(map(local.names.fullmatch, words)):
        return
    named = [word for word in words if _is_file(word, local.suffix)]
    if urls := [word for word in named if ADDRESS.match(word) and not HERE.match(word)]:
        yield Off(local.elsewhere, f"{name} installs {shown(urls[0], 60)}", UNVERIFIED)
    elif (verb or named) and not told.is_checked:
        weight: Weight = "fail" if told.downloads else "review"
        detail = f"{name} {verb}" if verb else f"{name} install of a {local.suffix} file"
        detail = detail if len(detail) < _SHORT else f"{name} of a {local.suffix} file"
        yield Off(weight, detail + ", downloaded unverified" * told.downloads, UNVERIFIED)


def _is_file(word: str, suffix: str) -> bool:
    """Tell a package file, or all files of a directory."""
    path = re.split(r"[?#]", word, maxsplit=1)[0]
    return path.lower().endswith(suffix) or ("/" in word and "*" in word and word[:1] != "-")


def _of_language(name: str, words: Sequence[str], urls: Sequence[str]) -> Iterator[Off]:
    """Yield installations by the package managers of languages, and sources as they are fetched."""
    if name in ("pip", "pipx", "uv"):
        yield from _pip(name, words)
    elif name in ("npm", "yarn", "pnpm") and {"install", "i", "add"} & set(words):
        yield from _npm(f"{name} install", words, urls)
    elif name in ("npx", "bunx"):
        yield from _npm(name, words, urls)
    elif name == "cargo":
        yield from _cargo(words)
    elif name == "go" and "install" in words and (moving := _moving(words)):
        yield Off("review", f"go install {moving}", UNPINNED)
    elif name in _CLONES and (plain := next(filter(_UNSAFE.match, words), "")):
        yield Off("review", f"{name} of {shown(plain, 50)}, nothing is verified", UNVERIFIED)


def _moving(words: Sequence[str]) -> str:
    """Return a version of a Go module that names no commit: `@latest`, a branch."""
    named = (f"@{word.partition('@')[2]}" for word in words if "@" in word)
    return next((shown(one, 40) for one in named if not _FIXED.fullmatch(one)), "")


def _imported(urls: Sequence[str]) -> Iterator[Off]:
    if urls:
        weight: Weight = "fail" if any(map(PLAIN.match, urls)) else "review"
        yield Off(weight, f"key from {shown(urls[0], 60)}", UNVERIFIED_KEY)


def _pip(name: str, words: Sequence[str]) -> Iterator[Off]:
    if not {"install", "add", "wheel", "inject", "run"} & set(words) or "--require-hashes" in words:
        return
    for before, word in zip(("", *words), words, strict=False):
        is_index = before in ("-i", "--index-url", "--extra-index-url", "-f", "--find-links")
        sourced = ADDRESS.match(word) or _VCS.match(word) or re.search(r" ?@ ?\w+(\+\w+)?://", word)
        if sourced and not is_index and not HERE.match(word) and not PINNED.search(word):
            yield Off("review", f"{name} install {shown(word, 50)}", UNPINNED)


def _npm(name: str, words: Sequence[str], urls: Sequence[str]) -> Iterator[Off]:
    found = [*urls, *(x for x in words if _VCS.match(x) or _HOSTED.match(x))]
    if any(not PINNED.search(word) for word in found):
        yield Off("review", f"{name} of an address", UNPINNED)


def _cargo(words: Sequence[str]) -> Iterator[Off]:
    address = next((after for before, after in pairwise(words) if before == "--git"), "")
    if "install" in words and address and not any(map(PINNED.search, words)):
        yield Off("review", f"cargo install {shown(address, 50)}", UNPINNED)
