"""SBOMs attached to an image, read and proved.

In-toto statements in attestation manifests, and documents in artifacts about it or its index.
"""

import hashlib
from collections.abc import Iterator

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, MalformedImage, OcianalyzeError
from ocianalyze.inventory.sbom_reader import Document, read_document
from ocianalyze.limits import Limits
from ocianalyze.model.digest import ALGORITHMS
from ocianalyze.sources._base import StoredImage, StoredStatement, read_blob

STATEMENTS = 100
"""SBOMs read of one image; BuildKit makes one for each stage that it is asked to scan."""
_FORMS = ("spdx", "cyclonedx")
_SHOWN = 19
"""Characters of a digest in a name: `sha256:3f1c9a0211b5`."""


@dataclass(frozen=True, slots=True)
class Attached:
    """One SBOM about an image."""

    name: str
    """`attestation sha256:3f1c9a0211b5`, `artifact sha256:...` for one that no statement holds."""
    document: Document | None = None
    """None when it could not be read."""
    problem: str = ""
    """Why it could not be read, or is not about this image."""
    is_shared: bool = False
    """It is about an index, and so about its other images too."""


@dataclass(slots=True)
class Attachments:
    """Reads the SBOMs attached to the images of one source, all together bounded."""

    limits: Limits
    taken: int = 0
    """Bytes read of all images: many may name the same blobs."""

    def of(self, image: StoredImage) -> Iterator[Attached]:
        """Read the SBOMs attached to an image, one after the other.

        A statement whose type is another one, such as provenance, is passed over.
        """
        for number, statement in enumerate(filter(_may_be_sbom, image.statements)):
            if number >= STATEMENTS:
                yield Attached("attestations", problem=f"only {STATEMENTS} SBOMs are read")
                return
            name = _name(statement)
            try:
                document = self._read(statement)
            except OcianalyzeError as error:
                yield Attached(name, problem=error.summary)
                continue
            if document is not None:
                problem = _stranger(document, image, statement)
                yield Attached(name, document, problem, statement.index is not None)
            elif statement.predicate:
                yield Attached(name, problem=f"no SBOM that can be read: {statement.predicate:.80}")

    def _read(self, statement: StoredStatement) -> Document | None:
        """Read a statement.

        Raises:
            LimitExceeded: it, or all of the source, are too large.
            MalformedImage: it is absent, damaged or no statement.

        """
        size, bound = statement.blob.size if statement.blob else 0, self.limits.document_bytes
        self.taken += min(size, bound)
        if self.taken > self.limits.source_document_bytes:
            bound = self.limits.source_document_bytes
            said = f"documents of more than {bound} bytes together"
            raise LimitExceeded(said, limit="source_document_bytes")
        return read_document(_proved(statement, self.limits), self.limits, statement.place)


def _name(statement: StoredStatement) -> str:
    """Return what to call it: the blob of an artifact is the document itself."""
    is_bare = any(form in statement.media_type.lower() for form in _FORMS)
    whose = " of the index" if statement.index else ""
    return f"{'artifact' if is_bare else 'attestation'} {statement.digest:.{_SHOWN}}{whose}"


def _may_be_sbom(statement: StoredStatement) -> bool:
    """Decide by the predicate's type; a statement without one must be read to know."""
    kind = statement.predicate.lower()
    return not kind or any(form in kind for form in _FORMS)


def _proved(statement: StoredStatement, limits: Limits) -> bytes:
    """Return the statement's bytes, which are those that the manifest promises.

    Raises:
        LimitExceeded: there are too many.
        MalformedImage: they are absent or others.

    """
    if statement.blob is None:
        raise MalformedImage("not in the source", place=statement.place)
    data = read_blob(statement.blob, limits.document_bytes, statement.place)
    algorithm = statement.digest.algorithm
    if algorithm not in ALGORITHMS:
        raise MalformedImage(f"digest of an unknown kind: {algorithm:.40}", place=statement.place)
    if hashlib.new(algorithm, data).hexdigest() != statement.digest.encoded:
        raise MalformedImage("bytes differ from their digest", place=statement.place)
    return data


def _stranger(document: Document, image: StoredImage, statement: StoredStatement) -> str:
    """Return why a statement is about another image; empty when it is not or does not say."""
    own = image.manifest.digest if image.manifest else None
    names = {one.encoded for one in (own, image.index_digest, statement.index) if one}
    if not own or not document.subjects or names & set(document.subjects):
        return ""
    return f"is about another image: {document.subjects[0]:.12}"
