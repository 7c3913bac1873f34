"""Records of packages that a later layer wrote again although the version stayed.

A package manager that installs the same version writes the same record. One that differs was made
to fit other files, so a match with it proves nothing.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.package import Package

_HOMES = ("var/lib/dpkg/info", "usr/lib/dpkg/info", "var/lib/dpkg/status.d")
_SUMS = ".md5sums"
_METADATA, _RECORD = "METADATA", "RECORD"
"""Two files of a dist-info directory: which version it is, and the digests of what is installed."""
_INSIDE = frozenset({"apk", "rpm"})
"""Types whose one database holds the digests of all packages: only their files can tell."""
_FIELDS = ("path", "kind", "mode", "sha256")
_MOST = 1_000


class Rewritten(NamedTuple):
    """One record that changed later than the version of its package."""

    package: Package
    entry: Entry
    """The record; for a database of all packages, the program that it was made to fit."""
    fits: bool
    """The entry is such a program."""


def rewritten(view: ImageView) -> tuple[Rewritten, ...]:
    """Return them; ask with `view.once`."""
    return (*_of_dpkg(view), *_of_python(view), *_of_programs(view))[:_MOST]


def _of_dpkg(view: ImageView) -> Iterator[Rewritten]:
    """Yield lists of digests, of which dpkg has one for each package."""
    latest: dict[str, Package] = {}
    for package in view.packages():
        known = latest.get(package.name)
        if package.type == "deb" and (known is None or known.introduced < package.introduced):
            latest[package.name] = package
    for home in _HOMES:
        for entry in view.tree.listing(home):
            name = entry.path.rpartition("/")[2]
            package_ = latest.get(name.removesuffix(_SUMS).partition(":")[0])
            if package_ and name.endswith(_SUMS) and _is_later(view, entry, package_.introduced):
                yield Rewritten(package_, entry, fits=False)


def _of_python(view: ImageView) -> Iterator[Rewritten]:
    """Yield what installers of Python distributions recorded, each in a file of its own."""
    for package in view.packages():
        home, _, name = package.evidence[0].rpartition("/")
        if package.type != "pypi" or name != _METADATA:
            continue
        entry = view.tree.get(f"{home}/{_RECORD}")
        if entry and _is_later(view, entry, package.introduced):
            yield Rewritten(package, entry, fits=False)


def _of_programs(view: ImageView) -> Iterator[Rewritten]:
    """Yield programs that changed after their package came and still are as it records."""
    if not any(package.type in _INSIDE for package in view.packages()):
        return
    differing = {found.path for found in view.verification.changed}
    differing |= {found.entry.path for found in view.verification.changed if found.entry}
    for path, owners in _later_programs(view):
        entry = view.tree.get(path)
        newest = max(package.introduced for package in owners)
        if entry and path not in differing and _is_later(view, entry, newest):
            yield Rewritten(owners[0], entry, fits=True)


def _later_programs(view: ImageView) -> Iterator[tuple[str, tuple[Package, ...]]]:
    """Yield visible programs above the layers of the packages that own them."""
    files: Mapping[str, object] = view.inventory.ownership.files
    for layer in view.layers[1:]:
        for row in view.tree.table(layer.index, _FIELDS, visible=True):
            path, kind, mode, sha256 = cast("tuple[str, str, int, str | None]", row)
            if kind == "file" and mode & 0o111 and sha256 and path in files:
                owners = tuple(x for x in view.inventory.owners(path) if x.type in _INSIDE)
                if owners and all(x.introduced < layer.index for x in owners):
                    yield path, owners


def _is_later(view: ImageView, entry: Entry, introduced: int) -> bool:
    """Tell content that a layer above the package's wrote over another one."""
    if entry.layer <= introduced:
        return False
    below = [x for x in view.tree.versions(entry.path) if x.layer < entry.layer]
    return bool(below) and below[-1].sha256 != entry.sha256
