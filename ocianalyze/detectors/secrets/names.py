"""Files that are credentials by name alone, for those in whose content no secret is recognised.

Seen while layers are read, when it costs nothing, and so that an empty file is never one.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap

NAME = "secrets-names"
_TABLE = Path(__file__).with_name("names.toml")
_PREFIX = "file-"
_WHERE = ("names", "suffixes", "paths", "directories")


@dataclass(frozen=True, slots=True)
class Named:
    """One kind of file."""

    rule: Rule
    where: Mapping[str, frozenset[bytes]]
    """Names, suffixes, paths and directories; any match is enough."""
    within: re.Pattern[bytes]
    """Must match the path as well."""

    def fits(self, path: bytes) -> bool:
        """Tell whether a file of this path is one."""
        directory, _, name = path.rpartition(b"/")
        parts = {
            "names": name,
            "suffixes": name[name.rfind(b".") :] if b"." in name else b"",
            "paths": path,
            "directories": directory,
        }
        listed = any(parts[kind] in wanted for kind, wanted in self.where.items())
        return listed and bool(self.within.search(path))


@cache
def table() -> tuple[Named, ...]:
    """Return all kinds of files; an earlier one counts more."""
    rows = tomllib.loads(_TABLE.read_text("utf-8"))
    return tuple(_named(name, row) for name, row in rows.items())


def _named(name: str, row: dict[str, Any]) -> Named:
    rule = Rule(
        id=f"{_PREFIX}{name}",
        title=row["title"],
        provider="",
        kind=row["kind"],
        severity=row["severity"],
        pattern="",
        remediation=row["remediation"],
    )
    where = {kind: frozenset(x.encode() for x in row.get(kind, ())) for kind in _WHERE}
    return Named(rule, where, re.compile(row.get("within", "").encode()))


@cache
def rules() -> Mapping[str, Rule]:
    """Return the rules by id, for reports."""
    return {named.rule.id: named.rule for named in table()}


@cache
def version() -> str:
    """Return a text that changes with the table."""
    return blake2b(_TABLE.read_bytes(), digest_size=4).hexdigest()


class _Told:
    """Keeps which kind of file it is; nobody reads the content."""

    def __init__(self, rule: str) -> None:
        self._rule = rule

    def feed(self, _piece: bytes | memoryview) -> bool:
        """Want nothing."""
        return False

    def close(self) -> bytes | None:
        """Return the id of the rule."""
        return self._rule.encode()


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    found = next((named for named in table() if named.fits(seen.path)), None)
    return _Told(found.rule.id) if found and seen.size else None


def observer() -> Observer:
    """Return the observer for all kinds of files."""
    wanted = {
        kind: frozenset[bytes]().union(*(named.where[kind] for named in table())) for kind in _WHERE
    }
    return Observer(
        name=NAME,
        version=int(version(), 16),
        interest=Interest(**wanted),
        open=_open,
        summary="files that are credentials by their name",
    )
