"""What is fuzzed: each parser of bytes that a hostile author writes, and where to begin.

A target may raise nothing; what its parser raises on purpose is allowed inside of it.
"""

import lzma
import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ocianalyze.blobs.compression import decompress
from ocianalyze.blobs.damage import DamagedStreamError
from ocianalyze.controls.aspects.setid.capabilities import file_capabilities
from ocianalyze.detectors.elf import OBSERVER as ELF
from ocianalyze.errors import OcianalyzeError
from ocianalyze.inventory.catalogers._jar_stream import StreamedJar
from ocianalyze.inventory.catalogers._rpm_package import read as read_header
from ocianalyze.inventory.catalogers._rpm_signature import key_id
from ocianalyze.inventory.catalogers.beam import CATALOGER as BEAM
from ocianalyze.inventory.catalogers.binary import CATALOGER as BINARY
from ocianalyze.inventory.catalogers.conda import CATALOGER as CONDA
from ocianalyze.inventory.catalogers.go import CATALOGER as GO
from ocianalyze.inventory.catalogers.java import CATALOGER as JAVA
from ocianalyze.inventory.catalogers.packed import CATALOGER as PACKED
from ocianalyze.inventory.catalogers.rust import CATALOGER as RUST
from ocianalyze.inventory.sbom_reader import packages, read_document
from ocianalyze.layers.pax import read_pax
from ocianalyze.model.facts import unpack_xattrs
from tests import tars
from tests.archives import compress
from tests.hostile.fuzz import samples
from tests.inventory.catalogers import rpm_samples
from tests.inventory.catalogers.walked import observe, survives

Run = Callable[[bytes], None]
CORPUS = Path(__file__).parents[3] / os.environ.get("OCIANALYZE_CORPUS", "../shared/corpus")
SEED_BYTES = 128 << 10
"""Of the largest sample of others that is taken: mutations of large ones find little."""


@dataclass(frozen=True, slots=True)
class Target:
    """One parser, and contents that it reads."""

    run: Run
    seeds: Callable[[], Iterable[bytes]]


def _database(path: str, data: bytes) -> None:
    rpm_samples.found({path: data})


def _log(data: bytes) -> None:
    """Read a log beside the database that it belongs to."""
    rpm_samples.found({rpm_samples.SQLITE: rpm_samples.logged()[0], rpm_samples.WAL: data})


def _header(data: bytes) -> None:
    with suppress(ValueError):
        read_header(data)
    key_id(data)


def _passing(data: bytes) -> None:
    tap = StreamedJar("a-1.jar")
    for at in range(0, len(data), 997):
        tap.feed(data[at : at + 997])
    tap.close()


def _elf(data: bytes) -> None:
    observe(ELF, "bin/x", b"\x7fELF" + data[4:])


def _tar(data: bytes) -> None:
    """Read a layer as it is, then with right checksums, which mutation alone cannot make."""
    tars.read(data)
    blocks = [data[at : at + tars.BLOCK] for at in range(0, len(data), tars.BLOCK)]
    right = (
        tars.summed(block) if block[257:262] == b"ustar" and len(block) == tars.BLOCK else block
        for block in blocks
    )
    tars.read(b"".join(right))


def _pax(data: bytes) -> None:
    read_pax(data, {}, [])
    tars.read(tars.pax(data) + tars.member(b"x", b"y") + tars.END)


def _stream(compression: samples.Packing, data: bytes) -> None:
    with suppress(DamagedStreamError):
        for number, _ in enumerate(decompress(iter([data[:100], data[100:]]), compression)):
            if number > 64:
                return


def _xattr(data: bytes) -> None:
    file_capabilities(data)
    with suppress(ValueError):
        unpack_xattrs(data)
    records = {b"SCHILY.xattr.security.capability": data}
    tars.read(tars.pax(records) + tars.member(b"x") + tars.END)


def _sbom(data: bytes) -> None:
    with suppress(OcianalyzeError):
        document = read_document(data)
        if document:
            list(packages(document, "bom.json"))


def _cut(paths: Iterable[Path]) -> Iterator[bytes]:
    """Yield files of the corpus that are small enough."""
    for path in sorted(paths):
        if path.is_file() and path.stat().st_size <= SEED_BYTES:
            yield path.read_bytes()


def _bdb() -> Iterator[bytes]:
    yield samples.bdb()
    path = CORPUS / "rpmdb" / "libuuid_Packages.xz"
    if path.is_file():
        yield lzma.decompress(path.read_bytes())


def _tars() -> Iterator[bytes]:
    yield from samples.layers()
    yield from _cut((CORPUS / "tars").rglob("*.tar"))


TARGETS: dict[str, Target] = {
    "rpm-header": Target(_header, lambda: rpm_samples.HEADERS),
    "rpm-bdb": Target(partial(_database, rpm_samples.BDB), _bdb),
    "rpm-ndb": Target(
        partial(_database, rpm_samples.NDB), lambda: [rpm_samples.ndb(rpm_samples.HEADERS)]
    ),
    "rpm-sqlite": Target(
        partial(_database, rpm_samples.SQLITE),
        lambda: [rpm_samples.sqlite(rpm_samples.HEADERS), rpm_samples.logged()[0]],
    ),
    "rpm-wal": Target(_log, lambda: [rpm_samples.logged()[1]]),
    "jar": Target(partial(survives, JAVA, "lib/a-1.jar"), samples.jars),
    "jar-stream": Target(_passing, samples.jars),
    "go": Target(partial(survives, GO, "bin/x"), samples.go_programs),
    "rust": Target(partial(survives, RUST, "bin/x"), samples.rust_programs),
    "elf": Target(_elf, samples.elfs),
    "packed": Target(partial(survives, PACKED, "bin/x"), samples.elfs),
    "binary": Target(partial(survives, BINARY, "bin/python3.11"), samples.elfs),
    "beam": Target(partial(survives, BEAM, "lib/a-1/ebin/a.app"), lambda: [samples.APPLICATION]),
    "conda": Target(
        partial(survives, CONDA, "opt/conda/conda-meta/a-1-0.json"), lambda: [samples.CONDA]
    ),
    "sbom": Target(_sbom, lambda: samples.SBOMS),
    "tar": Target(_tar, _tars),
    "pax": Target(_pax, lambda: samples.RECORDS),
    "zstd": Target(partial(_stream, "zstd"), lambda: [compress(samples.TEXT, "zstd")]),
    "gzip": Target(partial(_stream, "gzip"), lambda: [compress(samples.TEXT, "gzip")]),
    "xz": Target(partial(_stream, "xz"), lambda: [compress(samples.TEXT, "xz")]),
    "xattr": Target(
        _xattr, lambda: [struct.pack("<5I", 0x3000001, 0xFF, 0, 1, 1000), b"a\x001\x00b"]
    ),
}


def write_seeds(target: Target) -> "tempfile.TemporaryDirectory[str]":
    """Return a folder with a target's seeds."""
    folder = tempfile.TemporaryDirectory(prefix="seeds-")
    for number, seed in enumerate(target.seeds()):
        (Path(folder.name) / f"{number:04d}").write_bytes(seed)
    return folder
