"""Package indexes and downloads that a layer keeps, whatever its command promised."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.evidence import counted
from ocianalyze.controls.saying import of_entry
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence, Status, Verdict

_ENTRIES = 50_000
"""Members of caches that are looked at in one layer."""
_MEGABYTE = 1_000_000


class _Left(NamedTuple):
    """What one layer keeps in the directories of one manager."""

    first: Entry
    files: int
    """No more than `_ENTRIES`, which stands for at least as many."""
    size: int


@dataclass(frozen=True, slots=True)
class _Cache:
    """Use as a control's `evaluate`: no layer of the author's may keep such files."""

    directories: tuple[str, ...]

    def __call__(self, view: ImageView) -> Verdict:
        """Judge every layer: what a later one removes is still stored in an earlier one."""
        base = view.once(boundary)
        found = tuple(self._found(view))
        own = [x for x in found if not base.excuses(None, x.first.layer)]
        sure = [x for x in own if base.of_layer(x.first.layer) != "base"]
        evidence = tuple(_evidence(left, base) for left in found)
        if not own:
            return Verdict(Status.PASS, "no-cache", "no cache kept in a layer", evidence)
        files = sum(left.files for left in sure or own)
        size = sum(left.size for left in sure or own) / _MEGABYTE
        least = _at_least(max(left.files for left in sure or own))
        return Verdict(
            Status.FAIL if sure else Status.NEEDS_REVIEW,
            "cache-kept",
            f"{least}{counted(files, 'cached file')}, {size:.1f} MB",
            evidence,
            confidence="exact" if sure else "heuristic",
            origin="author" if sure and base.known else base.of_layer(own[0].first.layer),
        )

    def _found(self, view: ImageView) -> Iterator[_Left]:
        for layer in view.layers:
            if not layer.missing and (left := self._of_layer(view, layer.index)):
                yield left

    def _of_layer(self, view: ImageView, index: int) -> _Left | None:
        first, count, size = None, 0, 0
        for entry in view.tree.layer(index, self.directories):
            if entry.kind is Kind.FILE and entry.size and entry.path not in self.directories:
                first, count, size = first or entry, count + 1, size + entry.size
            if count >= _ENTRIES:
                break
        return _Left(first, count, size) if first else None


def _evidence(left: _Left, base: Boundary) -> Evidence:
    least = _at_least(left.files)
    detail = f"{least}{counted(left.files, 'file')}, {left.size} bytes, such as this"
    layer = left.first.layer
    severity: Severity = "info" if base.excuses(None, layer) else "low"
    told = of_entry(left.first, detail, severity, "cache")
    return replace(told, origin=base.of_layer(layer))


def _at_least(files: int) -> str:
    return "at least " if files >= _ENTRIES else ""


def _control(
    name: str,
    short: str,
    clean: str,
    *directories: str,
    answers: tuple[str, ...] = (),
) -> Control:
    return Control(
        id=name,
        short=short,
        automation="full",
        reads=f"files of every layer below {', '.join(directories)}",
        decides="fails when a layer of the author's keeps files there, also when a later layer "
        "removes them; what only a seam in the history excuses needs review. A command without "
        "clean-up that leaves nothing (a cache mount) passes",
        limits="a base is told from the author's layers only by a root filesystem import or by a "
        "seam in the history",
        remediation=f"in the step that installs: {clean}",
        evaluate=_Cache(directories),
        needs=frozenset({"filesystem"}),
        answers=answers,
        on_windows="meaningless",
    )


CONTROLS = (
    _control(
        "dockle-DKL-DI-0004",
        "apk caches",
        "apk add --no-cache PACKAGE",
        *("var/cache/apk", "etc/apk/cache"),
        answers=("trivy-DS-0025",),
    ),
    _control(
        "dockle-DKL-DI-0005",
        "apt caches",
        "rm -rf /var/lib/apt/lists/*",
        *("var/lib/apt/lists", "var/cache/apt"),
    ),
    _control(
        "trivy-DS-0015",
        "yum caches",
        "yum clean all",
        "var/cache/yum",
    ),
    _control(
        "trivy-DS-0019",
        "dnf caches",
        "dnf clean all",
        *("var/cache/dnf", "var/cache/libdnf5"),
    ),
    _control(
        "trivy-DS-0020",
        "zypper caches",
        "zypper clean --all",
        "var/cache/zypp",
    ),
    _control(
        "trivy-DS-0027",
        "microdnf caches",
        "microdnf clean all",
        *("var/cache/yum", "var/cache/dnf"),
    ),
)
