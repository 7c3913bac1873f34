"""Images made in memory for tests, read by the real walk and the real merge."""

import io
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from ocianalyze.detectors import filetype
from ocianalyze.detectors.captured import OBSERVER as CAPTURED
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.filesystem.view import ImageView, LayerView
from ocianalyze.layers.history import read_history
from ocianalyze.layers.observer import Observer
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.finding import Finding
from ocianalyze.model.history import History
from ocianalyze.model.oci import HistoryEntry, ImageConfig


@dataclass(frozen=True)
class File:
    """One member of a layer."""

    content: bytes = b""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    kind: str = "f"
    """`f`, `d`, `l` (symbolic link), `h` (hard link), `p`, `c`, `b`."""
    link: str = ""
    xattrs: Mapping[str, bytes] = field(default_factory=dict)
    mtime: int = 1_700_000_000
    device: tuple[int, int] = (0, 0)
    """Major and minor number of `c` and `b`."""
    uname: str = ""
    gname: str = ""


Layer = Mapping[str, File | bytes]
_OF_TARGET = -1
_TYPES = {
    "f": tarfile.REGTYPE,
    "d": tarfile.DIRTYPE,
    "l": tarfile.SYMTYPE,
    "h": tarfile.LNKTYPE,
    "p": tarfile.FIFOTYPE,
    "c": tarfile.CHRTYPE,
    "b": tarfile.BLKTYPE,
}


def directory(mode: int = 0o755) -> File:
    """Return a directory."""
    return File(kind="d", mode=mode)


def symlink(target: str) -> File:
    """Return a symbolic link."""
    return File(kind="l", link=target, mode=0o777)


def hardlink(target: str) -> File:
    """Return a hard link; its header repeats its target's when that is in the same layer."""
    return File(kind="h", link=target, mode=_OF_TARGET)


def tar(members: Layer | Sequence[tuple[str, File | bytes]]) -> bytes:
    """Return a PAX tar with these members in this order; a sequence may repeat a path."""
    buffer = io.BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        written: dict[str, File] = {}
        for path, member in pairs:
            file = File(member) if isinstance(member, bytes) else member
            if file.mode == _OF_TARGET:
                target = written.get(file.link, File())
                file = replace(target, content=b"", kind="h", link=file.link)
            written[path] = file
            archive.addfile(_info(path, file), io.BytesIO(file.content))
    return buffer.getvalue()


def _info(path: str, file: File) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path)
    info.type = _TYPES[file.kind]
    info.size = len(file.content)
    info.mode, info.uid, info.gid, info.mtime = file.mode, file.uid, file.gid, file.mtime
    info.linkname = file.link
    info.uname, info.gname = file.uname, file.gname
    info.devmajor, info.devminor = file.device
    info.pax_headers = {
        f"SCHILY.xattr.{name}": value.decode("utf-8", "surrogateescape")
        for name, value in file.xattrs.items()
    }
    return info


@dataclass(frozen=True)
class Bytes:
    """A blob in memory."""

    data: bytes
    identity: str = ""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)

    def is_settled(self) -> bool:
        """Return False: there is no file."""
        return False

    def open(self) -> BinaryIO:
        """Return a stream over them."""
        return io.BytesIO(self.data)


def facts(
    layer: Layer | Sequence[tuple[str, File | bytes]] | bytes,
    observers: Sequence[Observer] = (CAPTURED,),
    limits: Limits = DEFAULT,
) -> LayerFacts:
    """Return the facts of a layer, given as members or as a blob."""
    blob = layer if isinstance(layer, bytes) else tar(layer)
    return read_layer(Bytes(blob), Reading(observers, filetype.classify, limits))


def tree(*layers: Layer | Sequence[tuple[str, File | bytes]]) -> MergedTree:
    """Return the merged tree of some layers, lowest first."""
    return MergedTree([facts(layer) for layer in layers], filetype.TYPES, DEFAULT)


def image(
    *layers: Layer | None,
    config: Mapping[str, Any] | None = None,
    history: Sequence[str | Mapping[str, Any]] = (),
    os: str = "linux",
    observers: Sequence[Observer] = (CAPTURED,),
    findings: Sequence[Finding] = (),
    has_config: bool = True,
) -> ImageView:
    """Return the view of an image.

    Args:
        layers: lowest first; None is a layer that is missing.
        config: the `config` object of the image config: `{"User": "app"}`.
        history: `created_by` lines, or whole history entries.
        os: of the platform.
        observers: what the walk is given.
        findings: what was found before controls run.
        has_config: False for an image without a readable config.

    """
    read = [None if layer is None else facts(layer, observers) for layer in layers]
    document = ImageConfig.model_validate(
        {
            "os": os,
            "architecture": "amd64",
            "config": dict(config or {}),
            "rootfs": {"type": "layers", "diff_ids": [x.diff_id for x in read if x]},
            "history": [{"created_by": x} if isinstance(x, str) else dict(x) for x in history],
        }
    )
    steps = read_history([HistoryEntry(**dict(x)) for x in document.history], len(layers))
    views = tuple(_layer_view(index, known, steps) for index, known in enumerate(read))
    return ImageView(
        config=document if has_config else None,
        platform=document.platform,
        history=steps,
        layers=views,
        tree=MergedTree(read, filetype.TYPES, DEFAULT),
        findings=tuple(findings),
    )


def _layer_view(index: int, known: LayerFacts | None, history: History) -> LayerView:
    step = history.step_of_layer(index)
    number = step.index if step else None
    if known is None:
        return LayerView(index, None, None, 0, 0, "none", "", 0, "missing", "", number)
    return LayerView(
        index=index,
        diff_id=known.diff_id,
        digest=known.digest,
        size=known.size,
        raw_size=known.raw_size,
        compression=known.compression,
        flavour=known.flavour,
        entries=len(known.entries),
        missing="",
        partial=known.partial,
        step=number,
    )
