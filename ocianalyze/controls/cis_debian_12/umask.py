"""umask: of root's own shells, and of everybody's."""

import re
from collections.abc import Iterator
from itertools import islice

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.settings.files import lines
from ocianalyze.controls.cis_debian_12._files import (
    profiles,
    unread,
)
from ocianalyze.controls.cis_debian_12._say import inapplicable, judged, of_file, passed, review
from ocianalyze.detectors.captures.logins import LOGIN_DEFS, PROFILES_OF_BASH, PROFILES_OF_ROOT
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_SET = re.compile(r"(?:[^#'\"]*[;&\s])?umask\s+(?:-S\s+)?([0-7]{1,4}|[ugoa]+[=+-][rwx,ugoa=+-]*)")
_DEFINED = re.compile(r"UMASK\s+([0-7]{1,4})")
_WANTED = 0o027
_USUAL = 0o022
_MASKS = 1_000


def of_root(view: ImageView) -> Verdict:
    """Judge the files that root's shells read."""
    if refused := unread(view, (), PROFILES_OF_ROOT):
        return refused
    found = (
        of_file(view, path, f"umask {text}", "medium" if mask & _USUAL != _USUAL else "low")
        for path, text, mask in _masks(view, PROFILES_OF_ROOT)
        if mask & _WANTED != _WANTED
    )
    return judged(found, "umask-wide", "umask of root wider than 027")


def of_everybody(view: ImageView) -> Verdict:
    """Judge the defaults of all login shells; a distribution's 022 is left to people."""
    paths = (*LOGIN_DEFS, *PROFILES_OF_BASH, *profiles(view))
    if refused := unread(view, (), paths):
        return refused
    masks = list(islice(_masks(view, paths), _MASKS))
    if not masks:
        return inapplicable("no-umask", "does not apply: nothing sets a default umask")
    wide = [_evidence(view, x) for x in masks if x[2] & _WANTED != _WANTED]
    if any(x.severity == "medium" for x in wide):
        return judged(wide, "umask-wide", "default umask lets others write", status=Status.FAIL)
    if wide:
        return review("umask-usual", f"default {wide[0].detail}: others may read", *wide)
    return passed("umask-narrow", "default umask is 027 or narrower")


def _evidence(view: ImageView, found: tuple[str, str, int]) -> Evidence:
    path, text, mask = found
    return of_file(view, path, f"umask {text}", "low" if mask & _USUAL == _USUAL else "medium")


def _masks(view: ImageView, paths: tuple[str, ...]) -> Iterator[tuple[str, str, int]]:
    """Yield file, text and value of each umask; symbolic ones count from 022."""
    for path in paths:
        pattern = _DEFINED if path in LOGIN_DEFS else _SET
        for line in lines(view, path):
            found = pattern.match(line[:1_000].lstrip())
            if found:
                text = found[1][:40]
                yield path, text, int(text, 8) if text.isdecimal() else _symbolic(text)


def _symbolic(text: str) -> int:
    """Return the mask of `u=rwx,g=rx,o=` (umask(1p)): what is named is let through."""
    mask = _USUAL
    for clause in text.split(","):
        found = re.fullmatch(r"([ugoa]+)([=+-])([rwx]*)", clause)
        if found is None:
            continue
        bits = sum({"r": 4, "w": 2, "x": 1}[x] for x in set(found[3]))
        for who in set("ugo" if "a" in found[1] else found[1]):
            shift = {"u": 6, "g": 3, "o": 0}[who]
            mask = _changed(mask, found[2], bits, shift)
    return mask


def _changed(mask: int, sign: str, bits: int, shift: int) -> int:
    if sign == "+":
        return mask & ~(bits << shift)
    if sign == "-":
        return mask | bits << shift
    return mask & ~(7 << shift) | (7 & ~bits) << shift


CONTROLS = (
    Control(
        id="cis-debian-12-5.4.2.6",
        short="umask of root",
        automation="full",
        reads=f"umask lines of {', '.join(PROFILES_OF_ROOT)}",
        decides="fails when one sets a mask wider than 027; none at all leaves the default "
        "of all users (5.4.3.3)",
        limits="a container's own processes have the umask that the runtime gives them",
        remediation="RUN sed -i 's/^umask .*/umask 027/' /root/.profile",
        evaluate=of_root,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="cis-debian-12-5.4.3.3",
        short="default umask",
        automation="full",
        reads="UMASK of login.defs; umask lines of etc/profile, etc/profile.d and bash's own files",
        decides="fails when group or others may write; 022, which distributions ship, needs "
        "review; passes with 027 or narrower",
        limits="a container's own processes have the umask that the runtime gives them; "
        "conditions in scripts are not followed",
        remediation="RUN sed -i 's/^UMASK.*/UMASK 027/' /etc/login.defs",
        evaluate=of_everybody,
        needs=frozenset({"filesystem"}),
    ),
)
