"""What is kept between runs beside the facts: the fingerprint of the program, records of images.

Both are filed under a digest of everything that they depend on, the program's own files first, so
that nothing which reads layers is imported to know that what is kept is current.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.document import Document
from ocianalyze.discovery import is_offered
from ocianalyze.engine.options import Options
from ocianalyze.engine.record import Record, read_record, written
from ocianalyze.engine.stamp import of_rules, stamp
from ocianalyze.errors import LimitExceeded, SourceError
from ocianalyze.filesystem import kept
from ocianalyze.filesystem.merged import Merged
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.facts import FACTS_VERSION, LayerFacts
from ocianalyze.sources._base import STATEMENTS, StoredDocument, StoredFile, StoredImage
from ocianalyze.store.columns import Damaged
from ocianalyze.store.records import RECORD_BYTES, Records

_GROUP = "ocianalyze.catalogers.v1"
"""Entry points of other distributions, whose files the stamp does not tell."""
REST = 10_000
"""Files beside an image; of an image with more nothing is kept."""
_SMALL = 1 << 20
"""Bytes of a file that is known by its bytes where no time tells of changes."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One image as it is about to be analysed."""

    image: StoredImage
    facts: Sequence[LayerFacts | None]
    documents: Sequence[Document]
    rest: Sequence[StoredFile]
    """The first of what the source holds beside it."""
    read: int
    """Bytes of attached documents read for images before it."""
    room: int
    """Findings that may be told of it."""


class Keeping:
    """What is kept for one set of options."""

    def __init__(self, records: Records, base: str) -> None:
        """Take what every key begins with."""
        self._records = records
        self._base = base

    def key(self, subject: Subject, options: Options) -> str:
        """Return what the record of an image is filed under; empty when none may be kept."""
        if "secrets" in options.skip or not all(map(_is_whole, subject.facts)):
            return ""
        if len(subject.image.statements) > STATEMENTS or len(subject.rest) > REST:
            return ""
        try:
            rest = [_named(file) for file in subject.rest]
        except (OSError, SourceError):
            return ""
        if not all(rest):
            return ""
        return _digest((self._base, repr(options.bases), *_subject(subject), *rest))

    def get(self, key: str, facts: Sequence[LayerFacts | None]) -> Record | None:
        """Return a kept record."""
        data = self._records.get(key) if key else None
        try:
            layers = [len(one.entries) if one else 0 for one in facts]
            return read_record(data, layers) if data is not None else None
        except Damaged:
            return None

    def put(self, key: str, record: Record) -> None:
        """Keep a record."""
        self._records.put(key, written(record))

    def merged(self, facts: Sequence[LayerFacts | None], limits: Limits) -> Merged | None:
        """Return a kept merge of layers."""
        key = self._of_merge(facts)
        data = self._records.get(key) if key else None
        try:
            layers = [one.entries for one in facts if one]
            return kept.read_merge(data, layers, limits, RECORD_BYTES) if data else None
        except Damaged:
            return None

    def put_merged(self, facts: Sequence[LayerFacts | None], merged: Merged) -> None:
        """Keep a merge, unless it is too large."""
        key = self._of_merge(facts)
        with suppress(LimitExceeded):
            if key:
                self._records.put(key, kept.written(merged, RECORD_BYTES))

    def _of_merge(self, facts: Sequence[LayerFacts | None]) -> str:
        """Return what a merge is filed under; empty when a layer is absent or cut."""
        layers = [f"{one.digest} {one.diff_id}" for one in facts if one and _is_whole(one)]
        return _digest((self._base, "merge", *layers)) if len(layers) == len(facts) else ""


def _is_whole(facts: LayerFacts | None) -> bool:
    return facts is not None and not facts.partial and not facts.unsearched


def kept_for(options: Options) -> Keeping | None:
    """Return what is kept for options; None where nothing is or the program cannot be told."""
    base = _base(options) if options.store is not None and not options.show_secrets else ""
    return Keeping(Records(options.store), base) if base and options.store is not None else None


def fingerprint(options: Options) -> str:
    """Return the text that changes when the same bytes would give other facts; kept itself."""
    base = _base(options) if options.store is not None and not options.show_secrets else ""
    records = Records(options.store) if base and options.store is not None else None
    key = _digest((base, "fingerprint"))
    known = records.get(key) if records else None
    if known is not None:
        return known.decode("utf-8", "replace")
    from ocianalyze.engine.means import fingerprint as found  # noqa: PLC0415 - imports all

    text = found(options)
    if records:
        records.put(key, text.encode())
    return text


def settled(rest: Iterable[StoredFile]) -> bool:
    """Tell that what was read beside an image is still what is named."""
    return all(file.blob.is_settled() for file in rest if file.blob.identity)


def _base(options: Options) -> str:
    """Return what tells program, rules and limits; empty when it cannot be told."""
    if not stamp() or is_offered(_GROUP):
        return ""
    try:
        rules = [of_rules(folder) for folder in options.rules]
    except OSError:
        return ""
    limits = "default" if options.limits == DEFAULT else repr(options.limits)
    skip = ",".join(sorted(options.skip))
    made = (options.verify, str(options.sha1))
    return _digest((stamp(), str(FACTS_VERSION), limits, skip, *made, *rules))


def _subject(subject: Subject) -> Iterator[str]:
    image = subject.image
    yield f"{subject.read} {subject.room} {image.platform!r} {image.index_digest} {image.anomalies}"
    for stored in (image.manifest, image.config, *image.attestations):
        yield _document(stored)
    for layer, known in zip(image.layers, subject.facts, strict=True):
        yield repr(replace(layer, blob=None))
        yield f"{known.digest} {known.diff_id}" if known else ""
    for statement in image.statements:
        size = statement.blob.size if statement.blob else None
        yield f"{replace(statement, blob=None)!r} {size}"
    for document in subject.documents:
        yield f"{document.where} {document.name} {sha256(document.data).hexdigest()}"


def _named(file: StoredFile) -> str:
    """Return what tells the bytes of a file; empty when they are many and may change unseen."""
    if not file.blob.identity:
        if file.blob.size > _SMALL:
            return ""
        with file.blob.open() as stream:
            return f"{file.name} {sha256(stream.read(_SMALL)).hexdigest()}"
    return f"{file.name} {file.blob.identity}"


def _document(document: StoredDocument | None) -> str:
    if document is None:
        return ""
    return repr(replace(document, data=sha256(document.data).digest()))


def _digest(parts: Iterable[str]) -> str:
    seal = sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        seal.update(len(data).to_bytes(8, "little") + data)
    return seal.hexdigest()
