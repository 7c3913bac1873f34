"""The files that an SBOM lists: executables that nobody owns, and what packages were read from."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory import sha1
from ocianalyze.model.package import Package, Presence
from ocianalyze.report.sbom import _base
from ocianalyze.report.sbom._base import Bill, Named


class Filed(NamedTuple):
    """One file of the final filesystem."""

    path: str
    sha256: str
    size: int
    layer: int
    kind: str = ""
    """Of an executable that no package owns; empty for what is evidence alone."""
    sha1: str = ""
    """Empty where the walk was not asked for it."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one document, each once; a file's number is its place in the list."""

    bill: Bill
    listed: tuple[Filed, ...]
    numbers: dict[str, int]
    """Of each path."""

    def of(self, package: Package) -> Iterator[tuple[int, bool]]:
        """Yield the files that are evidence of a package, and whether they lie inside of it."""
        if package.presence is not Presence.VISIBLE:
            return
        inside = f"{package.found.location}/" if package.found.location else None
        for path in package.evidence:
            entry = _base.entry_at(self.bill, path)
            number = self.numbers.get(entry.path) if entry else None
            if number is not None:
                yield number, inside is not None and path.startswith(inside)


def files(bill: Bill, packages: Sequence[Named]) -> Files:
    """Return the files of a document; evidence without a digest, such as a link, is none."""
    listed = [Filed(x.path, x.sha256, x.size, x.layer, x.kind) for x in bill.inventory.unowned]
    numbers = {file.path: number for number, file in enumerate(listed)}
    visible = (package for _, package in packages if package.presence is Presence.VISIBLE)
    for path in dict.fromkeys(path for package in visible for path in package.evidence):
        entry = _base.entry_at(bill, path)
        if entry and entry.path not in numbers and _base.is_sha256(entry.sha256):
            numbers[entry.path] = len(listed)
            listed.append(Filed(entry.path, entry.sha256, entry.size, entry.layer))
    return Files(bill, tuple(_with_sha1(bill, listed)), numbers)


def _with_sha1(bill: Bill, listed: Sequence[Filed]) -> Iterator[Filed]:
    known = sha1.known(bill.image.view.tree)
    for file in listed:
        entry = _base.entry_at(bill, file.path)
        yield file._replace(sha1=known(entry)) if entry else file
