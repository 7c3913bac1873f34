"""What a build leaves behind: repositories of version control, caches of package managers."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.packages.categories import cache_directories
from ocianalyze.controls.aspects.packages.unneeded import caches
from ocianalyze.controls.aspects.programs import notable
from ocianalyze.controls.evidence import counted
from ocianalyze.controls.saying import judged, of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Kind, State
from ocianalyze.model.finding import Evidence, Verdict


def repositories(view: ImageView) -> Verdict:
    """Find directories of version control."""
    return judged(_repositories(view), "vcs-directory", "repository")


def stored(view: ImageView) -> Verdict:
    """Find caches of package managers with something in them, in whatever layer."""
    found = (
        of_entry(view.tree.get(path), f"{counted(count, 'file')}, {size} bytes", "low", path=path)
        for path, count, size in caches(view)
    )
    return judged((*found, *_deleted(view)), "package-cache", "cache")


def _deleted(view: ImageView) -> Iterator[Evidence]:
    """Yield what a layer keeps of caches that a later one deleted or wrote again."""
    places = cache_directories()
    for layer in view.layers:
        first, count, size = None, 0, 0
        for entry in view.tree.layer(layer.index, places):
            if entry.kind is Kind.FILE and entry.size and entry.state is not State.VISIBLE:
                first, count, size = first or entry, count + 1, size + entry.size
        if first is not None:
            said = f"{counted(count, 'file')}, {size} bytes, such as this: deleted, but in a layer"
            yield of_entry(first, said, "low")


def _repositories(view: ImageView) -> Iterator[Evidence]:
    for path, entry in notable.repositories(view):
        kind = path.rpartition("/")[2].removeprefix(".")
        yield of_entry(entry, f"repository of {kind}", path=path)


CONTROLS = (
    Control(
        id="ocia-vcs-directory",
        short="version control",
        automation="full",
        reads="paths of the final filesystem",
        decides="fails on a directory of git, Mercurial, Subversion or Bazaar",
        limits="one that a later layer removed is still in its layer and not told here",
        remediation=".git in .dockerignore, or COPY only what the application needs",
        evaluate=repositories,
        needs=frozenset({"filesystem"}),
    ),
    Control(
        id="ocia-package-cache-present",
        short="package caches",
        automation="full",
        reads="directories where package managers keep indexes and downloads",
        decides="fails on one that holds a file with a content, in the final filesystem or in a "
        "layer whose files a later one deletes: they still make the image larger",
        limits="managers of Windows are not known",
        remediation="remove it in the step that fills it: rm -rf /var/lib/apt/lists/*, "
        "apk add --no-cache, or RUN --mount=type=cache",
        evaluate=stored,
        needs=frozenset({"filesystem"}),
        on_windows="unseen",
    ),
)
