"""Layers cut and damaged in every way: facts that say so, never a crash, never much memory."""

import hashlib
import io
import random
import subprocess
import sys
import tarfile
import tracemalloc
from functools import cache
from pathlib import Path

import pytest
import zstandard

from ocianalyze.layers.observer import Interest
from ocianalyze.model.anomaly import CODES
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.media_type import Compression
from tests.archives import compress
from tests.tars import END, codes, header, keeper, member, pax, read, rows

ROOT = Path(__file__).resolve().parents[2]
COMPRESSIONS: list[Compression] = ["none", "gzip", "zstd", "xz", "bzip2"]
OBSERVERS = (keeper("names", Interest(names=frozenset({b"passwd"}))),)
_NUMBERS = random.Random(3)
every = pytest.mark.parametrize("compression", COMPRESSIONS)


@cache
def layer() -> bytes:
    """Return a small layer of the kinds that real ones have."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in {
            "etc/passwd": b"root:x:0:0::/:/bin/sh\n",
            "usr/bin/tool": b"\x7fELF" + _NUMBERS.randbytes(3000),
            "usr/share/" + "long/" * 30 + "name": b"text " * 300,
            "var/.wh.cache": b"",
        }.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1_700_000_000.25
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("bin")
        link.type, link.linkname = tarfile.SYMTYPE, "usr/bin"
        archive.addfile(link)
    return buffer.getvalue()


@cache
def stored(compression: Compression) -> bytes:
    """Return the layer compressed, with checksums where the format leaves the choice."""
    if compression == "zstd":
        return zstandard.ZstdCompressor(write_checksum=True).compress(layer())
    return compress(layer(), compression)


@cache
def whole() -> LayerFacts:
    """Return the facts of the undamaged layer."""
    return read(layer(), OBSERVERS)


def assert_honest(data: bytes) -> None:
    """Facts of damaged bytes are those of the whole, or have another digest and say what is odd.

    What is not said is at least another content: whoever verifies the digest sees it.
    """
    found = read(data, OBSERVERS)
    assert found.digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert found.size == len(data)
    assert len(rows(found.entries)) == len(found.entries)
    if found.diff_id == whole().diff_id:
        assert rows(found.entries) == rows(whole().entries)
        return
    assert found.digest != whole().digest
    if found.compression != "none":
        assert found.partial
    if found.partial:
        assert found.anomalies


@every
def test_truncated_anywhere(compression: Compression) -> None:
    data = stored(compression)
    for at in {*range(0, len(data), max(1, len(data) // 150)), *range(len(data) - 20, len(data))}:
        assert_honest(data[:at])


@every
def test_a_flipped_bit_anywhere(compression: Compression) -> None:
    data = bytearray(stored(compression))
    for at in range(0, len(data), max(1, len(data) // 300)):
        bit = 1 << _NUMBERS.randrange(8)
        data[at] ^= bit
        assert_honest(bytes(data))
        data[at] ^= bit


@every
def test_runs_of_junk_anywhere(compression: Compression) -> None:
    data = stored(compression)
    for _ in range(100):
        at, length = _NUMBERS.randrange(len(data)), _NUMBERS.randrange(1, 600)
        assert_honest(data[:at] + _NUMBERS.randbytes(length) + data[at + length :])
        assert_honest(data[:at] + data[at + length :])


def test_every_byte_of_the_headers_set_to_anything() -> None:
    """With the checksum made right again, as an attacker would."""
    first = bytearray(header(b"etc/passwd", size=22))
    for at in range(512):
        for value in (0, 0x20, 0x37, 0x39, 0x80, 0xFF):
            block = bytearray(first)
            block[at] = value
            block[148:156] = b" " * 8
            block[148:156] = b"%06o\0 " % sum(block)
            data = bytes(block) + b"x" * 512 + header(b"next") + END
            found = read(data, OBSERVERS)
            names = [row.path for row in rows(found.entries)]
            assert b"next" in names or found.partial or found.anomalies, (at, value)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(header(size=1 << 30, flag=b"x") + bytes(1 << 20), id="claimed-pax"),
        pytest.param(header(size=1 << 30, flag=b"L") + bytes(1 << 20), id="claimed-long-name"),
        pytest.param(pax({b"comment": bytes(900_000)}) * 8 + header() + END, id="many-pax"),
        pytest.param(pax(b"6 a=b\n" * 150_000) + header() + END, id="many-records"),
        pytest.param(pax({b"path": b"a/" * 400_000}) + header() + END, id="deep-path"),
        pytest.param(pax({b"path": b"../" * 300_000}) + header() + END, id="escaping-path"),
        pytest.param(
            pax(
                {
                    b"GNU.sparse.major": b"1",
                    b"GNU.sparse.minor": b"0",
                    b"GNU.sparse.realsize": b"9",
                }
            )
            + member(b"f", b"1000000\n" + b"0\n" * 300_000),
            id="sparse-map",
        ),
        pytest.param(member(b"f", b"x", flag=b"S") * 500 + END, id="sparse-without-map"),
        pytest.param(bytes(range(256)) * 8192, id="no-tar"),
    ],
)
def test_claims_do_not_fill_memory(data: bytes) -> None:
    tracemalloc.start()
    try:
        found = read(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40 << 20
    assert found.anomalies or not found.partial


def test_anomalies_name_codes_that_are_documented() -> None:
    """Even those that only damage brings up."""
    data = bytearray(layer())
    for at in range(0, len(data), 13):
        data[at] ^= 0x55
        assert set(codes(read(bytes(data)))) <= set(CODES)
        data[at] ^= 0x55


_MILLION = """
import io
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.limits import DEFAULT

COUNT = 1_000_000
TEMPLATE = bytearray(1024)
TEMPLATE[100:124] = b"0000644\\0" b"0000000\\0" b"0000000\\0"
TEMPLATE[124:156] = b"00000000004\\0" b"14712345670\\0        "
TEMPLATE[156:157] = b"0"
TEMPLATE[257:265] = b"ustar\\x0000"
TEMPLATE[512:516] = b"tiny"
SUM = sum(TEMPLATE[:512])

def members(first):
    for number in range(first, first + 64):
        name = b"srv/d%04d/f%07d" % (number // 500, number)
        TEMPLATE[:18] = name
        TEMPLATE[148:156] = b"%06o\\0 " % (SUM + sum(name))
        yield bytes(TEMPLATE)

class Stream(io.RawIOBase):
    def __init__(self):
        self.done = 0
    def readable(self):
        return True
    def read(self, size=-1):
        assert size >= 64 * 1024
        if self.done >= COUNT:
            return b""
        chunk = b"".join(members(self.done))
        self.done += 64
        return chunk

class Generated:
    size = COUNT * 1024
    def open(self):
        return Stream()

facts = read_layer(Generated(), Reading((), lambda head: 1))
assert len(facts.entries) >= COUNT, len(facts.entries)
assert not facts.partial
assert facts.entries.path(999_999) == b"srv/d1999/f0999999", facts.entries.path(999_999)
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def test_a_million_entries_stay_within_the_memory_bar() -> None:
    """250 MB for the whole process, interpreter included.

    `getrusage` would count what the parent had before it became this process.
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell the peak of a process's memory")
    done = subprocess.run(
        [sys.executable, "-c", _MILLION], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert not done.returncode, done.stderr
    assert int(done.stdout) <= 250
