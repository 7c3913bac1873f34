"""Preamble and header of a facts file: versions, scalars, and how long each column is."""

import sys
from struct import Struct
from typing import Annotated

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ocianalyze.errors import LimitExceeded, MalformedImage
from ocianalyze.limits import MIB
from ocianalyze.model.anomaly import CODES, Anomaly
from ocianalyze.model.digest import Digest
from ocianalyze.model.facts import FACTS_VERSION, Entries, LayerFacts
from ocianalyze.model.media_type import Compression
from ocianalyze.model.observation import Observations
from ocianalyze.store.columns import Bytes, Damaged

CODEC_VERSION = 4
"""Raise it whenever the bytes of the same facts change."""

PREAMBLE = Struct("<8sHHHxxI")
"""Magic, codec version, facts version, byte order, bytes of the header."""

HEADER_BYTES = 32 * MIB
"""Longest header; anomalies, its largest part, are bounded by `limits.anomalies`."""

_VERSION = (b"ocifacts", CODEC_VERSION, FACTS_VERSION, int(sys.byteorder == "big"))

Count = Annotated[int, Field(ge=0, lt=1 << 64)]
Offset = Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)]


class Header(BaseModel):
    """What is no column. Text that may hold lone surrogates or bytes is armoured as Latin-1."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    fingerprint: str
    """Which observers, in which versions, looked at the layer."""
    digest: str
    size: Count
    diff_id: str
    raw_size: Count
    compression: Compression
    flavour: str
    partial: str
    anomalies: tuple[tuple[str, str, str, Offset], ...]
    """Code, detail, path, offset."""
    anomalies_dropped: Count
    entries: Count
    directories: Count
    owners: Count
    links: Count
    xattrs: Count
    devices: Count
    observers: tuple[tuple[str, Count], ...]
    """Name and number of observations."""
    outside: tuple[str, ...] = ()
    """Names of what lies outside of members."""
    digests: tuple[str, ...] = ()
    diff_ids: tuple[str, ...] = ()
    """By other algorithms than sha256."""


def header_end(data: Bytes) -> int:
    """Return where the columns begin, given at least the preamble.

    Raises:
        Damaged: the file is of another version or byte order, or its header is too large.

    """
    if len(data) < PREAMBLE.size:
        raise Damaged("facts end inside the preamble")
    *version, size = PREAMBLE.unpack_from(data)
    if tuple(version) != _VERSION:
        raise Damaged("facts are of another version")
    if size > HEADER_BYTES:
        raise Damaged("header is larger than the limit")
    return int(PREAMBLE.size + size)


def read_header(data: Bytes) -> Header:
    """Return the header, given at least the beginning of a file up to the columns.

    Raises:
        Damaged: the file is of another version, or its header is broken.

    """
    end = header_end(data)
    if end > len(data):
        raise Damaged("facts end inside the header")
    try:
        return Header.model_validate_json(bytes(data[PREAMBLE.size : end]))
    except ValidationError as error:
        raise Damaged("header is broken") from error


def describe(facts: LayerFacts, fingerprint: str) -> Header:
    """Return the header of facts."""
    entries = facts.entries
    return Header(
        fingerprint=fingerprint,
        digest=str(facts.digest),
        size=facts.size,
        diff_id=str(facts.diff_id),
        raw_size=facts.raw_size,
        compression=facts.compression,
        flavour=_armour(facts.flavour),
        partial=_armour(facts.partial),
        anomalies=tuple(map(_row, facts.anomalies)),
        anomalies_dropped=facts.anomalies_dropped,
        entries=len(entries),
        directories=len(entries.directories),
        owners=len(entries.owners),
        links=len(entries.links.entries),
        xattrs=len(entries.xattrs.entries),
        devices=len(entries.devices.entries),
        observers=tuple((name, len(found)) for name, found in facts.observations.items()),
        outside=tuple(facts.outside),
        digests=tuple(map(str, facts.digests)),
        diff_ids=tuple(map(str, facts.diff_ids)),
    )


def write_header(facts: LayerFacts, fingerprint: str) -> bytes:
    """Return preamble and header.

    Raises:
        LimitExceeded: no reader would accept the header.

    """
    header = orjson.dumps(describe(facts, fingerprint).model_dump())
    if len(header) > HEADER_BYTES:
        raise LimitExceeded("facts are too large to be kept", limit="")
    return PREAMBLE.pack(*_VERSION, len(header)) + header


def join(
    header: Header,
    entries: Entries,
    observations: dict[str, Observations],
    outside: dict[str, bytes],
) -> LayerFacts:
    """Return the facts that a header and its columns make.

    Raises:
        Damaged: the header holds what no writer puts there.

    """
    try:
        return LayerFacts(
            digest=Digest.parse(header.digest),
            size=header.size,
            diff_id=Digest.parse(header.diff_id),
            raw_size=header.raw_size,
            compression=header.compression,
            flavour=_bare(header.flavour),
            entries=entries,
            anomalies=tuple(_anomaly(*row) for row in header.anomalies),
            anomalies_dropped=header.anomalies_dropped,
            partial=_bare(header.partial),
            observations=observations,
            outside=outside,
            digests=tuple(map(Digest.parse, header.digests)),
            diff_ids=tuple(map(Digest.parse, header.diff_ids)),
        )
    except (MalformedImage, UnicodeError) as error:
        raise Damaged("header is broken") from error


def _row(anomaly: Anomaly) -> tuple[str, str, str, int]:
    code, detail, path, offset = anomaly
    return code, _armour(detail), path.decode("latin-1"), offset


def _anomaly(code: str, detail: str, path: str, offset: int) -> Anomaly:
    if code not in CODES:
        raise Damaged("anomaly without a meaning")
    return Anomaly(code, _bare(detail), path.encode("latin-1"), offset)


def _armour(text: str) -> str:
    # JSON has no lone surrogates, which stand for invalid UTF-8 in names.
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _bare(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "surrogatepass")
