"""Find the one-file parts of a package: each module exports one value under an agreed name."""

import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")


def parts(package: ModuleType, attribute: str, kind: type[T]) -> Iterator[T]:
    """Yield `attribute` of each public module of a package, in the order of module names.

    Raises:
        TypeError: a module has the attribute with another type, or lacks it.

    """
    for module in iter_modules(package.__path__):
        if module.name.startswith("_") or module.ispkg:
            continue
        value = getattr(import_module(f"{package.__name__}.{module.name}"), attribute, None)
        yield _typed(value, kind, f"{package.__name__}.{module.name}.{attribute}")


def offers(package: ModuleType, attribute: str, kind: type[T]) -> Iterator[T]:
    """Yield `attribute` of those modules of a package that have it, in the order of their names.

    Raises:
        TypeError: a module has the attribute with another type.

    """
    for module in iter_modules(package.__path__):
        where = f"{package.__name__}.{module.name}"
        value = getattr(import_module(where), attribute, None)
        if value is not None:
            yield _typed(value, kind, f"{where}.{attribute}")


def series(package: ModuleType, one: str, several: str, kind: type[T]) -> Iterator[T]:
    """Yield what each public module of a package exports: one value, or a tuple of them.

    Raises:
        TypeError: a module has neither, or one of another type.

    """
    for module in iter_modules(package.__path__):
        if module.name.startswith("_") or module.ispkg:
            continue
        where = f"{package.__name__}.{module.name}"
        exported = vars(import_module(where))
        values = exported.get(several, (exported.get(one),))
        if not isinstance(values, tuple):
            raise TypeError(f"{where}.{several} is no tuple")
        for value in values:
            yield _typed(value, kind, f"{where}.{one}")


def names(package: ModuleType) -> list[str]:
    """Return the names of a package's public modules, importing none."""
    return [one.name for one in iter_modules(package.__path__) if not one.name.startswith("_")]


def named(package: ModuleType, attribute: str, kind: type[T], group: str, name: str) -> T | None:
    """Return the part of this name, else the plugin; None for neither.

    Raises:
        TypeError: the module has the attribute with another type.
        UsageError: a plugin cannot be used.

    """
    if name in names(package):
        where = f"{package.__name__}.{name}"
        return _typed(getattr(import_module(where), attribute), kind, f"{where}.{attribute}")
    found = (one for one in plugins(group, kind) if getattr(one, "name", "") == name)
    return next(found, None)


def plugins(group: str, kind: type[T]) -> Iterator[T]:
    """Yield what other distributions offer under an entry-point group, sorted by name.

    Raises:
        UsageError: an entry point cannot be loaded or leads to a value of another type.

    """
    for point in sorted(_entry_points(group), key=lambda point: point.name):
        place = f"entry point {group}:{point.name} of {point.dist.name if point.dist else '?'}"
        try:
            yield _typed(point.load(), kind, place)
        except Exception as error:
            cure = "mend or uninstall that distribution"
            raise UsageError(f"cannot be used: {error}", place=place, cure=cure) from error


def is_offered(group: str) -> bool:
    """Tell whether another distribution may offer something under an entry-point group."""
    return any(_may_offer(folder, group.encode()) for folder in sys.path)


def _entry_points(group: str) -> "Iterable[EntryPoint]":
    """Return the entry points of a group; the import for none would cost as much as a layer."""
    if not is_offered(group):
        return ()
    from importlib.metadata import entry_points  # noqa: PLC0415 - 50 ms for what few have

    return entry_points(group=group)


def _may_offer(folder: str, group: bytes) -> bool:
    """Tell whether a distribution in a folder of the path names the group; archives may."""
    if os.path.isfile(folder):  # noqa: PTH113 - one call for each, in every start
        return True
    return group in _offered(folder)


@cache
def _offered(folder: str) -> bytes:
    """Return what all distributions of a folder offer."""
    paths = Path(folder).glob("*.*-info/entry_points.txt")
    return b"\n".join(path.read_bytes() for path in paths)


def _typed(value: object, kind: type[T], where: str) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{where} is no {kind.__name__}")
    return value
