"""All controls with what their benchmarks say of them.

A control is a value in a module of a framework's folder, or an entry point of another distribution
in the group `ocianalyze.controls.v1`; it answers the item of its own id, and those that it names.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from ocianalyze import controls as home
from ocianalyze.controls._base import Control, Recommendation, identifier, tuned
from ocianalyze.controls.combined import settled
from ocianalyze.controls.items import DEFAULT, frameworks, items, recommendations, versions
from ocianalyze.controls.outside import placeholder
from ocianalyze.discovery import plugins, series
from ocianalyze.errors import UsageError

Listed: TypeAlias = tuple[Control, Recommendation | None]

GROUP = "ocianalyze.controls.v1"
"""Entry points with a `Control`."""
LEVELS = MappingProxyType({"l1": 1, "l2": 2})
EVERYTHING = "all"
_LEVEL_2 = "level_2"
"""The parameter by which a control of level 1 asks more at level 2."""
_SHARED = "aspects"
"""The folder of what several frameworks ask; all others have controls."""
_OWN = "cis-docker-"
"""Ids of the benchmark whose numbers people use alone."""


class Row(NamedTuple):
    """One line of the whole catalogue."""

    control: Control | None
    """None when no control decides the item."""
    item: Recommendation | None
    """None for a control from outside that names none."""


def controls(version: str = "") -> tuple[Listed, ...]:
    """Return every item that a control decides, in the catalogue's order, others last.

    Raises:
        TypeError: a module or entry point exports no `Control`.
        UsageError: two controls answer one item, or a plug-in cannot be used.

    """
    return _joined(_written(folders()), recommendations(version))


def catalogue(version: str = "") -> tuple[Row, ...]:
    """Return every item of every framework, decided or not, and what comes from outside.

    Raises:
        TypeError: a module or entry point exports no `Control`.
        UsageError: two controls answer one item, or a plug-in cannot be used.

    """
    _known(version)
    rows = recommendations(version)
    decided = {identifier(*listed): Row(*listed) for listed in controls(version)}
    own = (decided.pop(name, Row(None, item)) for name, item in rows.items())
    return (*own, *decided.values())


def select(names: Iterable[str] = ("l2",), version: str = "") -> tuple[Listed, ...]:
    """Return what a scan judges, in the catalogue's order, nothing twice.

    Args:
        names: `l1`, `l2` (section 4 of the CIS Docker Benchmark up to that level, and controls
            from outside), `all`, a framework (`cis_debian_12`), or an item as `find` takes it.
        version: of the CIS Docker Benchmark; the newest where it is empty.

    Raises:
        UsageError: a name or the version is not known, two controls answer one item, or a
            plug-in cannot be used.

    """
    wanted = tuple(dict.fromkeys(names))
    _known(version)
    if wanted and all(name.casefold() in LEVELS for name in wanted):
        return _up_to(max(LEVELS[name.casefold()] for name in wanted), version)
    rows = catalogue(version)
    chosen = {name for word in wanted for name in _named(word, rows, version)}
    return tuple(_listed(row) for row in rows if _name(row) in chosen)


def _known(version: str) -> None:
    if version and version not in versions():
        cure = f"one of {', '.join(versions())}"
        raise UsageError(f"no version {version!r}", place="--benchmark-version", cure=cure)


def _up_to(level: int, version: str) -> tuple[Listed, ...]:
    listed = _joined(_written((DEFAULT,)), items(DEFAULT, version))
    return tuple(
        (_at_level(control, level), item)
        for control, item in listed
        if item is None or not isinstance(item.level, int) or item.level <= level
    )


def _at_level(control: Control, level: int) -> Control:
    """Return a control that judges by a level, where it asks for one."""
    return tuned(control, {_LEVEL_2: level > 1}) if _has(control, _LEVEL_2) else control


def _has(control: Control, name: str) -> bool:
    return any(parameter.name == name for parameter in control.parameters)


def folders() -> tuple[str, ...]:
    """Return the folders of controls, one for each framework."""
    found = (module.name for module in iter_modules(home.__path__) if module.ispkg)
    return tuple(name for name in found if name != _SHARED)


def _named(word: str, rows: tuple[Row, ...], version: str) -> Iterator[str]:
    """Yield the ids that one word of a selection means."""
    folded = word.casefold()
    if folded in LEVELS:
        yield from (identifier(*listed) for listed in _up_to(LEVELS[folded], version))
    elif folded == EVERYTHING:
        yield from map(_name, rows)
    elif (framework := folded.replace("-", "_")) in frameworks():
        yield from items(framework, version)
    else:
        try:
            yield _name(find(word, rows))
        except UsageError as error:
            known = ", ".join(
                (*LEVELS, EVERYTHING, *(name.replace("_", "-") for name in frameworks()))
            )
            cure = f"take one of {known}, or what `ocianalyze controls` lists"
            raise UsageError(f"no profile or control {word!r}", cure=cure) from error


def find(wanted: str, rows: Iterable[Row]) -> Row:
    """Return the row that `CIS-4.8`, `cis-docker-4.8` or `4.8` names.

    Of a number alone that several frameworks have, the CIS Docker Benchmark's is meant.

    Raises:
        UsageError: there is none, or a number that only other frameworks have is in several.

    """
    word = wanted.casefold()
    numbered: dict[str, Row] = {}
    for row in rows:
        if word in (_name(row).casefold(), shown_id(*_listed(row)).casefold()):
            return row
        if row.item and word == row.item.number.casefold():
            numbered[_name(row)] = row
    own = (row for name, row in numbered.items() if name.startswith(_OWN))
    found = next(own, None) or next(iter(numbered.values()), None)
    if found is None:
        raise UsageError(f"no control {wanted!r}", cure="`ocianalyze controls` lists them")
    if len(numbered) > 1 and not _name(found).startswith(_OWN):
        cure = f"one of {', '.join(numbered)}"
        raise UsageError(f"{wanted!r} is in several frameworks", cure=cure)
    return found


def shown_id(control: Control, item: Recommendation | None) -> str:
    """Return the identifier that people know: `CIS-4.8` for `cis-docker-4.8`."""
    name = identifier(control, item)
    return f"CIS-{item.number}" if item and name.startswith(_OWN) else name


def only(
    rows: Iterable[Row],
    *,
    framework: str | None = None,
    owner: str | None = None,
    implemented: bool | None = None,
) -> tuple[Row, ...]:
    """Return the rows of one framework, of one owner, or those that a control decides.

    Raises:
        UsageError: there is no such framework.

    """
    name = (framework or DEFAULT).casefold().replace("-", "_")
    if name not in frameworks():
        known = ", ".join(one.replace("_", "-") for one in frameworks())
        cure = f"take one of {known}"
        raise UsageError(f"no framework {framework!r}", place="--framework", cure=cure)
    within = items(name) if framework else None
    return tuple(
        row
        for row in rows
        if (within is None or _name(row) in within)
        and (owner is None or (row.item.owner if row.item else "image") == owner)
        and (implemented is None or (row.control is not None) is implemented)
    )


def by_framework(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows of each framework, by the name that `only` takes; of none as `other`."""
    of = {name: key.replace("_", "-") for key in frameworks() for name in items(key)}
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(of.get(_name(row), "other"), []).append(row)
    return found


def rows_about(name: str, known: Container[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the ids of items that refer to one, but for those that it refers to itself."""
    for row in rows:
        if row.item and name in row.item.xrefs and row.item.id not in known:
            yield row.item.id


def at_day(listed: Iterable[Listed], now: str) -> tuple[Listed, ...]:
    """Return controls that compare with a day, where they compare with one at all.

    Raises:
        UsageError: it is no date.

    """
    try:
        day = date.fromisoformat(now).isoformat()
    except ValueError as error:
        raise UsageError(f"{now!r} is no date", place="--now", cure="as 2026-06-10") from error
    return tuple(
        (settled(control, lambda one: {"now": day} if _has(one, "now") else {}), item)
        for control, item in listed
    )


def _listed(row: Row) -> Listed:
    if row.control is not None:
        return row.control, row.item
    if row.item is None:
        raise ValueError("a row has a control or an item")
    return placeholder(row.item), row.item


def _name(row: Row) -> str:
    return identifier(*_listed(row))


def _written(folders: Iterable[str]) -> Iterator[Control]:
    for folder in folders:
        package = import_module(f"{home.__name__}.{folder}")
        yield from series(package, "CONTROL", "CONTROLS", Control)
    yield from plugins(GROUP, Control)


def _joined(found: Iterable[Control], rows: Mapping[str, Recommendation]) -> tuple[Listed, ...]:
    """Return controls with the items that they answer, one control for each."""
    order = {name: position for position, name in enumerate(rows)}
    listed = [pair for control in found for pair in _answers(control, rows)]
    listed.sort(key=lambda pair: (order.get(identifier(*pair), len(order)), identifier(*pair)))
    names = [identifier(*pair) for pair in listed]
    if len(set(names)) < len(names):
        shared = ", ".join(sorted({x for x in names if names.count(x) > 1}))
        raise UsageError(f"controls share an id: {shared}", cure="uninstall one distribution")
    return tuple(listed)


def _answers(control: Control, rows: Mapping[str, Recommendation]) -> Iterator[Listed]:
    own = control.recommendation or rows.get(control.id)
    if own is not None or not _is_catalogued(control.id):
        yield control, own
    yield from ((control, rows[name]) for name in control.answers if name in rows)


def _is_catalogued(name: str) -> bool:
    """Tell an item that the chosen rows leave out, from the id of a control from outside."""
    return any(name in items(framework) for framework in frameworks())
