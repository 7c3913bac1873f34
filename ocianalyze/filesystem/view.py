"""ImageView: the read-only face of one image for all later stages.

Imports `ocianalyze.model` alone, so that whoever sees a view sees no source, blob or layer.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, Protocol, TypeVar, cast, get_args

from ocianalyze.dataclass import dataclass
from ocianalyze.model.base import BaseImage
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import Entry, HardLink, Kind
from ocianalyze.model.finding import Finding
from ocianalyze.model.history import History
from ocianalyze.model.oci import ImageConfig, Platform
from ocianalyze.model.package import Inventory, Package, Presence, Scope
from ocianalyze.model.provenance import Provenance
from ocianalyze.model.secret import Secret
from ocianalyze.model.verification import Verification

Part = Literal["packages", "secrets"]
"""What an analysis may leave out."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer of an image, lowest first."""

    index: int
    diff_id: Digest | None
    """Of the bytes that were read; else as the config promises; None when neither is known."""
    digest: Digest | None
    """Of the stored bytes."""
    size: int
    """Bytes as stored, 0 when absent."""
    raw_size: int
    compression: str
    flavour: str
    entries: int
    missing: str
    """Why nothing of it was read (`foreign`, `encrypted`, `missing`); empty when it was."""
    partial: str
    """Why it was read only in part; empty when it was read to its end."""
    step: int | None
    """Index of the history entry that made it."""
    unsearched: str = ""
    """Why not all that was read was looked at for secrets; empty when it was."""
    outside: Mapping[str, bytes] = field(default_factory=dict)
    """What was found in bytes that belong to no member, by who looked for it."""


class Tree(Protocol):
    """The merged filesystem (`ocianalyze.filesystem.index`)."""

    def files(
        self,
        *,
        mode: int = 0,
        names: frozenset[bytes] | None = None,
        xattrs: bool = False,
        types: frozenset[str] | None = None,
    ) -> Iterator[Entry]:
        """Yield visible regular files and hard links to such, optionally only some.

        A hard link has the properties of its inode. What is asked for must all hold.

        Args:
            mode: any of these mode bits must be set; 0 asks for nothing.
            names: the base name must be one of these.
            xattrs: the entry must carry extended attributes.
            types: the content must be of one of these types (`Entry.file_type`).

        """
        ...

    def hard_links(self) -> Iterator[HardLink]:
        """Yield visible hard links to regular files, lowest layer first."""
        ...

    def left_links(self) -> Iterator[Entry]:
        """Yield those whose inode has lost its own name."""
        ...

    def specials(self, index: int) -> Iterator[str]:
        """Yield where one layer has visible links, devices and pipes.

        What is neither a plain file nor a directory, hard links included.
        """
        ...

    def inode(self, entry: Entry) -> tuple[int, int]:
        """Return layer and member that hold an entry's content: its own unless a hard link."""
        ...

    def visible(self) -> Iterator[Entry]:
        """Yield the final tree, each directory before its contents, siblings sorted by name.

        Directories that no layer has an entry for are among them (`Entry.is_implicit`); all else
        here knows entries of layers alone.
        """
        ...

    def implicit(self) -> Iterator[Entry]:
        """Yield the directories of the final tree that no layer has an entry for."""
        ...

    def layer(self, index: int, within: Sequence[str] = ()) -> Iterator[Entry]:
        """Yield every member of one layer in tar order, whiteouts included, with their fate.

        Args:
            index: of the layer.
            within: only members in these directories and below; empty for all.

        """
        ...

    def table(
        self,
        index: int,
        fields: Sequence[str],
        *,
        visible: bool = False,
        within: frozenset[str] | None = None,
        is_spelled: bool = False,
    ) -> Iterator[tuple[str | int | None, ...]]:
        """Yield some fields of each member of one layer, in tar order and many times faster.

        Args:
            index: of the layer.
            fields: names of `ocianalyze.filesystem.columns.FIELDS`.
            visible: only what is part of the final filesystem.
            within: directories; members in others may be left out.
            is_spelled: names are valid Unicode (`ocianalyze.model.spelling`).

        """
        ...

    def get(self, path: str) -> Entry | None:
        """Return what is visible at exactly this path; the last component is not followed.

        Symbolic links in the directories above it are followed inside the root.
        """
        ...

    def resolve(self, path: str) -> Entry | None:
        """Follow every symbolic link inside the root; None for nothing, a loop or a dead link."""
        ...

    def real(self, path: str) -> str | None:
        """Return the path of what `resolve` finds, or of a directory without an entry."""
        ...

    def listing(self, path: str) -> list[Entry]:
        """Return the visible children of a directory, sorted by name; empty for anything else."""
        ...

    def children(self, path: str) -> Iterator[tuple[str, Entry]]:
        """Yield the names in a directory with every version of each that any layer wrote.

        Links are not followed. A directory without an entry of its own comes with the entries
        that are below it. Entries of one name are in order of time.
        """
        ...

    def names(self, path: str) -> list[str]:
        """Return the names of a directory's children, each once, sorted."""
        ...

    def versions(self, path: str) -> list[Entry]:
        """Return every version that any layer wrote at this path, lowest layer first."""
        ...

    def observed(self, observer: str, entry: Entry) -> bytes | None:
        """Return what an observer made of an entry (hard links: of their target), else None."""
        ...

    def observed_in(self, layer: int, observer: str) -> Mapping[int, bytes]:
        """Return all of an observer's values in one layer by member; rows cost nothing."""
        ...

    def observations(self, observer: str) -> Iterator[tuple[Entry, bytes]]:
        """Yield an observer's values in all layers and states, lowest layer first."""
        ...

    def cut(self, observer: str) -> Iterator[Entry]:
        """Yield the entries of whose content an observer saw only a part."""
        ...


@dataclass(frozen=True, slots=True)
class ImageView:
    """Everything known about one image that needs no more bytes."""

    config: ImageConfig | None
    """None when the source has none (root filesystem) or none can be read."""
    platform: Platform
    history: History
    layers: tuple[LayerView, ...]
    tree: Tree
    findings: tuple[Finding, ...] = ()
    """Integrity, anomalies, absent layers: found before any control ran."""
    inventory: Inventory = field(default_factory=Inventory)
    """What is installed, and who owns which file."""
    secrets: tuple[Secret, ...] = ()
    """The gravest first."""
    skipped: frozenset[Part] = frozenset()
    """What nobody looked for; that it is empty says nothing."""
    bases: tuple[BaseImage, ...] = ()
    """Images that it may have been built on, as the operator, its documents or others tell."""
    digests: frozenset[str] = frozenset()
    """What names the image: digests of its manifest, of the index that lists it, of its config."""
    names: tuple[str, ...] = ()
    """Under which its source keeps it: `app:1.2`, or a bare tag of an OCI layout."""
    provenances: tuple[Provenance, ...] = ()
    """What is attached to it."""
    verify: "Callable[[ImageView], Verification]" = field(
        default=lambda _: Verification(), repr=False, compare=False
    )
    """Compares package contents with their records; asked through `verification`."""
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Answers that are kept as long as the view."""

    def once(self, ask: "Callable[[ImageView], T]") -> T:
        """Return what a function of the view alone returns; it is called once for each view."""
        if ask not in self._known:
            self._known[ask] = ask(self)
        return cast("T", self._known[ask])

    def told(self, ask: "Callable[[ImageView], T]") -> "T | None":
        """Return what a function returned, None when it was not called."""
        return cast("T | None", self._known.get(ask))

    def knowing(self, ask: "Callable[[ImageView], T]", answer: T) -> "ImageView":
        """Return the view, which will not ask what is known from another view of the image."""
        self._known[ask] = answer
        return self

    @property
    def verification(self) -> Verification:
        """What differs from the packages' own records; found out when it is first asked for."""
        return self.once(self.verify)

    @property
    def unread(self) -> str:
        """Why not all of the filesystem was read, in a few words; empty when all of it was."""
        why = [
            f"layer {x.index} {x.missing or x.partial}"
            for x in self.layers
            if x.missing or x.partial
        ]
        return ", ".join(why)

    @property
    def is_windows(self) -> bool:
        """Tell a Windows image."""
        return self.platform.os == "windows"

    def packages(self, scope: Scope = "visible") -> tuple[Package, ...]:
        """Return the packages of the final filesystem, or those too that a later layer removed.

        Raises:
            ValueError: the scope is none.

        """
        if scope not in get_args(Scope):
            raise ValueError(f"{scope!r} is no scope: {' or '.join(get_args(Scope))}")
        found = self.inventory.packages
        if scope == "all":
            return found
        return tuple(package for package in found if package.presence is Presence.VISIBLE)

    def owners(self, path: str) -> tuple[Package, ...]:
        """Return the packages that own a file, the most specific first.

        Its directories may be links, as `bin` of a merged `/usr` is; the file itself may be one.
        """
        home, _, name = path.strip("/").rpartition("/")
        real = self.tree.real(home) if home else ""
        return () if real is None else self.inventory.owners(f"{real}/{name}".lstrip("/"))

    def read(self, path: str) -> bytes | None:
        """Return a captured file's content after following links; None when not captured.

        What is captured the modules of `ocianalyze.detectors.captures` say; an empty file needs
        no capture.
        """
        entry = self.tree.resolve(path)
        if entry is None:
            return None
        if entry.kind in (Kind.FILE, Kind.HARDLINK) and not entry.size:
            return b""
        return self.tree.observed("captured", entry)
