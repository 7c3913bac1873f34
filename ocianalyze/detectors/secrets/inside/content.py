"""A content of whatever depth: entered if it is packed itself, else searched if it was coded.

What is not coded is among the bytes of the layer, which are searched anyway.
"""

from functools import partial
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.inside import (
    _archives,
    _cpio,
    _git,
    _pdf,
    _png,
    _sqlite,
    stores,
)
from ocianalyze.detectors.secrets.inside._behind import PICTURE, Behind
from ocianalyze.detectors.secrets.inside._compressed import inner_name, streams
from ocianalyze.detectors.secrets.inside._constants import compiled
from ocianalyze.detectors.secrets.inside._flow import DamagedError, Data, Flow, Parser, Sink
from ocianalyze.detectors.secrets.inside._named import Named
from ocianalyze.detectors.secrets.inside._zipped import Members, Visitor, zip_members
from ocianalyze.detectors.secrets.inside.gzips import Entered, Gzips, may_hold, named
from ocianalyze.detectors.secrets.inside.look import Look
from ocianalyze.detectors.secrets.inside.recognise import (
    ARCHIVES,
    BEHIND,
    HEAD,
    MIXED,
    WEAK,
    may_be_packed,
    recognise,
    unread,
)
from ocianalyze.detectors.secrets.inside.stores import Kept
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.limits import MIB
from ocianalyze.model.secret import Where

_COMPRESSIONS = 5
"""In one another, and in archives."""
LARGEST = 32 * MIB
"""Of a compiled content whose texts are looked at one by one."""
_AMONG = {
    "bundle": _git.bundle_objects,
    "pack": _git.pack_objects,
    "pdf": _pdf.pdf_streams,
    "sqlite": _sqlite.sqlite_values,
}
"""What is packed piece by piece among other bytes."""
_FOLLOWING = {
    "tar": _archives.tar_members,
    "ar": _archives.ar_members,
    "cpio": _cpio.cpio_members,
    "rpm": _archives.rpm_payload,
}


class Depth(NamedTuple):
    """How deep a content lies."""

    archives: int = 0
    compressions: int = 0
    coded: bool = False
    """It is not among the bytes of the layer as it is."""


_TOP = Depth()
_TOO_MANY = "has more beginnings of gzip members than are looked at"


@dataclass(slots=True)
class Content:
    """A sink for one content."""

    look: Look
    inner: str
    depth: Depth = _TOP
    kind: str = ""
    """What it is, where its first bytes do not tell."""
    _held: Data = b""
    """What came before the first bytes were enough to recognise, or in one piece."""
    _is_known: bool = False
    _search: Search | None = None
    _within: Sink | None = None
    _kept: Kept | None = None
    named: Named | None = None
    """Takes the content too if its name says something."""
    _compiled: bytearray | None = None
    """A compiled content so far, of which the texts are looked at."""
    _is_weak: bool = False
    _may_be_packed: bool = True
    _is_mixed: bool = False
    """It is searched as it is, too."""
    _child: "Content | None" = None
    """The content inside that was entered last."""
    _gzips: Gzips | None = None
    """Looks for members in the middle, if this is not among the bytes of the layer."""
    _is_closed: bool = False

    @property
    def hungry(self) -> bool:
        """Tell whether what follows in the file itself is wanted."""
        return not self._is_known or bool(self._within or self._kept) or self._compiled is not None

    def feed(self, piece: Data) -> None:
        """Take the next piece.

        Raises:
            SpentError: a bound is reached.

        """
        if self.named:
            self.named.feed(piece)
        if self._is_known:
            self._take(piece)
            return
        self._held = bytes(self._held) + bytes(piece) if self._held else piece
        if len(self._held) >= HEAD:
            self._begin()

    def close(self) -> None:
        """End the content.

        Raises:
            SpentError: a bound is reached.

        """
        if self._is_closed:
            return
        self._is_closed = True
        if not self._is_known:
            self._begin()
        if self._search:
            self.look.keep(self.inner, self._search.close())
            self.look.ended(self.inner, self._search, is_entered=self._may_be_packed)
        elif self.depth.coded and self._held:
            self.look.whole(self.inner, self._held)
            if may_hold(bytes(self._held)):
                self._amid(self._held)
        self._close_gzips()
        if self._kept:
            self._tell_kept(self._kept)
        if self._compiled:
            self.look.constants(self.inner, bytes(self._compiled))
        if self.named:
            self.look.named(self.inner, self.named, is_searched=self.depth.coded)
        self._into(None)
        self._close_child()

    def _tell_kept(self, kept: Kept) -> None:
        if kept.problem:
            self.look.note(self.inner, kept.problem)
        passwords = self.look.spending.allowance.passwords
        self.look.keep(self.inner, kept.found(self.look.engine.rules, passwords))

    def stop(self) -> None:
        """End the content where it is; what was found is kept, nothing more is looked at."""
        self._within = None
        self._is_known = True
        if self._gzips:
            self._gzips.stop()
        if self._child:
            self._child.stop()
        self.close()

    def _close_gzips(self) -> None:
        gzips, self._gzips = self._gzips, None
        if gzips is None:
            return
        gzips.close()
        for at, reason in gzips.unread():
            self.look.note(self._path(named(at)), reason)
        if gzips.is_full:
            self.look.note(self.inner, _TOO_MANY)

    def _close_child(self) -> None:
        """End the content inside that nobody ended: of a compressed file, or cut off."""
        child, self._child = self._child, None
        if child:
            child.close()

    def _begin(self) -> None:
        """Recognise the content by what is there, and take that."""
        piece, self._held, self._is_known = self._held, b"", True
        head = bytes(piece[:HEAD])
        self._may_be_packed = may_be_packed(head)
        if not self.inner or self._may_be_packed or self.kind or self.inner.endswith(".key"):
            self._recognise(head)
        self._take(piece)

    def _recognise(self, head: bytes) -> None:
        path = self.look.place(self.inner)
        if kind := self.kind or recognise(head, path):
            self._enter(kind, head)
        elif kind := unread(head):
            self.look.note(self.inner, f"is packed as {kind}, which is not read")
        elif kind := stores.recognise(head, path):
            self._kept = Kept(kind)
        elif not self.depth.coded and compiled(head, path):
            self._compiled = bytearray()

    def _take(self, piece: Data) -> None:
        if self.depth.coded and (self._within is None or self._is_mixed):
            self._look(piece)
        if self._kept:
            self._kept.feed(piece)
        if self._compiled is not None:
            self._compiled += piece
            if len(self._compiled) > LARGEST:
                self.look.note(self.inner, f"has more than {LARGEST} compiled bytes")
                self._compiled = None
        if self._within:
            self._into(piece)

    def _look(self, piece: Data) -> None:
        """Search; the first piece waits for the next, since most contents have one only."""
        if self._search is None and not self._held:
            self._held = piece if isinstance(piece, bytes) else bytes(piece)
            return
        if self._search is None:
            self._search = self.look.search(self.inner)
            self.look.keep(self.inner, self._search.feed(self._held))
            self._amid(self._held)
            self._held = b""
        self.look.keep(self.inner, self._search.feed(piece))
        self._amid(piece)

    def _amid(self, piece: Data) -> None:
        """Look for gzip members that begin in the middle."""
        self._gzips = self._gzips or Gzips(self._enter_gzip, _is_first)
        self._gzips.feed(piece)

    def _enter_gzip(self, at: int) -> Entered:
        depth = self.depth._replace(compressions=self.depth.compressions + 1)
        if reason := self._too_deep(depth):
            raise DamagedError(reason)
        inner = self._path(named(at))
        return Entered(Content(self.look, inner, depth), self.look.spending)

    def _into(self, piece: Data | None) -> None:
        """Give the next piece, or the end, to what reads the packed content."""
        within = self._within
        if within is None:
            return
        try:
            if piece is None:
                within.close()
            else:
                within.feed(piece)
        except DamagedError as error:
            self._within = None
            self._close_child()
            if not self._is_weak:
                self.look.note(self.inner, str(error))

    def _enter(self, kind: str, head: bytes) -> None:
        self._is_weak, self._is_mixed = kind in WEAK, kind in MIXED
        if kind == BEHIND:
            self._within = Behind(head, self._open_behind)
            return
        if kind not in MIXED and not self.depth.coded:
            self.look.inflated_from(0)
        archives = self.depth.archives + (kind in ARCHIVES)
        compressions = self.depth.compressions + (kind not in ARCHIVES)
        depth = Depth(archives, compressions, coded=self.depth.coded)
        if reason := self._too_deep(depth):
            self.look.note(self.inner, reason)
            return
        try:
            self._within = Flow(self._parser(kind, depth))
        except DamagedError as error:
            self.look.note(self.inner, str(error))

    def _too_deep(self, depth: Depth) -> str:
        """Return why what lies so deep is not entered; empty for what is."""
        limit = self.look.spending.allowance.limits.inner_depth
        if depth.archives <= limit and depth.compressions <= _COMPRESSIONS:
            return ""
        bounds = f"limit inner_depth ({limit}) and {_COMPRESSIONS} compressions"
        return f"lies deeper than {bounds} allow"

    def _parser(self, kind: str, depth: Depth) -> Parser:
        look, coded = self.look, depth._replace(coded=True)
        if kind == "zip":
            look.entered(coded=self.depth.coded)
            return zip_members(self._visitor(depth), comments=self.depth.coded)
        if kind == PICTURE:
            others = Behind(b"", lambda _at, _kind: self._open(self.depth, ""))
            return _png.png_texts(partial(self._open, coded), self._note, look.spending, others)
        if kind in _AMONG:
            return _AMONG[kind](partial(self._open, coded), self._note, look.spending)
        if kind == "loose":
            return _git.loose_object(partial(self._open, coded), look.spending)
        if kind in _FOLLOWING:
            return _FOLLOWING[kind](partial(self._member, depth), self._tell)
        name = inner_name(self.inner or look.path.decode("utf-8", "backslashreplace"), kind)
        behind = partial(self._open, depth, BEHIND)
        return streams(kind, self._open(coded, name), behind, look.spending, self._tell)

    def _member(self, depth: Depth, name: str, *, packed: bool = False) -> "Content":
        self.look.spending.member()
        return self._open(depth._replace(coded=depth.coded or packed), name)

    def _visitor(self, depth: Depth) -> Visitor:
        return Visitor(
            enter=partial(self._member, depth),
            is_plain=self._is_plain,
            whole=partial(self._whole, depth),
            tell=self._tell,
            note=self._note,
            spending=self.look.spending,
        )

    def _is_plain(self, label: bytes, data: bytes) -> bool:
        """Tell a member that is not packed itself, and whose name says nothing."""
        may_say = may_be_packed(data) or may_hold(data) or self.look.naming.may_say(label)
        return not (data and may_say)

    def _whole(self, depth: Depth, members: Members) -> None:
        """Take members that are there in one piece."""
        look, before = self.look, f"{self.inner}!/" if self.inner else ""
        inners = [before + name if name else self.inner for name in members.names]
        look.labels(inners, members.labels, "path")
        if depth.coded or all(members.packed):
            look.contents(inners, members.contents)
            return
        rows = zip(inners, members.labels, members.contents, members.packed, strict=True)
        for inner, label, data, is_packed in rows:
            if is_packed:
                look.whole(inner, data)
            elif compiled(data[:4], label):
                look.constants(inner, data)

    def _open_behind(self, at: int, kind: str) -> "Content":
        if not (self.depth.coded or kind):
            self.look.inflated_from(at)
        return self._open(self.depth, "", kind)

    def _open(self, depth: Depth, name: str, kind: str = "") -> "Content":
        inner = self._path(name)
        path = name.encode("utf-8", "replace")
        named = self.look.naming.named(path, self.look.place(inner))
        self._child = Content(self.look, inner, depth, kind, named=named)
        return self._child

    def _tell(self, name: str, where: Where, text: bytes) -> None:
        """Look at a name or link; other parts of a header are searched with a layer's bytes."""
        if where != "header" or self.depth.coded:
            self.look.label(self._path(name), where, text)

    def _note(self, name: str, reason: str) -> None:
        self.look.note(self._path(name), reason)

    def _path(self, name: str) -> str:
        return f"{self.inner}!/{name}" if self.inner and name else self.inner or name


def _is_first(at: int, _before: bytes) -> bool:
    """Tell the beginning of a content, by which it is recognised."""
    return at == 0
