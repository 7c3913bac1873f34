"""CIS Docker 4.8: setuid and setgid permissions are removed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ocianalyze.controls._base import Control, Parameter, undecided, windows_image
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.setid.allowed import permit, rule
from ocianalyze.controls.aspects.setid.before import taken_back
from ocianalyze.controls.aspects.setid.capabilities import XATTR
from ocianalyze.controls.aspects.setid.files import UNREADABLE, Gathered, Privileged, gather
from ocianalyze.controls.aspects.users.accounts import number
from ocianalyze.controls.quoting import all_quoted, quoted
from ocianalyze.controls.saying import ROOM, of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import written
from ocianalyze.inventory.own_bytes import has_own_bytes
from ocianalyze.model.finding import Evidence, Origin, Status, Verdict

_STRIP_SETID = "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +"
_STRIP_CAPABILITIES = r"RUN find / -xdev -type f -exec setcap -r {} \; 2>/dev/null"
_NAMED = 3
"""Files that a remediation names; for more it has a line that finds them."""
_MOST = 1_000
"""Files that are listed one by one."""
_WRITABLE = 0o022
"""Mode bits of a directory in which others than its owner can replace files."""
_GUILTY = ("critical", "high", "medium")


def evaluate(
    view: ImageView, *, allow: tuple[str, ...] = (), accept_defaults: bool = False
) -> Verdict:
    """Judge what is visible: a file hidden by a later layer cannot be run.

    Args:
        view: the image.
        allow: rules of files that may stay (`ocianalyze.controls.aspects.setid.allowed`).
        accept_defaults: leave to people, instead of failing, what the distribution ships
            and is unchanged.

    """
    if view.is_windows:
        return windows_image()
    try:
        rules = tuple(map(rule, allow))
    except ValueError as error:
        told = Evidence(str(error), "config", "bad-rule")
        return undecided("bad-rule", "not evaluated: a rule of the profile is none", told)
    gathered = gather(view)
    for found in gathered.found:
        permit(view, found, rules)
    return _judged(view, gathered, boundary(view), accept_defaults=accept_defaults)


def _judged(
    view: ImageView, gathered: Gathered, base: Boundary, *, accept_defaults: bool
) -> Verdict:
    found = gathered.found
    guilty = [x for x in found if x.is_guilty and not x.allowed]
    unlisted = sum(
        count
        for sort, count in gathered.rest.items()
        if sort.severity in _GUILTY or (sort.is_setid and sort.severity == "low")
    )
    evidence = (
        *(_evidence(view, x, base) for x in found[:_MOST]),
        *_rest(gathered),
        *taken_back(view, base),
    )
    if guilty or unlisted:
        failing = [x for x in guilty if not x.unproved]
        usual = [x for x in failing if accept_defaults and _is_unchanged_default(view, x, base)]
        if unlisted or len(usual) < len(failing):
            return _failed(view, guilty, evidence, base, unlisted)
        return _usual(len(usual), evidence) if len(usual) == len(guilty) else _unproved(evidence)
    if low := [x for x in found if x.severity == "low" and not x.allowed]:
        return _minor(low, evidence)
    if permitted := [x for x in found if x.is_guilty or x.severity == "low"]:
        summary = f"{_count(len(permitted), 'file')} with such rights, each allowed"
        return Verdict(Status.PASS, "allowed", summary, evidence)
    noted = f", {len(found)} without effect" if found else ""
    return Verdict(Status.PASS, "no-setid-files", f"no setuid or setgid files{noted}", evidence)


def _rest(gathered: Gathered) -> Iterator[Evidence]:
    """Tell how many there are beyond those that are kept, by severity."""
    for sort in sorted(gathered.rest, key=lambda x: (x.severity, not x.is_setid, x.layer)):
        kind = "set-id files" if sort.is_setid else "files with capabilities"
        detail = f"{gathered.rest[sort]:,} more {kind} in layer {sort.layer}"
        yield Evidence(detail, "layer", "more", layer=sort.layer, severity=sort.severity)


def _usual(count: int, evidence: tuple[Evidence, ...]) -> Verdict:
    summary = f"{_count(count, 'set-id file')}, unchanged, as the distribution ships"
    return Verdict(Status.NEEDS_REVIEW, "distribution-defaults", summary, evidence, "strong")


def _is_unchanged_default(view: ImageView, found: Privileged, base: Boundary) -> bool:
    """Tell a file that a plain installation has, in a base and where nobody else replaces it.

    What the author's layers brought is no default, whatever package it is from; nor is a file that
    others can replace, because its directory is writable.
    """
    if not found.package or base.of_layer(found.entry.layer) == "author":
        return False
    home = view.tree.resolve(found.entry.path.rpartition("/")[0])
    return home is None or not home.mode & _WRITABLE


def _unproved(evidence: tuple[Evidence, ...]) -> Verdict:
    summary = "allowed by package, but no record proves the bytes"
    return Verdict(Status.NEEDS_REVIEW, "allowed-unproved", summary, evidence, "strong")


def _minor(low: list[Privileged], evidence: tuple[Evidence, ...]) -> Verdict:
    readable = sum(1 for x in low if x.capabilities is not None)
    junk = len(low) - readable
    if not readable:
        summary = f"capability unreadable: {_count(junk, 'file')}"
        return Verdict(Status.NEEDS_REVIEW, UNREADABLE, summary, evidence)
    more = f", {junk} unreadable" if junk else ""
    summary = f"{_count(readable, 'file')} with minor capabilities{more}"
    return Verdict(Status.NEEDS_REVIEW, "minor-capabilities", summary, evidence)


def _evidence(view: ImageView, found: Privileged, base: Boundary) -> Evidence:
    entry = found.entry
    parts = [f"mode {entry.mode & 0o7777:04o}, uid {entry.uid}, gid {entry.gid}"]
    if found.capabilities is not None:
        parts.append(str(found.capabilities))
    parts += _compared(view, found)
    others = found.names[1:4]
    if others:
        left = len(found.names) - 4 + found.more_names
        more = f" and {left} more" if left > 0 else ""
        parts.append(f"also {', '.join(others)}{more}")
    reason = "distribution-default" if found.package else " ".join(found.reasons)
    told = of_entry(entry, "; ".join(parts), found.severity, reason, found.names[0])
    return replace(told, origin=base.of_layer(entry.layer), allowed=found.allowed)


def _compared(view: ImageView, found: Privileged) -> Iterator[str]:
    """Say how the bytes are to those that packages record."""
    path = found.entry.path
    if found.package:
        yield f"as package {found.package} ships and records it"
    for owner in view.inventory.owners(path)[:1]:
        if has_own_bytes(view, path, owner) is False:
            yield f"changed: package {owner.name[:40]} records other bytes"
    if found.unproved and not found.allowed:
        yield f"no record proves that it is as {found.unproved[:80]!r} allows"


def _failed(
    view: ImageView,
    guilty: Sequence[Privileged],
    evidence: tuple[Evidence, ...],
    base: Boundary,
    unlisted: int,
) -> Verdict:
    defaults = sum(1 for x in guilty if x.package)
    setid = [x for x in guilty if x.is_setid]
    capable = [x for x in guilty if not x.is_setid]
    counts = [_count(len(setid), "set-id file") + _whose(setid, guilty, base)] if setid else []
    if capable:
        number = str(len(capable)) if setid else _count(len(capable), "file")
        counts.append(f"{number} with capabilities" + _whose(capable, guilty, base))
    if unlisted:
        counts.append(f"{unlisted:,} more")
    usual = f", {defaults} as the distribution ships" if defaults else ""
    summary = ", ".join(counts)
    origins = {base.of_layer(x.entry.layer) for x in guilty}
    origin: Origin = "author" if "author" in origins else min(origins, default="unknown")
    return Verdict(
        Status.FAIL,
        "setid-files" if setid else "capabilities-like-setid",
        summary + usual if len(summary + usual) <= ROOM else summary,
        evidence,
        origin=origin,
        remediation=_remedy(view, guilty),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _whose(group: Sequence[Privileged], guilty: Sequence[Privileged], base: Boundary) -> str:
    """Return how many of a group are the author's, when the base has some of what is guilty."""
    if {base.of_layer(x.entry.layer) for x in guilty} != {"author", "base"}:
        return ""
    authors = sum(1 for x in group if base.of_layer(x.entry.layer) == "author")
    return f" ({authors} author)" if authors else " (base)"


def _remedy(view: ImageView, guilty: Sequence[Privileged]) -> str:
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
        lines.append("until then run with no-new-privileges: the user can use them to become root")
    return "; ".join(lines)


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
    return f"{_STRIP_CAPABILITIES} ({_count(len(paths), 'file')} with capabilities)"


CONTROL = Control(
    id="cis-docker-4.8",
    short="setuid, setgid",
    automation="full",
    reads="mode, owner and the xattr security.capability of every file in the final filesystem; "
    "digests that the packages' own records have of them",
    decides="fails on every file whose set-id bit takes effect and on file capabilities that "
    "lead to root, unless a rule of the profile allows it; a rule with package= allows the bytes "
    "that the package records, and where no record proves them people must look; all other "
    "capabilities but "
    "net_bind_service need review, those that are only inheritable too; bits on scripts, on files "
    "that nobody can execute and on directories are only noted; with accept_defaults, files that a "
    "Debian installation has by default and whose bytes are "
    "those that their package records need review instead",
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
        ),
        Parameter(
            "accept_defaults",
            default=False,
            meaning="unchanged files of the distribution need review only",
        ),
    ),
)
