"""Rules of files that may keep their rights: by distribution, package, path, owner and mode."""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from ocianalyze.controls.aspects.setid.defaults import distribution
from ocianalyze.controls.aspects.setid.files import Privileged
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.own_bytes import has_own_bytes

_MODE = re.compile(r"0?[0-7]{4}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Rule(NamedTuple):
    """What a file must be; everything that is not empty must hold."""

    text: str
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


def rule(text: str) -> Rule:
    """Read one rule: `path=/usr/bin/su package=util-linux mode=4755`; a bare word is a path.

    Raises:
        ValueError: the text is no rule.

    """
    told: dict[str, str] = {}
    for word in text.split():
        name, equals, value = word.partition("=")
        if not equals:
            name, value = "path", word
        if name not in Rule._fields[1:] or not value or name in told:
            raise ValueError(f"{word[:60]!r} in rule {text[:60]!r}: {_why(name, value)}")
        told[name] = value
    if not told:
        raise ValueError("a rule without conditions")
    mode, sha256 = told.pop("mode", ""), told.get("sha256", "")
    if (mode and not _MODE.fullmatch(mode)) or (sha256 and not _SHA256.fullmatch(sha256)):
        raise ValueError(
            f"rule {text[:60]!r}: mode=4755 is of octal digits, sha256= has 64 of 0-9 a-f"
        )
    return Rule(text, **told, mode=int(mode, 8) if mode else None)


def _why(name: str, value: str) -> str:
    if name not in Rule._fields[1:]:
        return f"a condition is one of {', '.join(f'{x}=' for x in Rule._fields[1:])}"
    return f"{name}= is there twice" if value else f"{name}= has no value"


def permit(view: ImageView, found: Privileged, rules: Sequence[Rule]) -> None:
    """Note the first rule that every name of a file satisfies, and one that lacks a proof."""
    for each in rules:
        if found.allowed:
            return
        if _describes(view, found, each):
            proof = _is_of(view, found, each)
            if proof:
                found.allowed = each.text
            elif proof is None:
                found.unproved = found.unproved or each.text


def _is_of(view: ImageView, found: Privileged, rule_: Rule) -> bool | None:
    """Tell whether a file is of the rule's package; None where no record proves its bytes."""
    if not rule_.package:
        return True
    path = found.entry.path
    owners = [owner for owner in view.inventory.owners(path) if owner.name == rule_.package]
    if rule_.sha256 and owners:
        return True
    proofs = {has_own_bytes(view, path, owner) for owner in owners} or {False}
    return next(proof for proof in (True, None, False) if proof in proofs)


def _describes(view: ImageView, found: Privileged, rule_: Rule) -> bool:
    entry = found.entry
    if rule_.mode is not None and entry.mode & 0o7777 != rule_.mode:
        return False
    if rule_.sha256 and entry.sha256 != rule_.sha256:
        return False
    if rule_.distro and distribution(view) != rule_.distro:
        return False
    if rule_.path and (found.more_names or not all(_matches(x, rule_.path) for x in found.names)):
        return False
    return not rule_.owner or _owned(found, rule_.owner)


def _matches(path: str, pattern: str) -> bool:
    return fnmatchcase(f"/{path}", pattern if pattern.startswith("/") else f"/{pattern}")


def _owned(found: Privileged, owner: str) -> bool:
    entry = found.entry
    user, colon, group = owner.partition(":")
    name = entry.uname or ("root" if entry.uid == 0 else "")
    if user not in (str(entry.uid), name):
        return False
    group_name = found.group or ("root" if entry.gid == 0 else "")
    return not colon or group in (str(entry.gid), group_name)
