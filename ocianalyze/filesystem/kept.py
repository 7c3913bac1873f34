"""A merge as bytes to be kept: what became of every entry, without what was odd about it.

Columns as in a facts file; rows are numbered through all layers, which halves them.
"""

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, count, islice
from operator import le, lt
from struct import Struct

from ocianalyze.filesystem.merged import DELETED, NEVER, OVERWRITTEN, VISIBLE, Merged, Pairs
from ocianalyze.filesystem.oddities import Oddities
from ocianalyze.filesystem.skeleton import ENTRY, Skeleton
from ocianalyze.limits import Limits
from ocianalyze.model.facts import Entries
from ocianalyze.store.columns import ColumnReader, ColumnWriter, Damaged, only, within

_COUNTS = Struct("<QQQ")
"""Directories, pairs of targets, pairs of headers."""
_STATES = bytes((VISIBLE, OVERWRITTEN, DELETED))


def written(merged: Merged, most: int) -> bytes:
    """Return a merge as bytes.

    Args:
        merged: of an image.
        most: bytes that its columns may have.

    Raises:
        LimitExceeded: it has more.

    """
    return b"".join(_pieces(merged, ColumnWriter(most)))


def read_merge(data: bytes, layers: Sequence[Entries], limits: Limits, most: int) -> Merged:
    """Return the merge of layers.

    Raises:
        Damaged: the bytes are no merge of such layers.

    """
    if len(data) < _COUNTS.size:
        raise Damaged("merge ends before its columns")
    directories, targets, headers = _COUNTS.unpack_from(data)
    reader = ColumnReader(memoryview(data)[_COUNTS.size :], most)
    skeleton = _read_skeleton(reader, directories)
    bases = list(accumulate(map(len, layers), initial=0))
    merged = Merged(
        layers=layers,
        skeleton=skeleton,
        places=[_places(reader, len(layer), directories) for layer in layers],
        rows=_rows(_numbers(reader, bases[-1], bases[-1]), layers),
        starts=_starts(reader, directories, bases[-1]),
        states=[_states(reader, len(layer)) for layer in layers],
        ended=[_ended(reader, len(layer), len(layers)) for layer in layers],
        oddities=Oddities(len(layers), limits),
        targets=_read_pairs(reader, targets, layers),
        headers=_read_pairs(reader, headers, layers),
    )
    reader.finish()
    return merged


def _pieces(merged: Merged, writer: ColumnWriter) -> Iterator[bytes]:
    skeleton = merged.skeleton
    yield _COUNTS.pack(len(skeleton), len(merged.targets), len(merged.headers))
    yield from writer.column(skeleton.parents)
    yield from writer.strings(skeleton.names)
    bases = list(accumulate(map(len, merged.layers), initial=0))
    for column in merged.places:
        yield from writer.column(column)
    yield from writer.column(_numbered(merged.rows, bases))
    yield from writer.column(merged.starts)
    for states in merged.states:
        yield from writer.column(states)
    for ends in merged.ended:
        yield from writer.column(ends)
    for pairs in (merged.targets, merged.headers):
        yield from writer.column(_numbered(pairs.keys, bases))
        yield from writer.column(_numbered(pairs.values, bases))


def _numbered(rows: "array[int]", bases: Sequence[int]) -> "array[int]":
    """Return rows counted through all layers."""
    return array("I", (bases[row >> 32] + (row & ENTRY) for row in rows))


def _rows(numbers: "array[int]", layers: Sequence[Entries]) -> "array[int]":
    """Return numbers as rows."""
    each = (range(at << 32, (at << 32) + len(layer)) for at, layer in enumerate(layers))
    known = list(chain.from_iterable(each))
    return array("Q", map(known.__getitem__, numbers))


def _read_skeleton(reader: ColumnReader, directories: int) -> Skeleton:
    parents, names = reader.numbers("I", directories), reader.strings(directories)
    above = islice(parents, 1, None)
    if not parents or parents[0] or not all(map(lt, above, count(1))):
        raise Damaged("directory above itself")
    names.freeze()
    return Skeleton.of(parents, names)


def _numbers(reader: ColumnReader, size: int, below: int) -> "array[int]":
    numbers = reader.numbers("I", size)
    within(numbers, below)
    return numbers


def _places(reader: ColumnReader, size: int, directories: int) -> "array[int]":
    return _numbers(reader, size, directories)


def _starts(reader: ColumnReader, directories: int, rows: int) -> "array[int]":
    starts = reader.numbers("Q", directories + 1)
    if starts[0] or starts[-1] != rows or not all(map(le, starts, islice(starts, 1, None))):
        raise Damaged("rows of no directory")
    return starts


def _states(reader: ColumnReader, size: int) -> bytearray:
    states = reader.bytes_column(size)
    only(states, _STATES)
    return states


def _ended(reader: ColumnReader, size: int, layers: int) -> "array[int]":
    ended = reader.numbers("h", size)
    if ended and not NEVER <= min(ended) <= max(ended) < layers:
        raise Damaged("ended by no layer")
    return ended


def _read_pairs(reader: ColumnReader, size: int, layers: Sequence[Entries]) -> Pairs:
    rows = sum(map(len, layers))
    pairs = Pairs()
    pairs.keys = _few(_numbers(reader, size, rows), layers)
    pairs.values = _few(_numbers(reader, size, rows), layers)
    if not all(map(le, pairs.keys, islice(pairs.keys, 1, None))):
        raise Damaged("pairs out of order")
    return pairs


def _few(numbers: "array[int]", layers: Sequence[Entries]) -> "array[int]":
    return _rows(numbers, layers) if numbers else array("Q")
