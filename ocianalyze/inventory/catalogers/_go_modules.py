"""The module list of a Go program (Go's `runtime/debug`, `BuildInfo.String`)."""

import re
from dataclasses import field
from typing import NamedTuple

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory.catalogers._evidence import NAME_CHARS, ROWS

_SETTINGS = 64
_DEVELOPED = "(devel)"
"""What stands for the version of a main module that was not built at a release."""
_FILES = "command-line-arguments"
"""What stands for the path of a main package that is only a list of files."""
_TOOLCHAIN = "cmd/"
"""Begins paths of programs that Go itself consists of, and that no module may have."""
_LINKED = re.compile(
    r"-X[ =]?['\"]?(?P<package>[\w./-]*)\.[vV]ersion=['\"]?(?P<version>v?\d[\w.+~-]{0,63})"
)
"""A version that the linker wrote into a variable."""
_REPOSITORY = 3
"""Parts of a path that tell a repository of the usual hosts."""


class Module(NamedTuple):
    """One line of the module list."""

    path: str
    version: str
    sum: str = ""


@dataclass(slots=True)
class Build:
    """The module list, read."""

    main: Module | None = None
    path: str = ""
    """Of the main package, which is in the main module or, of an old toolchain, in no module."""
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
        if word == "path" and fields:
            build.path = fields[0][:NAME_CHARS]
        elif word == "mod" and fields:
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


def main_module(build: Build) -> Module | None:
    """Return the main module; without one, the main package stands for it, as a development.

    Programs of Go itself have none: they are part of the standard library's release.
    Where no version is recorded, one that the linker wrote into the program counts.
    """
    main = build.main or Module("" if build.path == _FILES else build.path, _DEVELOPED)
    if not main.path or (build.main is None and main.path.startswith(_TOOLCHAIN)):
        return None
    linked = _linked(build)
    if main.version in ("", _DEVELOPED) and linked and _is_own(linked["package"], main):
        version = linked["version"]
        return main._replace(version=version if version.startswith("v") else f"v{version}")
    return main


def linked_version(build: Build) -> str:
    """Return the version that the linker wrote into a variable, as recorded; empty for none."""
    linked = _linked(build)
    return linked["version"] if linked else ""


def _linked(build: Build) -> re.Match[str] | None:
    return _LINKED.search(build.settings.get("-ldflags", ""))


def _is_own(package: str, main: Module) -> bool:
    """Tell that a variable is one of the program, not of a module that it only uses."""
    own = main.path.split("/")[:_REPOSITORY]
    return package == "main" or package.split("/")[: len(own)] == own
