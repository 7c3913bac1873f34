"""Libraries that programs load at their start: DT_NEEDED, searched as ld.so(8) does."""

from collections.abc import Iterable, Iterator
from dataclasses import field

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.elf_facts import ElfFacts
from ocianalyze.filesystem.view import Tree
from ocianalyze.model.entry import Entry, Kind

_TRIPLETS = {
    "x86-64": "x86_64-linux-gnu",
    "i386": "i386-linux-gnu",
    "aarch64": "aarch64-linux-gnu",
    "arm": "arm-linux-gnueabihf",
    "powerpc64": "powerpc64le-linux-gnu",
    "s390x": "s390x-linux-gnu",
    "riscv": "riscv64-linux-gnu",
    "mips": "mips64el-linux-gnuabi64",
}
"""Directories of Debian's libraries by machine."""
_HOMES = ("lib", "usr/lib", "lib64", "usr/lib64", "usr/local/lib", "usr/local/lib64")
_LIBRARIES = 2_000
"""Libraries followed for one image."""
_DIRECTORIES = 32
"""Directories searched for one library, those of one RUNPATH among them."""


@dataclass(slots=True)
class Libraries:
    """Collects the libraries of programs, and theirs."""

    tree: Tree
    extra: tuple[str, ...] = ()
    """Directories of LD_LIBRARY_PATH."""
    found: dict[str, Entry] = field(default_factory=dict)
    """Files by path."""
    names: set[str] = field(default_factory=set)
    """Links by which they are reached."""

    def follow(self, program: Entry) -> None:
        """Take what a program or library loads."""
        pending = [program]
        while pending and len(self.found) < _LIBRARIES:
            file = pending.pop()
            value = self.tree.observed("elf", file)
            if not value:
                continue
            facts = ElfFacts.from_json(value)
            directories = tuple(self._directories(file, facts))
            for name in facts.needed:
                library = self._find(name, directories)
                if library is not None and library.path not in self.found:
                    self.found[library.path] = library
                    pending.append(library)

    def _directories(self, file: Entry, facts: ElfFacts) -> Iterator[str]:
        origin = file.path.rpartition("/")[0]
        run = facts.runpath.split(":") if facts.runpath else []
        for path in run[:_DIRECTORIES]:
            yield path.replace("$ORIGIN", f"/{origin}").replace("${ORIGIN}", f"/{origin}")
        yield from self.extra
        triplet = _TRIPLETS.get(facts.machine, "")
        for home in _HOMES:
            if triplet:
                yield f"{home}/{triplet}"
            yield home

    def _find(self, name: str, directories: Iterable[str]) -> Entry | None:
        paths = (name,) if "/" in name else (f"{directory}/{name}" for directory in directories)
        for path in paths:
            entry = self.tree.resolve(path)
            if entry is not None and entry.kind in (Kind.FILE, Kind.HARDLINK):
                named = self.tree.get(path)
                self.names.add(named.path if named else entry.path)
                return entry
        return None
