"""All controls with what their benchmark says of them.

A control is one module of a benchmark's folder, or an entry point of another distribution in the
group `ocianalyze.controls.v1`; the numbers, titles and levels of a benchmark are data beside it.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, TypeAlias

from ocianalyze.controls import cis_docker
from ocianalyze.controls._base import Control, Recommendation
from ocianalyze.discovery import parts, plugins
from ocianalyze.errors import UsageError

Listed: TypeAlias = tuple[Control, Recommendation | None]

GROUP = "ocianalyze.controls.v1"
"""Entry points with a `Control`."""


def controls() -> tuple[Listed, ...]:
    """Return every control, in the order of the benchmark, those from outside last.

    Raises:
        TypeError: a module or entry point exports no `Control`.
        UsageError: two controls share an id, or a plug-in cannot be used.

    """
    rows = recommendations()
    order = {identifier: position for position, identifier in enumerate(rows)}
    found = [*parts(cis_docker, "CONTROL", Control), *plugins(GROUP, Control)]
    found.sort(key=lambda control: (order.get(control.id, len(order)), control.id))
    ids = [control.id for control in found]
    if len(set(ids)) < len(ids):
        shared = ", ".join(sorted({x for x in ids if ids.count(x) > 1}))
        raise UsageError(f"controls share an id: {shared}", cure="uninstall one distribution")
    return tuple((control, control.recommendation or rows.get(control.id)) for control in found)


def recommendations() -> dict[str, Recommendation]:
    """Return the items of the catalogued benchmarks by control id, in their order."""
    text = files(cis_docker).joinpath("benchmark.toml").read_text(encoding="utf-8")
    return _rows(tomllib.loads(text))


def _rows(benchmark: Mapping[str, Any]) -> dict[str, Recommendation]:
    return {
        benchmark["prefix"] + item["number"]: Recommendation(
            framework=benchmark["framework"], version=benchmark["version"], **item
        )
        for item in benchmark["item"]
    }
