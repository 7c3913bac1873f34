"""CIS Docker 4.8: setuid and setgid permissions are removed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ocianalyze.controls._base import Control, windows_image
from ocianalyze.controls.accounts import group_names
from ocianalyze.controls.capabilities import XATTR, FileCapabilities, file_capabilities
from ocianalyze.controls.origin import Boundary, boundary
from ocianalyze.controls.setid_defaults import DISTRIBUTIONS, default_package, distribution
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence, Origin, Status, Verdict

_RISKY_GROUPS = frozenset({"root", "docker", "disk", "kmem"})
_MILD_GROUPS = frozenset({"shadow", "utmp", "tty", "mail"})
_SCRIPTS = ("text/x-", "text/javascript")
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
    if any(x.severity == "low" for x in found):
        summary = f"{len(found)} files with minor capabilities"
        return Verdict(Status.NEEDS_REVIEW, "minor-capabilities", summary, evidence)
    noted = f", {len(found)} without effect" if found else ""
    return Verdict(Status.PASS, "no-setid-files", f"no setuid or setgid files{noted}", evidence)


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
        return "low", "capabilities-unreadable"
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
    capable = len(guilty) - len(setid)
    counts = [_count(len(setid), "set-id file")] if setid else []
    counts += [_count(capable, "file") + " with capabilities"] if capable else []
    usual = f", {defaults} as the distribution ships" if defaults else ""
    origins = {base.of_layer(x.entry.layer) for x in guilty}
    origin: Origin = "author" if "author" in origins else min(origins)
    return Verdict(
        Status.FAIL,
        "setid-files" if setid else "capabilities-like-setid",
        ", ".join(counts) + usual,
        evidence,
        origin=origin,
        remediation=_remedy(view, guilty),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _remedy(view: ImageView, guilty: list[_Privileged]) -> str:
    """Return the RUN line that removes what was found, and what it means for the user."""
    setid = [f"/{x.names[0]}" for x in guilty if x.entry.mode & 0o6000]
    capable = [f"/{x.names[0]}" for x in guilty if x.capabilities is not None]
    lines = []
    if 0 < len(setid) <= 3:
        lines.append(f"RUN chmod a-s {' '.join(setid)}")
    elif setid:
        lines.append("RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +")
    if capable:
        lines.append(f"RUN setcap -r {' '.join(capable[:3])}")
    user = view.config.config.user if view.config else ""
    if user:
        lines.append("until then run with no-new-privileges: the user can use them to become root")
    return "; ".join(lines)


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
    remediation="RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} + in the last stage",
    evaluate=evaluate,
    needs=frozenset({"filesystem"}),
)
