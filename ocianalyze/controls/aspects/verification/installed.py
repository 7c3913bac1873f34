"""Installations of what no repository vouches for (catalogue, 4.11 B)."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ocianalyze.controls.aspects.history.add import shown
from ocianalyze.controls.aspects.verification.fetched import ADDRESS, HERE
from ocianalyze.controls.aspects.verification.files import Off, Weight
from ocianalyze.controls.aspects.verification.flags import operands, program
from ocianalyze.model.history import Command, Step

UNVERIFIED = "unverified-install"
"""Reason of all that is installed without anybody verifying it."""
PLAIN = re.compile(r"(?:http|ftp)://", re.IGNORECASE)
_VCS = re.compile(r"(?:git|hg|svn|bzr)\+|git@|git://", re.IGNORECASE)
_CLONES = frozenset({"git", "hg", "svn", "bzr"})
_UNSAFE = re.compile(r"(?:http|git|svn)://(?!localhost|127\.)", re.IGNORECASE)
"""Transports on which whoever is between may answer."""
_FIXED = re.compile(r"@(?:v[0-9][\w.+-]*|[0-9a-f]{7,40}|none)")
"""Versions of Go modules that go.sum's database vouches for, and commits."""


class Told(NamedTuple):
    """One step, and whether anything in it checks what it downloads."""

    step: Step
    commands: Sequence[Command]
    is_checked: bool
    downloads: bool


def installs(told: Told, command: Command) -> Iterator[Off]:
    """Yield installations of what no repository vouches for."""
    name, words = program(command), operands(command)
    urls = [word for word in words if ADDRESS.match(word) and not HERE.match(word)]
    if name == "dpkg" and {"-i", "--install", "-iR"} & set(words):
        yield from _local(told, "dpkg -i")
    elif name in ("apt", "apt-get") and any(w.endswith(".deb") and "/" in w for w in words):
        yield from _local(told, f"{name} install of a .deb file")
    elif name == "apt-key" and {"add", "adv"} & set(words):
        weight: Weight = "fail" if any(PLAIN.match(x) for x in urls) else "review"
        yield Off(weight, "apt-key trusts a key for every repository", UNVERIFIED)
    elif name == "rpm":
        yield from _rpm(words, urls)
    elif name in ("dnf", "microdnf", "tdnf", "yum", "zypper") and any(
        url.endswith(".rpm") for url in urls
    ):
        yield Off("review", f"{name} installs {shown(urls[0], 50)}", UNVERIFIED)
    else:
        yield from _of_language(name, words, urls)


def _of_language(name: str, words: Sequence[str], urls: Sequence[str]) -> Iterator[Off]:
    """Yield installations by the package managers of languages, and sources as they are fetched."""
    if name in ("pip", "pipx", "uv"):
        yield from _pip(name, words)
    elif name in ("npm", "yarn", "pnpm") and {"install", "i", "add"} & set(words):
        yield from _npm(f"{name} install", words, urls)
    elif name in ("npx", "bunx"):
        yield from _npm(name, words, urls)
    elif name == "go" and "install" in words and (moving := _moving(words)):
        yield Off("review", f"go install {moving}", UNVERIFIED)
    elif name in _CLONES and (plain := next(filter(_UNSAFE.match, words), "")):
        yield Off("review", f"{name} of {shown(plain, 50)}, nothing is verified", UNVERIFIED)


def _moving(words: Sequence[str]) -> str:
    """Return a version of a Go module that names no commit: `@latest`, a branch."""
    named = (f"@{word.partition('@')[2]}" for word in words if "@" in word)
    return next((shown(one, 40) for one in named if not _FIXED.fullmatch(one)), "")


def _local(told: Told, what: str) -> Iterator[Off]:
    """Yield the installation of a package file, which nobody verifies."""
    if not told.is_checked:
        fetched = told.downloads
        detail = f"{what}, downloaded unverified" if fetched else what
        yield Off("fail" if fetched else "review", detail, UNVERIFIED)


def _rpm(words: Sequence[str], urls: Sequence[str]) -> Iterator[Off]:
    if "--import" in words:
        if urls:
            weight: Weight = "fail" if any(map(PLAIN.match, urls)) else "review"
            yield Off(weight, f"key from {shown(urls[0], 60)}", UNVERIFIED)
    elif urls and any(re.match(r"-[a-z]*[iUF]|--(?:install|upgrade|freshen)", w) for w in words):
        yield Off("fail", f"rpm installs {shown(urls[0], 60)}", UNVERIFIED)


def _pip(name: str, words: Sequence[str]) -> Iterator[Off]:
    if "install" not in words or "--require-hashes" in words:
        return
    for before, word in zip(("", *words), words, strict=False):
        is_index = before in ("-i", "--index-url", "--extra-index-url", "-f", "--find-links")
        sourced = ADDRESS.match(word) or _VCS.match(word) or re.search(r" ?@ ?\w+(\+\w+)?://", word)
        if sourced and not is_index and "#sha256=" not in word:
            yield Off("review", f"{name} install {shown(word, 50)}", UNVERIFIED)


def _npm(name: str, words: Sequence[str], urls: Sequence[str]) -> Iterator[Off]:
    if urls or any(map(_VCS.match, words)):
        yield Off("review", f"{name} of an address", UNVERIFIED)
