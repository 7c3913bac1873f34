"""Who owns a path: the package, the links that lead there, the layer and step that wrote it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from ocianalyze.cli import envelope
from ocianalyze.cli.installed import full_name
from ocianalyze.cli.listing import title
from ocianalyze.cli.terminal import width
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.texts import through
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.history import Step
from ocianalyze.model.package import Inventory, Package
from ocianalyze.model.verification import Difference
from ocianalyze.report._base import AnalysedImage, Analysis
from ocianalyze.report.escape import shown, spelled, unicode
from ocianalyze.report.layout import wrap
from ocianalyze.report.places import created_by, layer_ref, step_ref
from ocianalyze.report.secrets import hiding
from ocianalyze.report.subject import image_ref, input_record
from ocianalyze.report.words import brief, plural, undecorated

_NAMED = 5
"""Packages with files below a directory that are named."""
_WEAK = ", by its directory: no record names it"


class Vouching(NamedTuple):
    """Which packages vouch for a path."""

    owners: tuple[Package, ...] = ()
    within: tuple[Package, ...] = ()
    """Those in whose directory an executable is that is owned by none, as the report lists it."""
    recorded: tuple[Package, ...] = ()
    """Those of both whose records name it."""

    def by(self, package: Package) -> str:
        """Return how a package is bound to the path: by its `record` or its `directory`."""
        return "record" if any(one is package for one in self.recorded) else "directory"


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
    own: "Vouching"
    """For the name itself."""
    of_target: "Vouching"
    below: tuple[Package, ...]
    """Packages with files below a directory, by name."""
    former: tuple[Package, ...] = ()
    """Packages that owned what is no more visible, or what outlived their record."""
    changed: tuple[Difference, ...] = ()
    """Records of packages that the content does not meet; of a link, its target's too."""
    holder: int | None = None
    """The layer that holds what is read there, through links of both kinds."""


def owned(view: ImageView, path: str) -> Owned:
    """Return who owns what is at a path."""
    tree, inventory = view.tree, view.inventory
    entry = tree.get(path)
    versions = tree.versions(path) if entry is None else []
    target = tree.resolve(path) if entry and entry.kind is Kind.SYMLINK else None
    real = tree.real(path) if entry is None or entry.kind is Kind.DIRECTORY else None
    gone = versions[-1] if versions and real is None else None
    own = _vouching(inventory, entry.path if entry else real or "")
    return Owned(
        asked=path,
        entry=entry,
        target=target,
        gone=gone,
        directory=real if entry is None else None,
        own=own,
        of_target=_vouching(inventory, target.path) if target else Vouching(),
        below=_below(view, real) if real is not None else (),
        former=_former(view, gone) if gone else _outlived(view, entry, own),
        changed=_changed(view, {one.path for one in (entry, target) if one}),
        holder=tree.inode(target or entry)[0] if entry else None,
    )


def _changed(view: ImageView, paths: set[str]) -> tuple[Difference, ...]:
    """Return what the comparison of contents with packages' records found at some paths."""
    if not any(map(view.inventory.recorders, paths)):
        return ()
    found = view.verification.changed
    return tuple(x for x in found if x.path in paths or (x.entry and x.entry.path in paths))


def _vouching(inventory: Inventory, path: str) -> Vouching:
    found, recorded = inventory.owners(path), inventory.recorders(path)
    if found and any(alone.path == path for alone in inventory.unowned):
        return Vouching((), found, recorded)
    return Vouching(found, (), recorded)


def _former(view: ImageView, entry: Entry) -> tuple[Package, ...]:
    from ocianalyze.inventory.assembly import catalogers  # noqa: PLC0415 - imports all of them
    from ocianalyze.inventory.formerly import former_owners  # noqa: PLC0415 - rarely asked for

    found = former_owners(view, entry.path, catalogers())
    return tuple(package for package in found if _met(package, entry)) or found


def _met(package: Package, entry: Entry) -> bool:
    """Tell a package that was there while a version of a file was."""
    has_come = entry.ended_by is None or package.introduced < entry.ended_by
    return has_come and (package.removed is None or entry.layer < package.removed)


def _outlived(view: ImageView, entry: Entry | None, own: Vouching) -> tuple[Package, ...]:
    """Return who owned a file that nobody owns: its record went in a later layer than it came."""
    is_alone = entry is not None and entry.kind is not Kind.DIRECTORY and not own.owners
    if entry is None or not is_alone or all(x.removed is None for x in view.packages("all")):
        return ()
    return tuple(x for x in _former(view, entry) if entry.layer < (x.removed or 0))


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
    yield hide(shown(spelled(found.asked)))
    for line in (*_place(found), *_owners(found), *_unmet(found), *_written(view, found)):
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
        yield f"is /{shown(spelled(entry.path))}"
    if entry.kind in (Kind.SYMLINK, Kind.HARDLINK):
        word = "link" if entry.kind is Kind.SYMLINK else "hard link"
        # A symbolic link's target is shown as it is written; a hard link's is a path of the image.
        link = entry.link if entry.kind is Kind.SYMLINK else f"/{entry.link.lstrip('/')}"
        yield f"{word} to {shown(spelled(link))}"
        if found.target is not None:
            yield f"leads to /{shown(spelled(found.target.path))}"


def _entryless(found: Owned) -> Iterator[str]:
    """Say what is where no entry is: a directory that is only implied, or nothing any more."""
    if found.directory is not None:
        if found.directory != found.asked.strip("/"):
            yield f"is /{shown(spelled(found.directory))}"
        yield "directory, without an entry of its own"
    elif found.gone is not None and found.gone.ended_by is not None:
        yield f"not in the image: {found.gone.state} by layer {found.gone.ended_by}"
    else:
        yield "not in the image"


def _owners(found: Owned) -> Iterator[str]:
    is_file = found.entry is not None and found.entry.kind is not Kind.DIRECTORY
    own, target = found.own, found.of_target
    yield from _vouched("owned by", own.owners, own, is_file=is_file)
    others = [one for one in target.owners if one not in own.owners]
    yield from _vouched("its target is owned by", others, target, is_file=is_file)
    if found.below:
        names = ", ".join(shown(full_name(one)) for one in islice(found.below, _NAMED))
        more = f" (+{len(found.below) - _NAMED})" if len(found.below) > _NAMED else ""
        yield f"directory with files of {plural(len(found.below), 'package')}: {names}{more}"
    elif found.entry is not None and not own.owners and not target.owners:
        yield "owned by no package"
    yield from (f"was owned by {_named(package)}" for package in found.former)
    yield from _alone("it", own)
    yield from _alone("its target", target)


def _vouched(
    lead: str, owners: Iterable[Package], how: Vouching, *, is_file: bool
) -> Iterator[str]:
    """Say who owns a path, and of a file whether only the package's directory makes it so."""
    for package in owners:
        is_weak = is_file and how.by(package) == "directory"
        yield f"{lead} {_named(package)}" + (_WEAK if is_weak else "")


def _alone(what: str, how: Vouching) -> Iterator[str]:
    """Say which packages have an executable near them and do not vouch for it."""
    for package in how.within:
        if how.by(package) == "directory":
            yield f"{what} lies in the directory of {_named(package)}; no record names it"
        else:
            yield f"{what} is named by {_named(package)}, where nothing stays that is installed"


def _named(package: Package) -> str:
    removed = "" if package.removed is None else f", removed by layer {package.removed}"
    return f"{_name(package)}, introduced by layer {package.introduced}{removed}"


def _name(package: Package) -> str:
    return shown(f"{package.type} {full_name(package)} {package.version}".rstrip())


def _unmet(found: Owned) -> Iterator[str]:
    """Say whose records the content does not meet, and whose it does instead."""
    for difference in found.changed:
        is_own = found.entry is not None and difference.path == found.entry.path
        what = "its content" if is_own or found.target is None else "its target's content"
        package, other = difference.package, difference.replaced_by
        whose = f"the record of {_name(package)}" if package else "its record"
        but = f", but is as {_name(other)} records it" if other else ""
        edited = "; the file is made to be edited" if difference.kind == "configuration" else ""
        yield f"{what} differs from {whose}{but}{edited}"


def _written(view: ImageView, found: Owned) -> Iterator[str]:
    """Say which layer and step wrote what is there, and what a link leads to."""
    entry = found.entry or found.gone
    if entry is None:
        return
    yield f"written by {_origin(view, entry.layer)}"
    if found.target is not None:
        yield f"its target written by {_origin(view, found.holder)}"
    elif found.holder not in (None, entry.layer):
        yield f"its content written by {_origin(view, found.holder)}"


def _origin(view: ImageView, layer: int | None) -> str:
    step = _step(view, layer)
    if step is None:
        return f"layer {layer}"
    return f"layer {layer}, step {step.index}: {shown(undecorated(brief(created_by(step))))}"


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
    view, entry, target = image.view, found.entry or found.gone, found.target
    path = entry.path if entry else found.directory
    kind = None if found.directory is None else "directory"
    return {
        "image": image_ref(index, image).model_dump(mode="json"),
        "asked": spelled(found.asked),
        "path": spelled(path) if path is not None else None,
        "kind": entry.kind.name.lower().replace("_", "-") if entry else kind,
        "state": entry.state if entry else None,
        "link": spelled(entry.link) or None if entry else None,
        "target": spelled(target.path) if target else None,
        "sha256": entry.sha256 or None if entry else None,
        "target_sha256": target.sha256 or None if target else None,
        **_writer(view, "", entry.layer if entry else None),
        **_writer(view, "content_", found.holder),
        "differs": [_difference(difference) for difference in found.changed],
        "owners": _with_reasons(found.own.owners, found.own),
        "within": _with_reasons(found.own.within, found.own),
        "target_owners": _with_reasons(found.of_target.owners, found.of_target),
        "target_within": _with_reasons(found.of_target.within, found.of_target),
        "former_owners": [_owner(package) for package in found.former],
        "below": [_owner(package) for package in found.below],
    }


def _writer(view: ImageView, what: str, index: int | None) -> dict[str, Any]:
    """Return a layer and the step that made it."""
    step = _step(view, index)
    layer_of, step_of = layer_ref(view, index), step_ref(view, step.index if step else None)
    return {
        f"{what}layer": layer_of.model_dump(mode="json") if layer_of else None,
        f"{what}step": step_of.model_dump(mode="json") if step_of else None,
    }


def _step(view: ImageView, layer: int | None) -> Step | None:
    return view.history.step_of_layer(layer) if layer is not None else None


def _difference(found: Difference) -> dict[str, Any]:
    """Return a record that the content does not meet: where, whose, and whose it does instead."""
    return {
        "path": spelled(found.path),
        "kind": found.kind or None,
        "package": _owner(found.package) if found.package else None,
        "as_recorded_by": _owner(found.replaced_by) if found.replaced_by else None,
    }


def _with_reasons(packages: Iterable[Package], how: Vouching) -> list[dict[str, Any]]:
    return [{**_owner(package), "by": how.by(package)} for package in packages]


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
