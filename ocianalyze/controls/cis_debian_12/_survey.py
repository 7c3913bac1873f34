"""One pass over the whole tree for all questions that concern every file."""

from collections import Counter
from collections.abc import Callable, Iterator
from stat import S_ISVTX
from typing import NamedTuple, cast

from ocianalyze.controls.saying import rights
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Evidence

_KINDS = frozenset({"file", "hardlink", "directory"})


class Sort(NamedTuple):
    """What the questions know of an entry: all that are alike are counted as one."""

    kind: str
    """`file`, `hardlink` or `directory`."""
    mode: int
    uid: int
    gid: int

    @property
    def is_directory(self) -> bool:
        """Tell a directory from a file."""
        return self.kind == "directory"

    @property
    def is_open(self) -> bool:
        """Tell what everybody may write; a sticky directory keeps names apart."""
        return bool(self.mode & 0o002) and not (self.is_directory and self.mode & S_ISVTX)


class Found(NamedTuple):
    """One entry; its path is valid Unicode, so that odd bytes read as escapes."""

    sort: Sort
    path: str
    sha256: str
    layer: int

    def told(self, detail: str, severity: Severity, reason: str = "") -> Evidence:
        """Return it as evidence."""
        return Evidence(
            detail=detail,
            reason=reason,
            path=self.path,
            layer=self.layer,
            severity=severity,
            sha256=self.sha256,
        )

    @property
    def modes(self) -> str:
        """Mode and owner in words."""
        return rights(self.sort.mode, self.sort.uid, self.sort.gid)


Survey = tuple[dict[Sort, int], ...]
"""For each layer, how many visible files and directories of each sort it has."""


def survey(view: ImageView) -> Survey:
    """Return the survey; use it with `view.once`."""
    return tuple(_counted(view, layer) for layer in range(len(view.layers)))


def _counted(view: ImageView, layer: int) -> dict[Sort, int]:
    rows = Counter(view.tree.table(layer, ("kind", "mode", "uid", "gid"), visible=True))
    found = {Sort(*cast("tuple[str, int, int, int]", row)): n for row, n in rows.items()}
    return {sort: number for sort, number in found.items() if sort.kind in _KINDS}


def entries(view: ImageView, wanted: Callable[[Sort], bool]) -> Iterator[Found]:
    """Yield the visible files and directories of some sorts; layers without any cost nothing."""
    for layer, sorts in enumerate(view.once(survey)):
        chosen = {tuple(sort) for sort in sorts if wanted(sort)}
        if not chosen:
            continue
        fields = ("kind", "mode", "uid", "gid", "path", "sha256")
        for row in view.tree.table(layer, fields, visible=True):
            if row[:4] in chosen:
                kind, mode, uid, gid, path, sha256 = row
                sort = Sort(*cast("tuple[str, int, int, int]", (kind, mode, uid, gid)))
                yield Found(sort, str(path), str(sha256 or ""), layer)
