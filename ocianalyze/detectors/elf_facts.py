"""Facts of one ELF file, read from whatever parts of it are at hand (gABI chapters 4 and 5).

Nothing is believed: every offset and count is bounded by what can be read, and what contradicts
the format is named in `malformed` while the rest is still told.
"""

from collections.abc import Iterator
from dataclasses import field

import orjson

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.elf_layout import (
    DYNAMIC,
    INTERPRETER,
    LOAD,
    NOTE,
    NOTE_LIMIT,
    TABLE_LIMIT,
    TEXT_LIMIT,
    WRITABLE,
    Content,
    Layout,
    Segment,
    file_offset,
    layout,
    segments,
    structure,
)

UPX_HEAD = 4096
"""Where in a file the loader information of UPX can be."""

_NEEDED_LIMIT = 256
"""Libraries kept of one file; real files name fewer than 150."""

_TYPES = {1: "REL", 2: "EXEC", 3: "DYN", 4: "CORE"}
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
_DT_NEEDED, _DT_STRTAB, _DT_SONAME, _DT_RPATH, _DT_RUNPATH = 1, 5, 14, 15, 29
_DT_FLAGS_1, _DF_1_PIE = 0x6FFFFFFB, 0x08000000
_SHT_SYMTAB = 2
_GO_BUILDINFO = b"\xff Go buildinf:"


@dataclass(slots=True)
class ElfFacts:
    """What one ELF file says about itself."""

    bits: int = 0
    """32 or 64."""
    endian: str = ""
    """`little` or `big`."""
    type: str = ""
    """`EXEC`, `DYN`, `REL`, `CORE` or the number."""
    machine: str = ""
    """`x86-64`, `aarch64` ... or the number (e_machine)."""
    interpreter: str = ""
    """The dynamic loader (PT_INTERP)."""
    needed: list[str] = field(default_factory=list)
    """Libraries, in the order of the dynamic table (DT_NEEDED)."""
    soname: str = ""
    runpath: str = ""
    """Where libraries are searched first (DT_RUNPATH, else DT_RPATH)."""
    linking: str = ""
    """`static` or `dynamic`; empty for objects and cores."""
    pie: bool = False
    """A position-independent executable, not a library."""
    stripped: bool | None = None
    """No symbol table; None when the section headers could not be read."""
    build_id: str = ""
    """GNU build-id in hex."""
    go: str = ""
    """Version of the Go toolchain, `unknown` when only the toolchain's note tells."""
    rust: bool = False
    """The compiler's mark is in the parts that were read; False says nothing."""
    upx: bool = False
    """Packed by UPX."""
    unread: list[str] = field(default_factory=list)
    """Parts that exist but were not at hand: `strings`, `dynamic`, `sections`, `notes`."""
    malformed: list[str] = field(default_factory=list)
    """Parts that contradict the format."""

    def to_json(self) -> bytes:
        """Return the facts as JSON, defaults left out."""
        told = {name: value for name in self.__slots__ if (value := getattr(self, name))}
        if self.stripped is False:
            told["stripped"] = False
        return orjson.dumps(told)

    @classmethod
    def from_json(cls, value: bytes) -> "ElfFacts":
        """Return the facts that `to_json` wrote."""
        return cls(**orjson.loads(value))


def facts(content: Content) -> ElfFacts:
    """Return what can be told of a file; never raises, whatever the bytes are."""
    told = ElfFacts()
    form = layout(content.read(0, 64))
    if form is None:
        told.malformed.append("header")
        return told
    told.bits, told.endian = 64 if form.wide else 32, "little" if form.order == "<" else "big"
    told.type = _TYPES.get(form.type, str(form.type))
    told.machine = _MACHINES.get(form.machine, str(form.machine))
    found = segments(content, form)
    if found is None:
        told.malformed.append("segments")
        found = []
    _segments(content, form, found, told)
    _sections(content, form, told)
    _marks(content, told)
    _linking(told)
    return told


def _segments(content: Content, form: Layout, found: list[Segment], told: ElfFacts) -> None:
    for segment in found:
        if segment.type == INTERPRETER:
            told.interpreter = _text(content, segment.offset, told, min(segment.size, TEXT_LIMIT))
        elif segment.type == DYNAMIC:
            _dynamic(content, form, found, segment, told)
        elif segment.type == NOTE:
            _notes(content, form, segment, told)
        elif segment.type == LOAD and segment.flags & WRITABLE and told.go in ("", "unknown"):
            told.go = _go_version(content.read(segment.offset, TEXT_LIMIT)) or told.go


def _dynamic(
    content: Content, form: Layout, found: list[Segment], segment: Segment, told: ElfFacts
) -> None:
    entry = structure(form.order + ("QQ" if form.wide else "II"))
    table = content.read(segment.offset, min(segment.size, TABLE_LIMIT))
    if not table and segment.size:
        _missing("dynamic", segment.offset, content, told)
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
    told.pie = bool(tags.get(_DT_FLAGS_1, 0) & _DF_1_PIE)
    strings = file_offset(found, tags.get(_DT_STRTAB, -1))
    if strings is not None:
        _names(content, strings, needed, tags, told)
    elif needed:
        told.malformed.append("strings")


def _names(
    content: Content, strings: int, needed: list[int], tags: dict[int, int], told: ElfFacts
) -> None:
    """Read the names that the dynamic table points to."""
    told.needed = [_text(content, strings + at, told) for at in needed[:_NEEDED_LIMIT]]
    if len(needed) > _NEEDED_LIMIT:
        _once(told.malformed, "dynamic")
    if _DT_SONAME in tags:
        told.soname = _text(content, strings + tags[_DT_SONAME], told)
    for tag in (_DT_RUNPATH, _DT_RPATH):
        if tag in tags and not told.runpath:
            told.runpath = _text(content, strings + tags[tag], told)
    told.needed = [name for name in told.needed if name]


def _text(content: Content, offset: int, told: ElfFacts, limit: int = TEXT_LIMIT) -> str:
    raw = content.read(offset, limit)
    if not raw:
        _missing("strings", offset, content, told)
    text, end, _ = raw.partition(b"\0")
    if raw and not end:
        _once(told.malformed, "strings")
    return text.decode("utf-8", "backslashreplace")


def _missing(part: str, offset: int, content: Content, told: ElfFacts) -> None:
    """Say whether a part lies outside the file or merely outside what was kept."""
    _once(told.unread if offset < content.size else told.malformed, part)


def _once(words: list[str], word: str) -> None:
    if word not in words:
        words.append(word)


def _notes(content: Content, form: Layout, segment: Segment, told: ElfFacts) -> None:
    data = content.read(segment.offset, min(segment.size, NOTE_LIMIT))
    if not data and segment.size:
        _missing("notes", segment.offset, content, told)
    for name, kind, value in _each_note(data, form.order):
        if name == b"GNU" and kind == 3:
            told.build_id = told.build_id or value[:64].hex()
        elif name == b"Go" and kind == 4:
            told.go = told.go or "unknown"


def _each_note(data: bytes, order: str) -> Iterator[tuple[bytes, int, bytes]]:
    """Yield owner, type and value of each note; both are padded to four bytes."""
    head = structure(order + "III")
    at = 0
    while at + head.size <= len(data):
        name_size, value_size, kind = head.unpack_from(data, at)
        value_at = at + head.size + (name_size + 3 & ~3)
        name = data[at + head.size : at + head.size + name_size].rstrip(b"\0")
        yield name, kind, data[value_at : value_at + value_size]
        at = value_at + (value_size + 3 & ~3)


def _go_version(data: bytes) -> str:
    """Return the version beside the mark of Go's linker (Go 1.18 and later write it there)."""
    at = data.find(_GO_BUILDINFO)
    if at < 0:
        return ""
    flags, length = data[at + 15 : at + 16], data[at + 32 : at + 33]
    if flags and length and flags[0] & 2 and length[0] < 0x80:
        return data[at + 33 : at + 33 + length[0]].decode("utf-8", "backslashreplace")
    return "unknown"


def _sections(content: Content, form: Layout, told: ElfFacts) -> None:
    """Look for a symbol table; a file without section headers has none."""
    if not form.sections_at or not form.section_count:
        told.stripped = True
        return
    size = 64 if form.wide else 40
    length = form.section_count * size
    table = content.read(form.sections_at, min(length, TABLE_LIMIT))
    if form.section_size != size or not table:
        _missing("sections", form.sections_at, content, told)
        return
    entry = structure(f"{form.order}4xI{size - 8}x")
    kinds = {kind for (kind,) in entry.iter_unpack(table[: len(table) // size * size])}
    whole = len(table) == length
    told.stripped = False if _SHT_SYMTAB in kinds else True if whole else None


def _marks(content: Content, told: ElfFacts) -> None:
    """Look for what packers and compilers write at the ends of a file."""
    size = content.size
    tail = content.read(max(size - UPX_HEAD, 0), UPX_HEAD)
    told.upx = b"UPX!" in content.read(0, min(UPX_HEAD, size)) or b"UPX!" in tail[-64:]
    told.rust = b"rustc version " in tail


def _linking(told: ElfFacts) -> None:
    """Tell executables from libraries; linkers before 2016 wrote no DF_1_PIE."""
    if told.type == "DYN" and told.interpreter and not told.soname:
        told.pie = True
    if told.type in ("EXEC", "DYN"):
        is_static = not told.interpreter and not told.needed and (told.pie or told.type == "EXEC")
        told.linking = "static" if is_static else "dynamic"
