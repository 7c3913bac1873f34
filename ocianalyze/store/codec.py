"""LayerFacts as one immutable file.

preamble, header (JSON), columns in a fixed order, sha256 of everything before it. The checksum
finds accidents; the bounds hold for files that somebody made on purpose, checksum included.
"""

import re
from collections.abc import Iterator
from hashlib import sha256

from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.entry import Kind
from ocianalyze.model.facts import NUMBERS, Entries, LayerFacts, unpack_xattrs
from ocianalyze.model.observation import Observations
from ocianalyze.model.strings import Sparse
from ocianalyze.store.columns import Bytes, ColumnReader, ColumnWriter, Damaged, only, within
from ocianalyze.store.header import Header, header_end, join, read_header, write_header

_CHECKSUM = sha256().digest_size
_KINDS = "".join(Kind).encode()
_DEVICE = re.compile(rb"-?[0-9]{1,40}:-?[0-9]{1,40}")
_BYTES = ("kind", "file_type")
_SPARSE = ("links", "xattrs", "devices")


def encode(facts: LayerFacts, fingerprint: str = "", limits: Limits = DEFAULT) -> Iterator[bytes]:
    """Yield the file piece by piece.

    Raises:
        LimitExceeded: no reader would accept facts of that size.

    """
    seal = sha256()
    for piece in _pieces(facts, fingerprint, limits):
        seal.update(piece)
        yield piece
    yield seal.digest()


def decode(data: Bytes, limits: Limits = DEFAULT) -> LayerFacts:
    """Return the facts of a whole file.

    Raises:
        Damaged: it is not what `encode` of this version leaves.

    """
    view = memoryview(data)
    start, end = header_end(view), len(view) - _CHECKSUM
    if start > end:
        raise Damaged("facts end inside the header")
    if sha256(view[:end]).digest() != view[end:]:
        raise Damaged("checksum is wrong")
    header = read_header(view)
    reader = ColumnReader(view[start:end], limits.facts_bytes)
    entries = _read_entries(reader, header)
    observations = _read_observations(reader, header)
    outside = dict(zip(header.outside, reader.table(len(header.outside)), strict=True))
    reader.finish()
    return join(header, entries, observations, outside)


def _pieces(facts: LayerFacts, fingerprint: str, limits: Limits) -> Iterator[bytes]:
    yield write_header(facts, fingerprint)
    writer = ColumnWriter(limits.facts_bytes)
    yield from _write_entries(writer, facts.entries)
    for name in facts.observations:
        yield from _write_observations(writer, facts.observations[name])
    yield from writer.table(facts.outside.values())


def _write_entries(writer: ColumnWriter, entries: Entries) -> Iterator[bytes]:
    yield from writer.table(entries.directories)
    yield from writer.table(entries.owners)
    yield from writer.strings(entries.names)
    for name in (*NUMBERS, *_BYTES):
        yield from writer.column(getattr(entries, name))
    # Hashes do not compress; trying costs more than all other columns together.
    yield from writer.column(entries.sha256, compress=False)
    for name in _SPARSE:
        yield from writer.sparse(getattr(entries, name))


def _read_entries(reader: ColumnReader, header: Header) -> Entries:
    count = header.entries
    entries = Entries(
        directories=reader.table(header.directories),
        owners=reader.table(header.owners),
        names=reader.strings(count),
    )
    for name in NUMBERS:
        setattr(entries, name, reader.narrow(getattr(entries, name).typecode, count))
    for name in _BYTES:
        setattr(entries, name, reader.bytes_column(count))
    entries.sha256 = reader.bytes_column(count * 32)
    for name in _SPARSE:
        setattr(entries, name, reader.sparse(getattr(header, name), count))
    _validate(entries)
    return entries


def _validate(entries: Entries) -> None:
    if entries.directories[:1] != [b""]:
        raise Damaged("directory 0 is not the root")
    only(entries.kind, _KINDS)
    within(entries.parent, len(entries.directories))
    within(entries.uname, len(entries.owners))
    within(entries.gname, len(entries.owners))
    _validate_values(entries.xattrs, entries.devices)


def _validate_values(xattrs: Sparse, devices: Sparse) -> None:
    # Labels repeat on every file of a labelled system: each distinct one is read once.
    try:
        for packed in set(xattrs.values):
            unpack_xattrs(packed)
    except ValueError as error:
        raise Damaged("attributes cannot be unpacked") from error
    if not all(_DEVICE.fullmatch(value) for value in set(devices.values)):
        raise Damaged("device has no two numbers")


def _write_observations(writer: ColumnWriter, observations: Observations) -> Iterator[bytes]:
    yield from writer.column(observations.entries)
    yield from writer.column(observations.complete)
    yield from writer.strings(observations.values())


def _read_observations(reader: ColumnReader, header: Header) -> dict[str, Observations]:
    observations: dict[str, Observations] = {}
    for name, count in header.observers:
        numbers = reader.numbers("I", count)
        within(numbers, header.entries)
        complete = reader.bytes_column(count)
        only(complete, b"\0\1")
        observations[name] = Observations.of(numbers, complete, reader.strings(count))
    if len(observations) != len(header.observers):
        raise Damaged("observer occurs twice")
    return observations
