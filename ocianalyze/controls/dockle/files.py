"""Files that serve whoever built the image, not whoever runs it."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control
from ocianalyze.controls.saying import judged
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_FILES = frozenset({b"Dockerfile", b"docker-compose.yml", b".vimrc", b".DS_Store"})
_DIRECTORIES = frozenset({".cache", ".aws", ".azure", ".gcp", ".git", ".vscode", ".idea", ".npm"})
_OURS = "of no package"


def evaluate(view: ImageView) -> Verdict:
    """Fail for those of no package; what a package ships with is for people."""
    found = [*_files(view), *_directories(view)]
    own = [x for x in found if x.reason == _OURS]
    if own:
        return judged(own, "unneeded-files", "file of a developer")
    review = Status.NEEDS_REVIEW
    return judged(found, "packaged-files", "file of a developer", status=review)


def _files(view: ImageView) -> Iterator[Evidence]:
    for entry in view.tree.files(names=_FILES):
        yield _told(view, entry.path, entry.layer, "file of a developer", entry.sha256)


def _directories(view: ImageView) -> Iterator[Evidence]:
    """Yield directories with something in them; the names are read before the paths."""
    for layer in view.layers:
        rows = view.tree.table(layer.index, ("name", "kind"), visible=True)
        if not any(kind == "directory" and name in _DIRECTORIES for name, kind in rows):
            continue
        fields = ("name", "kind", "path")
        for name, kind, path in view.tree.table(layer.index, fields, visible=True):
            if kind == "directory" and name in _DIRECTORIES and view.tree.listing(str(path)):
                yield _told(view, str(path), layer.index, "directory of a developer's tools")


def _told(view: ImageView, path: str, layer: int, detail: str, sha256: str = "") -> Evidence:
    owned = bool(view.inventory.ownership.of(path))
    return Evidence(
        detail,
        reason="of a package" if owned else _OURS,
        path=path,
        layer=layer,
        severity="info" if owned else "low",
        sha256=sha256,
    )


CONTROL = Control(
    id="dockle-DKL-LI-0003",
    short="only necessary files",
    automation="full",
    reads="names of files and directories of the final filesystem, and who owns them",
    decides="fails on Dockerfile, docker-compose.yml, .vimrc, .DS_Store, and on .cache, .aws, "
    ".azure, .gcp, .git, .vscode, .idea and .npm with something in them; those that a package "
    "ships need review",
    limits="names alone tell; what a later layer removed is still stored",
    remediation="name them in .dockerignore, or COPY only what the application needs",
    evaluate=evaluate,
    needs=frozenset({"filesystem"}),
)
