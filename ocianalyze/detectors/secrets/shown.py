"""What shows no secret of an image: names, targets and whatever quotes them.

Needs no rules: secrets are known by identity and length.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from itertools import chain, islice
from typing import TYPE_CHECKING

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.detectors.secrets.masking import HIDDEN, Identities, Masked, identities, size_of
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.oci import Platform

if TYPE_CHECKING:
    from ocianalyze.detectors.secrets.hits import Hit

_HEADERS = frozenset({"path", "link", "header"})
_LINE = 8_192
"""Bytes of a name that are looked at."""
_TOGETHER = 1 << 14
"""Entries whose names are looked at together."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of an image's files that hold a value; all others may be shown as they are."""

    known: Identities
    shown: dict[str, str] = field(default_factory=dict)
    """Directories, names in them, owners, with how they may be shown."""

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.shown or self.known.named)

    def masked(self, text: str) -> str:
        """Return the name of an owner, or a part of a path, with the values in it masked."""
        # One that is no plain text has several spellings, of which one was looked at.
        is_plain = text.isascii() and "\\" not in text
        return self.shown.get(text, text) if is_plain else self.known.part(text)

    def path(self, path: str) -> str:
        """Return a path with the values in it masked."""
        if path in self.known.named:
            return self.known.named[path]
        directory, slash, name = path.rpartition("/")
        return f"{self.masked(directory)}{slash}{self.masked(name)}"


def identities_of(view: ImageView) -> Identities:
    """Return every secret of an image by identity, those too that no limit lets be told."""
    from ocianalyze.detectors.secrets import gather  # noqa: PLC0415 - imports the engine

    files = (
        hit
        for name in dict.fromkeys((*gather.PACKED, *gather.INSIDE))
        for _, value in view.tree.observations(name)
        for hit in gather.hits_of(name, value)
    )
    others = (writing for secret in view.secrets for writing in secret.writings)
    found = identities(chain(view.secrets, others, files))
    for entry, hits in _in_headers(view):
        shown = veiled_entry(entry, hits)
        found.named |= {entry.path: shown.path, entry.link: shown.link}
    found.known |= found.named
    return found


def names_of(view: ImageView) -> Names:
    """Return what the names of an image's files tell of its secrets: nothing, as a rule."""
    from ocianalyze.detectors.secrets._glance import suspects  # noqa: PLC0415 - where there are any

    known = view.once(identities_of)
    found = Names(known)
    for names in _together(view) if known.masks else ():
        for text in suspects(names, known):
            if (shown := known.part(text)) != text:
                found.shown[text] = shown
    return found


def _together(view: ImageView) -> Iterator[set[str]]:
    """Yield the parts of paths and targets, and the owners, of many entries."""
    for layer in view.layers:
        rows = view.tree.table(layer.index, ("path", "link", "uname", "gname"))
        while some := list(islice(rows, _TOGETHER)):
            paths, links, users, groups = map(set, zip(*some, strict=True))
            owners = {str(name) for name in users | groups if name}
            yield _parts({str(path) for path in paths | links if path}) | owners


def _parts(paths: set[str]) -> set[str]:
    """Return all directories of some paths, and the names in them."""
    found: set[str] = set()
    while paths:
        found.update([path[path.rfind("/") + 1 :] for path in paths])
        paths = {path[: path.rfind("/")] for path in paths if "/" in path} - found
        found |= paths
    return found


def _in_headers(view: ImageView) -> "Iterator[tuple[Entry, list[Hit]]]":
    """Yield entries with the secrets in their names, targets and attributes."""
    from ocianalyze.detectors.secrets.hits import unpack  # noqa: PLC0415 - imports the engine
    from ocianalyze.detectors.secrets.sieve import NAME  # noqa: PLC0415 - the same

    for entry, value in view.tree.observations(NAME):
        if hits := [hit for hit in unpack(value) if hit.where in _HEADERS]:
            yield entry, hits


def hidden(text: str, secrets: Iterable[Masked]) -> str:
    """Return a name with those of the secrets masked that are in it."""
    raw = text.encode("utf-8", "surrogateescape")
    return hidden_bytes(raw, secrets).decode("utf-8", "surrogateescape")


def hidden_bytes(raw: bytes, secrets: Iterable[Masked]) -> bytes:
    """Return bytes with those of the secrets masked that are in their first 8 KiB.

    A secret is known by its length and identity alone, so every part of that length is tried.
    """
    for secret in secrets:
        size = size_of(secret.masked)
        for at in range(min(len(raw), _LINE) - size + 1 if size else 0):
            part = raw[at : at + size]
            if identity(part) == secret.id:
                raw = raw.replace(part, secret.masked.encode())
                break
    return raw


def in_headers(view: ImageView) -> "dict[tuple[int, int], list[Hit]]":
    """Return the secrets in names, targets and attributes, by layer and member."""
    found: dict[tuple[int, int], list[Hit]] = {}
    for entry, hits in _in_headers(view):
        found.setdefault((entry.layer, entry.member), []).extend(hits)
    return found


def quiet(entry: Entry, names: Names | Identities, known: Identities) -> Entry:
    """Return an entry that tells no secret which was found elsewhere."""
    told = (entry.path, entry.link, entry.uname, entry.gname)
    path, link, uname, gname = shown = (*map(names.path, told[:2]), *map(names.masked, told[2:]))
    if entry.xattrs:
        values = {known.masked(x): _quiet(value, known) for x, value in entry.xattrs.items()}
        entry = entry._replace(xattrs=values)
    if shown == told:
        return entry
    return entry._replace(path=path, link=link, uname=uname, gname=gname)


def quiet_platform(platform: Platform, text: Callable[[str], str]) -> Platform:
    """Return a platform whose fields tell no secret."""
    fields = platform.model_dump(by_alias=True)
    return Platform.model_validate({name: text(value) for name, value in fields.items()})


def _quiet(value: bytes, known: Identities) -> bytes:
    text = value.decode("latin-1")
    return value if known.masked(text) == text else HIDDEN.encode()


def veiled_entry(entry: Entry, hits: "Sequence[Hit]") -> Entry:
    """Return an entry whose name, target and attributes tell none of the secrets in them."""
    coded = any(hit.coding for hit in hits)
    return entry._replace(
        path=hidden(entry.path, hits) if not coded else HIDDEN,
        link=hidden(entry.link, hits) if not coded or not entry.link else HIDDEN,
        uname=hidden(entry.uname, hits),
        gname=hidden(entry.gname, hits),
        xattrs={
            hidden(name, hits): HIDDEN.encode() if coded else hidden_bytes(value, hits)
            for name, value in entry.xattrs.items()
        },
    )
