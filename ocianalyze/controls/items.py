"""What public catalogues say: their items, as facts, by framework and version.

Items are data, one file of `catalogue_data` a framework: a head, then one JSON object a line. What
another version has otherwise stands with the item: null where it does not have it.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from ocianalyze.controls._base import Recommendation

DEFAULT = "cis_docker"
"""Framework and folder of a scan that names none; no other folder is imported then."""
_DATA = Path(__file__).with_name("catalogue_data")


def frameworks() -> tuple[str, ...]:
    """Return the names of all frameworks, the default one first: `cis_docker`."""
    names = (path.stem for path in _DATA.glob("*.jsonl"))
    return tuple(sorted(names, key=lambda name: (name != DEFAULT, name)))


@cache
def versions(framework: str = DEFAULT) -> tuple[str, ...]:
    """Return the versions of a framework that are known, the newest last."""
    head = _lines(framework)[0]
    return tuple(head.get("versions", [head["version"]]))


@cache
def items(framework: str = DEFAULT, version: str = "") -> Mapping[str, Recommendation]:
    """Return the items of one framework by id, in its own order.

    Args:
        framework: one of `frameworks`.
        version: of the benchmark; the newest where it is empty or not known.

    """
    head, *lines = _lines(framework)
    known = head.get("versions", [head["version"]])
    chosen = version if version in known else known[-1]
    rows = (_item(line, head["framework"], chosen) for line in lines)
    return MappingProxyType({row.id: row for row in rows if row})


def _lines(framework: str) -> list[dict[str, Any]]:
    return [orjson.loads(x) for x in (_DATA / f"{framework}.jsonl").read_bytes().splitlines()]


def _item(line: dict[str, Any], framework: str, version: str) -> Recommendation | None:
    """Return an item as one version has it; None when that version does not have it."""
    changes = line.pop("versions", {}).get(version, {})
    if changes is None:
        return None
    facts: dict[str, Any] = {"framework": framework, "version": version}
    facts |= {"level": None, "assessment": None} | line | changes
    for name in ("evidence", "xrefs"):
        facts[name] = tuple(facts.get(name, ()))
    return Recommendation(**facts)


def recommendations(version: str = "") -> dict[str, Recommendation]:
    """Return every item of every framework by id."""
    found: dict[str, Recommendation] = {}
    for framework in frameworks():
        found |= items(framework, version)
    return found
