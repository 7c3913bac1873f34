"""Rules of files that may keep their rights: by distribution, package, path, owner and mode.

A file is fine when a rule describes all its names and, where the rule names a package, that one's
record proves its bytes. Which rule it is decides what the file then is.
"""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.setid.files import Privileged
from ocianalyze.controls.aspects.users.accounts import accounts
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status
from ocianalyze.policy.owned import of_package

_MODE = re.compile(r"0?[0-7]{4}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WRITABLE = 0o022
"""Mode bits of a directory in which others than its owner can replace files."""
_CONDITIONS = ("path", "package", "distro", "owner", "mode", "sha256")
_BEST = (Status.PASS, Status.NEEDS_REVIEW, Status.FAIL)


class Rule(NamedTuple):
    """What a file must be; everything that is not empty must hold."""

    text: str
    """As a profile has it; empty for a rule of a distribution."""
    path: str = ""
    """A glob from the root on: `/usr/bin/*`."""
    package: str = ""
    """Name of a package that owns the file and records its bytes."""
    distro: str = ""
    """ID of os-release."""
    owner: str = ""
    """`root:shadow`, `0:42` or only a user."""
    mode: int | None = None
    sha256: str = ""
    undisturbed: bool = False
    """No layer of the author's brought the file, and nobody but its owner can replace it."""
    grants: Status = Status.PASS
    """What a file is that satisfies it."""


class Standing(NamedTuple):
    """What a file is after all rules."""

    status: Status
    rule: Rule | None = None
    """The one that decides."""
    is_proved: bool = False
    """False where only a record of the package could tell that the rule holds."""

    @property
    def is_default(self) -> bool:
        """Tell a file that is as the distribution ships it."""
        return self.is_proved and self.rule is not None and not self.rule.text


def rule(text: str) -> Rule:
    """Read one rule: `path=/usr/bin/su package=util-linux mode=4755`; a bare word is a path.

    Raises:
        ValueError: the text is no rule.

    """
    told: dict[str, Any] = {}
    for word in text.split():
        name, equals, value = word.partition("=")
        if not equals:
            name, value = "path", word
        if name not in _CONDITIONS or not value or name in told:
            raise ValueError(f"{word[:60]!r} in rule {text[:60]!r}: {_why(name, value)}")
        told[name] = value
    if not told:
        raise ValueError("a rule without conditions")
    mode, sha256 = told.get("mode", ""), told.get("sha256", "")
    if (mode and not _MODE.fullmatch(mode)) or (sha256 and not _SHA256.fullmatch(sha256)):
        raise ValueError(
            f"rule {text[:60]!r}: mode=4755 is of octal digits, sha256= has 64 of 0-9 a-f"
        )
    return Rule(text, **(told | {"mode": int(mode, 8) if mode else None}))


def _why(name: str, value: str) -> str:
    if name not in _CONDITIONS:
        return f"a condition is one of {', '.join(f'{x}=' for x in _CONDITIONS)}"
    return f"{name}= is there twice" if value else f"{name}= has no value"


def standing(view: ImageView, found: Privileged, rules: Sequence[Rule]) -> Standing:
    """Return what a file is by the most favourable of the rules, the first among equals."""
    return min(_standings(view, found, rules), key=lambda x: _BEST.index(x.status))


def _standings(view: ImageView, found: Privileged, rules: Sequence[Rule]) -> Iterator[Standing]:
    """Yield what each rule that describes a file makes of it, last what it is without any.

    Where only a record could prove it and none does, it is one step worse than the rule says.
    """
    for each in rules if found.status is not Status.PASS else ():
        proof = _proof(view, found, each) if describes(view, found, each) else False
        if proof:
            yield Standing(each.grants, each, is_proved=True)
        elif proof is None and each.grants is not Status.FAIL:
            yield Standing(_BEST[_BEST.index(each.grants) + 1], each)
    yield Standing(found.status)


def _proof(view: ImageView, found: Privileged, rule_: Rule) -> bool | None:
    """Tell whether a file is of the rule's package; None where no record proves its bytes."""
    if not rule_.package:
        return True
    path = found.entry.path
    owners = [owner for owner in view.inventory.owners(path) if owner.name == rule_.package]
    return of_package(view, path, owners, is_proved=bool(rule_.sha256))


def describes(view: ImageView, found: Privileged, rule_: Rule) -> bool:
    """Tell whether a file is what a rule says, its package left out."""
    entry = found.entry
    if rule_.mode is not None and entry.mode & 0o7777 != rule_.mode:
        return False
    if rule_.sha256 and entry.sha256 != rule_.sha256:
        return False
    if rule_.distro and view.inventory.distribution.id != rule_.distro:
        return False
    if rule_.path and (found.more_names or not all(_matches(x, rule_.path) for x in found.names)):
        return False
    if rule_.owner and not _owned(view, found, rule_.owner):
        return False
    return not rule_.undisturbed or _is_undisturbed(view, found)


def _matches(path: str, pattern: str) -> bool:
    return fnmatchcase(f"/{path}", pattern if pattern.startswith("/") else f"/{pattern}")


def _owned(view: ImageView, found: Privileged, owner: str) -> bool:
    """Tell an owner by number, or by name as the image's account files have it."""
    entry = found.entry
    user, colon, group = owner.partition(":")
    name = view.once(_users).get(entry.uid, entry.uname) if entry.uid else "root"
    if user not in (str(entry.uid), _name(entry.uid, name)):
        return False
    return not colon or group in (str(entry.gid), _name(entry.gid, found.group))


def _users(view: ImageView) -> dict[int, str]:
    """Return the first name of each number in the passwd file."""
    lines = accounts(view.read("etc/passwd") or b"")
    return {x.uid: x.name.decode("utf-8", "replace") for x in reversed(tuple(lines))}


def _name(number: int, name: str) -> str:
    """Return a name; what a tar header calls root is only root with number 0."""
    if name in ("", "root"):
        return "" if number else "root"
    return name


def _is_undisturbed(view: ImageView, found: Privileged) -> bool:
    """Tell a file of a base, or of nobody known, where nobody else replaces it."""
    if boundary(view).of_layer(found.entry.layer) == "author":
        return False
    home = view.tree.resolve(found.entry.path.rpartition("/")[0])
    return home is None or not home.mode & _WRITABLE
