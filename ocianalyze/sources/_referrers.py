"""Which document of a source is about which image, and what it states.

Told by an annotation (BuildKit), by `subject` (image-spec "Image Manifest"), by cosign's tags
`sha256-HEX.sbom` and `sha256-HEX.att`, or by the `kind` that cosign gives what it saves beside an
image of the same name. A subject or a tag may name the index that lists the image.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from itertools import islice

from ocianalyze.dataclass import dataclass
from ocianalyze.errors import LimitExceeded, MalformedImage, SourceError
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.sources._attestation import read_artifact, read_statements, subject
from ocianalyze.sources._base import StoredDocument, StoredImage, StoredStatement
from ocianalyze.sources._tree import BlobTree

STATEMENTS = 1_000
"""Statements listed of one image: of one index, many images may share as many."""
_KIND = "kind"
_ATTESTATIONS = "dev.cosignproject.cosign/atts"
_TAG = re.compile(r"(?:.*[:/])?sha256-([0-9a-f]{64})\.(?:sbom|att)", re.DOTALL)

_Documents = dict[str, dict[Digest | None, StoredDocument]]
_Reader = Callable[[BlobTree, StoredDocument, Limits], tuple[StoredStatement, ...]]


@dataclass(slots=True)
class Referrers:
    """The documents found so far below one index."""

    tree: BlobTree
    limits: Limits
    attestations: dict[str, list[StoredDocument]] = field(default_factory=dict)
    """BuildKit's manifests by the image that they name."""
    _about: _Documents = field(default_factory=dict)
    """Artifacts by the digest of the manifest or index that they are about."""
    _beside: _Documents = field(default_factory=dict)
    """What cosign saved, by the name of the image."""
    _read: dict[tuple[Digest | None, Digest | None], tuple[StoredStatement, ...] | Anomaly] = field(
        default_factory=dict
    )
    """What each artifact states of which index, or why it cannot be read: below one index may be
    many images."""

    def take(
        self, document: StoredDocument, names: Iterable[str], annotations: dict[str, str]
    ) -> None:
        """Take an artifact.

        Args:
            document: its manifest.
            names: of it in the index.
            annotations: of its descriptor.

        """
        named = subject(document, self.limits)
        tags = (f"sha256:{tag[1]}" for tag in map(_TAG.fullmatch, names) if tag)
        for digest in {*tags, *([str(named)] if named else [])}:
            self._about.setdefault(digest, {})[document.digest] = document
        if annotations.get(_KIND) == _ATTESTATIONS:
            for name in names:
                self._beside.setdefault(name, {})[document.digest] = document

    def attached(self, image: StoredImage, indexes: Iterable[Digest]) -> StoredImage:
        """Return an image with what is about it.

        Args:
            image: as its manifest describes it.
            indexes: that list it.

        """
        about = self.attestations.pop(_digest(image), [])
        odd: list[Anomaly] = []
        found = list(islice(self._statements(about, image, indexes, odd), STATEMENTS + 1))
        if len(found) > STATEMENTS:
            detail = f"more than {STATEMENTS} statements; the rest is unread"
            odd.append(Anomaly("image.attestation-unreadable", detail))
        return replace(
            image,
            attestations=tuple(about),
            statements=tuple(found[:STATEMENTS]),
            anomalies=(*image.anomalies, *odd),
        )

    def _statements(
        self,
        about: Iterable[StoredDocument],
        image: StoredImage,
        indexes: Iterable[Digest],
        odd: list[Anomaly],
    ) -> Iterator[StoredStatement]:
        for document in about:
            yield from self._stated(read_statements, document, None, odd)
        seen: set[Digest | None] = set()
        for index, document in self._artifacts(image, indexes):
            if document.digest not in seen:
                seen.add(document.digest)
                yield from self._stated(read_artifact, document, index, odd)

    def _artifacts(
        self, image: StoredImage, indexes: Iterable[Digest]
    ) -> Iterator[tuple[Digest | None, StoredDocument]]:
        """Yield artifacts about an image, those about its indexes last, each with its index."""
        yield from ((None, each) for each in self._about.get(_digest(image), {}).values())
        for name in image.names:
            yield from ((None, each) for each in self._beside.get(name, {}).values())
        for index in indexes:
            yield from ((index, each) for each in self._about.get(index, {}).values())

    def _stated(
        self, reader: _Reader, document: StoredDocument, index: Digest | None, odd: list[Anomaly]
    ) -> tuple[StoredStatement, ...]:
        key = document.digest, index
        if key not in self._read:
            try:
                stated = reader(self.tree, document, self.limits)
                self._read[key] = tuple(replace(one, index=index) for one in stated)
            except (MalformedImage, LimitExceeded, SourceError) as error:
                self._read[key] = Anomaly("image.attestation-unreadable", error.summary)
        found = self._read[key]
        if isinstance(found, Anomaly):
            odd.append(found)
            return ()
        return found


def _digest(image: StoredImage) -> str:
    return str(image.manifest.digest or "") if image.manifest else ""
