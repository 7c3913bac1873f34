"""What the history tells of unverified installations (catalogue, 4.11 A and B)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import dropwhile, islice

from ocianalyze.controls.aspects.base.origin import Boundary
from ocianalyze.controls.aspects.history.add import SEVERITIES, kind_of, shown
from ocianalyze.controls.aspects.history.steps import of_step
from ocianalyze.controls.aspects.history.triggers import Trigger, triggers
from ocianalyze.controls.aspects.verification import fetched
from ocianalyze.controls.aspects.verification.fetched import ADDRESS, HERE, INTERPRETERS
from ocianalyze.controls.aspects.verification.files import reader
from ocianalyze.controls.aspects.verification.flags import program, switched_off
from ocianalyze.controls.aspects.verification.heeded import is_heeded
from ocianalyze.controls.aspects.verification.installed import (
    PLAIN,
    UNVERIFIED,
    UNVERIFIED_KEY,
    Told,
    installs,
)
from ocianalyze.controls.aspects.verification.keyed import TLS_OFF, Off, Weight
from ocianalyze.controls.aspects.verification.sources import Sources
from ocianalyze.controls.aspects.verification.switched_off import Flaw, flaw, variable
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.history import Command, Step

_TEXT = 65_536
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
_KEY = re.compile(
    r"keyrings?/|\.(?:gpg|asc|key|pub|pgp)\Z|\.(?:gpg|asc|key|pub|pgp)[?#]|/gpg\Z", re.IGNORECASE
)
_DIGESTS = frozenset(f"{x}sum" for x in ("sha224", "sha256", "sha384", "sha512", "sha1", "b2"))
_TESTS = frozenset({"[", "[[", "test"})
_WRITTEN = re.compile(r"(?:>\s*|\btee\s+(?:-a\s+)?)[\"']?(?:~|\$HOME)?/([\w./+~-]{4,200})")
"""Files that shell text writes, without their first slash."""
_FILES = 100
_HEX = re.compile(r"\b[0-9a-f]{64,128}\b", re.IGNORECASE)
_CHECKS = {
    "cosign": ("verify-blob", "verify"),
    "git": ("verify-commit", "verify-tag", "--verify-signatures"),
    "gpg": ("--verify", "--verify-files"),
    "gpg2": ("--verify", "--verify-files"),
    "minisign": ("-V", "-Vm", "-VP"),
    "openssl": ("-verify",),
    "rpm": ("--checksig", "-K"),
    "rpmkeys": ("--checksig", "-K"),
    "signify": ("-V",),
    "slsa-verifier": ("verify-artifact",),
}


def of_history(view: ImageView, base: Boundary) -> Iterator[Flaw]:
    """Yield what the commands of all steps let in unverified."""
    sources = Sources()
    for step in view.history.steps:
        if step.instruction == "WORKDIR":
            sources.home = step.text[:_TEXT]
        for off in dict.fromkeys(_of_step(step, sources)):
            told = of_step(step, base, off.detail, reason=off.reason)
            yield flaw(off.weight, told, off.severity)
    for trigger in triggers(view):
        for off in dict.fromkeys(_of_step(trigger.step, sources)):
            yield _waiting(trigger, off, base)
        if trigger.step.opaque:
            yield flaw("review", trigger.evidence(base, "too long to be read"))


def _waiting(trigger: Trigger, off: Off, base: Boundary) -> Flaw:
    """Return what ONBUILD will do in the images built on this one: here nothing came of it."""
    evidence = replace(trigger.evidence(base, off.detail), reason=off.reason)
    is_noted = evidence.severity == "info" or off.weight == "info"
    return flaw("info" if is_noted else "review", evidence)


def _of_step(step: Step, sources: Sources) -> Iterator[Off]:
    return _of_add(step) if step.instruction == "ADD" else _of_commands(step, sources)


def _of_add(step: Step) -> Iterator[Off]:
    kind = kind_of(step.text)
    if kind in ("url", "url-plain", "url-unknown"):
        weight: Weight = "fail" if kind == "url-plain" else "review"
        yield Off(weight, shown(f"ADD {step.text}", 80), UNVERIFIED, SEVERITIES[kind])


def _of_commands(step: Step, sources: Sources) -> Iterator[Off]:
    if not step.commands:
        return
    for name, value in _ASSIGNED.findall(step.text[:_TEXT]):
        if off := variable(name, value):
            yield off
    told = _told(step)
    yield from sources.built(step, is_checked=told.is_checked)
    for number, command in enumerate(step.commands):
        yield from (_weighed(off, told) for off in switched_off(command))
        yield from _download(told, number)
        yield from installs(told, command)
        yield from _from_here(told, command)
    if not told.downloads and not told.is_checked:
        yield from _quoted(step)
    if told.downloads:
        yield from _unheeded(step)
    yield from _written(step)


def _weighed(off: Off, told: Told) -> Off:
    """Return what switches TLS off as a note, where the only download is verified after all."""
    if off.reason != TLS_OFF or not told.is_checked:
        return off
    downloads = sum(bool(fetched.address(command)) for command in told.commands)
    return off._replace(weight="info") if downloads == 1 else off._replace(weight="review")


def _told(step: Step) -> Told:
    text = step.text[:_TEXT]
    return Told(
        step.commands,
        is_checked=_is_checked(step),
        downloads=any(map(fetched.address, step.commands)),
        fetched=fetched.in_code(text) if "<<" in text else "",
        is_piped="|" in step.text,
        is_substituted="<(" in step.text,
        runs_quoted=bool(_SHELL_OF.search(text)),
    )


def _written(step: Step) -> Iterator[Off]:
    """Yield what settings that a step writes switch off, though it may take them back."""
    text = step.text[:_TEXT]
    paths = islice(_WRITTEN.findall(text), _FILES)
    readers = dict.fromkeys(read for path in paths if (read := reader(path)))
    if not readers:
        return
    said = [word for x in step.commands if x.name in ("echo", "printf") for word in x.words[1:]]
    written = "\n".join((*said, text if "<<" in text else "")).replace("\\n", "\n")
    for read in readers:
        yield from read(written[:_TEXT])


def _quoted(step: Step) -> Iterator[Off]:
    """Yield a download inside quotes that stand where a shell takes its text from."""
    if match := _SHELL_OF.search(step.text[:_TEXT]):
        rest = step.text[match.end() : match.end() + 200]
        address = next((word for word in rest.split() if ADDRESS.match(word.strip("\"'"))), "")
        if address and not HERE.match(address.strip("\"'")):
            told = shown(address.strip("\"')`"), 60)
            yield Off("fail", f"{match[1]} {told}, run at once", UNVERIFIED)


def _is_checked(step: Step) -> bool:
    """Tell a step in which a digest or a signature is verified."""
    if any(map(_checks, step.commands)) or any(map(fetched.digests_itself, step.commands)):
        return True
    is_told = bool(_HEX.search(step.text[:_TEXT])) or "$" in step.text
    compared = is_told and any(x.name in _TESTS for x in step.commands)
    return compared and any(map(_digests, step.commands))


def _compares(command: Command) -> bool:
    """Tell a test of two texts: of a digest and what it should be, where one is computed."""
    return command.name in _TESTS and any(x in ("=", "==", "!=") for x in command.words)


def _digests(command: Command) -> bool:
    return command.name in _DIGESTS or command.name == "shasum"


def _checks(command: Command) -> bool:
    """Tell a command that fails when what it looks at is not what was meant."""
    words = command.words[1:]
    if _digests(command):
        return any(w in ("--check", "--strict") or re.match(r"-[a-z]*c", w) for w in words)
    known = _CHECKS.get(command.name, ())
    return command.name in ("gpgv", "debsig-verify") or any(word in known for word in words)


def _unheeded(step: Step) -> Iterator[Off]:
    """Yield a check whose failure ends nothing, when no other is heeded."""
    if any(map(fetched.digests_itself, step.commands)) or not _is_checked(step):
        return
    is_check = _checks if any(map(_checks, step.commands)) else _compares
    named = next((command.name for command in step.commands if is_check(command)), "")
    if named and not is_heeded(step, is_check):
        yield Off("review", f"{named} may fail and the step goes on", "check-unheeded")


def _download(told: Told, number: int) -> Iterator[Off]:
    command = told.commands[number]
    address = fetched.address(command)
    if not address:
        return
    if _runs_it(told, number):
        if not told.is_checked:
            yield Off("fail", f"{_named(command, address)}, run at once", UNVERIFIED)
    elif _is_key(told, number):
        weight: Weight = "fail" if PLAIN.match(address) else "review"
        yield Off(weight, f"key from {shown(address, 60)}", UNVERIFIED_KEY)
    elif not told.is_checked:
        yield Off("review", f"{_named(command, address)}, nothing is verified", UNVERIFIED)


def _from_here(told: Told, command: Command) -> Iterator[Off]:
    """Yield what code in a here-document fetches."""
    if told.fetched and not told.is_checked and _reads_input(command):
        yield Off("review", f"{_named(command, told.fetched)}, nothing is verified", UNVERIFIED)


def _named(command: Command, address: str) -> str:
    return f"{command.name} {shown(address, 60)}"


def _runs_it(told: Told, number: int) -> bool:
    """Tell a download that an interpreter reads: `curl | sh`, `sh <(curl)`, `sh -c "$(curl)"`."""
    after = islice(
        dropwhile(lambda x: x.name in _FILTERS, told.commands[number + 1 : number + 2 + _PIPED]), 1
    )
    before = told.commands[max(number - 1, 0) : number]
    piped = told.is_piped and any(map(_reads_input, after))
    substituted = told.is_substituted and any(_reads_input(x) or x.name == "." for x in before)
    itself = fetched.runs_itself(told.commands[number])
    is_program = any(map(_runs_output, before)) and told.commands[number].name in before[0].words[0]
    return itself or piped or substituted or is_program or told.runs_quoted


def _runs_output(command: Command) -> bool:
    """Tell a command that is what another one prints."""
    return command.words[0][:2] == "$("


def _reads_input(command: Command) -> bool:
    """Tell an interpreter that is given no script."""
    if program(command) not in INTERPRETERS:
        return False
    words = command.words[1:]
    if any(word in ("-c", "-e", "-m", "--version", "-V") for word in words):
        return False
    first = next((word for word in words if not word.startswith("-") or word in ("-", "-s")), "")
    return first in ("", "-", "-s", "/dev/stdin") or first[:2] == "<(" or words[:1] == ("-s",)


def _is_key(told: Told, number: int) -> bool:
    command, after = told.commands[number], told.commands[number + 1 : number + 2]
    piped = any(
        (x.name in ("gpg", "gpg2") and ("--dearmor" in x.words or "--import" in x.words))
        or x.name == "apt-key"
        for x in after
    )
    # What a step verifies with is no key that a package manager trusts.
    return piped or (not told.is_checked and any(_KEY.search(word) for word in command.words[1:]))
