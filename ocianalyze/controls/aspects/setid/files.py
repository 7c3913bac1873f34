"""Files that give their runner other rights: set-id bits that take effect, file capabilities.

However many an image has, only the worst are kept one by one; the rest is counted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import NamedTuple

from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.setid.capabilities import (
    XATTR,
    FileCapabilities,
    file_capabilities,
)
from ocianalyze.controls.aspects.users.accounts import group_names
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.tools import catalogue, read_ids
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Status

_RISKY_GROUPS = frozenset({"root", "docker", "disk", "kmem"})
_MILD_GROUPS = frozenset({"shadow", "utmp", "tty", "mail"})
_SCRIPTS = ("text/x-", "text/javascript")
UNREADABLE = "capability-unreadable"
UNKNOWN = "capability-unknown"
_DETAILED = 2_000
"""Inodes kept one by one."""
_NAMES = 100
"""Names kept of one inode."""
RANK: Mapping[Severity, int] = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}


@dataclass(slots=True)
class Privileged:
    """One inode that gives other rights to who runs it, with its visible names."""

    entry: Entry
    severity: Severity = "info"
    reasons: list[str] = field(default_factory=list)
    capabilities: FileCapabilities | None = None
    group: str = ""
    """Name of the file's group."""
    names: list[str] = field(default_factory=list)
    more_names: int = 0
    """Names beyond those kept."""
    shell: str = ""
    """Which shell its content is."""
    is_of_base: bool = False

    @property
    def is_setid(self) -> bool:
        """Tell set-id bits from capabilities alone."""
        return bool(self.entry.mode & 0o6000)

    @property
    def status(self) -> Status:
        """What it is unless something allows it: low severities fail only where they are set-id."""
        return _status(self.severity, is_setid=self.is_setid)


class Sort(NamedTuple):
    """What inodes that are not kept are counted by."""

    severity: Severity
    is_setid: bool
    layer: int

    @property
    def status(self) -> Status:
        """What each of them is."""
        return _status(self.severity, is_setid=self.is_setid)


def _status(severity: Severity, *, is_setid: bool) -> Status:
    if severity == "info":
        return Status.PASS
    return Status.NEEDS_REVIEW if severity == "low" and not is_setid else Status.FAIL


@dataclass(slots=True)
class Gathered:
    """All privileged inodes of an image."""

    found: list[Privileged] = field(default_factory=list)
    """The worst, in that order."""
    rest: Counter[Sort] = field(default_factory=Counter)
    """How many more there are."""

    def _cut(self) -> None:
        self.found.sort(key=lambda x: (RANK[x.severity], x.is_of_base, x.names[0]))
        for gone in self.found[_DETAILED:]:
            self.rest[Sort(gone.severity, gone.is_setid, gone.entry.layer)] += 1
        del self.found[_DETAILED:]


def gather(view: ImageView) -> Gathered:
    """Return the inodes of the final filesystem with a set-id bit or capabilities."""
    groups = group_names(view.read("etc/group"))
    gathered, seen, base = Gathered(), _Seen(), boundary(view)
    kept: dict[tuple[int, int], Privileged] = {}
    for entry in _candidates(view):
        inode = view.tree.inode(entry)
        if seen.again(*inode):
            _name(kept.get(inode), entry.path)
            continue
        judged = kept[inode] = _judged(view, entry, groups.get(entry.gid) or entry.gname)
        judged.is_of_base = base.of_layer(entry.layer) == "base"
        judged.names.append(entry.path)
        gathered.found.append(judged)
        if len(gathered.found) >= 2 * _DETAILED:
            gathered._cut()  # noqa: SLF001 - the two belong together
            kept = {view.tree.inode(x.entry): x for x in gathered.found}
    for judged in gathered.found:
        judged.names.sort()
    gathered._cut()  # noqa: SLF001 - the two belong together
    return gathered


def _name(known: Privileged | None, path: str) -> None:
    """Add one more name of an inode, if that is kept one by one."""
    if known is None:
        return
    if len(known.names) < _NAMES:
        known.names.append(path)
    else:
        known.more_names += 1


@dataclass(slots=True)
class _Seen:
    """Inodes that were met: a bit each."""

    layers: dict[int, bytearray] = field(default_factory=dict)

    def again(self, layer: int, member: int) -> bool:
        """Tell whether an inode was met before, and remember it."""
        bits = self.layers.setdefault(layer, bytearray())
        at, bit = member >> 3, 1 << (member & 7)
        if at >= len(bits):
            bits.extend(bytes(at + 1 - len(bits)))
        before = bool(bits[at] & bit)
        bits[at] |= bit
        return before


def _candidates(view: ImageView) -> Iterator[Entry]:
    for entry in view.tree.files(mode=0o6000):
        if entry.mode & 0o6000:
            yield entry
    for entry in view.tree.files(xattrs=True):
        if XATTR in entry.xattrs and not entry.mode & 0o6000:
            yield entry


def _judged(view: ImageView, entry: Entry, group: str) -> Privileged:
    """Return how dangerous a file is, by the worst of its rights."""
    judged = Privileged(entry, group=group)
    if XATTR in entry.xattrs:
        judged.capabilities = file_capabilities(entry.xattrs[XATTR])
        _worsen(judged, *_capability_risk(judged.capabilities))
    if entry.mode & 0o4000:
        _worsen(judged, "high" if entry.uid == 0 else "medium", "setuid")
        judged.shell = _shell(view, entry)
        if judged.shell and entry.uid == 0:
            _worsen(judged, "critical", "setuid-shell")
    if entry.mode & 0o2000:
        _worsen(judged, *_setgid_risk(entry, group))
    without_effect = _without_effect(entry)
    if without_effect:
        judged.severity = "info"
        judged.reasons.append(without_effect)
    return judged


def _shell(view: ImageView, entry: Entry) -> str:
    """Return the shell that a file of no package is, which no package ships so."""
    if view.inventory.owners(entry.path):
        return ""
    found = read_ids(view.tree.observed("tools", entry) or b"[]")
    return next((one.id for one in catalogue() if one.id in found and one.category == "shell"), "")


def _worsen(judged: Privileged, severity: Severity, reason: str) -> None:
    judged.reasons.append(reason)
    if RANK[severity] < RANK[judged.severity]:
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
        return "low", UNREADABLE
    if not capabilities.permitted:
        inherits = bool(capabilities.inheritable)
        return ("low", "capabilities-inheritable") if inherits else ("info", "capabilities-empty")
    if capabilities.like_root:
        return "high", "capabilities-like-root"
    if capabilities.has_unknown:
        return "low", UNKNOWN
    is_info = set(capabilities.permitted) == {"net_bind_service"}
    return ("info" if is_info else "low"), "capabilities"
