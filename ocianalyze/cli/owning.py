"""Who owns a path: the package, the links that lead there, the layer and step that wrote it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from ocianalyze.cli import envelope
from ocianalyze.cli.installed import full_name
from ocianalyze.cli.listing import title
from ocianalyze.cli.terminal import width
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.texts import through
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.package import Package
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.report.escape import shown, unicode
from ocianalyze.report.layout import wrap
from ocianalyze.report.places import created_by, layer_ref, step_ref
from ocianalyze.report.secrets import hiding
from ocianalyze.report.subject import image_ref, input_record
from ocianalyze.report.words import plural, undecorated

_NAMED = 5
"""Packages with files below a directory that are named."""


@dataclass(frozen=True, slots=True)
class Owned:
    """What is known about one path of one image."""

    asked: str
    entry: Entry | None
    """What is visible there; a link is not followed."""
    target: Entry | None
    """What a symbolic link leads to."""
    gone: Entry | None
    """The last version of what is no more visible."""
    directory: str | None
    """Where a directory is that no layer has an entry of; None for anything else."""
    owners: tuple[Package, ...]
    """Of the name itself."""
    target_owners: tuple[Package, ...]
    below: tuple[Package, ...]
    """Packages with files below a directory, by name."""
    recorded: tuple[Package, ...] = ()
    """Those owners, of the name and of the target, whose records name the file."""
    former: tuple[Package, ...] = ()
    """Packages that owned what is no more visible."""


def owned(view: ImageView, path: str) -> Owned:
    """Return who owns what is at a path."""
    tree, inventory = view.tree, view.inventory
    entry = tree.get(path)
    versions = tree.versions(path) if entry is None else []
    target = tree.resolve(path) if entry and entry.kind is Kind.SYMLINK else None
    real = tree.real(path) if entry is None or entry.kind is Kind.DIRECTORY else None
    gone = versions[-1] if versions and real is None else None
    named = [each.path for each in (entry, target) if each]
    return Owned(
        asked=path,
        recorded=tuple(one for each in named for one in inventory.recorders(each)),
        entry=entry,
        target=target,
        gone=gone,
        directory=real if entry is None else None,
        owners=inventory.owners(entry.path if entry else real or ""),
        target_owners=inventory.owners(target.path) if target else (),
        below=_below(view, real) if real is not None else (),
        former=_former(view, gone) if gone is not None else (),
    )


def _former(view: ImageView, gone: Entry) -> tuple[Package, ...]:
    from ocianalyze.inventory.assembly import catalogers  # noqa: PLC0415 - imports all of them
    from ocianalyze.inventory.formerly import former_owners  # noqa: PLC0415 - rarely asked for

    return former_owners(view, gone.path, catalogers())


def _below(view: ImageView, directory: str) -> tuple[Package, ...]:
    inventory = view.inventory
    start = f"{directory}/" if directory else ""
    tables = (inventory.ownership.files, inventory.ownership.trees)
    found = {
        number
        for table in tables
        for path, owners in table.items()
        if path.startswith(start)
        for number in owners
    }
    return tuple(inventory.packages[number] for number in sorted(found))


def text(analysis: Analysis, paths: Sequence[str]) -> Iterator[bytes]:
    """Yield a few lines for each path, and a title for each image where there are several."""
    for image in analysis.images:
        if len(analysis.images) > 1:
            yield f"{title(image)}:\n".encode()
        for path in paths:
            for line in _lines(image.view, owned(image.view, path)):
                yield f"{line}\n".encode()


def _lines(view: ImageView, found: Owned) -> Iterator[str]:
    hide = hiding(view)
    yield hide(shown(found.asked))
    for line in (*_place(found), *_owners(found), *_origin(view, found.entry or found.gone)):
        first, *rest = wrap(hide(line), width() - 4)
        yield f"  {first}"
        yield from (f"    {more}" for more in rest)


def _place(found: Owned) -> Iterator[str]:
    """Say what is at the path, and by which links."""
    entry = found.entry
    if entry is None:
        yield from _entryless(found)
        return
    if entry.path != found.asked.strip("/"):
        yield f"is /{shown(entry.path)}"
    if entry.kind in (Kind.SYMLINK, Kind.HARDLINK):
        word = "link" if entry.kind is Kind.SYMLINK else "hard link"
        # A symbolic link's target is shown as it is written; a hard link's is a path of the image.
        link = entry.link if entry.kind is Kind.SYMLINK else f"/{entry.link.lstrip('/')}"
        yield f"{word} to {shown(link)}"
        if found.target is not None:
            yield f"leads to /{shown(found.target.path)}"


def _entryless(found: Owned) -> Iterator[str]:
    """Say what is where no entry is: a directory that is only implied, or nothing any more."""
    if found.directory is not None:
        if found.directory != found.asked.strip("/"):
            yield f"is /{shown(found.directory)}"
        yield "directory, without an entry of its own"
    elif found.gone is not None and found.gone.ended_by is not None:
        yield f"not in the image: {found.gone.state} by layer {found.gone.ended_by}"
    else:
        yield "not in the image"


def _owners(found: Owned) -> Iterator[str]:
    yield from (f"owned by {_named(package)}{_how(found, package)}" for package in found.owners)
    yield from (f"was owned by {_named(package)}" for package in found.former)
    if found.target is not None:
        others = [one for one in found.target_owners if one not in found.owners]
        for package in others:
            yield f"its target is owned by {_named(package)}{_how(found, package)}"
    if found.below:
        names = ", ".join(shown(full_name(one)) for one in islice(found.below, _NAMED))
        more = f" (+{len(found.below) - _NAMED})" if len(found.below) > _NAMED else ""
        yield f"directory with files of {plural(len(found.below), 'package')}: {names}{more}"
    elif found.entry is not None and not found.owners and not found.target_owners:
        yield "owned by no package"


def _how(found: Owned, package: Package) -> str:
    """Say that a package owns a file only because it lies in the package's directory."""
    is_file = found.entry is not None and found.entry.kind is not Kind.DIRECTORY
    is_weak = is_file and _by_directory(found, package)
    return ", by its directory: no record names it" if is_weak else ""


def _by_directory(found: Owned, package: Package) -> bool:
    return not any(one is package for one in found.recorded)


def _named(package: Package) -> str:
    name = f"{package.type} {full_name(package)} {package.version}".rstrip()
    removed = "" if package.removed is None else f", removed by layer {package.removed}"
    return f"{shown(name)}, introduced by layer {package.introduced}{removed}"


def _origin(view: ImageView, entry: Entry | None) -> Iterator[str]:
    """Say which layer and step wrote the entry."""
    if entry is None:
        return
    step = view.history.step_of_layer(entry.layer)
    where = f"written by layer {entry.layer}"
    if step is not None:
        where += f", step {step.index}: {shown(undecorated(created_by(step)))}"
    yield where


def json(analysis: Analysis, paths: Sequence[str]) -> Iterator[bytes]:
    """Yield one object with the list `owners`: one entry for each image and path."""
    once = envelope.head(input=input_record(analysis).model_dump(mode="json"))
    return envelope.json(once, {"owners": _records(analysis, paths)})


def jsonl(analysis: Analysis, paths: Sequence[str]) -> Iterator[bytes]:
    """Yield one object for each image and path."""
    return envelope.jsonl("owner", _records(analysis, paths))


def _records(analysis: Analysis, paths: Sequence[str]) -> Iterator[dict[str, Any]]:
    for index, image in enumerate(analysis.images):
        hide = hiding(image.view)
        for path in paths:
            yield through(_record(index, image, owned(image.view, path)), hide)


def _record(index: int, image: AnalysedImage, found: Owned) -> dict[str, Any]:
    view, entry = image.view, found.entry or found.gone
    path = entry.path if entry else found.directory
    kind = None if found.directory is None else "directory"
    layer = entry.layer if entry else None
    step = view.history.step_of_layer(layer) if layer is not None else None
    layer_of, step_of = layer_ref(view, layer), step_ref(view, step.index if step else None)
    return {
        "image": image_ref(index, image).model_dump(mode="json"),
        "asked": unicode(found.asked),
        "path": unicode(path) if path is not None else None,
        "kind": entry.kind.name.lower().replace("_", "-") if entry else kind,
        "state": entry.state if entry else None,
        "link": unicode(entry.link) or None if entry else None,
        "target": unicode(found.target.path) if found.target else None,
        "sha256": entry.sha256 or None if entry else None,
        "layer": layer_of.model_dump(mode="json") if layer_of else None,
        "step": step_of.model_dump(mode="json") if step_of else None,
        "owners": [_with_reason(found, package) for package in found.owners],
        "target_owners": [_with_reason(found, package) for package in found.target_owners],
        "former_owners": [_owner(package) for package in found.former],
        "below": [_owner(package) for package in found.below],
    }


def _with_reason(found: Owned, package: Package) -> dict[str, Any]:
    return {**_owner(package), "by": "directory" if _by_directory(found, package) else "record"}


def _owner(package: Package) -> dict[str, Any]:
    return {
        "purl": unicode(package.purl),
        "type": unicode(package.type),
        "name": unicode(full_name(package)),
        "version": unicode(package.version),
        "introduced": package.introduced,
    }


FORMATS: dict[str, Callable[[Analysis, Sequence[str]], Iterator[bytes]]] = {
    "text": text,
    "json": json,
    "jsonl": jsonl,
}
