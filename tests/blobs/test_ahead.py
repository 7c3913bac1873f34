"""A digest that two threads share is that of the pieces in their order."""

import hashlib
import random
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from ocianalyze.blobs.ahead import SharedDigest, ahead
from ocianalyze.blobs.sha256 import new_sha256

_NUMBERS = random.Random(4)
PIECES = [_NUMBERS.randbytes(_NUMBERS.choice([0, 1, 5000, 70_000])) for _ in range(200)]
SHA256 = "sha256:" + hashlib.sha256(b"".join(PIECES)).hexdigest()


def _told(digest: SharedDigest, pause: float) -> Iterator[bytes]:
    for number, piece in enumerate(PIECES):
        digest.add(piece)
        if number % 20 == 0:
            time.sleep(pause)
        yield piece


@pytest.mark.parametrize("producing", [0, 0.005], ids=["fast-producer", "slow-producer"])
@pytest.mark.parametrize("taking", [0, 0.005], ids=["fast-taker", "slow-taker"])
def test_whoever_waits_computes_the_same(producing: float, taking: float) -> None:
    digest, taken = SharedDigest(), []
    for number, piece in enumerate(ahead(_told(digest, producing), digest, lambda: None)):
        if number % 20 == 0:
            time.sleep(taking)
        taken.append(piece)
    assert taken == PIECES
    assert digest.digests() == (SHA256,)


def test_many_threads_take_each_piece_once() -> None:
    digest = SharedDigest()

    def work() -> None:
        for _ in range(10_000):
            digest.advance()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for piece in PIECES:
        digest.add(piece)
    for thread in threads:
        thread.join()
    assert digest.digests() == (SHA256,)
    assert not digest.advance()


def test_few_pieces_wait() -> None:
    """So that a layer needs the same memory, however large it is."""
    digest = SharedDigest()
    for _ in ahead(_told(digest, 0), digest, lambda: None):
        assert len(digest._waiting) <= 12


@pytest.mark.parametrize("pause", [0, 0.005], ids=["fast-producer", "slow-producer"])
@pytest.mark.parametrize("shown", [1, 2, 10], ids=["all", "half", "little"])
def test_contents_are_hashed_beside_the_pieces_that_they_lie_in(pause: float, shown: int) -> None:
    digest, contents = SharedDigest(), []
    one, taken = new_sha256(), b""
    for piece in ahead(_told(digest, pause), digest, lambda: None):
        size = len(piece) // shown
        parts = digest.of_parts(piece, (0, size // 2, 0), (size // 2, size - size // 2, -1))
        contents.append(parts == _parts(piece[: size // 2], piece[size // 2 : size]))
        digest.update(one, memoryview(piece)[-size:])
        taken += piece[-size:]
        assert len(digest._waiting) <= 16
    assert all(contents)
    assert digest.digests() == (SHA256,)
    assert one.hexdigest() == hashlib.sha256(taken).hexdigest()


def _parts(*contents: bytes) -> bytes:
    return b"".join(hashlib.sha256(content).digest() for content in contents) + bytes(32)


def test_other_algorithms_take_every_piece_too() -> None:
    digest = SharedDigest(["sha512"])
    for piece in ahead(_told(digest, 0), digest, lambda: None):
        digest.of_parts(piece, (0,), (len(piece),))
    whole = b"".join(PIECES)
    assert digest.digests() == (SHA256, "sha512:" + hashlib.sha512(whole).hexdigest())
