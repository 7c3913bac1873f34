"""Records of packages that a later layer wrote again or removed although the version stayed.

A package manager that installs the same version writes the same record. One that differs was made
to fit other files, so a match with it proves nothing; where one is gone, nothing differs any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Literal, NamedTuple, cast

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.homes import LISTS
from ocianalyze.inventory.own_bytes import changed_since
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.package import Package

_SUMS = ".md5sums"
_METADATA, _RECORD = "METADATA", "RECORD"
"""Two files of a dist-info directory: which version it is, and the digests of what is installed."""
_INSIDE = frozenset({"apk", "rpm"})
"""Types whose one database holds the digests of all packages: only their files can tell."""
_FIELDS = ("path", "kind", "mode", "sha256")
_MOST = 1_000
How = Literal["record changed", "program changed and fits the record", "record removed",
              "program changed and has no record"]  # fmt: skip


class Rewritten(NamedTuple):
    """One record that changed, or that is gone, later than the version of its package."""

    package: Package
    entry: Entry
    """The record, or the program that it was made to fit or that it no longer tells of."""
    how: How

    @property
    def reason(self) -> str:
        """Return the machine word."""
        return "digests-missing" if self.is_gone else "record-rewritten"

    @property
    def is_gone(self) -> bool:
        """Tell a record that is not there: its package's files can be anything."""
        return self.how in ("record removed", "program changed and has no record")

    @property
    def layer(self) -> int:
        """Return the layer that did it."""
        ended = self.entry.ended_by
        return self.entry.layer if ended is None else ended


def rewritten(view: ImageView) -> tuple[Rewritten, ...]:
    """Return them; ask with `view.once`."""
    debian = _debian(view)
    bare = _without_list(view, debian)
    found = (*_of_dpkg(view, debian), *_removed(view, bare), *_of_python(view))
    return (*found, *_of_programs(view, frozenset(bare)))[:_MOST]


def _debian(view: ImageView) -> dict[str, Package]:
    """Return dpkg's packages by name; of several with one name, that which came last."""
    latest: dict[str, Package] = {}
    for package in view.packages():
        known = latest.get(package.name)
        if package.type == "deb" and (known is None or known.introduced < package.introduced):
            latest[package.name] = package
    return latest


def _homes(view: ImageView) -> Iterator[str]:
    """Yield the directories of lists where they are, or would be."""
    yield from dict.fromkeys(view.tree.real(home) or home for home in LISTS)


def _without_list(view: ImageView, debian: Mapping[str, Package]) -> dict[str, Package]:
    """Return the packages of which no list of digests is there."""
    homes = frozenset(_homes(view)) if debian else frozenset[str]()
    bare = dict(debian)
    for layer in view.layers if homes else ():
        for (path,) in view.tree.table(layer.index, ("path",), visible=True, within=homes):
            home, _, name = str(path).rpartition("/")
            if name.endswith(_SUMS) and home in homes:
                bare.pop(_owner(name), None)
    return bare


def _owner(name: str) -> str:
    """Return the name of the package of a list."""
    return name.removesuffix(_SUMS).partition(":")[0]


def _removed(view: ImageView, bare: Mapping[str, Package]) -> Iterator[Rewritten]:
    """Yield the lists that packages had since their versions came."""
    for name, package in bare.items():
        for stem in (name, f"{name}:{package.found.arch}"):
            for home in _homes(view):
                yield from _gone(view, f"{home}/{stem}{_SUMS}", package)


def _gone(view: ImageView, path: str, package: Package) -> Iterator[Rewritten]:
    """Yield the last version of a record that a package had and that is not there."""
    for entry in view.tree.versions(path)[-1:]:
        if entry.layer >= package.introduced and entry.kind in (Kind.FILE, Kind.HARDLINK):
            yield Rewritten(package, entry, "record removed")


def _of_dpkg(view: ImageView, latest: Mapping[str, Package]) -> Iterator[Rewritten]:
    """Yield lists of digests, of which dpkg has one for each package."""
    for home in _homes(view):
        for path in sorted(_above(view, home, latest.values())):
            entry, name = view.tree.get(path), path.rpartition("/")[2]
            package = latest.get(_owner(name))
            if entry and package and changed_since(view, entry, package.introduced):
                yield Rewritten(package, entry, "record changed")


def _above(view: ImageView, home: str, packages: Iterable[Package]) -> set[str]:
    """Return the lists in a directory that layers above the first of some packages' wrote."""
    first = min((package.introduced for package in packages), default=len(view.layers))
    return {
        entry.path
        for layer in view.layers[first + 1 :]
        for entry in view.tree.layer(layer.index, (home,))
        if entry.path.endswith(_SUMS) and entry.path.rpartition("/")[0] == home
    }


def _of_python(view: ImageView) -> Iterator[Rewritten]:
    """Yield what installers of Python distributions recorded, each in a file of its own."""
    for package in view.packages():
        home, _, name = package.evidence[0].rpartition("/")
        if package.type != "pypi" or name != _METADATA:
            continue
        entry = view.tree.get(f"{home}/{_RECORD}")
        if entry is None:
            yield from _gone(view, f"{home}/{_RECORD}", package)
        elif changed_since(view, entry, package.introduced):
            yield Rewritten(package, entry, "record changed")


def _of_programs(view: ImageView, bare: AbstractSet[str]) -> Iterator[Rewritten]:
    """Yield programs that changed after their package came and differ from no record of it."""
    if not bare and not any(package.type in _INSIDE for package in view.packages()):
        return
    differing = {found.path for found in view.verification.changed}
    differing |= {found.entry.path for found in view.verification.changed if found.entry}
    for path, owners in _later_programs(view, bare):
        entry = view.tree.get(path)
        newest = max(package.introduced for package in owners)
        if entry and path not in differing and changed_since(view, entry, newest):
            fits = owners[0].type in _INSIDE
            how: How = "program changed and has no record"
            yield Rewritten(
                owners[0], entry, "program changed and fits the record" if fits else how
            )


def _later_programs(
    view: ImageView, bare: AbstractSet[str]
) -> Iterator[tuple[str, tuple[Package, ...]]]:
    """Yield visible programs above the layers of the packages that own them."""
    files: Mapping[str, object] = view.inventory.ownership.files
    for layer in view.layers[1:]:
        for row in view.tree.table(layer.index, _FIELDS, visible=True):
            path, kind, mode, sha256 = cast("tuple[str, str, int, str | None]", row)
            if kind == "file" and mode & 0o111 and sha256 and path in files:
                owners = tuple(x for x in view.inventory.owners(path) if _is_bare(x, bare))
                if owners and all(x.introduced < layer.index for x in owners):
                    yield path, owners


def _is_bare(package: Package, bare: AbstractSet[str]) -> bool:
    """Tell packages whose files no record of their own vouches for."""
    return package.type in _INSIDE or (package.type == "deb" and package.name in bare)
