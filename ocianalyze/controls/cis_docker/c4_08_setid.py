"""CIS Docker 4.8: setuid and setgid permissions are removed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ocianalyze.controls._base import Control, windows_image
from ocianalyze.controls.accounts import group_names
from ocianalyze.controls.capabilities import XATTR, FileCapabilities, file_capabilities
from ocianalyze.controls.origin import Boundary, boundary
from ocianalyze.controls.quoting import all_quoted, quoted
from ocianalyze.controls.setid_defaults import DISTRIBUTIONS, default_package, distribution
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence, Origin, Status, Verdict

_RISKY_GROUPS = frozenset({"root", "docker", "disk", "kmem"})
_MILD_GROUPS = frozenset({"shadow", "utmp", "tty", "mail"})
_SCRIPTS = ("text/x-", "text/javascript")
_UNREADABLE = "capability-unreadable"
_STRIP_SETID = "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +"
_STRIP_CAPABILITIES = r"RUN find / -xdev -type f -exec setcap -r {} \; 2>/dev/null"
_NAMED = 3
"""Files that a remediation names; for more it has a line that finds them."""
_SUMMARY = 60
_MOST = 1_000
"""Files that are listed one by one."""
_RANK: Mapping[Severity, int] = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}


@dataclass(slots=True)
class _Privileged:
    """One inode that gives other rights to who runs it, with all of its visible names."""

    entry: Entry
    severity: Severity = "info"
    reasons: list[str] = field(default_factory=list)
    capabilities: FileCapabilities | None = None
    package: str = ""
    """That ships it in a plain installation of this distribution."""
    names: list[str] = field(default_factory=list)


def evaluate(view: ImageView) -> Verdict:
    """Judge what is visible: a file hidden by a later layer cannot be run."""
    if view.is_windows:
        return windows_image()
    found = sorted(_inodes(view).values(), key=lambda x: (_RANK[x.severity], x.names[0]))
    for privileged in found:
        privileged.names.sort()
    base = boundary(view)
    guilty = [x for x in found if x.severity in ("critical", "high", "medium") or _is_setid(x)]
    evidence = tuple(_evidence(x, base) for x in found[:_MOST])
    if guilty:
        return _failed(view, guilty, evidence, base)
    if low := [x for x in found if x.severity == "low"]:
        return _minor(low, evidence)
    noted = f", {len(found)} without effect" if found else ""
    return Verdict(Status.PASS, "no-setid-files", f"no setuid or setgid files{noted}", evidence)


def _minor(low: list[_Privileged], evidence: tuple[Evidence, ...]) -> Verdict:
    readable = sum(1 for x in low if x.capabilities is not None)
    junk = len(low) - readable
    if not readable:
        summary = f"capability unreadable: {_count(junk, 'file')}"
        return Verdict(Status.NEEDS_REVIEW, _UNREADABLE, summary, evidence)
    more = f", {junk} unreadable" if junk else ""
    summary = f"{_count(readable, 'file')} with minor capabilities{more}"
    return Verdict(Status.NEEDS_REVIEW, "minor-capabilities", summary, evidence)


def _is_setid(found: _Privileged) -> bool:
    return found.severity != "info" and bool(found.entry.mode & 0o6000)


def _inodes(view: ImageView) -> dict[tuple[str, str, int], _Privileged]:
    """Return the inodes with a set-id bit or capabilities, by what tells them apart."""
    groups = group_names(view.read("etc/group"))
    is_known = distribution(view) in DISTRIBUTIONS
    found: dict[tuple[str, str, int], _Privileged] = {}
    for entry in _candidates(view):
        key = (entry.link if entry.kind is Kind.HARDLINK else entry.path, entry.sha256, entry.mode)
        known = found.get(key)
        if known is None:
            group = groups.get(entry.gid) or entry.gname
            known = found[key] = _judged(entry, group)
            known.package = default_package(entry, group) if is_known else ""
        known.names.append(entry.path)
    return found


def _candidates(view: ImageView) -> Iterator[Entry]:
    for entry in view.tree.files(mode=0o6000):
        if entry.mode & 0o6000:
            yield entry
    for entry in view.tree.files(xattrs=True):
        if XATTR in entry.xattrs and not entry.mode & 0o6000:
            yield entry


def _judged(entry: Entry, group: str) -> _Privileged:
    """Return how dangerous a file is, by the worst of its rights."""
    judged = _Privileged(entry)
    if XATTR in entry.xattrs:
        judged.capabilities = file_capabilities(entry.xattrs[XATTR])
        _worsen(judged, *_capability_risk(judged.capabilities))
    if entry.mode & 0o4000:
        _worsen(judged, "high" if entry.uid == 0 else "medium", "setuid")
    if entry.mode & 0o2000:
        _worsen(judged, *_setgid_risk(entry, group))
    without_effect = _without_effect(entry)
    if without_effect:
        judged.severity = "info"
        judged.reasons.append(without_effect)
    return judged


def _worsen(judged: _Privileged, severity: Severity, reason: str) -> None:
    judged.reasons.append(reason)
    if _RANK[severity] < _RANK[judged.severity]:
        judged.severity = severity


def _without_effect(entry: Entry) -> str:
    """Return why the kernel gives nobody other rights for this file."""
    if not entry.mode & 0o111:
        return "not-executable"
    if entry.file_type.startswith(_SCRIPTS):
        return "script"
    return ""


def _setgid_risk(entry: Entry, group: str) -> tuple[Severity, str]:
    if not entry.mode & 0o010:
        return "info", "mandatory-locking"
    if entry.gid == 0 or group in _RISKY_GROUPS:
        return "high", "setgid"
    return ("low" if group in _MILD_GROUPS else "medium"), "setgid"


def _capability_risk(capabilities: FileCapabilities | None) -> tuple[Severity, str]:
    if capabilities is None:
        return "low", _UNREADABLE
    if not capabilities.permitted:
        return "info", "capabilities-empty"
    if capabilities.like_root:
        return "high", "capabilities-like-root"
    if set(capabilities.permitted) == {"net_bind_service"}:
        return "info", "capabilities"
    minor = {"net_bind_service", "net_raw"}
    return ("low" if minor.issuperset(capabilities.permitted) else "medium"), "capabilities"


def _evidence(found: _Privileged, base: Boundary) -> Evidence:
    entry = found.entry
    parts = [f"mode {entry.mode & 0o7777:04o}, uid {entry.uid}, gid {entry.gid}"]
    if found.capabilities is not None:
        parts.append(str(found.capabilities))
    if found.package:
        parts.append(f"as in package {found.package}")
    others = found.names[1:4]
    if others:
        more = f" and {len(found.names) - 4} more" if len(found.names) > 4 else ""
        parts.append(f"also {', '.join(others)}{more}")
    return Evidence(
        detail="; ".join(parts),
        reason="distribution-default" if found.package else " ".join(found.reasons),
        path=found.names[0],
        layer=entry.layer,
        state=entry.state,
        origin=base.of_layer(entry.layer),
        severity=found.severity,
        sha256=entry.sha256,
    )


def _failed(
    view: ImageView, guilty: list[_Privileged], evidence: tuple[Evidence, ...], base: Boundary
) -> Verdict:
    defaults = sum(1 for x in guilty if x.package)
    setid = [x for x in guilty if x.entry.mode & 0o6000]
    capable = [x for x in guilty if not x.entry.mode & 0o6000]
    counts = [_count(len(setid), "set-id file") + _whose(setid, guilty, base)] if setid else []
    if capable:
        number = str(len(capable)) if setid else _count(len(capable), "file")
        counts.append(f"{number} with capabilities" + _whose(capable, guilty, base))
    usual = f", {defaults} as the distribution ships" if defaults else ""
    summary = ", ".join(counts)
    origins = {base.of_layer(x.entry.layer) for x in guilty}
    origin: Origin = "author" if "author" in origins else min(origins)
    return Verdict(
        Status.FAIL,
        "setid-files" if setid else "capabilities-like-setid",
        summary + usual if len(summary + usual) <= _SUMMARY else summary,
        evidence,
        origin=origin,
        remediation=_remedy(view, guilty),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _whose(group: list[_Privileged], guilty: list[_Privileged], base: Boundary) -> str:
    """Return how many of a group are the author's, when the base has some of what is guilty."""
    if {base.of_layer(x.entry.layer) for x in guilty} != {"author", "base"}:
        return ""
    authors = sum(1 for x in group if base.of_layer(x.entry.layer) == "author")
    return f" ({authors} author)" if authors else " (base)"


def _remedy(view: ImageView, guilty: list[_Privileged]) -> str:
    """Return the RUN lines that remove what was found, and what it means for the user.

    Files are named when they are few and their names can stand in a shell line.
    """
    setid = [f"/{x.names[0]}" for x in guilty if x.entry.mode & 0o6000]
    capable = [f"/{x.names[0]}" for x in guilty if XATTR in x.entry.xattrs]
    lines = []
    if setid:
        named = all_quoted(setid) if len(setid) <= _NAMED else ""
        lines.append(f"RUN chmod a-s {named}" if named else _STRIP_SETID)
    if capable:
        lines.append(_setcap(capable))
    user = view.config.config.user if view.config else ""
    if user:
        lines.append("until then run with no-new-privileges: the user can use them to become root")
    return "; ".join(lines)


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
    reads="mode, owner and the xattr security.capability of every file in the final filesystem",
    decides="fails on every file whose set-id bit takes effect and on file capabilities that "
    "lead to root; minor capabilities (net_raw) need review; bits on scripts, on files that "
    "nobody can execute and on directories are only noted",
    limits="files that a Debian installation has by default are labelled, yet fail: their "
    "package's recorded hash is not compared, so nothing shows that they are unchanged; other "
    "distributions' defaults are not known",
    remediation=f"{_STRIP_SETID} in the last stage",
    evaluate=evaluate,
    needs=frozenset({"filesystem"}),
)
