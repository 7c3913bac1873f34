"""Old components are removed when updated ones were installed: no package in two versions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from ocianalyze.controls._base import Control
from ocianalyze.controls.saying import judged, of_package
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.package import DOCUMENTS, OS_TYPES, Package, Presence

_BESIDE = frozenset({"pypi", "gem", "maven"})
"""Of languages, those whose versions lie in one directory when an update left the old one."""
_STORES = frozenset({"nix"})
"""Distributions that keep versions apart on purpose."""
_UNINSTALLED = ("evidence", "lock-file")
_TOLD = 100
"""Replaced packages in lower layers that are named."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where only one version of a package belongs."""

    type: str
    namespace: str
    name: str
    arch: str
    directory: str
    """Empty for packages of a database."""


def evaluate(view: ImageView) -> Verdict:
    """Fail on versions beside each other; those that lower layers still hold are told."""
    if not view.packages():
        return Verdict(Status.NOT_APPLICABLE, "no-packages", "does not apply: no packages")
    placed = _placed(view.packages("all"))
    verdict = judged(_beside(placed), "old-version-kept", "old version beside a new one")
    if verdict.status is not Status.PASS:
        return verdict
    below = tuple(islice(_below(placed), _TOLD))
    plus = "+" if len(below) == _TOLD else ""
    noted = f"; {len(below)}{plus} older in lower layers" if below else ""
    return Verdict(Status.PASS, "one-version-each", f"one version of each{noted}", below)


def _placed(packages: Sequence[Package]) -> Mapping[_Place, list[Package]]:
    """Return packages by their place, those without one left out."""
    found: defaultdict[_Place, list[Package]] = defaultdict(list)
    for package in packages:
        if (place := _place(package)) is not None:
            found[place].append(package)
    return found


def _place(package: Package) -> _Place | None:
    known = package.found
    is_installed = package.cataloger != DOCUMENTS and _UNINSTALLED not in known.properties
    if not (is_installed and known.version):
        return None
    if known.type in OS_TYPES - _STORES:
        return _Place(known.type, known.namespace, known.name, known.arch, "")
    if known.type in _BESIDE:
        directory = known.location.rpartition("/")[0]
        return _Place(known.type, known.namespace, known.name, known.arch, directory)
    return None


def _beside(placed: Mapping[_Place, list[Package]]) -> Iterator[Evidence]:
    for place, packages in placed.items():
        visible = [x for x in packages if x.presence is Presence.VISIBLE]
        versions = dict.fromkeys(x.version for x in visible)
        if len(versions) > 1:
            where = f" in /{place.directory}" if place.directory else ""
            yield of_package(visible[0], f"beside {', '.join(tuple(versions)[1:4])[:40]}{where}")


def _below(placed: Mapping[_Place, list[Package]]) -> Iterator[Evidence]:
    """Yield what a later layer replaced: nothing runs it, yet its files are in the image."""
    for packages in placed.values():
        new = next((x for x in packages if x.presence is Presence.VISIBLE), None)
        for old in packages if new else ():
            if new and old.presence is Presence.REMOVED and old.version != new.version:
                yield of_package(old, f"replaced by {new.version[:24]}", "info")


CONTROL = Control(
    id="disa-srg-SRG-APP-000454-CTR-001110",
    short="no old versions",
    automation="partial",
    reads="packages of all layers",
    decides="fails when a distribution's package is installed in two versions, or when a Python, "
    "Ruby or Java package lies in two versions in one directory; versions that a later layer "
    "replaced are told and do not count, since a container does not see them",
    limits="files that an update leaves behind without a package; versions in directories of "
    "their own may both be needed",
    remediation="remove the old version in the step that installs the new one: apt-get autoremove, "
    "dnf remove --oldinstallonly, gem cleanup",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "packages"}),
)
