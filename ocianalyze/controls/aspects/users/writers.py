"""Who may change a file: everybody, a group, or the user that the image runs as."""

from stat import S_ISVTX

from ocianalyze.controls.aspects.users.accounts import Resolved, resolve
from ocianalyze.controls.saying import of_entry
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import written
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence

_DEEP = 64
"""Directories above one another that are looked at."""
_PASSWD, _GROUP = "etc/passwd", "etc/group"


@dataclass(frozen=True, slots=True)
class Runner:
    """The user of the config."""

    resolved: Resolved
    unread: tuple[Evidence, ...] = ()
    """Account files that could tell another user or more groups, and were not read."""

    @property
    def is_root(self) -> bool:
        """Tell uid 0, and a user that cannot be resolved, which never runs."""
        return self.resolved.uid == 0 or bool(self.resolved.problem)

    def may_write(self, entry: Entry) -> str:
        """Return as what the user may write an entry; empty for not at all."""
        if entry.kind is Kind.SYMLINK:
            return ""
        if entry.uid == self.resolved.uid:
            return f"owned by uid {entry.uid}"
        groups = {self.resolved.gid, *(group.gid for group in self.resolved.groups)}
        if entry.gid in groups and entry.mode & 0o020:
            return f"writable by gid {entry.gid}"
        return anybody(entry)

    def may_rename_in(self, entry: Entry) -> str:
        """Return as what anybody but root may put another thing in the place of what is there."""
        if entry.mode & S_ISVTX and entry.uid != self.resolved.uid:
            return ""
        return anybody(entry) or ("" if self.is_root else self.may_write(entry))


def ancestors(view: ImageView, path: str) -> tuple[Entry, ...]:
    """Return the directories above a path, as it is spelled and where it leads."""
    real = view.tree.real(path) or ""
    spelled = (_above(path), _above(real))
    found = (view.tree.resolve(above) for each in spelled for above in each)
    return tuple({x.path: x for x in found if x and x.kind is Kind.DIRECTORY}.values())


def _above(path: str) -> tuple[str, ...]:
    """Return what is above a path, the first few."""
    names = path.strip("/").split("/", _DEEP)[:_DEEP]
    return tuple("/".join(names[:end]) for end in range(1, len(names)))


def runner(view: ImageView) -> Runner:
    """Return the user that a container runs as."""
    own = view.once(written)
    user = own.config.user if own else ""
    unread = (unread_accounts(view, path) for path in (_PASSWD, _GROUP))
    resolved = resolve(user, view.read(_PASSWD), view.read(_GROUP))
    return Runner(resolved, tuple(filter(None, unread)))


def unread_accounts(view: ImageView, path: str) -> Evidence | None:
    """Return an account file that is there, and whose content is not known."""
    entry = view.tree.resolve(path)
    if entry is None or view.read(path) is not None:
        return None
    said = "was not read"
    if entry.kind not in (Kind.FILE, Kind.HARDLINK):
        said = f"is no file but a {entry.kind.name.lower().replace('_', ' ')}"
    if entry.path != path:
        said = f"is what {path} leads to; it {said}"
    return of_entry(entry, said, reason="accounts-unread")


def anybody(entry: Entry) -> str:
    """Return why an entry can be written by more than its owner and root's group."""
    if entry.kind is Kind.SYMLINK:
        return ""
    if entry.mode & 0o002 and not (entry.kind is Kind.DIRECTORY and entry.mode & S_ISVTX):
        return f"mode {entry.mode:04o}: writable by everybody"
    if entry.mode & 0o020 and entry.gid:
        return f"mode {entry.mode:04o}: writable by gid {entry.gid}"
    return ""
