"""CIS Docker 4.8: setuid and setgid permissions are removed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ocianalyze.controls._base import Control, Parameter, undecided, windows_image
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.setid.allowed import Standing, rule, standing
from ocianalyze.controls.aspects.setid.before import taken_back
from ocianalyze.controls.aspects.setid.capabilities import XATTR
from ocianalyze.controls.aspects.setid.defaults import ACCEPTED, NAMED
from ocianalyze.controls.aspects.setid.files import (
    UNKNOWN,
    UNREADABLE,
    Gathered,
    Privileged,
    gather,
)
from ocianalyze.controls.aspects.users.accounts import number
from ocianalyze.controls.evidence import counted, joined
from ocianalyze.controls.quoting import all_quoted, quoted
from ocianalyze.controls.saying import ROOM, of_entry, rights
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import written
from ocianalyze.inventory.own_bytes import has_own_bytes
from ocianalyze.model.finding import Evidence, Status, Verdict

_STRIP_SETID = "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +"
_STRIP_CAPABILITIES = r"RUN find / -xdev -type f -exec setcap -r {} \; 2>/dev/null"
_NAMED = 3
"""Files that a remediation names; for more it has a line that finds them."""
_MOST = 1_000
"""Files that are listed one by one."""


class _Judged(NamedTuple):
    """One file and what all rules make of it."""

    file: Privileged
    standing: Standing

    @property
    def is_open(self) -> bool:
        """Tell what would fail and is not allowed for good."""
        return self.file.status is Status.FAIL and self.standing.status is not Status.PASS


def evaluate(
    view: ImageView, *, allow: tuple[str, ...] = (), accept_defaults: bool = False
) -> Verdict:
    """Judge what is visible: a file hidden by a later layer cannot be run.

    What a profile allows besides comes later, for the evidence of all controls alike.

    Args:
        view: the image.
        allow: rules of files that may stay (`ocianalyze.controls.aspects.setid.allowed`).
        accept_defaults: leave to people, instead of failing, what the distribution ships
            and is unchanged.

    """
    if view.is_windows:
        return windows_image()
    try:
        rules = (*map(rule, allow), *(ACCEPTED if accept_defaults else ()), *NAMED)
    except ValueError as error:
        told = Evidence(str(error), "config", "bad-rule")
        return undecided("bad-rule", "not evaluated: a rule of the profile is none", told)
    gathered = gather(view)
    judged = [_Judged(x, standing(view, x, rules)) for x in gathered.found]
    return _verdict(view, judged, gathered, boundary(view))


def _verdict(
    view: ImageView, judged: Sequence[_Judged], gathered: Gathered, base: Boundary
) -> Verdict:
    """Return the worst that is left; files beyond those kept are not asked for rules."""
    unlisted = sum(n for sort, n in gathered.rest.items() if sort.status is Status.FAIL)
    evidence = (
        *(_evidence(view, x, base) for x in judged[:_MOST]),
        *_rest(gathered),
        *taken_back(view, base),
    )
    if unlisted or any(x.standing.status is Status.FAIL for x in judged):
        return _failed(view, [x for x in judged if x.is_open], evidence, base, unlisted)
    if left := [x for x in judged if x.standing.status is Status.NEEDS_REVIEW]:
        return _review(left, evidence)
    if permitted := [x for x in judged if x.file.status is not Status.PASS]:
        summary = f"{counted(len(permitted), 'file')} with such rights, each allowed"
        return Verdict(Status.PASS, "allowed", summary, evidence)
    noted = f", {len(judged)} without effect" if judged else ""
    return Verdict(Status.PASS, "no-setid-files", f"no setuid or setgid files{noted}", evidence)


def _rest(gathered: Gathered) -> Iterator[Evidence]:
    """Tell how many there are beyond those that are kept, by severity."""
    for sort in sorted(gathered.rest, key=lambda x: (x.severity, not x.is_setid, x.layer)):
        kind = "set-id files" if sort.is_setid else "files with capabilities"
        detail = f"{gathered.rest[sort]:,} more {kind} in layer {sort.layer}"
        yield Evidence(detail, "layer", "more", layer=sort.layer, severity=sort.severity)


def _review(left: Sequence[_Judged], evidence: tuple[Evidence, ...]) -> Verdict:
    """Return what people must look at: what lacks a proof goes before what is a default."""
    guilty = [x for x in left if x.is_open]
    if not guilty:
        return _minor(left, evidence)
    reason, summary = "allowed-unproved", "allowed by package, but no record proves the bytes"
    if all(x.standing.is_default for x in guilty):
        files = counted(len(guilty), "set-id file")
        reason, summary = "distribution-defaults", f"{files}, unchanged, as the distribution ships"
    return Verdict(Status.NEEDS_REVIEW, reason, summary, evidence, "strong")


def _minor(left: Sequence[_Judged], evidence: tuple[Evidence, ...]) -> Verdict:
    """Return capabilities that lead no further, with those of which nobody can tell."""
    junk = sum(1 for x in left if x.file.capabilities is None)
    unknown = sum(1 for x in left if UNKNOWN in x.file.reasons)
    counts = {
        "minor-capabilities": (len(left) - junk - unknown, "with minor capabilities", "minor"),
        UNKNOWN: (unknown, "with unknown capabilities", "unknown"),
        UNREADABLE: (junk, "", "unreadable"),
    }
    first, *others = ((key, x) for key, x in counts.items() if x[0])
    reason, (count, what, _) = first
    files = counted(count, "file")
    summary = f"{files} {what}" if what else f"capability unreadable: {files}"
    summary += "".join(f", {more} {word}" for _, (more, _, word) in others)
    return Verdict(Status.NEEDS_REVIEW, reason, summary, evidence)


def _evidence(view: ImageView, judged: _Judged, base: Boundary) -> Evidence:
    found, entry = judged.file, judged.file.entry
    parts = [rights(entry.mode, entry.uid, entry.gid)]
    if found.capabilities is not None:
        parts.append(str(found.capabilities))
    if found.shell:
        parts.append(f"is the shell {found.shell}, of no package")
    parts += _compared(view, judged)
    others = found.names[1:4]
    if others:
        left = len(found.names) - 4 + found.more_names
        more = f" and {left} more" if left > 0 else ""
        parts.append(f"also {', '.join(others)}{more}")
    reasons = ("distribution-default",) if judged.standing.is_default else found.reasons
    told = of_entry(entry, "; ".join(parts), found.severity, " ".join(reasons), found.names[0])
    by = judged.standing.rule
    allowed = by.text if by and judged.standing.status is Status.PASS else ""
    return replace(told, origin=base.of_layer(entry.layer), allowed=allowed)


def _compared(view: ImageView, judged: _Judged) -> Iterator[str]:
    """Say how the bytes are to those that packages record."""
    path, by = judged.file.entry.path, judged.standing.rule
    if by and judged.standing.is_default:
        yield f"as package {by.package} ships and records it"
    for owner in view.inventory.owners(path)[:1]:
        if has_own_bytes(view, path, owner) is False:
            yield f"changed: package {owner.name[:40]} records other bytes"
    if by and not judged.standing.is_proved:
        yield f"no record proves that it is as {by.text[:80] or by.package!r} allows"


def _failed(
    view: ImageView,
    left: Sequence[_Judged],
    evidence: tuple[Evidence, ...],
    base: Boundary,
    unlisted: int,
) -> Verdict:
    guilty = [x.file for x in left]
    defaults = sum(1 for x in left if x.standing.is_default)
    setid = [x for x in guilty if x.is_setid]
    capable = [x for x in guilty if not x.is_setid]
    counts = [counted(len(setid), "set-id file") + _whose(setid, guilty, base)] if setid else []
    if capable:
        number = str(len(capable)) if setid else counted(len(capable), "file")
        counts.append(f"{number} with capabilities" + _whose(capable, guilty, base))
    if unlisted:
        counts.append(f"{unlisted:,} more")
    all_of = "all as" if defaults > 1 else "as"
    some = all_of if defaults == len(guilty) + unlisted else f"{defaults} as"
    usual = f", {some} the distribution ships" if defaults else ""
    summary = ", ".join(counts)
    return Verdict(
        Status.FAIL,
        "setid-files" if setid else "capabilities-like-setid",
        summary + usual if len(summary + usual) <= ROOM else summary,
        evidence,
        origin=joined({base.of_layer(x.entry.layer) for x in guilty}),
        remediation=_remedy(view, guilty, base),
    )


def _whose(group: Sequence[Privileged], guilty: Sequence[Privileged], base: Boundary) -> str:
    """Return how many of a group are the author's, when the base has some of what is guilty."""
    if {base.of_layer(x.entry.layer) for x in guilty} != {"author", "base"}:
        return ""
    authors = sum(1 for x in group if base.of_layer(x.entry.layer) == "author")
    return f" ({authors} author)" if authors else " (base)"


def _remedy(view: ImageView, guilty: Sequence[Privileged], base: Boundary) -> str:
    """Return the RUN lines that remove what was found, and what it means for the user.

    Files are named when they are few and their names can stand in a shell line.
    """
    setid = [f"/{x.names[0]}" for x in guilty if x.is_setid]
    capable = [f"/{x.names[0]}" for x in guilty if XATTR in x.entry.xattrs]
    lines = []
    if setid:
        named = all_quoted(setid) if len(setid) <= _NAMED else ""
        lines.append(f"RUN chmod a-s {named}" if named else _STRIP_SETID)
    if capable:
        lines.append(_setcap(capable))
    if _is_other_user(view):
        lines = list(_as_root(view, lines, base))
        lines.append("until then run with no-new-privileges: the user can use them to become root")
    return "; ".join(lines)


def _as_root(view: ImageView, lines: Sequence[str], base: Boundary) -> Iterator[str]:
    """Yield the lines where root still runs them: nobody else may change the modes."""
    set_by = [step for step in view.history.steps if step.instruction == "USER"]
    name = quoted(view.config.config.user if view.config else "") or "NAME"
    if set_by and base.of_step(set_by[-1].index) == "base":
        yield from ("USER root", *lines, f"USER {name}")
    else:
        yield f"before USER {name}: {'; '.join(lines)}"


def _is_other_user(view: ImageView) -> bool:
    """Tell an image that names a user who is not root by the name or number written there."""
    own = view.once(written)
    name = own.config.user.partition(":")[0] if own else ""
    return name not in ("", "root") and number(name.encode("utf-8", "replace")) != 0


def _setcap(paths: list[str]) -> str:
    """Return the line that takes capabilities away; each file needs its own `setcap -r`."""
    words = [quoted(path) for path in paths] if len(paths) <= _NAMED else [""]
    if all(words):
        return "RUN " + " && ".join(f"setcap -r {word}" for word in words)
    return f"{_STRIP_CAPABILITIES} ({counted(len(paths), 'file')} with capabilities)"


CONTROL = Control(
    id="cis-docker-4.8",
    short="setuid, setgid",
    automation="full",
    reads="mode, owner and the xattr security.capability of every file in the final filesystem; "
    "digests that the packages' own records have of them",
    decides="fails on every file whose set-id bit takes effect and on file capabilities that "
    "lead to root, unless a rule of the profile allows it; a rule with package= allows the bytes "
    "that the package records, and where no record proves them people must look; all other "
    "capabilities but net_bind_service need review, those too that are only inheritable or that "
    "no kernel has a name for yet; bits on scripts, on files that nobody can execute and on "
    "directories are only noted; with accept_defaults the same rules for what a Debian "
    "installation has by default stand behind the profile's, and leave it to people where a record "
    "proves the bytes",
    limits="the record that bytes are compared with lies in the image, too; other distributions' "
    "defaults are not known: allow them by rule",
    remediation=f"{_STRIP_SETID} in the last stage",
    evaluate=evaluate,
    needs=frozenset({"filesystem"}),
    parameters=(
        Parameter(
            "allow",
            (),
            "files that may stay: path=GLOB, and where wanted package=, distro=, owner=USER:GROUP, "
            "mode=, sha256=, with spaces between them",
            rule,
        ),
        Parameter(
            "accept_defaults",
            default=False,
            meaning="unchanged files of the distribution need review only",
        ),
    ),
)
