"""Made programs: the smallest files that hold what compilers leave behind."""

import json
import struct
import zlib

BASE = 0x400000
"""Address that offset 0 is loaded at."""
BEGIN = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
END = bytes.fromhex("f932433186182072008242104116d8f2")
MODULES = (
    "path\texample.test/app/cmd\n"
    "mod\texample.test/app\t(devel)\t\n"
    "dep\texample.test/lib/v2\tv2.1.0\th1:aaaa=\n"
    "dep\texample.test/old\tv1.0.0\n"
    "=>\texample.test/new\tv1.5.0\th1:bbbb=\n"
    "dep\texample.test/near\tv0.1.0\n"
    "=>\t./near\t(devel)\t\n"
    "build\tCGO_ENABLED=0\n"
    'build\t-ldflags="-s -X main.version=3.2.1 -X main.token=notasecret"\n'
    "build\tvcs.revision=0123abcd\n"
    "build\tvcs.modified=true\n"
)


def elf(size: int, *, order: str = "<", wide: bool = True) -> bytes:
    """Return the head of an ELF program that is loaded whole at `BASE`."""
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    if wide:
        header = struct.pack(order + "HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 64, 0, 0)
        return ident + header + struct.pack(order + "IIQQQQQQ", 1, 6, 0, BASE, BASE, size, size, 16)
    header = struct.pack(order + "HHIIIIIHHHHHH", 2, 3, 1, 0, 52, 0, 0, 52, 32, 1, 40, 0, 0)
    return ident + header + struct.pack(order + "IIIIIIII", 1, 0, BASE, BASE, size, size, 6, 16)


def pe(size: int) -> bytes:
    """Return the head of a PE32+ program with one section, loaded at `BASE` from offset 0."""
    coff = struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22)
    optional = struct.pack("<H22xQ", 0x20B, BASE).ljust(240, b"\0")
    section = b".data\0\0\0" + struct.pack("<IIII", size, 0, size, 0) + bytes(16)
    stub = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80)
    return stub.ljust(0x80, b"\0") + b"PE\0\0" + coff + optional + section


def macho(size: int) -> bytes:
    """Return the head of a 64-bit Mach-O program with one segment."""
    header = struct.pack("<IIIIIIII", 0xFEEDFACF, 0x01000007, 3, 2, 1, 72, 0, 0)
    segment = struct.pack("<II16sQQQQIIII", 0x19, 72, b"__DATA", BASE, size, 0, size, 3, 3, 0, 0)
    return header + segment


def _uvarint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def wrapped(modules: str) -> bytes:
    """Return a module list between its marks."""
    return BEGIN + modules.encode() + END if modules else b""


def build_info(version: str, modules: str) -> bytes:
    """Return the form since Go 1.18."""
    head = b"\xff Go buildinf:" + b"\x08\x02" + bytes(16)
    return head + b"".join(_uvarint(len(x)) + x for x in (version.encode(), wrapped(modules)))


def go_program(
    head: bytes, version: str = "go1.22.3", modules: str = MODULES, at: int = 8192
) -> bytes:
    """Return a program with the build information of Go 1.18 and later at an offset."""
    return head.ljust(at, b"\0") + build_info(version, modules) + bytes(4096)


def old_go_program(
    head: bytes,
    version: str = "go1.15.7",
    modules: str = MODULES,
    *,
    order: str = "<",
    width: int = 8,
) -> bytes:
    """Return a program with the build information of Go before 1.18: texts before pointers."""
    number = order + ("Q" if width == 8 else "I")
    texts_at, info_at = 4096, 16384
    texts = version.encode() + wrapped(modules)
    headers_at = info_at + 64
    info = b"\xff Go buildinf:" + bytes([width, order == ">"])
    info += struct.pack(number, BASE + headers_at) + struct.pack(
        number, BASE + headers_at + 2 * width
    )
    headers = b"".join(
        struct.pack(number, x)
        for x in (BASE + texts_at, len(version), BASE + texts_at + len(version), len(modules) + 32)
    )
    content = head.ljust(texts_at, b"\0") + texts
    return content.ljust(info_at, b"\0") + info.ljust(64, b"\0") + headers + bytes(4096)


def rust_program(head: bytes, packages: object, at: int = 9000, level: int = 6) -> bytes:
    """Return a program with the list that cargo-auditable writes."""
    stored = zlib.compress(
        json.dumps({"packages": packages}, separators=(",", ":")).encode(), level
    )
    return head.ljust(at, b"\0") + stored + bytes(4096)
