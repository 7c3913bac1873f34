"""Facts of one ELF file, read from whatever parts of it are at hand (gABI chapters 4 and 5).

Nothing is believed: every offset and count is bounded by what can be read, and what contradicts
the format tells nothing while the rest is still told.
"""

from dataclasses import field

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.elf_layout import (
    DYNAMIC,
    INTERPRETER,
    TABLE_LIMIT,
    TEXT_LIMIT,
    Content,
    Layout,
    Segment,
    file_offset,
    layout,
    segments,
    structure,
)

_NEEDED_LIMIT = 256
"""Libraries kept of one file; real files name fewer than 150."""
_MACHINES = {
    2: "sparc",
    3: "i386",
    8: "mips",
    20: "powerpc",
    21: "powerpc64",
    22: "s390x",
    40: "arm",
    43: "sparc64",
    62: "x86-64",
    183: "aarch64",
    243: "riscv",
    247: "bpf",
    258: "loongarch",
}
_DT_NEEDED, _DT_STRTAB, _DT_RPATH, _DT_RUNPATH = 1, 5, 15, 29


@dataclass(slots=True)
class ElfFacts:
    """What one ELF file says about itself."""

    machine: str = ""
    """`x86-64`, `aarch64` ... or the number (e_machine)."""
    interpreter: str = ""
    """The dynamic loader (PT_INTERP)."""
    needed: list[str] = field(default_factory=list)
    """Libraries, in the order of the dynamic table (DT_NEEDED)."""
    runpath: str = ""
    """Where libraries are searched first (DT_RUNPATH, else DT_RPATH)."""

    def to_json(self) -> bytes:
        """Return the facts as JSON, defaults left out."""
        named = ((name, getattr(self, name)) for name in self.__slots__)
        return orjson.dumps({name: value for name, value in named if value})

    @classmethod
    def from_json(cls, value: bytes) -> "ElfFacts":
        """Return the facts that `to_json` wrote."""
        return cls(**orjson.loads(value))


def facts(content: Content) -> ElfFacts:
    """Return what can be told of a file; never raises, whatever the bytes are."""
    told = ElfFacts()
    form = layout(content.read(0, 64))
    if form is None:
        return told
    told.machine = _MACHINES.get(form.machine, str(form.machine))
    found = segments(content, form) or []
    for segment in found:
        if segment.type == INTERPRETER:
            told.interpreter = _text(content, segment.offset, min(segment.size, TEXT_LIMIT))
        elif segment.type == DYNAMIC:
            _dynamic(content, form, found, segment, told)
    return told


def _dynamic(
    content: Content, form: Layout, found: list[Segment], segment: Segment, told: ElfFacts
) -> None:
    entry = structure(form.order + ("QQ" if form.wide else "II"))
    table = content.read(segment.offset, min(segment.size, TABLE_LIMIT))
    table = table[: len(table) // entry.size * entry.size]
    tags: dict[int, int] = {}
    needed: list[int] = []
    for tag, value in entry.iter_unpack(table):
        if tag == 0:
            break
        if tag == _DT_NEEDED:
            needed.append(value)
        else:
            tags.setdefault(tag, value)
    strings = file_offset(found, tags.get(_DT_STRTAB, -1))
    if strings is not None:
        names = (_text(content, strings + at) for at in needed[:_NEEDED_LIMIT])
        told.needed = [name for name in names if name]
        paths = (_text(content, strings + tags[x]) for x in (_DT_RUNPATH, _DT_RPATH) if x in tags)
        told.runpath = next(filter(None, paths), told.runpath)


def _text(content: Content, offset: int, limit: int = TEXT_LIMIT) -> str:
    return content.read(offset, limit).partition(b"\0")[0].decode("utf-8", "backslashreplace")
