"""Go modules of compiled programs: main module, dependencies and standard library.

Source: Go's `runtime/debug` (`BuildInfo.String`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers import _executable
from ocianalyze.inventory.catalogers._evidence import properties, readable, unpack
from ocianalyze.inventory.catalogers._go_modules import (
    Build,
    Module,
    linked_version,
    main_module,
    read_build,
)
from ocianalyze.inventory.catalogers._go_tap import UNKNOWN, GoTap
from ocianalyze.inventory.catalogers._marks import Marks
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.model.package import Distribution, Found

_SMALLEST = 4096
_LOCAL = (".", "/")
_SETTINGS = ("vcs", "GO", "CGO_ENABLED", "-buildmode", "-compiler", "-trimpath", "-tags", "-race")
"""Settings worth telling; flags of compilers and linkers may hold anything, secrets too."""


def _open(seen: Seen, head: memoryview) -> Tap | None:
    kind = _executable.kind(head)
    if not kind or seen.size < _SMALLEST:
        return None
    return GoTap(kind, Marks(_executable.GO_TEXTS, _executable.TEXTS, seen.size))


def _toolchain(recorded: str) -> tuple[str, str]:
    """Return version and experiments of `go1.22.1 X:boringcrypto`; `devel` ones as recorded."""
    if recorded == UNKNOWN:
        return "", ""
    version, _, rest = recorded.partition(" ")
    if not version.startswith("go"):
        return recorded, ""
    return version.removeprefix("go"), rest


def _found(module: Module, path: str, **facts: str) -> Found:
    namespace, _, name = module.path.rpartition("/")
    return Found(
        "golang",
        name,
        module.version,
        namespace,
        location=path,
        properties=properties(sum=module.sum, **facts),
    )


def _dependency(module: Module, instead: Module | None, path: str) -> Found:
    """A module from elsewhere counts as what it was replaced by, one from a directory as itself."""
    if instead is None:
        return _found(module, path)
    if instead.path.startswith(_LOCAL) or not instead.path:
        return _found(Module(module.path, ""), path, **{"replaced-by": instead.path})
    return _found(instead, path, replaces=f"{module.path}@{module.version}")


def _main(build: Build, path: str) -> Found | None:
    """Return the module that the program was built from, with the settings of the build."""
    module, linked = main_module(build), linked_version(build)
    if module is None:
        return None
    facts = {
        f"build:{key}": value
        for key, value in build.settings.items()
        if key.startswith(_SETTINGS) and "FLAGS" not in key
    }
    facts |= {
        "linked-version": linked,
        "main-module": "" if build.main else "unknown, named by its main package",
    }
    is_recorded = module == build.main
    return replace(_found(module, path, **facts), confidence="exact" if is_recorded else "strong")


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    value = unpack(kept)
    build = read_build(str(value.get("modules", "")))
    parts: list[Found] = []
    if version := str(value.get("go", "")):
        number, experiments = _toolchain(version)
        missing = str(value.get("missing", "")) or _missing(number, value)
        facts = {"experiments": experiments, "missing": missing}
        parts.append(_found(Module("stdlib", number), kept.path, **facts))
    parts += (_dependency(module, instead, kept.path) for module, instead in build.dependencies)
    yield from parts
    if main := _main(build, kept.path):
        yield replace(main, depends=tuple(map(_release, parts)))


def _missing(number: str, value: dict[str, Any]) -> str:
    """Return what a program does not tell that its linker could: its builder took it away."""
    told = {"version": number, "modules": value.get("modules")}
    return ", ".join(name for name, said in told.items() if not said)


def _release(part: Found) -> str:
    name = f"{part.namespace}/{part.name}" if part.namespace else part.name
    return f"{name}@{part.version}"


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    """The main module owns its program; without one, the standard library stands for it."""
    value = readable(kept)
    main = main_module(read_build(str(value.get("modules", ""))))
    path = main.path if main else "stdlib"
    return (Claim("golang", path.rpartition("/")[2], location=kept.path, paths=(kept.path,)),)


OBSERVER = Observer(
    name="go",
    version=2,
    interest=Interest(magics=_executable.MAGICS),
    open=_open,
    summary="Go version and module list of ELF, PE and Mach-O programs",
)

CATALOGER = Cataloger(
    name="go",
    types=("golang",),
    observers=(OBSERVER,),
    summary="Go modules and standard library from the build information of ELF, PE and Mach-O "
    "programs, both forms; replaced modules, build settings as properties of the main module; "
    "the version that the linker wrote where it has none; else the main package stands for it; a "
    "program whose builder took version and modules away is told as such, by the standard library",
    read=_read,
    claims=_claims,
)
