"""Package databases that were removed or edited while the files that they name stayed.

A package manager that installs, upgrades or removes a package writes or deletes its files in the
same step. A database that changes alone was changed by somebody else.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from ocianalyze.controls._base import Control, layers_unread, undecided
from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.packages.rewritten_records import rewritten
from ocianalyze.controls.aspects.verification.contents import of_unrecorded
from ocianalyze.controls.saying import judged, of_entry
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView, LayerView
from ocianalyze.inventory.databases import DATABASE
from ocianalyze.inventory.homes import APK, LISTS, within
from ocianalyze.inventory.places import BESIDE, DATABASES
from ocianalyze.model.anomaly import CODES
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.package import OS_TYPES, REMOVED_WITH, Package, Presence

_SETTLED = (*BESIDE, "etc/")
"""What an upgrade may leave as it is: settings that did not change are not written again."""
_SUMS = ".md5sums"
"""dpkg deletes it when it removes a package, even where it keeps configuration."""
_LEFT = within(APK, "scripts.tar", "triggers")
"""What apk writes beside its database."""
_WITH_DATABASES = frozenset(
    {"debian", "ubuntu", "alpine", "wolfi", "fedora", "rhel", "centos", "amzn", "suse", "arch"}
)
"""Ids of os-release, or families, whose images have a database."""
_FILES = frozenset({"file", "hardlink", "symlink"})
_DELETIONS = frozenset({"whiteout", "opaque"})
_SIZED = frozenset({"deb", "apk", "alpm"})
"""Types whose databases record the size of a package."""


class _Wrote(NamedTuple):
    """What one layer did beside its databases."""

    files: bool
    deletions: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """What one layer changed in the record of packages of one type."""

    view: ImageView
    layer: int
    type: str
    came: Sequence[Package]
    went: Sequence[Package]
    wrote: _Wrote

    def edits(self) -> Iterator[Evidence]:
        """Yield versions that changed while their files did not, records that went alone."""
        replaced = {package.name for package in self.went}
        for package in self.came:
            if package.version and package.name in replaced and self._is_elsewhere(package):
                said = f"{_named(package)}: version changed, its files did not"
                yield self._told(package, said, "version-edited")
        kept = {package.name for package in self.came}
        for package in self.went:
            if _is_alone(package):
                said = f"{_named(package)}: record removed, programs that it names were not"
                yield self._told(package, said, "record-removed")
            elif not self.wrote.deletions and package.name not in kept and _has_files(package):
                said = f"{_named(package)}: record removed, no file was"
                yield self._told(package, said, "record-removed")

    def additions(self) -> Iterator[Evidence]:
        """Yield new records whose files are of lower layers."""
        replaced = {package.name for package in self.went}
        for package in self.came:
            if package.name not in replaced and self._is_elsewhere(package):
                said = f"{_named(package)}: recorded after its files came"
                yield self._told(package, said, "recorded-later")

    def _is_elsewhere(self, package: Package) -> bool:
        """Tell a package that has files, all of them of lower layers."""
        if not self.layer:
            return False
        layers = self.view.once(_layers_of_packages).get(_key(package), frozenset())
        return bool(layers) and max(layers) < self.layer

    def _told(self, package: Package, said: str, reason: str) -> Evidence:
        return Evidence(
            said,
            "package",
            reason,
            path=package.evidence[0] if package.evidence else "",
            layer=self.layer,
            severity="high",
        )


def evaluate(view: ImageView) -> Verdict:
    """Look for databases that are gone, then for records that changed alone."""
    if unseen := _unseen(view):
        return unseen
    damaged = tuple(_damaged(view))
    gone = (*_removed(view), *(() if damaged else _left_over(view)))
    if gone:
        return judged(gone, "database-removed", "record of packages removed")
    changes = tuple(_changes(view))
    edits = tuple(evidence for change in changes for evidence in change.edits())
    if edits:
        return judged(edits, "database-edited", "edited", confidence="strong")
    added = (x for change in changes for x in change.additions())
    bare = (flaw.evidence for flaw in of_unrecorded(view, boundary(view), OS_TYPES))
    later = (*damaged, *_rewritten(view), *added, *bare)
    if later or any(package.is_of_distribution for package in view.packages()):
        review = Status.NEEDS_REVIEW
        return judged(later, "database-odd", "odd record of packages", status=review)
    return _without(view)


def _unseen(view: ImageView) -> Verdict | None:
    """Return the verdict when a change, or its files, may be where nobody looked."""
    if "packages" in view.skipped:
        return undecided("packages-skipped", "not evaluated: packages were not looked for")
    return layers_unread(view) if view.unread else None


def _without(view: ImageView) -> Verdict:
    """Return what it means that no layer has a database."""
    release = view.inventory.distribution
    if _WITH_DATABASES.isdisjoint({release.id, *release.like}):
        summary = "does not apply: no package database"
        return Verdict(Status.NOT_APPLICABLE, "no-package-database", summary)
    told = Evidence(f"{release.id[:40]} without a package database", path=release.path)
    summary = f"{release.id[:24]} without a package database"
    return Verdict(Status.NEEDS_REVIEW, "database-absent", summary, (told,), "heuristic")


def _packages(view: ImageView) -> tuple[Package, ...]:
    return tuple(package for package in view.packages("all") if package.is_of_distribution)


def _removed(view: ImageView) -> Iterator[Evidence]:
    """Yield databases that lower layers have, where files of those layers are still there."""
    for found in view.findings:
        if found.code == DATABASE and found.severity == CODES[DATABASE].severity:
            yield Evidence(
                f"{found.detail}; files of its layers are there",
                "package",
                "database-removed",
                path=found.path,
                layer=found.layer,
                state=found.state or State.VISIBLE,
                severity="high",
            )


def _left_over(view: ImageView) -> Iterator[Evidence]:
    """Yield what package managers write for each package and delete with it, without a record."""
    recorded = {package.name for package in view.packages() if package.type == "deb"}
    for home in dict.fromkeys(filter(None, map(view.tree.real, LISTS))):
        for entry in view.tree.listing(home):
            stem = entry.path.removesuffix(_SUMS)
            name = stem.rpartition("/")[2].partition(":")[0]
            if stem != entry.path and name not in recorded and view.tree.get(stem) is None:
                said = "files of a package without a record"
                yield of_entry(entry, said, reason="record-missing", severity="high")
    if not any(package.type == "apk" for package in view.packages()):
        for entry in filter(None, map(view.tree.get, _LEFT)):
            if entry.size:
                said = "apk's database is not there, what lies beside it is"
                yield of_entry(entry, said, reason="database-removed", severity="high")


def _changes(view: ImageView) -> Iterator[_Change]:
    """Yield what each layer above the first record changed."""
    came: dict[tuple[int, str], list[Package]] = defaultdict(list)
    went: dict[tuple[int, str], list[Package]] = defaultdict(list)
    for package in _packages(view):
        came[package.introduced, package.type].append(package)
        if package.presence is Presence.REMOVED and package.removed is not None:
            went[package.removed, package.type].append(package)
    wrote: dict[int, _Wrote] = {}
    layers = {layer.index: layer for layer in view.layers}
    for layer, type_ in sorted(came.keys() | went.keys()):
        if layer in layers:
            wrote.setdefault(layer, _wrote(view, layers[layer]))
            yield _Change(view, layer, type_, came[layer, type_], went[layer, type_], wrote[layer])


def _wrote(view: ImageView, layer: LayerView) -> _Wrote:
    files = deletions = False
    for row in view.tree.table(layer.index, ("path", "kind")):
        path, kind = cast("tuple[str, str]", row)
        if not path.startswith(BESIDE):
            files |= kind in _FILES
            deletions |= kind in _DELETIONS
        if files and deletions:
            break
    return _Wrote(files, deletions)


def _layers_of_packages(view: ImageView) -> Mapping[tuple[str, ...], frozenset[int]]:
    """Return which layers the visible files of each package of the distribution are of."""
    layers = {
        str(path): layer.index
        for layer in view.layers
        for path, kind in view.tree.table(layer.index, ("path", "kind"), visible=True)
        if kind in _FILES
    }
    packages = view.inventory.packages
    found: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for path, owners in view.inventory.ownership.files.items():
        layer = layers.get(path)
        if layer is not None and not path.startswith(_SETTLED):
            for number in owners:
                if packages[number].is_of_distribution:
                    found[_key(packages[number])].add(layer)
    return {key: frozenset(each) for key, each in found.items()}


def _rewritten(view: ImageView) -> Iterator[Evidence]:
    """Yield records of the distribution that changed in a later layer than their versions."""
    for found in view.once(rewritten):
        if not found.package.is_of_distribution:
            continue
        said = f"{_named(found.package)}: {found.how}, its version did not change"
        yield of_entry(found.entry, said, reason=found.reason, severity="high")


def _damaged(view: ImageView) -> Iterator[Evidence]:
    for x in view.findings:
        is_database = x.path.startswith(DATABASES) and x.state is State.VISIBLE
        if x.code == "inventory.damaged-database" and is_database:
            yield Evidence(x.detail, reason="damaged", path=x.path, layer=x.layer)


def _is_alone(package: Package) -> bool:
    """Tell a package that is gone while its programs are there."""
    return (REMOVED_WITH, "record") in package.found.properties


def _has_files(package: Package) -> bool:
    """Tell a package that is more than a record: virtual ones have no size."""
    size = dict(package.found.properties).get("installed-bytes", "0")
    return package.type not in _SIZED or size.strip("0") != ""


def _key(package: Package) -> tuple[str, ...]:
    return package.purl, package.found.location


def _named(package: Package) -> str:
    return f"{package.name[:40]} {package.version[:40]}"


CONTROL = Control(
    id="ocia-package-db-tampered",
    short="package database",
    automation="full",
    reads="the packages that each layer's database of dpkg, apk, rpm or pacman records, the layers "
    "of their files, what each layer deleted, and what dpkg and apk write beside their databases",
    decides="fails when a database was removed while files of its layers stayed, when a record "
    "went and its programs stayed or its layer deleted nothing, when a version changed and none of "
    "its files did, and on dpkg's digests of a package without a record; packages recorded after "
    "their files came, records that a later layer changed or removed while their version stayed, "
    "programs that dpkg or apk has no digest of, "
    "databases that cannot be read to their end, and a distribution without its database need "
    "review",
    limits="in a squashed image only what lies beside the database tells; a record whose "
    "version changes together with files is not seen",
    remediation="keep the package database as the package manager wrote it: without it nobody can "
    "tell what is installed",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "packages"}),
    on_windows="meaningless",
)
