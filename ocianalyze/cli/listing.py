"""Entries as lines: like `ls -l` for people, JSON for machines. Nothing is collected first."""

import re
import stat
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import translate
from itertools import chain
from typing import Any

from ocianalyze.cli import envelope
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.shown import (
    identities_of,
    in_headers,
    names_of,
    quiet,
    veiled_entry,
)
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind, State
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.report.escape import shown, spelled, unicode
from ocianalyze.report.subject import image_ref, input_record
from ocianalyze.report.words import short

_TYPES = {
    Kind.FILE: stat.S_IFREG,
    Kind.HARDLINK: stat.S_IFREG,
    Kind.DIRECTORY: stat.S_IFDIR,
    Kind.SYMLINK: stat.S_IFLNK,
    Kind.CHARACTER_DEVICE: stat.S_IFCHR,
    Kind.BLOCK_DEVICE: stat.S_IFBLK,
    Kind.FIFO: stat.S_IFIFO,
}
_ABSENT = (Kind.WHITEOUT, Kind.OPAQUE, Kind.UNKNOWN)
"""No part of the filesystem."""
_SECOND = 1_000_000_000
_HEAD = f"{'mode':<10} {'owner':>9} {'size':>10} {'modified':<16} layer path\n".encode()
_NAME, _PLATFORM = 34, 20
"""Cells of a title's parts: a line of 80 has room for them and a digest."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries are asked for."""

    globs: tuple[str, ...] = ()
    """As of fnmatch, without a leading slash; none means all."""
    layer: int | None = None
    hidden: bool = False
    """What a later layer overwrote or deleted, instead of what is visible; not directories that a
    later layer only names again."""
    setid: bool = False

    def of(self, view: ImageView) -> Iterator[Entry]:
        """Yield the entries of one image."""
        entries = self._all(view)
        if self.hidden:
            entries = (entry for entry in entries if _is_hidden(view, entry))
        if self.setid:
            entries = (entry for entry in entries if entry.is_setid)
        if self.globs:
            match = _matcher(self.globs)
            entries = (entry for entry in entries if match.match(entry.path))
        return _veiled(view, entries)

    def _all(self, view: ImageView) -> Iterator[Entry]:
        if self.layer is not None:
            present = self.layer < len(view.layers)
            return view.tree.layer(self.layer) if present else iter(())
        if self.hidden:
            return chain.from_iterable(view.tree.layer(layer.index) for layer in view.layers)
        return view.tree.visible()


def _veiled(view: ImageView, entries: Iterator[Entry]) -> Iterator[Entry]:
    """Yield entries of which none tells a secret by its name, target or attributes."""
    hits = in_headers(view)
    known = view.once(identities_of)
    names = view.once(names_of)
    if not known:
        yield from entries
        return
    for entry in entries:
        found = hits.get((entry.layer, entry.member)) if hits else None
        if found:
            yield quiet(veiled_entry(entry, found), known, known)
        else:
            yield quiet(entry, names, known) if names or entry.xattrs else entry


def text(analysis: Analysis, wanted: Selection) -> Iterator[bytes]:
    """Yield a line for each entry below a head, and a title for each image of several."""
    for image in analysis.images:
        if len(analysis.images) > 1:
            yield f"{title(image)}:\n".encode()
        for number, entry in enumerate(wanted.of(image.view)):
            if not number:
                yield _HEAD
            yield f"{row(entry)}\n".encode()


def jsonl(analysis: Analysis, wanted: Selection) -> Iterator[bytes]:
    """Yield one object for each entry."""
    return envelope.jsonl("file", _records(analysis, wanted))


def json(analysis: Analysis, wanted: Selection) -> Iterator[bytes]:
    """Yield one object with the list `files`, an entry at a time."""
    once = envelope.head(input=input_record(analysis).model_dump(mode="json"))
    return envelope.json(once, {"files": _records(analysis, wanted)})


def is_empty(analysis: Analysis, wanted: Selection) -> bool:
    """Tell a selection that no entry of any image matches."""
    return not any(True for image in analysis.images for _ in wanted.of(image.view))


def _records(analysis: Analysis, wanted: Selection) -> Iterator[dict[str, Any]]:
    for index, image in enumerate(analysis.images):
        ref = image_ref(index, image).model_dump(mode="json")
        steps = [layer.step for layer in image.view.layers]
        for entry in wanted.of(image.view):
            yield record(ref, entry, None if entry.is_implicit else steps[entry.layer])


def row(entry: Entry) -> str:
    """Return one entry as `ls -l` shows it, with numeric owners and the layer."""
    size = f"{entry.device[0]}, {entry.device[1]}" if entry.device else str(entry.size)
    owner = f"{entry.uid}:{entry.gid}"
    target = f" -> {shown(spelled(entry.link))}" if entry.link else ""
    path = shown(spelled(entry.path)) or "."
    when = f"{'-':>16}" if entry.is_implicit else moment(entry.mtime_ns, whole=False)
    layer = "-" if entry.is_implicit else str(entry.layer)
    line = f"{_permissions(entry)} {owner:>9} {size:>10} {when}"
    return f"{line} {layer:>5} {path}{target}{_mark(entry)}{_end(entry)}"


def record(image: dict[str, Any], entry: Entry, step: int | None = None) -> dict[str, Any]:
    """Return one entry as a JSON object; a path of no UTF-8 is also there as `path_hex`.

    A directory that no layer has an entry for is `implicit`, a hard link to nothing `dangling`.
    """
    path = spelled(entry.path)
    odd = {} if unicode(entry.path) == entry.path else {"path_hex": _raw(entry.path).hex()}
    return {
        "image": image,
        "path": path,
        **odd,
        "kind": entry.kind.name.lower().replace("_", "-"),
        "mode": f"{entry.mode:04o}",
        "uid": entry.uid,
        "gid": entry.gid,
        "uname": spelled(entry.uname),
        "gname": spelled(entry.gname),
        "mtime": None if entry.is_implicit else moment(entry.mtime_ns),
        "size": entry.size,
        "link": spelled(entry.link) or None,
        "device": entry.device,
        "xattrs": {
            unicode(name): b64encode(value).decode() for name, value in entry.xattrs.items()
        },
        "sha256": entry.sha256 or None,
        "type": entry.file_type or None,
        "layer": None if entry.is_implicit else entry.layer,
        "step": step,
        "member": None if entry.is_implicit else entry.member,
        "state": None if entry.kind in _ABSENT else entry.state,
        "ended_by": entry.ended_by,
        **({"implicit": True} if entry.is_implicit else {}),
        **({"dangling": True} if entry.dangling else {}),
    }


def moment(nanoseconds: int, *, whole: bool = True) -> str:
    """Return a time in UTC (RFC 3339), `@seconds` where no calendar reaches.

    Args:
        nanoseconds: since 1970.
        whole: with seconds and what is below them; else to the minute.

    """
    seconds, rest = divmod(nanoseconds, _SECOND)
    try:
        when = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return _beyond_calendars(nanoseconds) if whole else f"{f'@{seconds}':<16}"
    if not whole:
        return f"{when.year:04}-{when:%m-%d %H:%M}"
    below = f".{rest:09}" if rest else ""
    return f"{when.year:04}-{when:%m-%dT%H:%M:%S}{below}Z"


def _beyond_calendars(nanoseconds: int) -> str:
    """Return a time that no calendar has, in decimal seconds since 1970."""
    seconds, rest = divmod(abs(nanoseconds), _SECOND)
    return f"@{'-' if nanoseconds < 0 else ''}{seconds}{f'.{rest:09}' if rest else ''}"


def _matcher(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(glob.lstrip("/")) for glob in globs))


def _is_hidden(view: ImageView, entry: Entry) -> bool:
    if entry.state is State.OVERWRITTEN and entry.kind is Kind.DIRECTORY:
        now = view.tree.get(entry.path)
        return now is None or now.kind is not Kind.DIRECTORY
    return entry.state is not State.VISIBLE


def _permissions(entry: Entry) -> str:
    if entry.kind in (Kind.WHITEOUT, Kind.OPAQUE):
        return f"{entry.kind.name.lower():<10}"
    return stat.filemode(_TYPES.get(entry.kind, 0) | entry.mode)


def _mark(entry: Entry) -> str:
    if entry.is_implicit:
        return "  [implicit]"
    return "  [link to nothing]" if entry.dangling else ""


def _end(entry: Entry) -> str:
    if entry.state is State.VISIBLE or entry.ended_by is None:
        return ""
    return f"  [{entry.state} by layer {entry.ended_by}]"


def title(image: AnalysedImage) -> str:
    """Return what tells one image from others: one tag may name several of one platform."""
    digest = short(image.manifest_digest or image.config_digest)
    name = image.names[0] if image.names else ""
    pieces = (_cut(shown(name), _NAME), _cut(shown(str(image.platform)), _PLATFORM), digest)
    return "   ".join(filter(None, pieces))


def _cut(text: str, width: int) -> str:
    if len(text) <= width and text.isascii():
        return text
    from ocianalyze.report.layout import fit  # noqa: PLC0415 - few names need it

    return fit(text, width).rstrip()


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
