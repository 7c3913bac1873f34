"""Java libraries of native programs: the CycloneDX document that GraalVM compiles into them.

It is compressed by gzip and found by the bytes that Java writes before such a stream; the
symbols that lead to it are at the end of the file. The compiler itself is named in a text of its
own, with or without a document. Source: GraalVM's documentation, "Software Bill of Materials in
Native Image".
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import OcianalyzeError
from ocianalyze.inventory._base import Cataloger, Kept
from ocianalyze.inventory.catalogers import _executable
from ocianalyze.inventory.catalogers._embedded import Embedded, embedded
from ocianalyze.inventory.catalogers._evidence import unpack
from ocianalyze.inventory.catalogers._gathered import listing, told
from ocianalyze.inventory.catalogers._marks import Marks
from ocianalyze.inventory.sbom_reader import Document, Documented, packages, read_document
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import DEFAULT, MIB
from ocianalyze.model.package import Distribution, Found

_PACKED_BYTES = 2 * MIB
"""Of the document; a ten thousandth of the program is usual."""
_GZIP = 31
"""zlib's number for a stream with gzip's header."""
_FORM = "CycloneDX"
_BEGINNING = 4096
"""Bytes in which a document says its form."""
_UNREAD = "the document that it carries is damaged or too large"
_COMPILER = re.compile(rb"[^=]+=((?:Oracle )?(GraalVM|Mandrel)\D{0,9}(\d[\w.+\-]*)[ \w.+\-]*)")


@dataclass(slots=True)
class _CompilerTap:
    """Looks for the text that names the compiler, and stops there."""

    marks: Marks
    named: bytes | None = None

    def feed(self, piece: bytes | memoryview) -> bool:
        """Scan the next piece."""
        for hit in self.marks.feed(piece):
            self.named = self.named or _compiler(hit.data)
        return not self.named

    def close(self) -> bytes | None:
        """Return name, version and title of the compiler as JSON."""
        for hit in self.marks.close() if not self.named else ():
            self.named = self.named or _compiler(hit.data)
        return self.named


def _compiler(data: bytes) -> bytes | None:
    found = _COMPILER.match(data)
    if found is None:
        return None
    title, name, version = (part.decode() for part in found.groups())
    return orjson.dumps(told(name=name.lower(), version=version, title=title))


def _open_compiler(seen: Seen, head: memoryview) -> Tap | None:
    if not _executable.kind(head):
        return None
    return _CompilerTap(Marks((_executable.GRAALVM,), _executable.TEXTS, seen.size))


def _open(seen: Seen, head: memoryview) -> Tap | None:
    return embedded(Embedded(_executable.GZIP, _PACKED_BYTES, _kept, _begins), seen, head)


def _begins(data: bytes) -> bool:
    """Tell that a stream may begin like an object; a few bytes need not tell anything."""
    try:
        begun = zlib.decompressobj(_GZIP).decompress(data)
    except zlib.error:
        return False
    return begun.lstrip()[:1] in (b"", b"{")


def _kept(data: bytearray) -> bytes | None:
    """Return what the document names or why it cannot be read; None for no such document."""
    try:
        content = zlib.decompressobj(_GZIP).decompress(data, DEFAULT.document_bytes)
    except zlib.error:
        return None
    try:
        document = read_document(content)
    except OcianalyzeError:
        is_one = _FORM.encode() in content[:_BEGINNING]
        return orjson.dumps({"problem": _UNREAD}) if is_one else None
    if document is None or not document.form.startswith(_FORM):
        return None
    named = [tuple(package) for package in document.packages]
    return orjson.dumps({"form": document.form, "packages": named, "left_out": document.left_out})


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    """Yield what the compiler wrote down.

    Raises:
        ValueError: it names more than is taken.

    """
    value = unpack(kept)
    if kept.observer == COMPILER_OBSERVER.name:
        own, version = str(value["name"]), str(value["version"])
        yield Found("generic", own, version, location=kept.path, confidence="heuristic")
        return
    named = (
        Documented(str(purl), tuple(map(str, licenses)), str(supplier))
        for purl, licenses, supplier in listing(value.get("packages"))
    )
    document = Document(str(value.get("form")), tuple(named))
    for found in packages(document, kept.path):
        yield replace(found, confidence="strong")
    if left := value.get("left_out"):
        raise ValueError(f"its document names {left} packages more than are taken")


OBSERVER = Observer(
    name="java_native",
    version=1,
    interest=Interest(magics=_executable.MAGICS),
    open=_open,
    summary="libraries that GraalVM's native programs carry a document about",
)

COMPILER_OBSERVER = Observer(
    name="java_native-compiler",
    version=1,
    interest=Interest(magics=_executable.MAGICS),
    open=_open_compiler,
    summary="version of the GraalVM or Mandrel that compiled a native program",
)

CATALOGER = Cataloger(
    name="java_native",
    types=("generic", "maven"),
    observers=(OBSERVER, COMPILER_OBSERVER),
    summary="Java libraries of native programs, from the CycloneDX document that GraalVM embeds; "
    "of programs without one, as those of its community edition are, only the compiler's version",
    read=_read,
)
