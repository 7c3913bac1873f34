"""Tools that help whoever breaks in: shells, package managers, compilers and others."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.packages.unneeded import Item, unneeded
from ocianalyze.controls.aspects.programs.needed import needed
from ocianalyze.controls.aspects.programs.present import Present, present
from ocianalyze.controls.saying import judged, of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict


class _Kind(NamedTuple):
    """Which tools one control looks for."""

    id: str
    short: str
    categories: frozenset[str]
    noun: str


_KINDS = (
    _Kind("ocia-shell-present", "shells", frozenset({"shell"}), "shell"),
    _Kind(
        "ocia-package-manager-present",
        "package managers",
        frozenset({"package-manager"}),
        "package manager",
    ),
    _Kind("ocia-compiler-present", "compilers", frozenset({"compiler"}), "compiler"),
    _Kind(
        "ocia-network-tool-present",
        "network tools",
        frozenset({"downloader", "network-tool", "legacy-client", "remote-shell"}),
        "network tool",
    ),
    _Kind("ocia-debug-tool-present", "debuggers", frozenset({"debugger"}), "debugger"),
)


def tools(view: ImageView) -> tuple[Present, ...]:
    """Return every tool of the catalogue that is there."""
    return tuple(present(view))


def named(view: ImageView) -> tuple[Item, ...]:
    """Return the packages that their names give a category, with no tool in them that is sure."""
    items = unneeded(view, frozenset())
    return tuple(item for item in items if not any(tool.counts for tool in item.tools))


def _judge(kind: _Kind) -> Callable[[ImageView], Verdict]:
    def evaluate(view: ImageView) -> Verdict:
        found = [x for x in view.once(tools) if x.tool.category in kind.categories]
        required = view.once(needed)
        free = [x for x in found if x.counts and x.entry.path not in required]
        told = (*_each(free, required), *_packages(view, kind))
        if told:
            return judged(told, f"{kind.short}-present".replace(" ", "-"), kind.noun)
        review = Status.NEEDS_REVIEW
        reason = "required-by-start" if any(x.counts for x in found) else "name-only"
        return judged(_each(found, required), reason, kind.noun, status=review)

    return evaluate


def _each(found: list[Present], required: frozenset[str]) -> Iterator[Evidence]:
    for tool in sorted(found, key=lambda x: x.entry.path):
        use = ", needed to start" if tool.entry.path in required else ""
        yield of_entry(tool.entry, f"{tool.tool.id} ({tool.how}){use}", severity="low")


def _packages(view: ImageView, kind: _Kind) -> Iterator[Evidence]:
    for item in view.once(named):
        if item.package is None or item.category.name not in kind.categories:
            continue
        detail = f"package {item.package.name} {item.package.version}"
        if item.tools:
            first = item.tools[0]
            yield of_entry(first.entry, f"{first.tool.id} of {detail}", severity="low")
            continue
        path = item.package.evidence[0] if item.package.evidence else ""
        yield Evidence(detail, "package", path=path, layer=item.layer, severity="low")


def _control(kind: _Kind) -> Control:
    return Control(
        id=kind.id,
        short=kind.short,
        automation="full",
        reads="contents, names and links of every executable of the final filesystem, and packages",
        decides=f"fails on a {kind.noun} that the image does not need to start; one that it needs, "
        "and a file that only has such a name, need review",
        limits="what a program starts after it was started is not known; programs that no text "
        "betrays are known by name alone; tools of Windows are not recognised",
        remediation="copy the application into an image without it, in a last stage of its own",
        evaluate=_judge(kind),
        needs=frozenset({"filesystem"}),
        on_windows="unseen",
    )


CONTROLS = tuple(map(_control, _KINDS))
SHELLS = CONTROLS[0]
