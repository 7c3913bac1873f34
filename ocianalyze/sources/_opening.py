"""From a reference to an opened source: one look at the path, then every kind is asked."""

from contextlib import suppress
from pathlib import Path

from ocianalyze import sources
from ocianalyze.discovery import parts
from ocianalyze.errors import MalformedImage, NotAnImage, OcianalyzeError, SourceError
from ocianalyze.limits import Limits
from ocianalyze.sources._archive import TarArchive
from ocianalyze.sources._base import Archive, Place, Source, SourceKind
from ocianalyze.sources._folder import images_below
from ocianalyze.sources._inside import holds_blobs, images_inside
from ocianalyze.sources._reference import Reference, parse
from ocianalyze.sources._spool import open_outer
from ocianalyze.sources.directory import is_unpacked, unpacked
from ocianalyze.sources.rootfs_archive import folder_of_image

_NAMED = 3
"""Images of a tar that an error names."""

_ACCEPTED = (
    "name a directory with index.json (OCI layout) or manifest.json (skopeo's dir:), a saved "
    "archive, or a root filesystem as a tar"
)


def kinds() -> tuple[SourceKind, ...]:
    """Return all kinds of sources in the order in which they are asked."""
    return tuple(sorted(parts(sources, "SOURCE", SourceKind), key=lambda kind: kind.order))


def open_source(reference: str, limits: Limits) -> tuple[Source, str | None]:
    """Open what a reference names; return it with the name of the image that is meant.

    Raises:
        UsageError: the reference is empty.
        SourceError: nothing can be read there.
        NotAnImage: what is there is no image.
        MalformedImage: it was one before it was cut.
        LimitExceeded: it is too large to spool or to index.

    """
    known = kinds()
    schemes = frozenset(scheme for kind in known for scheme in kind.schemes)
    parsed = parse(reference, schemes)
    place = look(parsed, limits)
    try:
        return _kind(parsed, place, known).open(place, limits), parsed.name
    except BaseException:
        if place.archive is not None:
            place.archive.close()
        raise


def inputs(reference: str, limits: Limits) -> tuple[str, ...]:
    """Return what a reference stands for: a folder of images for each of them, else for itself.

    Raises:
        SourceError: the folder cannot be listed.
        LimitExceeded: it holds too many images.

    """
    with suppress(OSError, ValueError):
        if reference and Path(reference).is_dir():
            below = images_below(Path(reference), limits)
            return tuple(map(str, below)) or (reference,)
    return (reference,)


def look(reference: Reference, limits: Limits) -> Place:
    """Look at a path once: index the tar that is there, or note that it is a directory.

    Raises:
        SourceError: it cannot be read.
        NotAnImage: it is a file, and no tar.
        LimitExceeded: it is too large to spool or to index.

    """
    if str(reference.path) != "-" and reference.path.is_dir():
        try:
            (reference.path / "..").stat()  # as every name in it, it needs leave to enter
        except OSError as error:
            raise SourceError(
                f"cannot be read: {error.strerror}", place=str(reference.path)
            ) from error
        return Place(reference.path, None, limits)
    return Place(reference.path, TarArchive(open_outer(reference.path, limits), limits), limits)


def _kind(reference: Reference, place: Place, known: tuple[SourceKind, ...]) -> SourceKind:
    """Return the kind that the scheme names, else the first that recognises the content.

    Raises:
        NotAnImage: no kind does, or another than the one that is named.
        MalformedImage: no kind does, though layers of an image are there.

    """
    named = next((kind for kind in known if reference.scheme in kind.schemes), None)
    if named is not None and (named.overrules or named.recognise(place)):
        return named
    found = next((kind for kind in known if kind.recognise(place)), None)
    if found is None:
        raise _unknown(place)
    if named is None:
        return found
    raise NotAnImage(
        f"is no {named.name} but an image of the kind {found.name}",
        place=str(place.path),
        cure="leave the prefix out",
    )


def _unknown(place: Place) -> OcianalyzeError:
    """Say what is there instead, and what to name when an image lies one folder further in."""
    path = str(place.path)
    if place.archive is not None:
        return _no_root(place, place.archive)
    if is_unpacked(place):
        return unpacked(place)
    if below := images_below(place.path, place.limits):
        cure = f"name one, as {below[0]}; `ocianalyze scan {path}` reads all {len(below):,}"
        return NotAnImage(
            "directory without an image, but with images below it", place=path, cure=cure
        )
    return NotAnImage(
        "directory with neither an OCI layout nor a dir: image", place=path, cure=_ACCEPTED
    )


def _no_root(place: Place, archive: Archive) -> OcianalyzeError:
    """Say why a tar is neither an image nor a root filesystem."""
    path = str(place.path)
    if holds_blobs(archive.names):
        return MalformedImage(
            "holds layers of an image but no manifest.json, index.json or repositories",
            place=path,
            cure="it may be cut short: save or copy it again",
        )
    if folder := folder_of_image(archive):
        cure = f"pack the contents of {folder!r:.100} without the folder, tar -C"
        return NotAnImage("the image's files lie one folder too deep", place=path, cure=cure)
    found = place.once(images_inside)
    named = ", ".join(f"{name!r:.100}" for name in found[:_NAMED])
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    error = NotAnImage(
        f"neither an image nor a root filesystem: a tar with images in it, {named}{more}",
        place=path,
        cure=f"unpack it and name them, or rootfs:{path} to read it as a root filesystem",
    )
    error.is_archive = True
    return error
