"""What a cataloger is: observers for pass one, a reader and claims for pass two.

Observers see contents while a layer is walked and keep little: parsed records, or the small file
itself. Readers turn each kept value into packages; they are pure, see one value at a time, and
never the image's bytes. Which layer introduced a package follows from comparing the values of one
path in different layers, which is the same for all catalogers (`ocianalyze.inventory.take`).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import Tree
from ocianalyze.layers.observer import Observer
from ocianalyze.model.entry import Entry
from ocianalyze.model.package import Distribution, Found
from ocianalyze.model.verification import RecordKind


class Kept(NamedTuple):
    """One observation: what an observer made of one version of one file."""

    observer: str
    path: str
    """Of the file, without a leading slash."""
    value: bytes
    complete: bool
    """False when a limit cut the content."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Files that a package put there."""

    type: str
    name: str
    arch: str = ""
    """With type and name: which package of the same database; empty for any architecture."""
    location: str = ""
    """Of the package, for those that have one (`Found.location`)."""
    paths: tuple[str, ...] = ()
    """Files and links, without a leading slash, as recorded (before usr-merge)."""
    trees: tuple[str, ...] = ()
    """Directories that belong to the package with all that is below."""
    elsewhere: tuple[tuple[str, bytes], ...] = ()
    """Files out of the package's own places, with the SHA-256 that an executable must have to be
    the package's; one without a digest (empty) never is."""
    programs: tuple[str, ...] = ()
    """What the installation wrote into its directory of programs without a digest: counts only as
    a script of the same layer as the package."""
    runs: str = ""
    """The program that the claimed ones run, without a leading slash: its owner is the package,
    and no name is given here."""


class Recorded(NamedTuple):
    """What a package database says of the content of one file."""

    path: str
    """Without a leading slash, as recorded (before usr-merge)."""
    digest: bytes
    """MD5, SHA-1 or SHA-256, told by its length."""
    kind: RecordKind = ""


class Kinds(Protocol):
    """Kinds of files, which are asked for rarely."""

    def __getitem__(self, number: int, /) -> RecordKind:
        """Return the kind of a file."""
        ...


class Records(NamedTuple):
    """The digests that a package database has of one package's files."""

    type: str
    name: str
    arch: str = ""
    location: str = ""
    """With type, name and arch: which package, as in `Claim`."""
    paths: Sequence[str] = ()
    """Each file as `Recorded`, column by column: a hundred thousand are usual."""
    digests: Sequence[bytes] = ()
    kinds: Kinds = ()
    bare: Sequence[str] = ()
    """Files that are recorded without a digest, or with one of a kind that is not made, and what
    was put in the place of a file that was diverted."""
    links: Sequence[str] = ()
    """Where it has symbolic links: a program there is none that it brought."""
    homes: Sequence[str] = ()
    """Directories of the package's own, all of whose modules are recorded."""
    problem: str = ""
    """Why they cannot be read; empty when they can."""

    def having(self, files: Iterable[Recorded]) -> "Records":
        """Return the same with some files."""
        paths, digests, kinds = zip(*files, strict=True) if (files := tuple(files)) else ((),) * 3
        return self._replace(paths=paths, digests=digests, kinds=kinds)


@dataclass(frozen=True, slots=True)
class Cataloger:
    """One ecosystem; each module of `catalogers` exports one as `CATALOGER`."""

    name: str
    """`dpkg`, `python`, `go`; names of its observers begin with it."""
    types: tuple[str, ...]
    """purl types it finds."""
    observers: tuple[Observer, ...]
    summary: str
    """What it reads, for the reference page."""
    read: Callable[[Kept, Distribution], Iterable[Found]]
    """Return the packages that one kept value names; nothing for values that only hold claims.

    Raises:
        ValueError: the value is damaged; becomes a problem of the inventory.
    """
    claims: Callable[[Kept, Distribution], Iterable[Claim]] | None = None
    """Return the files that packages of one kept value own."""
    joins: Callable[[Iterable[Found], Iterable[Kept]], Iterable[Found]] | None = None
    """Complete packages of one database with values of other files alive at the same time, such
    as install reasons; None where one file tells all."""
    places: Callable[[Iterable[Claim], Iterable[Kept]], Iterable[Claim]] | None = None
    """Correct claims of one state of the filesystem with values of other files alive at the same
    time, such as diversions; None where paths are as recorded."""
    paths: Callable[[Tree], Iterable[tuple[str, Entry]]] | None = None
    """Yield paths that are evidence by their names alone, in all layers and states, each with an
    entry that shows when it was there. They come to `read` and `claims` as kept values with what
    a link says, empty for all else, under the cataloger's name and `-paths`; None where only
    contents are evidence."""
    lists_all: bool = False
    """Whether installers of its types leave a record of each package, all of which are read, so
    that what has none is not installed: so not for what is also linked or bundled into others."""
    records: Callable[[Sequence[Kept]], Iterable[Records]] | None = None
    """Return the digests that the kept values of the final filesystem name; None for ecosystems
    whose databases have none."""
