"""Who may change a file: everybody, a group, or the user that the image runs as."""

from dataclasses import dataclass

from ocianalyze.controls.aspects.users.accounts import Resolved, resolve
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind

_STICKY = 0o1000


@dataclass(frozen=True, slots=True)
class Runner:
    """The user of the config."""

    resolved: Resolved

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


def runner(view: ImageView) -> Runner:
    """Return the user that a container runs as."""
    user = view.config.config.user if view.config else ""
    return Runner(resolve(user, view.read("etc/passwd"), view.read("etc/group")))


def anybody(entry: Entry) -> str:
    """Return why an entry can be written by more than its owner and root's group."""
    if entry.kind is Kind.SYMLINK:
        return ""
    if entry.mode & 0o002 and not (entry.kind is Kind.DIRECTORY and entry.mode & _STICKY):
        return f"mode {entry.mode:04o}: writable by everybody"
    if entry.mode & 0o020 and entry.gid:
        return f"mode {entry.mode:04o}: writable by gid {entry.gid}"
    return ""
