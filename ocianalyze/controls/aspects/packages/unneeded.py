"""Packages and tools that an image does not need to start, by category.

A package and the tools in it are one finding: tools found by content give their package a
category, its name may give it one too. Tools in no package stand for themselves.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress

from ocianalyze.controls.aspects.packages.categories import (
    Category,
    cache_directories,
    category,
    category_of,
)
from ocianalyze.controls.aspects.programs.present import Present, present
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import OS_TYPES, Package, Presence

_SERVER = "server"
"""Packages built of the same sources as what the image starts are its workload."""
_LOOKED_AT = 64
"""Paths of one package looked up to see whether anything of it is left."""
_ENTRIES = 20_000
"""Files of caches that are counted."""
_SIZE = re.compile("[0-9]{1,15}")
_Binary = tuple[str, str, int]
"""Id, content or path, and layer of what one finding is about."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that could go: a package with its tools, or a tool in no package.

    The applets of a multi-call binary are one.
    """

    category: Category
    name: str
    """Of the package, or the tool; of an applet that of its multi-call binary, which has many."""
    tools: tuple[Present, ...] = ()
    """Sure ones first."""
    package: Package | None = None

    @property
    def counts(self) -> bool:
        """Tell whether it is surely of its category."""
        return self.package is not None or any(tool.counts for tool in self.tools)

    @property
    def is_program(self) -> bool:
        """Tell what may be a build of a tool that no text betrays."""
        return self.counts or any(tool.is_program for tool in self.tools)

    @property
    def layer(self) -> int:
        """Index of the layer that brought it."""
        if self.package is not None:
            return self.package.introduced
        return self.tools[0].entry.layer

    @property
    def size(self) -> int:
        """Bytes: as the package says, else those of its tools."""
        said = (
            dict(self.package.found.properties).get("installed-bytes", "") if self.package else ""
        )
        if _SIZE.fullmatch(said):
            return int(said)
        homes = (tool.binary or tool.entry for tool in self.tools)
        return sum({home.sha256 or home.path: home.size for home in homes}.values())


def unneeded(view: ImageView, required: frozenset[str]) -> list[Item]:
    """Return what is there beyond what an image starts, the most telling first."""
    started = required_packages(view, required)
    tools: dict[int, list[Present]] = defaultdict(list)
    alone: dict[_Binary, list[Present]] = defaultdict(list)
    for tool in present(view):
        if tool.entry.path in required:
            continue
        owner = _owner(view, tool, started)
        if owner is None:
            alone[_binary(tool)].append(tool)
        else:
            tools[owner].append(tool)
    items = [*map(_alone, alone.values()), *_packages(view, tools, started)]
    return sorted(items, key=_order)


def _binary(tool: Present) -> _Binary:
    """Return what the names of one multi-call binary that one layer brought have in common."""
    if tool.how == "renamed" or not (tool.within or tool.tool.multicall):
        return tool.tool.id, tool.entry.path, tool.entry.layer
    home = tool.binary or tool.entry
    return tool.within or tool.tool.id, home.sha256 or home.path, tool.entry.layer


def _alone(tools: Iterable[Present]) -> Item:
    """Return a tool in no package, or all that one multi-call binary is, as its gravest."""
    names = tuple(sorted(tools, key=lambda one: (category(one.tool.category), one.entry.path)))
    first = names[0]
    return Item(category(first.tool.category), first.within or first.tool.id, names)


def required_packages(view: ImageView, required: Iterable[str]) -> frozenset[int]:
    """Return the packages that own what an image starts."""
    ownership = view.inventory.ownership
    return frozenset(number for path in required for number in ownership.of(path))


def _order(item: Item) -> tuple[bool, Category, str, str]:
    place = item.tools[0].entry.path if item.tools else ""
    return not item.counts, item.category, place, item.name


def _owner(view: ImageView, tool: Present, started: frozenset[int]) -> int | None:
    """Return the package that could go with a tool; a copy may hide in a language package."""
    packages = view.inventory.packages
    owners = (x for x in view.inventory.ownership.of(tool.entry.path) if x not in started)
    if tool.how == "renamed":
        owners = (x for x in owners if packages[x].type in OS_TYPES)
    return next(owners, None)


def _packages(
    view: ImageView, tools: Mapping[int, Sequence[Present]], started: frozenset[int]
) -> Iterator[Item]:
    named = _named(view, started)
    for number in sorted({*named, *tools}):
        package = view.inventory.packages[number]
        inside = tuple(sorted(tools.get(number, ()), key=lambda tool: not tool.counts))
        sure = [category(tool.tool.category) for tool in inside if tool.counts]
        if number in named:
            sure.append(named[number])
        if sure:
            name = package.name if number in named else inside[0].within or inside[0].tool.id
            yield Item(min(sure), name, inside, package)
        else:
            yield from (
                Item(category(tool.tool.category), tool.tool.id, (tool,)) for tool in inside
            )


def _named(view: ImageView, started: frozenset[int]) -> dict[int, Category]:
    """Return packages whose names give them a category, if anything of them is left."""
    found: dict[int, Category] = {}
    packages = view.inventory.packages
    workload = {_source(packages[number]) for number in started}
    for number, package in enumerate(packages):
        if package.presence is not Presence.VISIBLE or number in started or package.owner:
            continue
        if package.found.confidence == "heuristic":
            continue
        of = category_of(package)
        if of and not (of.name == _SERVER and _source(package) in workload):
            found[number] = of
    left = _left(view, found.keys())
    return {number: of for number, of in found.items() if number in left}


def _source(package: Package) -> str:
    return package.found.source or package.name


def _left(view: ImageView, numbers: Iterable[int]) -> set[int]:
    """Return the packages of which a file is left, or that claim none."""
    ownership, looked = view.inventory.ownership, dict.fromkeys(numbers, 0)
    left: set[int] = set()
    apart = looked.keys().isdisjoint
    for table in (ownership.files, ownership.trees):
        looked_for = {owners for owners in set(table.values()) if not apart(owners)}
        for path in compress(table, map(looked_for.__contains__, table.values())):
            for owner in table[path]:
                if owner in looked and owner not in left and looked[owner] < _LOOKED_AT:
                    looked[owner] += 1
                    if view.tree.real(path) is not None:
                        left.add(owner)
    return left | {number for number, count in looked.items() if not count}


def caches(view: ImageView) -> Iterator[tuple[str, int, int]]:
    """Yield directories of caches with their files and bytes; empty ones are left out."""
    for directory in cache_directories():
        count, size, pending = 0, 0, [directory]
        while pending and count < _ENTRIES:
            for entry in view.tree.listing(pending.pop()):
                if entry.kind is Kind.DIRECTORY:
                    pending.append(entry.path)
                elif entry.size:
                    count, size = count + 1, size + entry.size
        if count:
            yield directory, count, size
