"""What a content holds in base64: texts, and containers of other things."""

import re
from collections.abc import Iterator

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.containers import BEGINS, is_container
from ocianalyze.detectors.secrets.inside.recognise import HEAD
from ocianalyze.detectors.secrets.runs import DIGIT, Places, Run, bytes_of, run

LEAST = 16
"""Digits of a word, or of the first line of a run."""
_CLASSES = bytes(b"- "[not re.match(rb"[%s]" % DIGIT, bytes([code]))] for code in range(256))
"""A word, in these classes, is found for a fifth of what an expression takes."""
_GROUP = rb"[CDI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][%s]" % DIGIT
_BEGINS = re.compile(rb"(?P<container>%s)|(?:%s){4}" % (BEGINS, _GROUP))
"""Begins a container, or what decodes to twelve bytes of ASCII, of which the first is none of the
lowest eight."""
_TAR = b"AAB1c3Rh"
"""What every tar has in base64, unless the target of its first link takes all the room there is:
`usta` at byte 257, and two bytes in front (POSIX.1-2017, pax, ustar Interchange Format)."""
_TEXT = bytes({*range(0x20, 0x7F), 9, 10, 13})
_HELM = b"H4sI"
"""Helm keeps a release as gzip in base64, and Kubernetes writes the value of a Secret in base64."""
_FEW, _LONG = 64, 4 * HEAD // 3
"""Digits by which a container is told, and that are as many as all may need."""
_ARMOUR = b"-----"
_BEFORE = 80


@dataclass(slots=True)
class Decoded:
    """A part of a content that is in base64."""

    start: int
    """Byte of the content where its coded form begins."""
    coded: bytes
    data: bytes
    is_container: bool = False
    levels: int = 1
    """How often it is coded."""
    _places: Places | None = None

    @property
    def end(self) -> int:
        """Byte of the content where its coded form ends."""
        return self.start + len(self.coded)

    def place(self, offset: int) -> int:
        """Return where a byte of the data lies in the content."""
        for _ in range(self.levels):
            offset = offset * 4 // 3
        self._places = self._places or Places(self.coded)
        return min(self.start + self._places.of(offset), self.end)


def decoded(data: bytes, least: int = LEAST) -> Iterator[Decoded]:
    """Yield what is coded, in order; what decodes to anything but text or a container is nothing.

    Args:
        data: the content.
        least: digits of what is looked at.

    """
    taken = judged = 0
    has_tar = _TAR in data
    for start, end, begin in _words(data, least, every=has_tar):
        if start < taken or (begin and _is_other(data, start, end)):
            continue
        lines = run(data, start, end, begin) if start >= judged else Run(start, end, end, end)
        judged = max(judged, lines.end)
        found = _container(data, lines) if has_tar else None
        if found := found or _text(data, lines) or (_container(data, lines) if begin else None):
            taken = found.end
            yield found


def _words(data: bytes, least: int, *, every: bool) -> Iterator[tuple[int, int, bytes]]:
    """Yield where words may begin a text or a container, where they end, and how the latter begins.

    Their padding is left out. Every word does where a tar may be among them, which begins with the
    name of a member.
    """
    classes, long = data.translate(_CLASSES), b"-" * least
    at = classes.find(long)
    while at >= 0:
        begin, end = _BEGINS.match(data, at), classes.find(b" ", at)
        if begin or every:
            how = begin["container"] if begin else b""
            yield at, len(data) if end < 0 else end, how or b""
        at = classes.find(long, end) if end >= 0 else -1


def _is_other(data: bytes, start: int, end: int) -> bool:
    """Tell by a first line, if it is long, what is no container; the key of an armour is none."""
    if data[max(0, start - _BEFORE) : start].rstrip().endswith(_ARMOUR):
        return True
    head = bytes_of(data[start : start + _FEW])
    return end - start >= _FEW and not is_container(head) and bool(head.translate(None, _TEXT))


def _container(data: bytes, lines: Run) -> Decoded | None:
    start, end = lines.start, lines.end
    if not is_container(bytes_of(data[start : min(end, start + _LONG)])[:HEAD]):
        return None
    coded = data[start:end]
    return Decoded(start, coded, bytes_of(coded), is_container=True)


def _text(data: bytes, lines: Run) -> Decoded | None:
    """Return a text, of as many lines as are one."""
    start = lines.start
    if not _plain(data[start : lines.word]):
        return None
    ends = dict.fromkeys((lines.end, lines.before, lines.word))
    end, text = next((end, text) for end in ends if (text := _plain(data[start:end])))
    if text.startswith(_HELM) and is_container(release := bytes_of(text)):
        return Decoded(start, data[start:end], release, is_container=True, levels=2)
    return Decoded(start, data[start:end], text)


def _plain(coded: bytes) -> bytes:
    """Return the text of a word or run; empty when it is none."""
    text = bytes_of(coded)
    return b"" if text.translate(None, _TEXT) else text
