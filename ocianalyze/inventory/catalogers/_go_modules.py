"""The module list of a Go program (Go's `runtime/debug`, `BuildInfo.String`)."""

from dataclasses import dataclass, field
from typing import NamedTuple

from ocianalyze.inventory.catalogers._evidence import NAME_CHARS, ROWS

_SETTINGS = 64


class Module(NamedTuple):
    """One line of the module list."""

    path: str
    version: str
    sum: str = ""


@dataclass(slots=True)
class Build:
    """The module list, read."""

    main: Module | None = None
    dependencies: list[tuple[Module, Module | None]] = field(default_factory=list)
    """Each with what replaces it."""
    settings: dict[str, str] = field(default_factory=dict)


def _module(fields: list[str]) -> Module:
    path, version, checksum = ([x[:NAME_CHARS] for x in fields] + ["", "", ""])[:3]
    return Module(path, version, checksum)


def read_build(modules: str) -> Build:
    """Read the lines `path`, `mod`, `dep`, `=>` and `build`, separated by tabs."""
    build = Build()
    for line in modules.split("\n")[:ROWS]:
        word, *fields = line.split("\t")
        if word == "mod" and fields:
            build.main = _module(fields)
        elif word == "dep" and fields:
            build.dependencies.append((_module(fields), None))
        elif word == "=>" and fields and build.dependencies:
            build.dependencies[-1] = (build.dependencies[-1][0], _module(fields))
        elif word == "build" and fields:
            key, _, value = fields[0].partition("=")
            if key and len(build.settings) < _SETTINGS:
                build.settings[key[:NAME_CHARS]] = value[:NAME_CHARS]
    return build
