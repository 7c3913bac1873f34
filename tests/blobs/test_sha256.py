"""SHA-256 is hashlib's, alone and beside another stream, compiled and not."""

import hashlib
import importlib
import platform
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.blobs import sha256
from ocianalyze.blobs.sha256 import IN_PAIRS, OneByOne, new_sha256
from ocianalyze.model.facts import NO_DIGEST

LENGTHS = st.sampled_from([0, 1, 55, 56, 63, 64, 65, 127, 128, 511, 512, 4096, 4097, 9000])
STEPS = st.lists(st.tuples(LENGTHS, LENGTHS, st.booleans()), max_size=6)
MADE = (b"0123456789abcdef" * 700)[3:]
KINDS: list[Any] = [
    pytest.param(OneByOne, id="hashlib"),
    pytest.param(
        new_sha256,
        id="compiled",
        marks=pytest.mark.skipif(not IN_PAIRS, reason="nothing compiled for this processor"),
    ),
]


def _hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("kind", KINDS)
@given(steps=STEPS)
def test_two_streams_are_as_if_each_were_alone(
    kind: Any, steps: list[tuple[int, int, bool]]
) -> None:
    one, other, taken, beside = kind(), kind(), b"", b""
    for length, waiting, same in steps:
        data = memoryview(MADE)[:length]
        rest = data[: min(length, waiting)] if same else memoryview(MADE)[7 : 7 + waiting]
        done = one.update_beside(data, other, rest)
        taken, beside = taken + data, beside + rest[:done]
        assert (one.hexdigest(), other.hexdigest()) == (_hex(taken), _hex(beside))
        assert one.digest() == hashlib.sha256(taken).digest()


@pytest.mark.parametrize("kind", KINDS)
@given(
    parts=st.lists(st.tuples(LENGTHS, st.sampled_from([-1, 0, 1, 64, 100, 512, 1000])), max_size=6),
    before=st.sampled_from([0, 1, 64, 70]),
    waiting=st.sampled_from(["nothing", "the same", "something else"]),
)
def test_parts_are_as_if_each_were_alone(
    kind: Any, parts: list[tuple[int, int]], before: int, waiting: str
) -> None:
    """The parts in any order, and whatever the other stream has taken before."""
    other = kind()
    other.update(MADE[:before])
    rest = {"nothing": b"", "the same": MADE, "something else": MADE[100:5000]}[waiting]
    starts, sizes = (tuple(part[at] for part in parts) for at in (0, 1))
    digests, done = other.beside_parts(rest, MADE, starts, sizes)
    assert digests == b"".join(
        NO_DIGEST if size < 0 else hashlib.sha256(MADE[start : start + size]).digest()
        for start, size in parts
    )
    assert other.hexdigest() == _hex(MADE[:before] + rest[:done])


@pytest.mark.skipif(not IN_PAIRS, reason="nothing compiled for this processor")
def test_the_same_bytes_go_beside_to_their_end() -> None:
    one, other = new_sha256(), new_sha256()
    assert one.update_beside(MADE, other, MADE) == len(MADE)
    digests, done = new_sha256().beside_parts(MADE, MADE, (512, 4096), (3000, len(MADE) - 4096))
    assert len(digests) == 64
    assert done == len(MADE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("starts", "sizes"), [((0,), (12,)), ((11,), (1,)), ((-1,), (1,)), ((0, 1), (1,)), ((0,), ())]
)
def test_parts_outside_of_the_data_are_refused(
    kind: Any, starts: tuple[int, ...], sizes: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match=r"part|sizes|argument"):
        kind().beside_parts(b"", b"ten bytes.", starts, sizes)


@pytest.mark.skipif(not IN_PAIRS, reason="nothing compiled for this processor")
@pytest.mark.parametrize(
    "call",
    [
        lambda one: one.update("text"),
        lambda one: one.update_beside(b"", hashlib.sha256(), b""),
        lambda one: one.update_beside(b"", one),
        lambda one: one.beside_parts(b"", b"", [], ()),
        lambda one: one.beside_parts(b"", b"x", ("0",), (1,)),
        lambda one: type(one)(b"data"),
    ],
)
def test_other_arguments_are_refused(call: Any) -> None:
    with pytest.raises(TypeError):
        call(new_sha256())


def test_a_stream_beside_itself_takes_its_data_once() -> None:
    one = new_sha256()
    assert one.update_beside(b"abc", one, b"def") == 0
    assert one.hexdigest() == _hex(b"abc")


def test_without_compiled_code_hashlib_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ocianalyze.blobs._sha256", None)
    monkeypatch.delattr("ocianalyze.blobs._sha256", raising=False)
    try:
        again = importlib.reload(sha256)
        assert not again.IN_PAIRS
        assert again.new_sha256().name == "sha256"
    finally:
        monkeypatch.undo()
        importlib.reload(sha256)


@pytest.mark.skipif(
    platform.machine() != "x86_64" or not Path("/proc/cpuinfo").exists(), reason="not x86-64 Linux"
)
def test_compiled_code_is_used_where_it_can_be() -> None:
    """A machine that has all that is needed, a compiler too, must not be slow unnoticed."""
    built = list(Path(sha256.__file__).parent.glob("_sha256*.so"))
    flags = Path("/proc/cpuinfo").read_text().partition("flags")[2].partition("\n")[0].split()
    assert (bool(built) and "sha_ni" in flags) == IN_PAIRS
