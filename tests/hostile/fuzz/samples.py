"""Where fuzzing begins: small contents that parsers read."""

import io
import json
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from tests import tars
from tests.images import File, hardlink, symlink, tar
from tests.inventory.catalogers import programs, rpm_samples

Packing = Literal["gzip", "zstd", "xz", "bzip2"]
TEXT = b"".join(b"line %d of a text\n" % number for number in range(200))
APPLICATION = b'{application,demo,[{description,"x"},{vsn,"1.2.3"},{modules,[]}]}.\n'
CONDA = json.dumps(
    {
        "name": "demo",
        "version": "1.0",
        "build": "py_0",
        "channel": "https://conda.example/main",
        "files": ["lib/x.py"],
        "depends": ["python"],
    }
).encode()
SBOMS = [
    json.dumps(
        {
            "spdxVersion": "SPDX-2.3",
            "packages": [
                {"externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/a@1"}]}
            ],
        }
    ).encode(),
    b'{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"purl":"pkg:deb/d/x@1:2"}]}',
    b'{"payloadType":"x","payload":"e30="}',
]
RECORDS = [
    b"".join(
        tars.record(key, b"1") for key in (b"path", b"size", b"mtime", b"SCHILY.xattr.user.a")
    ),
    tars.record(b"GNU.sparse.map", b"0,1,5,1") + tars.record(b"GNU.sparse.size", b"9"),
    tars.record(b"LIBARCHIVE.xattr.user.a", b"YQ==") + tars.record(b"mtime", b"1.5"),
]


def bdb() -> bytes:
    """Return a hash file with one value on its page and one in an overflow page."""
    size, header = 512, rpm_samples.HEADERS[0]
    meta = bytearray(size)
    struct.pack_into("<4I", meta, 8, 0, 0x061561, 9, size)
    meta[25] = 8
    struct.pack_into("<I", meta, 32, 2)
    page = bytearray(size)
    items = (b"\1" + b"key0", b"\1" + header[:200], b"\1" + b"key1")
    at, offsets = size, []
    for item in (*items, struct.pack("<4B2I", 3, 0, 0, 0, 2, len(header))):
        at -= len(item)
        page[at : at + len(item)] = item
        offsets.append(at)
    struct.pack_into("<H", page, 20, len(offsets))
    page[25] = 13
    struct.pack_into(f"<{len(offsets)}H", page, 26, *offsets)
    more = bytearray(size)
    struct.pack_into("<H", more, 22, len(header))
    more[25] = 7
    more[26 : 26 + len(header)] = header
    return bytes(meta + page + more[:size])


def jars() -> Iterator[bytes]:
    """Yield archives that are packed, nested, and of sizes that follow."""
    properties = b"groupId=g\nartifactId=a\nversion=1\n"
    inner = _jar({"META-INF/maven/g/a/pom.properties": properties}, zipfile.ZIP_DEFLATED)
    members = {"META-INF/MANIFEST.MF": b"Implementation-Version: 1\n", "lib/b.jar": inner}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield _jar(members, method)
    data = b"x" * 9
    yield (
        struct.pack("<4s5H3L2H", b"PK\3\4", 20, 8, 0, 0, 0, 0, 0, 0, 5, 0)
        + b"a.jar"
        + data
        + struct.pack("<4s3L", b"PK\7\x08", 0, len(data), len(data))
        + inner
    )


def _jar(members: dict[str, bytes], method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def elfs() -> Iterator[bytes]:
    """Yield heads of programs of each kind."""
    for make in (programs.elf, programs.pe, programs.macho):
        yield make(4_096) + b"UPX!" + bytes(500)
    yield programs.elf(4_096, order=">", wide=False) + bytes(500)
    yield Path("/bin/true").read_bytes()[:65_536]


def go_programs() -> Iterator[bytes]:
    """Yield programs with build information of both forms."""
    for make in (programs.elf, programs.pe, programs.macho):
        yield programs.go_program(make(20_000), at=1_024)
    yield programs.old_go_program(programs.elf(20_000))
    yield programs.old_go_program(programs.elf(20_000, order=">", wide=False), order=">", width=4)


def rust_programs() -> Iterator[bytes]:
    """Yield programs with the list that cargo-auditable writes."""
    listed = [{"name": "a", "version": "1.0.0", "source": "registry", "kind": "runtime"}]
    yield programs.rust_program(programs.elf(9_000), listed, at=1_024)


def layers() -> Iterator[bytes]:
    """Yield layers with every kind of member."""
    yield tar(
        {
            "a": File(b"x", xattrs={"user.a": b"1"}),
            "b": symlink("a"),
            "c": hardlink("a"),
            "n" * 120: b"long",
            "d/.wh.e": b"",
        }
    )
    yield tars.member(b"old", magic=tars.V7) + tars.member(b"gnu", b"y", magic=tars.GNU) + tars.END
    sparse = tars.record(b"GNU.sparse.map", b"0,1") + tars.record(b"GNU.sparse.realsize", b"9")
    yield tars.pax(sparse) + tars.member(b"s", b"z") + tars.END
