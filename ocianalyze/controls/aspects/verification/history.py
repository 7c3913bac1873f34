"""What the history tells of unverified installations (catalogue, 4.11 A and B)."""

import re
from collections.abc import Iterator, Sequence
from itertools import dropwhile, islice
from typing import NamedTuple

from ocianalyze.controls.aspects.base.origin import Boundary
from ocianalyze.controls.aspects.history.add import add_kind, shown, sources_and_target
from ocianalyze.controls.aspects.history.steps import of_step
from ocianalyze.controls.aspects.verification.files import Off, Weight
from ocianalyze.controls.aspects.verification.flags import operands, program, switched_off
from ocianalyze.controls.aspects.verification.switched_off import Flaw, flaw, variable
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.history import Command, Step

_INSTALL = "unverified-install"
_TEXT = 65_536
_DOWNLOADERS = frozenset({"curl", "wget", "aria2c", "fetch", "axel"})
_INTERPRETERS = frozenset(
    {"sh", "bash", "dash", "ash", "zsh", "ksh", "python", "perl", "ruby", "node", "php", "source"}
)
_SHELL_OF = re.compile(
    r"(?:\b(?:ba|da|a|z|k)?sh|\bpython[0-9.]*|\bperl|\bruby|\bnode|\beval|\bsource|^\.|\s\.|\A)"
    r"\s*(?:-\w+\s+)*(?<![\w.])[\"']?(?:\$\(|<\(|`)\s*(curl|wget)\b"
)
_FILTERS = frozenset(
    {"tee", "cat", "gunzip", "gzip", "zcat", "xz", "bunzip2", "base64", "tr", "sed", "grep", "pv"}
)
"""Programs that pass on what they read."""
_PIPED = 4
"""Filters that are followed."""
_ASSIGNED = re.compile(r"(?<![\w-])([A-Z][A-Z_]{3,40})=[\"']?([^\s\"';&|]{1,200})")
_ADDRESS = re.compile(r"(?:https?|ftp)://", re.IGNORECASE)
_PLAIN = re.compile(r"(?:http|ftp)://", re.IGNORECASE)
_HERE = re.compile(r"[a-z]+://(?:localhost|127\.|\[::1\]|0\.0\.0\.0)", re.IGNORECASE)
_VCS = re.compile(r"(?:git|hg|svn|bzr)\+|git@|git://", re.IGNORECASE)
_KEY = re.compile(
    r"keyrings?/|\.(?:gpg|asc|key|pub|pgp)\Z|\.(?:gpg|asc|key|pub|pgp)[?#]|/gpg\Z", re.IGNORECASE
)
_DIGESTS = frozenset(f"{x}sum" for x in ("sha224", "sha256", "sha384", "sha512", "sha1", "b2"))
_HEX = re.compile(r"\b[0-9a-f]{64,128}\b", re.IGNORECASE)
_CHECKS = {
    "cosign": ("verify-blob", "verify"),
    "gpg": ("--verify", "--verify-files"),
    "gpg2": ("--verify", "--verify-files"),
    "minisign": ("-V", "-Vm", "-VP"),
    "openssl": ("-verify",),
    "rpmkeys": ("--checksig", "-K"),
    "signify": ("-V",),
    "slsa-verifier": ("verify-artifact",),
}


class _Told(NamedTuple):
    """One step, and whether anything in it checks what it downloads."""

    step: Step
    commands: Sequence[Command]
    is_checked: bool
    downloads: bool


def of_history(view: ImageView, base: Boundary) -> Iterator[Flaw]:
    """Yield what the commands of all steps let in unverified."""
    for step in view.history.steps:
        offs = _of_add(step) if step.instruction == "ADD" else _of_commands(step)
        for off in dict.fromkeys(offs):
            yield flaw(off.weight, of_step(step, base, off.detail, reason=off.reason))


def _of_add(step: Step) -> Iterator[Off]:
    kind = add_kind(sources_and_target(step.text)[0])
    if kind in ("url", "url-plain"):
        weight: Weight = "fail" if kind == "url-plain" else "review"
        yield Off(weight, shown(f"ADD {step.text}", 80), _INSTALL)


def _of_commands(step: Step) -> Iterator[Off]:
    if not step.commands:
        return
    for name, value in _ASSIGNED.findall(step.text[:_TEXT]):
        if off := variable(name, value):
            yield off
    is_checked = _is_checked(step)
    told = _Told(step, step.commands, is_checked, any(map(_address, step.commands)))
    for number, command in enumerate(step.commands):
        yield from switched_off(command)
        yield from _download(told, number)
        yield from _installs(told, command)
    if not told.downloads and not is_checked:
        yield from _quoted(step)


def _quoted(step: Step) -> Iterator[Off]:
    """Yield a download inside quotes that stand where a shell takes its text from."""
    if match := _SHELL_OF.search(step.text[:_TEXT]):
        rest = step.text[match.end() : match.end() + 200]
        address = next((word for word in rest.split() if _ADDRESS.match(word.strip("\"'"))), "")
        if address and not _HERE.match(address.strip("\"'")):
            told = shown(address.strip("\"')`"), 60)
            yield Off("fail", f"{match[1]} {told}, run at once", _INSTALL)


def _is_checked(step: Step) -> bool:
    """Tell a step in which a digest or a signature is verified."""
    compared = bool(_HEX.search(step.text[:_TEXT])) or "$" in step.text
    for command in step.commands:
        words = command.words[1:]
        if command.name in _DIGESTS or command.name == "shasum":
            asked = any(w in ("--check", "--strict") or re.match(r"-[a-z]*c", w) for w in words)
            if asked or (compared and any(c.name in ("[", "test", "[[") for c in step.commands)):
                return True
        if command.name == "gpgv" or any(w in _CHECKS.get(command.name, ()) for w in words):
            return True
    return False


def _address(command: Command) -> str:
    """Return what a downloader fetches from elsewhere; a variable may hold any address."""
    if command.name not in _DOWNLOADERS:
        return ""
    words = [word for word in command.words[1:] if not _HERE.match(word)]
    named = next((word for word in words if _ADDRESS.match(word)), "")
    return named or next((word for word in words if word.startswith("$")), "")


def _download(told: _Told, number: int) -> Iterator[Off]:
    command = told.commands[number]
    address = _address(command)
    if not address:
        return
    if _runs_it(told, number):
        if not told.is_checked:
            yield Off("fail", f"{_named(command, address)}, run at once", _INSTALL)
    elif _is_key(told, number):
        weight: Weight = "fail" if _PLAIN.match(address) else "review"
        yield Off(weight, f"key from {shown(address, 60)}", _INSTALL)
    elif not told.is_checked:
        yield Off("review", f"{_named(command, address)}, nothing is verified", _INSTALL)


def _named(command: Command, address: str) -> str:
    return f"{command.name} {shown(address, 60)}"


def _runs_it(told: _Told, number: int) -> bool:
    """Tell a download that an interpreter reads: `curl | sh`, `sh <(curl)`, `sh -c "$(curl)"`."""
    after = islice(
        dropwhile(lambda x: x.name in _FILTERS, told.commands[number + 1 : number + 2 + _PIPED]), 1
    )
    before = told.commands[max(number - 1, 0) : number]
    piped = "|" in told.step.text and any(map(_reads_input, after))
    substituted = "<(" in told.step.text and any(
        _reads_input(x) or x.words == (".",) for x in before
    )
    return piped or substituted or bool(_SHELL_OF.search(told.step.text[:_TEXT]))


def _reads_input(command: Command) -> bool:
    """Tell an interpreter that is given no script."""
    if program(command) not in _INTERPRETERS:
        return False
    words = command.words[1:]
    if any(word in ("-c", "-e", "-m", "--version", "-V") for word in words):
        return False
    first = next((word for word in words if not word.startswith("-") or word in ("-", "-s")), "")
    return first in ("", "-", "-s", "/dev/stdin") or words[:1] == ("-s",)


def _is_key(told: _Told, number: int) -> bool:
    command, after = told.commands[number], told.commands[number + 1 : number + 2]
    piped = any(
        (x.name in ("gpg", "gpg2") and ("--dearmor" in x.words or "--import" in x.words))
        or x.name == "apt-key"
        for x in after
    )
    # What a step verifies with is no key that a package manager trusts.
    return piped or (not told.is_checked and any(_KEY.search(word) for word in command.words[1:]))


def _installs(told: _Told, command: Command) -> Iterator[Off]:
    """Yield installations of what no repository vouches for."""
    name, words = program(command), operands(command)
    urls = [word for word in words if _ADDRESS.match(word) and not _HERE.match(word)]
    if name == "dpkg" and {"-i", "--install", "-iR"} & set(words):
        yield from _local(told, "dpkg -i")
    elif name in ("apt", "apt-get") and any(w.endswith(".deb") and "/" in w for w in words):
        yield from _local(told, f"{name} install of a .deb file")
    elif name == "apt-key" and {"add", "adv"} & set(words):
        weight: Weight = "fail" if any(_PLAIN.match(x) for x in urls) else "review"
        yield Off(weight, "apt-key trusts a key for every repository", _INSTALL)
    elif name == "rpm":
        yield from _rpm(words, urls)
    elif name in ("dnf", "microdnf", "tdnf", "yum", "zypper") and any(
        url.endswith(".rpm") for url in urls
    ):
        yield Off("review", f"{name} installs {shown(urls[0], 50)}", _INSTALL)
    elif name in ("pip", "pipx", "uv"):
        yield from _pip(name, words)
    elif name in ("npm", "yarn", "pnpm") and {"install", "i", "add"} & set(words):
        yield from _npm(name, words, urls)
    elif name == "go" and "install" in words and any(w.endswith("@latest") for w in words):
        yield Off("review", "go install @latest", _INSTALL)


def _local(told: _Told, what: str) -> Iterator[Off]:
    """Yield the installation of a package file, which nobody verifies."""
    if not told.is_checked:
        fetched = told.downloads
        detail = f"{what}, downloaded unverified" if fetched else what
        yield Off("fail" if fetched else "review", detail, _INSTALL)


def _rpm(words: Sequence[str], urls: Sequence[str]) -> Iterator[Off]:
    if "--import" in words:
        if urls:
            weight: Weight = "fail" if any(map(_PLAIN.match, urls)) else "review"
            yield Off(weight, f"key from {shown(urls[0], 60)}", _INSTALL)
    elif urls and any(re.match(r"-[a-z]*[iUF]|--(?:install|upgrade|freshen)", w) for w in words):
        yield Off("fail", f"rpm installs {shown(urls[0], 60)}", _INSTALL)


def _pip(name: str, words: Sequence[str]) -> Iterator[Off]:
    if "install" not in words or "--require-hashes" in words:
        return
    for before, word in zip(("", *words), words, strict=False):
        is_index = before in ("-i", "--index-url", "--extra-index-url", "-f", "--find-links")
        sourced = (
            _ADDRESS.match(word) or _VCS.match(word) or re.search(r" ?@ ?\w+(\+\w+)?://", word)
        )
        if sourced and not is_index and "#sha256=" not in word:
            yield Off("review", f"{name} install {shown(word, 50)}", _INSTALL)


def _npm(name: str, words: Sequence[str], urls: Sequence[str]) -> Iterator[Off]:
    if urls or any(map(_VCS.match, words)):
        yield Off("review", f"{name} install of an address", _INSTALL)
