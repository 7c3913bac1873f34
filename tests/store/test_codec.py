"""Facts files: exact round trips, and nothing but Damaged from anything else."""

import json
from array import array
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.errors import LimitExceeded
from ocianalyze.limits import Limits
from ocianalyze.model.anomaly import Anomaly
from ocianalyze.model.facts import Entries, LayerFacts
from ocianalyze.model.observation import Observation, Observations
from ocianalyze.model.strings import Sparse
from ocianalyze.store.codec import decode, encode
from ocianalyze.store.columns import Damaged
from ocianalyze.store.header import HEADER_BYTES, PREAMBLE, read_header
from tests.facts import large, layer_facts, packed

FACTS = large(40)
DATA = b"".join(encode(FACTS, "observers 1"))


def sealed(body: bytes) -> bytes:
    """Return a body with a checksum that holds, as somebody with intent would write it."""
    return body + sha256(body).digest()


def with_header(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return a file whose header was changed on purpose."""
    *version, size = PREAMBLE.unpack_from(DATA)
    header = json.loads(DATA[PREAMBLE.size : PREAMBLE.size + size])
    change(header)
    changed = json.dumps(header).encode()
    rest = DATA[PREAMBLE.size + size : -32]
    return sealed(PREAMBLE.pack(*version, len(changed)) + changed + rest)


def with_entries(**columns: object) -> bytes:
    """Return a file with columns that a walk never makes."""
    entries = large(40).entries
    for name, values in columns.items():
        setattr(entries, name, values)
    return b"".join(encode(replace(FACTS, entries=entries)))


@given(layer_facts())
def test_facts_come_back_exactly(facts: LayerFacts) -> None:
    assert decode(b"".join(encode(facts))) == facts


@given(layer_facts(max_entries=3))
def test_columns_come_back_with_their_types(facts: LayerFacts) -> None:
    columns = decode(b"".join(encode(facts))).entries
    for name in Entries.__slots__:
        was, now = getattr(facts.entries, name), getattr(columns, name)
        assert type(now) is type(was), name
        if isinstance(was, array):
            assert now.typecode == was.typecode, name


def test_partial_facts_and_odd_text_come_back() -> None:
    odd = Anomaly("tar.odd-name", "lone \udcff \ud800 and é", b"\xff\0\n/x", 512)
    facts = replace(FACTS, partial="limit \udc80", anomalies=(odd,), anomalies_dropped=1 << 63)
    assert decode(b"".join(encode(facts))) == facts


def test_facts_without_entries_come_back() -> None:
    facts = replace(FACTS, entries=Entries(), observations={"none": Observations()})
    assert decode(b"".join(encode(facts))) == facts


def test_the_same_facts_give_the_same_bytes() -> None:
    assert b"".join(encode(large(40), "observers 1")) == DATA


def test_many_small_pieces_are_yielded_not_one_large_one() -> None:
    facts = large(5_000)
    pieces = list(encode(facts))
    assert max(map(len, pieces)) <= len(facts.entries.sha256)


def test_the_header_can_be_read_alone() -> None:
    header = read_header(DATA[: len(DATA) // 2])
    assert (header.digest, header.entries, header.fingerprint) == (FACTS.digest, 40, "observers 1")


@pytest.mark.parametrize("step", [1, 7], ids=["lowest-bit", "highest-bit"])
def test_every_flipped_byte_is_found(step: int) -> None:
    for at in range(0, len(DATA), 3):
        damaged = bytearray(DATA)
        damaged[at] ^= 1 << step
        with pytest.raises(Damaged):
            decode(damaged)


def test_every_truncation_is_found() -> None:
    for end in range(0, len(DATA), 5):
        with pytest.raises(Damaged):
            decode(DATA[:end])


@given(st.integers(0, len(DATA) - 33), st.binary(min_size=1, max_size=9))
def test_changes_with_a_checksum_that_holds_never_crash(at: int, piece: bytes) -> None:
    body = bytearray(DATA[:-32])
    body[at : at + len(piece)] = piece
    try:
        facts = decode(sealed(bytes(body)))
    except Damaged:
        return
    for entry in range(len(facts.entries)):
        facts.entries.path(entry)
        facts.entries.owners[facts.entries.uname[entry]]
        facts.entries.links.get(entry)


@given(st.binary(max_size=400))
def test_anything_at_all_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged):
        decode(data)


@pytest.mark.parametrize("field", [0, 1, 2, 3], ids=["magic", "codec", "facts", "byte-order"])
def test_another_version_is_damaged(field: int) -> None:
    values = list(PREAMBLE.unpack_from(DATA))
    values[field] = b"otherone" if field == 0 else values[field] + 1
    with pytest.raises(Damaged, match="version"):
        decode(sealed(PREAMBLE.pack(*values) + DATA[PREAMBLE.size : -32]))


def test_a_header_beyond_the_limit_is_not_read() -> None:
    *version, _ = PREAMBLE.unpack_from(DATA)
    with pytest.raises(Damaged, match="limit"):
        decode(sealed(PREAMBLE.pack(*version, HEADER_BYTES + 1) + DATA[PREAMBLE.size : -32]))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda h: h.update(entries=41), id="more-entries"),
        pytest.param(lambda h: h.update(entries=39), id="fewer-entries"),
        pytest.param(lambda h: h.update(entries=2**40), id="far-more-entries"),
        pytest.param(lambda h: h.update(entries=-1), id="negative-entries"),
        pytest.param(lambda h: h.update(entries=True), id="boolean-entries"),
        pytest.param(lambda h: h.update(size=2**64), id="huge-size"),
        pytest.param(lambda h: h.update(directories=2**63), id="huge-table"),
        pytest.param(lambda h: h.update(digest="sha256:../../x"), id="digest-grammar"),
        pytest.param(lambda h: h.update(diff_id="sha256:AB"), id="diff-id-grammar"),
        pytest.param(lambda h: h.update(compression="lzma"), id="compression"),
        pytest.param(lambda h: h.update(partial="\u1234"), id="unarmoured-text"),
        pytest.param(lambda h: h.update(flavour="\xff"), id="broken-text"),
        pytest.param(lambda h: h.update(extra=1), id="unknown-field"),
        pytest.param(lambda h: h.pop("links"), id="missing-field"),
        pytest.param(lambda h: h.update(anomalies=[["no.such", "", "", 0]]), id="unknown-anomaly"),
        pytest.param(
            lambda h: h.update(anomalies=[["tar.gap", "", "", 2**63]]), id="anomaly-offset"
        ),
        pytest.param(lambda h: h.update(observers=[]), id="columns-left-over"),
        pytest.param(lambda h: h["observers"].append(["text", 0]), id="observer-without-columns"),
    ],
)
def test_a_header_that_lies_is_damaged(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(Damaged):
        decode(with_header(change))


def _sparse(numbers: list[int], values: list[bytes]) -> Sparse:
    return Sparse(array("I", numbers), packed(values))


@pytest.mark.parametrize(
    ("column", "values"),
    [
        pytest.param("kind", bytearray(b"f" * 39 + b"?"), id="unknown-kind"),
        pytest.param("parent", array("I", [9] * 40), id="parent-outside"),
        pytest.param("uname", array("H", [1] * 40), id="owner-outside"),
        pytest.param("gname", array("H", [65535] * 40), id="group-outside"),
        pytest.param("mode", array("H", [0] * 39), id="short-column"),
        pytest.param("mode", array("I", [0] * 40), id="wide-column"),
        pytest.param("sha256", bytearray(40 * 31), id="short-hashes"),
        pytest.param("directories", [b"usr"] * 5, id="no-root"),
        pytest.param("directories", [], id="no-directories"),
        pytest.param("links", _sparse([3, 2], [b"a", b"b"]), id="links-fall"),
        pytest.param("links", _sparse([3, 3], [b"a", b"b"]), id="links-repeat"),
        pytest.param("links", _sparse([40], [b"a"]), id="links-outside"),
        pytest.param("links", _sparse([1, 2], [b"a"]), id="links-without-value"),
        pytest.param("xattrs", _sparse([1], [b"user.x"]), id="attribute-cut"),
        pytest.param("xattrs", _sparse([1], [b"user.x\0many\0v"]), id="attribute-length"),
        pytest.param("devices", _sparse([1], [b"1:"]), id="device"),
    ],
)
def test_columns_that_no_walk_makes_are_damaged(column: str, values: object) -> None:
    with pytest.raises(Damaged):
        decode(with_entries(**{column: values}))


def test_an_observation_of_no_entry_is_damaged() -> None:
    facts = replace(FACTS, observations={"text": Observations([Observation(40, b"")])})
    with pytest.raises(Damaged):
        decode(b"".join(encode(facts)))


def test_memory_has_a_bound_on_both_sides() -> None:
    small = Limits(facts_bytes=2_000)
    with pytest.raises(Damaged, match="limit"):
        decode(DATA, small)
    with pytest.raises(LimitExceeded):
        b"".join(encode(FACTS, limits=small))


def test_a_header_too_large_to_be_read_is_not_written() -> None:
    long = Anomaly("tar.odd-name", "x" * (HEADER_BYTES // 8))
    with pytest.raises(LimitExceeded):
        b"".join(encode(replace(FACTS, anomalies=(long,) * 9)))
