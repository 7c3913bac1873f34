"""Package data that an image had and has no more: what it named may still be there, untold."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from ocianalyze.filesystem.view import Tree
from ocianalyze.inventory._base import Claim
from ocianalyze.inventory.places import BESIDE
from ocianalyze.inventory.unowned import executables
from ocianalyze.model.anomaly import CODES, Severity
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import REMOVED_WITH, Package, Presence

DATABASE = "inventory.database-removed"
"""Code of the finding about a whole database."""
RECORD = "inventory.record-removed"
"""Code of the finding about records of single packages."""
_DATABASES = frozenset({"deb", "apk", "rpm", "alpm"})
"""purl types of packages that one database names."""
_FILES = frozenset({"file", "hardlink"})
Claims = Callable[[frozenset[str]], Iterable[Claim]]
_CONTENTS = frozenset({Kind.FILE, Kind.HARDLINK})
_UNTOLD = frozenset({"programs", "files"})
Rest = Literal["programs", "files", "others", ""]
"""What is there of a database's layers; `others` are files that it did not name."""
_TITLES = {
    "files": "files of its layers are there",
    "others": "so are the files that it named",
    "": "so is all of its layers",
}
How = Literal["removed", "emptied", "replaced", "moved"]
"""What a layer did to a database; what replaces it is no file of its own; where it was moved, a
link leads to a file that is not read."""


class Gone(NamedTuple):
    """A database whose packages are all gone, or data of some whose files are there."""

    path: str
    layer: int
    """That did it."""
    packages: Sequence[Package]
    """That it named last, at least one."""
    how: How = "removed"
    rest: Rest = "programs"
    """What is there of its layers."""
    left: int = 0
    """Files of these packages that stay, where only some packages' data is gone."""
    now: str = ""
    """Where a link leads from where it was moved."""

    @property
    def code(self) -> str:
        """Of the finding that tells it."""
        return RECORD if self.left else DATABASE

    @property
    def title(self) -> str:
        """What is wrong, for people."""
        if self.rest == "programs":
            return CODES[self.code].title
        return f"package database is gone, and {_TITLES[self.rest]}"

    @property
    def severity(self) -> Severity:
        """How bad that is: where nothing that it named is left, nothing is untold."""
        return CODES[self.code].severity if self.is_loss else "low"

    @property
    def is_loss(self) -> bool:
        """Tell that something is there whose record is gone."""
        return self.rest in _UNTOLD

    @property
    def detail(self) -> str:
        """What happened, for people."""
        named = f"{counted(len(self.packages), 'package')} ({self.packages[0].type})"
        if self.left:
            stayed = f"{counted(self.left, 'file')} of theirs stayed"
            return f"data of {named} removed in layer {self.layer}; {stayed}"
        where = f" to {self.now}, which is not read" if self.now else ""
        return f"package database {self.how} in layer {self.layer}{where}; it named {named}"


def counted(number: int, word: str) -> str:
    """Return a number of things."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def gone(tree: Tree, packages: Sequence[Package], claims: Claims) -> Iterator[Gone]:
    """Yield the databases that no layer's packages are left of, by type.

    Where another distribution's database is there, its programs would speak for the lost one: then
    only the lost packages' own files tell (`lost_records`).

    Args:
        tree: the final one.
        packages: of all layers.
        claims: returns what all layers' data of some types claims, asked rarely.

    """
    if any(x.type in _DATABASES and not is_removed(x) for x in packages):
        return
    for kind in sorted(_DATABASES):
        mine = [package for package in packages if package.type == kind]
        if mine:
            last = max(package.removed or 0 for package in mine)
            lost = [package for package in mine if package.removed == last]
            path = next((path for package in lost for path in package.evidence), "")
            rest = _rest(tree, last)
            if rest and _are_gone(tree, claims(frozenset({kind})), lost):
                rest = "others"
            done = how(tree, path)
            now = tree.real(path) or "" if done == "moved" else ""
            yield Gone(path, last, lost, done, rest, now=now)


def _are_gone(tree: Tree, claims: Iterable[Claim], lost: Iterable[Package]) -> bool:
    """Tell that packages named files of which none is there: they were removed as usual."""
    mine = {(x.type, x.name) for x in lost}
    has_named = False
    for claim in claims:
        for path in claim.paths if (claim.type, claim.name) in mine else ():
            # Settings stay when a package is removed.
            if not path.strip("/").startswith("etc/"):
                has_named = True
                entry = tree.get(path)
                if entry is not None and entry.kind is not Kind.DIRECTORY:
                    return False
    return has_named


def how(tree: Tree, path: str) -> How:
    """Return what happened to package data: where a file still is, it names less or nothing."""
    entry = tree.get(path)
    if entry is None:
        return "removed"
    if entry.path == path and entry.kind in _CONTENTS:
        return "emptied"
    there = tree.resolve(path)
    return "moved" if there is not None and there.kind in _CONTENTS else "replaced"


def marked(packages: Iterable[Package], lost: Iterable[Gone]) -> list[Package]:
    """Return packages of which those say so that went with a database, or without their files."""
    with_it = {
        _same(package): "record" if each.left else "database"
        for each in lost
        for package in each.packages
    }
    return [_marked(package, with_it.get(_same(package), "")) for package in packages]


def _marked(package: Package, with_it: str) -> Package:
    if not with_it:
        return package
    properties = tuple(sorted((*package.found.properties, (REMOVED_WITH, with_it))))
    return replace(package, found=replace(package.found, properties=properties))


def _same(package: Package) -> tuple[str, str, int | None]:
    return package.purl, package.found.location, package.removed


def is_removed(package: Package) -> bool:
    """Tell a package of lower layers alone."""
    return package.presence is Presence.REMOVED


def _rest(tree: Tree, end: int) -> Rest:
    """Return what the final filesystem has of the layers below one, but for what is beside."""
    if any(each.entry.layer < end for each in executables(tree)):
        return "programs"
    rows = (
        row for layer in range(end) for row in tree.table(layer, ("path", "kind"), visible=True)
    )
    is_there = any(kind in _FILES and not str(path).startswith(BESIDE) for path, kind in rows)
    return "files" if is_there else ""
