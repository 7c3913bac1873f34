"""What is odd about an image's bytes, as data: every code with its severity and meaning."""

from typing import Literal, NamedTuple, get_args

Severity = Literal["info", "low", "medium", "high", "critical"]
GRAVEST_FIRST: tuple[Severity, ...] = get_args(Severity)[::-1]
"""All severities, in the order in which people are told."""


class Anomaly(NamedTuple):
    """Something in the input that a strict reader would refuse or that readers disagree on."""

    code: str
    """A key of `CODES`."""
    detail: str = ""
    """What was found, for people; already free of control characters when shown."""
    path: bytes = b""
    """The entry concerned, empty when it is the whole blob."""
    offset: int = -1
    """Where in the uncompressed tar, or -1."""


class Meaning(NamedTuple):
    """Severity and title of a code."""

    severity: Severity
    title: str


CODES: dict[str, Meaning] = {}
"""Filled by the rooms' own tables below; documented in docs/reference/anomalies."""

_INTEGRITY = {
    "integrity.blob-digest": Meaning(
        "critical", "stored bytes differ from the descriptor's digest"
    ),
    "integrity.blob-size": Meaning("critical", "stored size differs from the descriptor's"),
    "integrity.diff-id": Meaning("critical", "uncompressed layer differs from its diff_id"),
    "integrity.layer-count": Meaning("critical", "manifest and config count layers differently"),
    "integrity.config-digest": Meaning("critical", "config bytes differ from their digest"),
    "integrity.manifest-digest": Meaning("critical", "manifest bytes differ from their digest"),
}
_BLOB = {
    "blob.media-type-lies": Meaning("low", "compression differs from what the media type says"),
    "blob.trailing-bytes": Meaning("medium", "bytes after the end of the compressed stream"),
    "blob.truncated": Meaning("high", "compressed stream ends early"),
    "blob.corrupt": Meaning("high", "compressed stream is damaged"),
    "blob.limit": Meaning("high", "a limit stopped decompression"),
}
_TAR = {
    "tar.bad-checksum": Meaning("medium", "header checksum is wrong"),
    "tar.truncated": Meaning("high", "archive ends inside a member"),
    "tar.no-end-mark": Meaning("info", "archive ends without two zero blocks"),
    "tar.data-after-end": Meaning(
        "medium", "bytes that are not zero follow the end of the archive"
    ),
    "tar.concatenated": Meaning("medium", "another archive follows the end of the first"),
    "tar.bad-number": Meaning("medium", "numeric field cannot be read"),
    "tar.number-clamped": Meaning("low", "number does not fit and was cut"),
    "tar.negative-size": Meaning("high", "member claims a negative size"),
    "tar.bad-pax": Meaning("medium", "PAX record cannot be read"),
    "tar.global-header": Meaning("low", "global PAX header, which runtimes ignore"),
    "tar.header-too-large": Meaning("high", "extended header is larger than the limit"),
    "tar.path-escapes": Meaning("high", "path leaves the root; read as inside the root"),
    "tar.path-too-long": Meaning("medium", "path is longer or deeper than the limit"),
    "tar.path-not-normal": Meaning("info", "path was normalised"),
    "tar.odd-name": Meaning("medium", "name holds control or unseen characters or invalid UTF-8"),
    "tar.duplicate": Meaning("low", "path occurs again in the same layer; the last one counts"),
    "tar.members-differ": Meaning(
        "high", "members of one name in an image archive differ: tools read different ones"
    ),
    "tar.unknown-type": Meaning("low", "member of an unknown type"),
    "tar.link-outside": Meaning("low", "link target leaves the root"),
    "tar.link-missing": Meaning("medium", "hard link to nothing"),
    "tar.sparse-damaged": Meaning("high", "sparse map cannot be read"),
    "tar.not-a-tar": Meaning("high", "layer is not a tar archive"),
    "tar.limit": Meaning("high", "a limit stopped the walk; the rest of the layer is unread"),
    "tar.gap": Meaning("medium", "unreadable blocks were skipped to the next header"),
    "tar.file-too-large": Meaning("medium", "file is larger than the limit; no sha256"),
}
_ARCHIVE = {
    "archive.unreferenced": Meaning(
        "low", "files are beside the images that no document which was read names"
    ),
    "archive.path-escapes": Meaning(
        "high", "member's name leads out of the folder into which the archive is unpacked"
    ),
}
_MERGE = {
    "merge.dangling-whiteout": Meaning("info", "whiteout of a path that no lower layer has"),
    "merge.odd-whiteout": Meaning("medium", "`.wh.` name that runtimes treat differently"),
    "merge.under-symlink": Meaning("low", "entry below a symbolic link, placed at its target"),
    "merge.under-file": Meaning("medium", "entry below a file, which it replaces by a directory"),
    "merge.link-metadata": Meaning(
        "low", "hard link's header differs from its file's; the last one counts in most runtimes"
    ),
    "merge.overlay-whiteout": Meaning(
        "medium", "hides files of lower layers where a runtime unpacks into overlay file systems"
    ),
    "merge.link-loop": Meaning("medium", "parent directory is a loop of symbolic links"),
}
_IMAGE = {
    "image.layer-absent": Meaning("high", "layer is not in the source"),
    "image.layer-encrypted": Meaning("high", "layer is encrypted"),
    "image.layer-partial": Meaning("high", "layer was read only in part"),
    "image.config-absent": Meaning("high", "image has no readable config"),
    "image.config-field": Meaning("medium", "config field has the wrong type and was ignored"),
    "image.config-case": Meaning("medium", "config field in other case, which runtimes accept"),
    "image.repeated-name": Meaning(
        "high", "a name of a document comes again with another value, which readers join or choose"
    ),
    "image.history-mismatch": Meaning("low", "history does not match the layers"),
    "image.platform-differs": Meaning("medium", "index and config name different platforms"),
    "image.schema1": Meaning("low", "Docker schema 1 manifest"),
    "image.ambiguous-manifest": Meaning(
        "high", "one document is a manifest to some readers and an index to others"
    ),
    "image.manifests-disagree": Meaning("medium", "manifest.json and index.json disagree"),
    "image.more-findings": Meaning("medium", "more was found than is listed"),
    "image.base-differs": Meaning("medium", "named base is not what the image is built on"),
    "image.attestation-unreadable": Meaning("medium", "attestation about the image is malformed"),
    "image.unreadable": Meaning("high", "image of this source cannot be read"),
}
_INVENTORY = {
    "inventory.damaged-database": Meaning("medium", "package data is damaged or read only in part"),
    "inventory.database-removed": Meaning(
        "high", "package database is gone, and programs of its layers are there"
    ),
    "inventory.record-removed": Meaning(
        "high", "records of packages are gone, and files that they name are there"
    ),
    "inventory.packed-executable": Meaning("medium", "packed program hides what it was built from"),
    "inventory.compiled-java": Meaning("low", "compiled Java program names no libraries"),
    "inventory.attestation-unread": Meaning(
        "medium", "SBOM attached to the image could not be read, or not all of it"
    ),
    "inventory.wanted-absent": Meaning("low", "package that was asked for is not installed"),
    "inventory.sbom-differs": Meaning("low", "SBOM and image name different packages"),
    "inventory.sbom-unconfirmed": Meaning(
        "info", "SBOM names what was not found, and nothing disproves it"
    ),
}
_SECRETS = {
    "secrets.unsearched": Meaning("medium", "layer was not searched for secrets to its end"),
    "secrets.unread-inside": Meaning("low", "inside of a file was not looked at for secrets"),
}
for _table in (_INTEGRITY, _BLOB, _TAR, _ARCHIVE, _MERGE, _IMAGE, _INVENTORY, _SECRETS):
    CODES.update(_table)
