"""What a source holds beside its images: bytes that no image is made of, its own documents too.

An archive may hold a layer of yesterday's build, a signature, a note; whoever has the archive has
them. They are listed when somebody asks, and told with the first image that is analysed.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from ocianalyze.errors import SourceError
from ocianalyze.limits import Limits
from ocianalyze.sources._base import STATEMENTS, Blob, Contents, StoredFile, StoredImage
from ocianalyze.sources._blob import FileRange, whole_file
from ocianalyze.sources._tree import Folder

_BLOBS = "blobs"

Files = Callable[[], Iterator[StoredFile]]


def with_rest(found: Contents, files: Files, limits: Limits) -> Contents:
    """Return contents that know what the source holds beside the images.

    Args:
        found: what the source's documents lead to.
        files: lists everything that is stored.
        limits: statements above `document_bytes` are not read with their image.

    """
    return replace(found, rest=partial(_rest, files, found.images, limits))


def _rest(files: Files, images: Sequence[StoredImage], limits: Limits) -> Iterator[StoredFile]:
    used = {_key(blob) for image in images for blob in _blobs(image, limits)}
    documents = _documents(images)
    for file in files():
        if file.blob.size and _key(file.blob) not in used and not _is_one(file.blob, documents):
            yield file


def _blobs(image: StoredImage, limits: Limits) -> Iterator[Blob]:
    yield from (layer.blob for layer in image.layers if layer.blob)
    for statement in image.statements[:STATEMENTS]:
        if statement.blob and statement.blob.size <= limits.document_bytes:
            yield statement.blob


def _key(blob: Blob) -> object:
    return (blob.path, blob.offset) if isinstance(blob, FileRange) else id(blob)


def _documents(images: Sequence[StoredImage]) -> dict[int, set[bytes]]:
    """Return the documents of all images by their size."""
    found: dict[int, set[bytes]] = {}
    for image in images:
        for document in (image.config, image.manifest, *image.attestations):
            if document is not None:
                found.setdefault(len(document.data), set()).add(document.data)
    return found


def _is_one(blob: Blob, documents: dict[int, set[bytes]]) -> bool:
    """Tell the bytes of a document, under whatever name."""
    known = documents.get(blob.size)
    if known is None:
        return False
    try:
        with blob.open() as file:
            return file.read() in known
    except (OSError, SourceError):
        return False


def layout_files(root: str, limits: Limits) -> Iterator[StoredFile]:
    """Yield the files of an OCI layout: those at its top, and its blobs."""
    yield from folder_files(root, limits)
    for algorithm in _folders(f"{root}/{_BLOBS}"):
        yield from folder_files(root, limits, f"{_BLOBS}/{algorithm}/")


def others(folder: Folder, files: Files, usual: Callable[[str], bool]) -> Iterator[StoredFile]:
    """Yield files with content that nobody has found in a folder, but for those of usual names."""
    for file in files():
        if file.blob.size and file.name not in folder.asked and not usual(file.name):
            yield file


def folder_files(root: str, limits: Limits, prefix: str = "") -> Iterator[StoredFile]:
    """Yield the regular files directly in a folder; links are others' files.

    Args:
        root: absolute.
        limits: how many entries are looked at.
        prefix: of the folder below the root, and of the names; with a slash at its end.

    """
    for number, entry in enumerate(_listed(f"{root}/{prefix}")):
        if number >= limits.archive_members:
            return
        if entry.is_file(follow_symlinks=False) and (
            blob := whole_file(f"{root}/{prefix}{entry.name}")
        ):
            yield StoredFile(prefix + entry.name, blob)


def _folders(place: str) -> list[str]:
    return [entry.name for entry in _listed(place) if entry.is_dir(follow_symlinks=False)]


def _listed(place: str) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(place) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []
