"""Chisel's manifest: slices of Ubuntu packages as jsonwall, zstd-compressed.

Chisel reference, "Chisel manifest": one JSON object a line; `package` names version, architecture
and digest, `path` names the slices (`package_slice`) that a file came with.
"""

import io
from collections.abc import Iterator
from dataclasses import field

import orjson
import zstandard

from ocianalyze.dataclass import dataclass
from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._epoch import split_epoch
from ocianalyze.inventory.catalogers._lines import is_cut, lines
from ocianalyze.inventory.catalogers._paths import pack, relative, unpack
from ocianalyze.inventory.catalogers._table import PACKAGES, Row, keep, rows, texts
from ocianalyze.inventory.content import Content
from ocianalyze.inventory.distro import distro_qualifier
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import KIB, MIB
from ocianalyze.model.package import Distribution, Found

_STORED_BYTES = 8 * MIB
_WALL_BYTES = 32 * MIB
"""Of one manifest decompressed; a file takes about 300."""
_WINDOW = 8 * MIB
_STEP = 256 * KIB
_SLICES = 64
"""Slices looked at for one path."""
_KEPT = frozenset({"name", "version", "arch", "sha256"})
_ZSTD = b"\x28\xb5\x2f\xfd"


@dataclass(slots=True)
class _Wall:
    """What a manifest names; packages come before paths and slices, since lines are sorted."""

    packages: dict[str, Row] = field(default_factory=dict)
    files: dict[str, list[bytes]] = field(default_factory=dict)
    slices: dict[str, list[str]] = field(default_factory=dict)
    room: int = _WALL_BYTES
    """For paths; each is kept once for each of its packages."""

    def take(self, record: Row) -> None:
        """Take one line."""
        kind, name = record.get("kind"), record.get("name")
        if kind == "path":
            self._take_path(record)
        elif kind == "package" and isinstance(name, str) and len(self.packages) <= PACKAGES:
            self.packages[name] = {key: x for key, x in record.items() if key in _KEPT}
        elif kind == "slice" and isinstance(name, str):
            package, _, own = name.partition("_")
            if package in self.packages:
                self.slices.setdefault(package, []).append(own)

    def _take_path(self, record: Row) -> None:
        path = _path(record)
        for package in _owners(record) & self.packages.keys() if path else ():
            self.room -= len(path)
            if self.room > 0:
                self.files.setdefault(package, []).append(path)

    def rows(self) -> Iterator[Row]:
        """Yield the packages with their slices and files."""
        for name, row in self.packages.items():
            yield row | {
                "slices": self.slices.get(name, []),
                "files": pack(self.files.get(name, ())),
            }


def _manifest(content: bytes) -> bytes | None:
    text = _decompress(content[:_STORED_BYTES])
    wall = _Wall()
    for record in _records(text[:_WALL_BYTES]):
        wall.take(record)
    cut = len(content) > _STORED_BYTES or is_cut(text, _WALL_BYTES) or wall.room <= 0
    return keep(wall.rows(), cut=cut, limit=_WALL_BYTES)


def _decompress(content: bytes) -> bytes:
    """Return at most one byte more than the limit; what comes before damage counts."""
    found = io.BytesIO()
    reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(
        content, read_across_frames=True
    )
    try:
        while found.tell() <= _WALL_BYTES and (piece := reader.read(_STEP)):
            found.write(piece)
    except zstandard.ZstdError:
        pass
    return found.getvalue()[: _WALL_BYTES + 1]


def _records(wall: bytes) -> Iterator[Row]:
    for line in lines(wall):
        try:
            record = orjson.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record


def _owners(record: Row) -> set[str]:
    slices = record.get("slices")
    names = slices[:_SLICES] if isinstance(slices, list) else []
    return {name.partition("_")[0] for name in names if isinstance(name, str)}


def _path(record: Row) -> bytes:
    """Return the path of a file or link; directories end with a slash."""
    path = str(record.get("path", "")).encode("utf-8", "replace")
    return b"" if path.endswith(b"/") else relative(path)


def _open(_seen: Seen, head: memoryview) -> Tap | None:
    return Content(_STORED_BYTES, _manifest) if head[:4] == _ZSTD else None


def read(kept: Kept, distribution: Distribution) -> Iterator[Found]:
    """Yield the packages that slices were cut from; without a distribution they are Ubuntu's."""
    for row in rows(kept.value):
        epoch, version = split_epoch(str(row.get("version", "")))
        slices = ",".join(texts(row, "slices"))
        yield Found(
            type="deb",
            namespace=distribution.id or "ubuntu",
            name=str(row.get("name", "")),
            version=version,
            epoch=epoch,
            arch=str(row.get("arch", "")),
            qualifiers=distro_qualifier(distribution),
            properties=(("chisel-slices", slices),) if slices else (),
        )


def claims(kept: Kept, _distribution: Distribution) -> Iterator[Claim]:
    """Yield the files of each package."""
    for row in rows(kept.value):
        if row.get("files"):
            name, arch = str(row.get("name", "")), str(row.get("arch", ""))
            yield Claim(type="deb", name=name, arch=arch, paths=unpack(str(row["files"])))


CATALOGER = Cataloger(
    name="chisel",
    types=("deb",),
    lists_all=True,
    observers=(
        Observer(
            "chisel",
            version=1,
            interest=Interest(names=frozenset({b"manifest.wall"})),
            open=_open,
            summary="packages, slices and paths of a Chisel manifest",
        ),
    ),
    summary="manifest.wall, wherever a slice generates it (var/lib/chisel)",
    read=read,
    claims=claims,
)
