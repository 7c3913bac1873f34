"""What belongs to language runtimes that came without package data (`runtimes.toml`)."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Claim
from ocianalyze.inventory.ownership import Owning
from ocianalyze.model.package import Found, Package, Presence

_LOCATION = 4_096
"""Characters of a location that is looked at."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """One entry of the table."""

    type: str
    name: str
    location: re.Pattern[str]
    trees: tuple[str, ...]
    files: tuple[str, ...]
    without: tuple[str, ...]

    def claim(self, found: Found) -> tuple[Claim, tuple[str, ...]] | None:
        """Return what a package owns by this entry, and the directories that it does not."""
        if len(found.location) > _LOCATION or "/../" in f"/{found.location}/":
            return None
        match = self.location.fullmatch(found.location)
        if match is None or "/" in found.version:
            return None
        minor = ".".join(found.version.split(".")[:2])
        words = match.groupdict("") | {"version": found.version, "minor": minor}
        files, trees, without = (
            tuple(path.format_map(words) for path in paths)
            for paths in (self.files, self.trees, self.without)
        )
        claim = Claim(found.type, found.name, found.arch, found.location, files, trees)
        return claim, without


@cache
def runtimes() -> tuple[Runtime, ...]:
    """Return every entry of `runtimes.toml`, in its order."""
    rows = tomllib.loads(Path(__file__).with_name("runtimes.toml").read_text("utf-8"))["runtime"]
    return tuple(_runtime(row) for row in rows)


def _runtime(row: dict[str, Any]) -> Runtime:
    return Runtime(
        type=row["type"],
        name=row["name"],
        location=re.compile(row["location"]),
        trees=tuple(row.get("trees", ())),
        files=tuple(row.get("files", ())),
        without=tuple(row.get("without", ())),
    )


def take_runtimes(packages: Iterable[Package], owned: Owning) -> None:
    """Let visible packages own what is theirs by the table."""
    known = {(runtime.type, runtime.name): runtime for runtime in runtimes()}
    for package in packages:
        runtime = known.get((package.type, package.name))
        if runtime is not None and package.presence is Presence.VISIBLE:
            found = runtime.claim(package.found)
            if found is not None:
                owned.take((found[0],))
                owned.keep_out(found[1])
