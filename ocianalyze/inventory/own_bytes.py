"""Whether a file has the bytes that its package records, which owning its path does not show."""

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.package import Package


def has_own_bytes(view: ImageView, path: str, package: Package) -> bool | None:
    """Tell whether a package's record proves the file at a path; None where none speaks.

    Proofs are kept of files with set-id bits or capabilities alone. A record that fits a file which
    changed later than the package proves nothing: both were changed.

    Args:
        view: with its packages.
        path: of the final filesystem.
        package: that owns it.

    """
    if path in view.once(_differing):
        return False
    entry = view.tree.get(path)
    if entry is None or path not in view.verification.privileged:
        return None
    return None if changed_since(view, entry, package.introduced) else True


def changed_since(view: ImageView, entry: Entry, introduced: int) -> bool:
    """Tell other content than the path had when a package's version came."""
    if entry.layer <= introduced:
        return False
    below = [x for x in view.tree.versions(entry.path) if x.layer < entry.layer]
    then = [x for x in below if x.layer <= introduced][-1:] or below[:1]
    return bool(then) and then[0].sha256 != entry.sha256


def _differing(view: ImageView) -> frozenset[str]:
    """Return the paths with other bytes than any package records, as recorded and as they are."""
    changed = view.verification.changed
    real = (found.entry.path for found in changed if found.entry)
    return frozenset((*real, *(found.path for found in changed)))
