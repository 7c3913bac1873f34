"""Upkeep of the files: what they say without their columns, and which of them go."""

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ocianalyze.dataclass import dataclass
from ocianalyze.model.facts import FACTS_VERSION
from ocianalyze.store.catalogue import Row
from ocianalyze.store.columns import Damaged
from ocianalyze.store.files import FACTS, RECORDS, KeptFile, KeptFiles
from ocianalyze.store.header import PREAMBLE, Header, header_end, read_header
from ocianalyze.store.records import size_of

_LOOK = {FACTS: header_end, RECORDS: size_of}
"""By kind of file, what raises Damaged for the first bytes of another version."""
_FIRST = 64
"""Bytes of a file that hold its versions, whatever its kind."""
_LEFTOVER_SECONDS = 3_600.0
"""A file unfinished for so long has lost its writer."""


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What a store holds."""

    files: int
    """Layers."""
    bytes: int
    """Of all files, of all versions."""
    layers: int
    """Known to the catalogue."""
    verified: int
    """Byte ranges whose digest is known."""
    directory: Path
    version: str
    """Codec and facts version that this program writes and reads."""
    records: int = 0
    """Images of which more than the layers is kept."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed."""

    files: int
    bytes: int
    stayed: int = 0
    """Files that should have gone and could not be removed."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Which facts stay."""

    bytes: int | None = None
    """Together at most; the ones used last stay."""
    used_since: float = 0.0
    """Seconds since 1970."""


def doomed(kinds: Iterable[KeptFiles], uses: Mapping[str, float], keep: Keep) -> Iterator[KeptFile]:
    """Yield the files that go: leftovers, other versions, unused ones, and what is too much."""
    stay: list[tuple[float, KeptFile]] = []
    for files in kinds:
        for file in files:
            used = uses.get(file.key, file.modified)
            if _is_rubbish(files, file) or used < keep.used_since:
                yield file
            else:
                stay.append((used, file))
    yield from _surplus(stay, keep.bytes)


def rows(files: KeptFiles) -> Iterator[Row]:
    """Yield what the catalogue says of each file of this version."""
    for file in files:
        header = _header(files, file)
        if header is not None:
            yield row(file.key, header, file.size, file.modified)


def row(key: str, header: Header, size: int, used: float) -> Row:
    """Return what the catalogue says of one file."""
    return Row(
        key=key,
        digest=header.digest,
        diff_id=header.diff_id,
        facts_version=FACTS_VERSION,
        fingerprint=header.fingerprint,
        size=header.size,
        entries=header.entries,
        bytes=size,
        created=used,
        last_used=used,
    )


def _is_rubbish(files: KeptFiles, file: KeptFile) -> bool:
    if not file.key:
        return file.modified < time.time() - _LEFTOVER_SECONDS
    try:
        _LOOK[files.kind](files.begin(file, _FIRST))
    except Damaged:
        return True
    return False


def _surplus(stay: Iterable[tuple[float, KeptFile]], most: int | None) -> Iterator[KeptFile]:
    if most is None:
        return
    kept = 0
    for _, file in sorted(stay, key=lambda item: item[0], reverse=True):
        kept += file.size
        if kept > most:
            yield file


def _header(files: KeptFiles, file: KeptFile) -> Header | None:
    if not file.key:
        return None
    try:
        return read_header(files.begin(file, header_end(files.begin(file, PREAMBLE.size))))
    except Damaged:
        return None
