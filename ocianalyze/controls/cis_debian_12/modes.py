"""Files and directories whose mode and owner the benchmark names, as a table."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import partial

from ocianalyze.controls._base import Control, layers_unread, undecided, windows_image
from ocianalyze.controls.cis_debian_12._files import GROUP, groups, program
from ocianalyze.controls.cis_debian_12._say import inapplicable, judged, modes, of_entry
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence, Verdict

_RED_HAT = frozenset({"rhel", "fedora", "centos"})
_SHADOW_GIDS = frozenset({15, 42})
"""Of group `shadow` in SUSE and Debian; they count where the image has no group file."""
_PRIVATE_KEYS = "5.1.2"
_FILES = frozenset({Kind.FILE, Kind.HARDLINK})


@dataclass(frozen=True, slots=True)
class _Row:
    """What one item asks of its files; all of them that are there must have it."""

    number: str
    paths: tuple[str, ...]
    """A `*` in the last component stands for any text."""
    most: int = 0o644
    """Mode bits that may be set, no other one."""
    group: str = ""
    """Beside root's group, the one that may own them."""
    secret: bool = False
    """Who reads it gains something."""
    of: tuple[str, ...] = ()
    """Programs without which the item does not apply."""
    kinds: frozenset[Kind] = _FILES

    @property
    def named(self) -> str:
        """What to call the files."""
        return f"/{self.paths[0]}"


_SHADOW = partial(_Row, most=0o640, group="shadow", secret=True)
_CRON = ("cron", "crond", "fcron", "anacron")
_DIRECTORY = frozenset({Kind.DIRECTORY})
_CRON_DIRECTORY = partial(_Row, most=0o700, of=_CRON, kinds=_DIRECTORY)
_ROWS = (
    _Row("1.6.4", ("etc/motd",)),
    _Row("1.6.5", ("etc/issue",)),
    _Row("1.6.6", ("etc/issue.net",)),
    _Row("2.4.1.2", ("etc/crontab",), most=0o600, of=_CRON),
    _CRON_DIRECTORY("2.4.1.3", ("etc/cron.hourly",)),
    _CRON_DIRECTORY("2.4.1.4", ("etc/cron.daily",)),
    _CRON_DIRECTORY("2.4.1.5", ("etc/cron.weekly",)),
    _CRON_DIRECTORY("2.4.1.6", ("etc/cron.monthly",)),
    _CRON_DIRECTORY("2.4.1.7", ("etc/cron.d",)),
    _Row("5.1.1", ("etc/ssh/sshd_config", "etc/ssh/sshd_config.d/*.conf"), 0o600, of=("sshd",)),
    _Row(_PRIVATE_KEYS, ("etc/ssh/ssh_host_*_key",), 0o640, "ssh_keys", secret=True, of=("sshd",)),
    _Row("5.1.3", ("etc/ssh/ssh_host_*_key.pub",), of=("sshd",)),
    _Row("7.1.1", ("etc/passwd",)),
    _Row("7.1.2", ("etc/passwd-",)),
    _Row("7.1.3", ("etc/group",)),
    _Row("7.1.4", ("etc/group-",)),
    _SHADOW("7.1.5", ("etc/shadow",)),
    _SHADOW("7.1.6", ("etc/shadow-",)),
    _SHADOW("7.1.7", ("etc/gshadow",)),
    _SHADOW("7.1.8", ("etc/gshadow-",)),
    _Row("7.1.9", ("etc/shells",)),
    _Row(
        "7.1.10",
        ("etc/security/opasswd", "etc/security/opasswd.old"),
        most=0o600,
        secret=True,
    ),
)


def evaluate(view: ImageView, row: _Row) -> Verdict:
    """Judge the files of a row, links to them followed."""
    if view.is_windows:
        return windows_image()
    if row.of and program(view, *row.of) is None:
        return inapplicable("program-absent", f"does not apply: there is no {row.of[0]}")
    entries = list(_entries(view, row))
    if not entries:
        return inapplicable("file-absent", f"does not apply: there is no {row.named[:32]}")
    odd = [x for x in entries if x.kind not in row.kinds]
    if odd:
        what = of_entry(odd[0], f"is a {odd[0].kind.name.lower().replace('_', ' ')}")
        return undecided("not-a-file", f"not evaluated: {row.named[:32]} is no such file", what)
    if row.group and not _names_are_known(view):
        return layers_unread(view) if view.unread else _group_unread()
    found = (evidence for entry in entries for evidence in _wrong(view, row, entry))
    return judged(found, "permissions-wide", "wider permissions than asked")


def _entries(view: ImageView, row: _Row) -> Iterator[Entry]:
    for path in row.paths:
        directory, _, pattern = path.rpartition("/")
        paths = [path]
        if "*" in pattern:
            inside = (x.path for x in view.tree.listing(directory))
            paths = [x for x in inside if fnmatchcase(x.rpartition("/")[2], pattern)]
        yield from filter(None, map(view.tree.resolve, paths))


def _names_are_known(view: ImageView) -> bool:
    return view.tree.resolve(GROUP) is None or view.read(GROUP) is not None


def _group_unread() -> Verdict:
    return undecided("file-unread", f"not evaluated: {GROUP} was not read")


def _wrong(view: ImageView, row: _Row, entry: Entry) -> Iterator[Evidence]:
    most, gids = _allowed(view, row)
    if row.number == _PRIVATE_KEYS and entry.gid == 0:
        most = 0o600
    bits = entry.mode & 0o7777 & ~most
    faults = []
    if bits:
        faults.append(f"bits {bits:04o} beyond {most:04o}")
    if entry.uid != 0:
        faults.append("not owned by root")
    if entry.gid not in gids:
        faults.append("group not root" if len(gids) == 1 else "group neither root nor its own")
    if row.number == _PRIVATE_KEYS and entry.size and not faults:
        yield of_entry(entry, "private key of the image: all containers share it", "info")
    if faults:
        severity = _severity(entry, bits, secret=row.secret)
        yield of_entry(entry, f"{modes(entry)}: {', '.join(faults)}", severity)


def _allowed(view: ImageView, row: _Row) -> tuple[int, frozenset[int]]:
    """Return mode and groups that a row allows in this image."""
    if not row.group:
        return row.most, frozenset({0})
    if row.group == "shadow" and _is_red_hat(view):
        return 0, frozenset({0})
    if view.read(GROUP) is None:
        return row.most, frozenset({0}) | (_SHADOW_GIDS if row.group == "shadow" else frozenset())
    own = (gid for gid, name in view.once(groups).items() if name == row.group)
    return row.most, frozenset({0, *own})


def _is_red_hat(view: ImageView) -> bool:
    """Tell the family whose shadow files nobody but a process with capabilities reads."""
    distribution = view.inventory.distribution
    return not _RED_HAT.isdisjoint({distribution.id, *distribution.like})


def _severity(entry: Entry, bits: int, *, secret: bool) -> Severity:
    if entry.mode & 0o002 or (entry.uid != 0 and entry.mode & 0o200):
        return "critical" if secret else "high"
    if secret and bits & 0o004:
        return "high"
    return "medium" if bits & 0o022 or secret else "low"


def _control(row: _Row) -> Control:
    def judge(view: ImageView) -> Verdict:
        return evaluate(view, row)

    return Control(
        id=f"cis-debian-12-{row.number}",
        short=_short(row),
        automation="full",
        reads=f"mode and owner of {', '.join(row.paths)}"
        + (", gids of etc/group, the distribution" if row.group else ""),
        decides=_decides(row),
        limits="access control lists in extended attributes are not weighed",
        remediation=f"RUN chown root:root {row.named} && chmod {row.most:04o} {row.named}",
        evaluate=judge,
        needs=frozenset({"filesystem"}),
    )


def _short(row: _Row) -> str:
    name = row.paths[0].removeprefix("etc/")
    return (name if len(name) <= 18 else name.rpartition("/")[2])[:18] + " modes"


def _decides(row: _Row) -> str:
    text = f"fails on a mode bit beyond {row.most:04o} and on an owner other than root"
    if row.group == "shadow":
        text += "; the group is root's or `shadow`; Red Hat's family has 0000 and group root"
    elif row.group:
        text += f"; the group is root's, then 0600, or `{row.group}`"
    if row.of:
        text += f"; does not apply without {row.of[0]}"
    return text


CONTROLS = tuple(_control(row) for row in _ROWS)
