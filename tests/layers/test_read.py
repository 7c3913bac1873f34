"""A blob becomes facts: the one pass, and how it ends."""

import gzip
import hashlib
import random
import threading
from dataclasses import replace
from itertools import count
from unittest.mock import patch

import pytest

from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import DEFAULT, MIB
from tests.archives import compress
from tests.tars import END, codes, member, read, rows

_LARGE = member(b"a", random.Random(1).randbytes(4 * MIB)) + member(b"b", b"last") + END


def sha256(data: bytes) -> str:
    """Return the digest that hashlib computes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_all_digests_of_a_layer(compression: str) -> None:
    data = compress(_LARGE, compression)  # type: ignore[arg-type]
    found = read(data)
    assert (found.digest, found.diff_id) == (sha256(data), sha256(_LARGE))
    assert (found.size, found.raw_size, found.compression) == (len(data), len(_LARGE), compression)
    assert [row.path for row in rows(found.entries)] == [b"a", b"b"]
    assert not found.partial


@pytest.mark.parametrize("data", [_LARGE, gzip.compress(_LARGE)], ids=["none", "gzip"])
def test_when_the_time_is_up_the_stored_digest_is_still_right(data: bytes) -> None:
    with patch("time.monotonic", count().__next__):
        found = read(data, limits=replace(DEFAULT, layer_seconds=4))
    assert "layer_seconds" in found.partial
    assert found.digest == sha256(data)
    assert "tar.limit" in codes(found)


def test_the_reason_that_lies_deepest_is_told() -> None:
    """A cut blob cuts the tar; the blob is what matters."""
    found = read(gzip.compress(_LARGE)[:MIB])
    assert found.partial.startswith("gzip: ends inside")
    assert codes(found) == ["blob.truncated", "tar.truncated"]


def test_an_observer_that_fails_leaves_no_thread() -> None:
    def start(_: Seen, __: memoryview) -> Tap:
        raise ZeroDivisionError

    before = threading.active_count()
    observer = Observer("eye", 1, Interest(names=frozenset({b"a"})), start)
    with pytest.raises(ZeroDivisionError):
        read(_LARGE, (observer,))
    assert threading.active_count() == before
