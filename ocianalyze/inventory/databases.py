"""Package databases that an image had and has no more: what they named is still there, untold."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Claim
from ocianalyze.inventory.ownership import Owning
from ocianalyze.inventory.take import Taken
from ocianalyze.inventory.unowned import Executable
from ocianalyze.model.anomaly import CODES, Severity
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import OS_TYPES, Found, Package, Presence

CODE = "inventory.database-removed"
"""Of the finding that tells one."""
_DATABASES = frozenset({"deb", "apk", "rpm", "alpm"})
"""purl types of packages that one database names."""


_BESIDE = (
    *("var/lib/dpkg/", "var/lib/apt/", "usr/lib/dpkg/", "lib/apk/", "usr/lib/apk/", "etc/apk/"),
    *("var/lib/rpm/", "var/lib/dnf/", "var/lib/yum/", "usr/lib/sysimage/", "usr/share/rpm/"),
    *("var/lib/pacman/", "var/cache/", "var/log/", "tmp/", "run/"),
)
"""What package managers write for themselves: it stays where only the database goes."""
_FILES = frozenset({"file", "hardlink"})
Rest = Literal["programs", "files", ""]
_PROPERTY = "removed-with"
"""Of a package whose record went without it: `database`, or `record` for its own one alone."""


class Gone(NamedTuple):
    """A database whose packages are all gone, or data of some whose files are there."""

    path: str
    layer: int
    """That removed or emptied it."""
    packages: Sequence[Package]
    """That it named last, at least one."""
    is_emptied: bool
    """The file is there and names nothing."""
    rest: Rest = "programs"
    """What is there of its layers."""
    left: int = 0
    """Files of these packages that stay, where only some packages' data is gone."""

    @property
    def type(self) -> str:
        """The purl type of its packages."""
        return self.packages[0].type

    @property
    def title(self) -> str:
        """What is wrong, for people."""
        if self.left:
            return "records of packages are gone, and files that they name are there"
        if self.rest == "programs":
            return CODES[CODE].title
        what = "files of its layers are there" if self.rest else "so is all of its layers"
        return f"package database is gone, and {what}"

    @property
    def severity(self) -> Severity:
        """How bad that is: where nothing is left, nothing is untold."""
        return CODES[CODE].severity if self.rest else "low"

    @property
    def detail(self) -> str:
        """What happened, for people."""
        count = _counted(len(self.packages), "package")
        if self.left:
            return (
                f"data of {count} ({self.type}) removed in layer "
                f"{self.layer}; {_counted(self.left, 'file')} of theirs stayed"
            )
        what = "emptied" if self.is_emptied else "removed"
        return f"package database {what} in layer {self.layer}; it named {count} ({self.type})"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def gone(
    tree: Tree, packages: Sequence[Package], running: Mapping[str, Executable]
) -> Iterator[Gone]:
    """Yield the databases that no layer's packages are left of, by type.

    Args:
        tree: the final one.
        packages: of all layers.
        running: executables of the final tree.

    """
    for kind in sorted(_DATABASES):
        mine = [package for package in packages if package.type == kind]
        if mine and all(map(_is_removed, mine)):
            last = max(package.removed or 0 for package in mine)
            lost = [package for package in mine if package.removed == last]
            path = next((path for package in lost for path in package.evidence), "")
            rest = _rest(tree, running.values(), last)
            yield Gone(path, last, lost, tree.get(path) is not None, rest)


def marked(packages: Iterable[Package], lost: Iterable[Gone]) -> list[Package]:
    """Return packages of which those say so that went with a database, or without their files."""
    how = {
        _same(package): "record" if each.left else "database"
        for each in lost
        for package in each.packages
    }
    return [_marked(package, how.get(_same(package), "")) for package in packages]


def _marked(package: Package, how: str) -> Package:
    if not how:
        return package
    properties = tuple(sorted((*package.found.properties, (_PROPERTY, how))))
    return replace(package, found=replace(package.found, properties=properties))


def _same(package: Package) -> tuple[str, str, int | None]:
    return package.purl, package.found.location, package.removed


def _is_removed(package: Package) -> bool:
    return package.presence is Presence.REMOVED


def _rest(tree: Tree, running: Iterable[Executable], end: int) -> Rest:
    """Return what the final filesystem has of the layers below one, but for what is beside."""
    if any(each.entry.layer < end for each in running):
        return "programs"
    rows = (
        row for layer in range(end) for row in tree.table(layer, ("path", "kind"), visible=True)
    )
    is_there = any(kind in _FILES and not str(path).startswith(_BESIDE) for path, kind in rows)
    return "files" if is_there else ""


def stripped(taken: Taken, owned: Owning, lost: Iterable[Gone]) -> Iterator[Gone]:
    """Yield data of single packages that is gone although files that it named stay, by layer.

    A package that another version or place replaced is not lost, nor is a file that a package that
    is there claims. Of a distribution's packages programs count only: removal keeps settings.

    Args:
        taken: packages of all layers.
        owned: the claims of those that are there.
        lost: databases that are told already.

    """
    told = {each.type for each in lost}
    names = {(x.type, x.name) for x in taken.packages if not _is_removed(x)}
    removed = {
        _key(x.found): x
        for x in taken.packages
        if _is_removed(x) and x.type not in told and (x.type, x.name) not in names
    }
    left: dict[tuple[str, int], tuple[dict[str, Package], set[str]]]
    left = defaultdict(lambda: ({}, set()))
    claims = taken.former_claims(frozenset(x.type for x in removed.values())) if removed else ()
    for claim in claims:
        package = removed.get(_key(claim))
        if package is None:
            continue
        layer = package.removed or 0
        for path in _left(owned, claim.paths, package):
            mine, files = left[package.type, layer]
            mine[package.purl] = package
            files.add(path)
    for (_, layer), (mine, files) in sorted(left.items()):
        path = next((path for x in mine.values() for path in x.evidence), "")
        is_there = owned.tree.get(path) is not None
        yield Gone(path, layer, list(mine.values()), is_there, left=len(files))


def _key(named: Found | Claim) -> tuple[str, str, str]:
    return named.type, named.name, named.location


def _left(owned: Owning, paths: Iterable[str], package: Package) -> Iterator[str]:
    """Yield those recorded files that are as they were before the package's data went."""
    for recorded in paths:
        path = owned.canonical.path(recorded.strip("/"))
        if path in owned.ownership.files or path in package.evidence or path.startswith("etc/"):
            continue
        entry = owned.tree.get(path)
        is_file = entry is not None and entry.kind is Kind.FILE
        is_old = entry is not None and entry.layer < (package.removed or 0)
        if is_file and is_old and (package.type not in OS_TYPES or path in owned.executables):
            yield path
