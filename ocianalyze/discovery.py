"""Find the one-file parts of a package: each module exports one value under an agreed name."""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

from ocianalyze.errors import UsageError

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


def plugins(group: str, kind: type[T]) -> Iterator[T]:
    """Yield what other distributions offer under an entry-point group, sorted by name.

    Raises:
        UsageError: an entry point cannot be loaded or leads to a value of another type.

    """
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        place = f"entry point {group}:{point.name} of {point.dist.name if point.dist else '?'}"
        try:
            yield _typed(point.load(), kind, place)
        except Exception as error:
            cure = "mend or uninstall that distribution"
            raise UsageError(f"cannot be used: {error}", place=place, cure=cure) from error


def _typed(value: object, kind: type[T], where: str) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{where} is no {kind.__name__}")
    return value
