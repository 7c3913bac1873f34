"""CIS Docker 4.3: unnecessary packages are not installed.

Fails for every package or tool of a denied category that the image does not need to start. The
level at which a category is denied decides the reason: `denied-tools` holds for every profile,
`denied-tools-l2` (package managers, shells, downloaders, sudo) for those that only level 2 denies.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice

from ocianalyze.controls._base import Control, Parameter, layers_unread, undecided
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.packages.categories import Category, category
from ocianalyze.controls.aspects.packages.unneeded import (
    Item,
    caches,
    required_packages,
    unneeded,
)
from ocianalyze.controls.aspects.programs.needed import needed
from ocianalyze.controls.aspects.programs.present import Present
from ocianalyze.controls.evidence import counted, joined
from ocianalyze.controls.saying import of_entry, shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence, Origin, Status, Verdict
from ocianalyze.model.package import Package, Presence

_LEVEL_2 = "denied-tools-l2"
_BASE_REMEDY = (
    "they came with the base: make the final stage FROM one without them (distroless, scratch) and "
    "COPY --from the stage that builds; else remove the package manager in the last RUN step"
)
_HOW = {
    "content": "path and content",
    "renamed": "content under another name",
    "applet": "link to a multi-call binary",
    "name-only": "name only, content not recognised",
}
_NAMED = 3
"""Packages and tools that the summary names, and tools of one package."""
_EVIDENCE = 1_000
"""Packages and tools told one by one; the summary counts all."""
_APPLETS = 12
"""Names of one multi-call binary that are told."""
_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


def evaluate(view: ImageView, *, level_2: bool = True) -> Verdict:
    """Judge every package and tool in the final filesystem that the image does not need.

    Args:
        view: the image.
        level_2: fail for what only level 2 denies, too; at level 1 it needs review.

    """
    if view.is_windows:
        return undecided("windows-image", "not evaluated: tools of Windows images are not known")
    required = needed(view)
    found = unneeded(view, required)
    base = boundary(view)
    evidence = (
        *_totals(view, found, required),
        *_caches(view, base),
        *(_one(view, item, base) for item in islice(found, _EVIDENCE)),
    )
    for status, reason, guilty in _gradings(found, is_level_2=level_2):
        if guilty:
            return _verdict(status, reason, guilty, evidence, base)
    if left := [item for item in evidence if item.reason == "cache"]:
        summary = f"caches: {', '.join(item.path for item in left[:_NAMED])}"
        return Verdict(Status.NEEDS_REVIEW, "caches", summary, evidence)
    if view.unread:
        return layers_unread(view, evidence)
    if view.inventory.problems:
        summary = f"not evaluated: package data unread: {view.inventory.problems[0]}"
        return undecided("package-data-unread", shortened(summary), *evidence)
    summary = "no tools beyond what the image starts"
    return Verdict(Status.PASS, "no-tools", summary, evidence, confidence="strong")


def _gradings(found: list[Item], *, is_level_2: bool) -> Iterable[tuple[Status, str, list[Item]]]:
    """Yield each status with the items that call for it, the gravest first."""
    sure = [x for x in found if x.counts]
    denied = [x for x in sure if x.category.denied == 1]
    level_2 = [x for x in sure if is_level_2 and x.category.denied == 2]
    yield Status.FAIL, "denied-tools", [*denied, *level_2] if denied else []
    yield Status.FAIL, _LEVEL_2, level_2
    yield Status.NEEDS_REVIEW, "removable-tools", sure
    yield Status.NEEDS_REVIEW, "tools-by-name", [x for x in found if x.is_program]


def _verdict(
    status: Status, reason: str, guilty: list[Item], evidence: tuple[Evidence, ...], base: Boundary
) -> Verdict:
    return Verdict(
        status,
        reason,
        _summary(reason, guilty, base),
        evidence,
        confidence="heuristic" if reason == "tools-by-name" else "strong",
        origin=_origin(guilty, base),
        remediation=_BASE_REMEDY if _origin(guilty, base) == "base" else "",
    )


def _summary(reason: str, guilty: list[Item], base: Boundary) -> str:
    """Name what is there, the author's first, and say which list denies it."""
    end = " (level 2)" if reason == _LEVEL_2 else ""
    own = [one for one in guilty if base.of_layer(one.layer) != "base"]
    names = _names(own)
    inherited = [name for name in _names(guilty) if name not in names] if base.known else []
    if not inherited:
        return shortened(_listed(names), end=end)
    if not names:
        return shortened(f"base: {_listed(inherited)}", end=end)
    return shortened(_listed(names), end=f"; base: {len(inherited)}{end}")


def _listed(names: list[str]) -> str:
    more = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _names(guilty: list[Item]) -> list[str]:
    """Return each name once: one of each category before a second of any."""
    seen: dict[Category, list[str]] = defaultdict(list)
    for one in {one.name: one for one in reversed(guilty)}.values():
        seen[one.category].insert(0, _name(one))
    turns = sorted((turn, of, name) for of in seen for turn, name in enumerate(seen[of]))
    return [name for _, _, name in turns]


def _name(one: Item) -> str:
    """Return what an item is called; of a multi-call binary with the gravest of its applets."""
    first = one.tools[0] if one.tools else None
    applet = f" ({first.tool.id})" if first and first.within == one.name else ""
    return one.name + applet


def _totals(view: ImageView, found: list[Item], required: frozenset[str]) -> Iterator[Evidence]:
    """Yield number and size of packages by category and layer; nothing where there are none."""
    visible = sum(one.presence is Presence.VISIBLE for one in view.inventory.packages)
    if not visible:
        return
    started = len(required_packages(view, required))
    detail = f"{started} of {visible} packages own what the image starts"
    yield Evidence(detail=detail, kind="package", reason="required", severity="info")
    items: dict[Category, list[Item]] = defaultdict(list)
    for item in found:
        if item.counts:
            items[item.category].append(item)
    for of in sorted(items):
        detail = f"{of.name}: {_amount(items[of])}"
        yield Evidence(detail=detail, kind="package", reason="category", severity="info")


def _amount(items: list[Item]) -> str:
    layers = Counter(item.layer for item in items)
    where = ", ".join(f"{count} in layer {layer}" for layer, count in sorted(layers.items()))
    size = sum(item.size for item in items)
    return f"{len(items)}{f', {_size(size)}' if size else ''}: {where}"


def _size(count: int) -> str:
    """Return a size in the largest unit that it has one of."""
    fitting = ((count / unit, name) for unit, name in _UNITS if count >= unit)
    amount, name = next(fitting, (0.0, ""))
    return f"{amount:.1f} {name}" if name else counted(count, "byte")


def _caches(view: ImageView, base: Boundary) -> Iterator[Evidence]:
    for directory, count, size in caches(view):
        entry = view.tree.get(directory)
        layer = entry.layer if entry else None
        yield Evidence(
            detail=f"cache: {count} files, {_size(size)}",
            reason="cache",
            path=directory,
            layer=layer,
            state=State.VISIBLE,
            origin=base.of_layer(layer),
            severity="info",
        )


def _one(view: ImageView, item: Item, base: Boundary) -> Evidence:
    if item.package is None:
        told = _tool(view, item.tools[0], base)
        return told if len(item.tools) == 1 else _applets(told, item)
    return _package(view, item, item.package, base)


def _package(view: ImageView, item: Item, package: Package, base: Boundary) -> Evidence:
    layer = package.introduced
    step = view.history.step_of_layer(layer)
    paths = [f"/{tool.entry.path}" for tool in item.tools]
    more = f" (+{len(paths) - _NAMED})" if len(paths) > _NAMED else ""
    tools = f": {', '.join(paths[:_NAMED])}{more}" if paths else ""
    reason = f", installed {_REASONS[package.found.reason]}" if package.found.reason else ""
    named = f"{package.type} {package.name} {package.version}".rstrip()
    size = f", {_size(item.size)}" if item.size else ""
    return Evidence(
        detail=f"{named} ({item.category.name}){size}{reason}{tools}",
        kind="package",
        reason="package",
        path=item.tools[0].entry.path if item.tools else package.evidence[0],
        layer=layer,
        step=step.index if step else None,
        state=State.VISIBLE,
        origin=base.of_layer(layer),
        severity=item.category.severity,
        sha256=item.tools[0].entry.sha256 if item.tools else "",
    )


_REASONS = {"manual": "on request", "automatic": "as a dependency"}


def _tool(view: ImageView, one: Present, base: Boundary) -> Evidence:
    tool, entry = one.tool, one.entry
    step = view.history.step_of_layer(entry.layer)
    target = f" {entry.link}" if one.how == "applet" and entry.link else ""
    detail = f"{tool.id} ({tool.category}): {_HOW[one.how]}{target}"
    told = of_entry(entry, detail, _severity(one), one.how)
    at = step.index if step else None
    return replace(told, step=at, origin=base.of_layer(entry.layer))


def _applets(told: Evidence, item: Item) -> Evidence:
    """Return what a multi-call binary is as one piece, at a path that stands for all of it."""
    names = [name for one in item.tools if (name := one.entry.path.rpartition("/")[2])]
    more = f" (+{len(names) - _APPLETS})" if len(names) > _APPLETS else ""
    itself = (one.entry for one in item.tools if one.tool.multicall)
    linked = (one.binary for one in item.tools if one.binary)
    home = next(chain(itself, linked), item.tools[0].entry)
    many = f"{counted(len(names), 'name')} of one binary, {_size(item.size)}"
    return replace(
        told,
        detail=f"{item.name} ({item.category.name}): {many}: {', '.join(names[:_APPLETS])}{more}",
        path=home.path,
        sha256=home.sha256,
    )


def _severity(one: Present) -> Severity:
    """Grade by category; a tool under another name is odd, a mere name is not."""
    if not one.counts:
        return "info"
    severity = category(one.tool.category).severity
    return "medium" if one.how == "renamed" and severity in ("info", "low") else severity


def _origin(guilty: list[Item], base: Boundary) -> Origin:
    return joined({base.of_layer(one.layer) for one in guilty})


CONTROL = Control(
    id="cis-docker-4.3",
    short="unneeded packages",
    automation="partial",
    reads="packages and their files; content and names of all executables in the final "
    "filesystem; ENTRYPOINT, CMD, HEALTHCHECK, interpreters of scripts, captured entry scripts, "
    "and the libraries of all of these; directories of caches",
    decides="fails for remote shells, compilers, debuggers, clients of plain-text protocols "
    "(`denied-tools`), and for package managers, shells, downloaders, sudo (`denied-tools-l2`), "
    "unless the image needs them to start; at level 1 what only level 2 denies needs review, as do "
    "network tools, servers that it does not start, init "
    "systems, graphics, version control, editors, development files, documentation and caches, "
    "and programs that only have a tool's name; "
    "passes when there is none of these. A package is known by its name (`categories.toml`) or by "
    "tools in it, and is one finding with them",
    limits="packages of no category are counted, not judged; programs that are started later, by "
    "scripts that were not kept or by the application, are not known to be needed; tools in no "
    "package, compiled so that none of their own texts is left, are found by name alone",
    remediation="build in an earlier stage and COPY --from it into a base without these tools "
    "(distroless, scratch), or remove them in the RUN step that installs them",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "config", "packages"}),
    parameters=(
        Parameter(
            "level_2", default=True, meaning="fail for package managers, shells, downloaders, sudo"
        ),
    ),
)
