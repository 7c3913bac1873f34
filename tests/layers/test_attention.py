"""An observer is asked for a file when any of its interests names it, and once."""

import tracemalloc

import orjson
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.layers.attention import Attention
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import DEFAULT

_DIRECTORIES = st.sampled_from([b"", b"etc", b"usr/bin"])
_NAMES = st.sampled_from([b"passwd", b"a.py", b".py", b"x.tar.gz", b"noend."])
_HEADS = st.sampled_from([b"\x7fELF-", b"#!/bin/sh", b"#", b""])
_PATHS = st.sampled_from([b"etc/passwd", b"passwd", b"usr/bin/a.py"])
_SUFFIXES = st.sampled_from([b".py", b".gz", b"."])
_MAGICS = st.sampled_from([b"\x7fELF", b"#!"])
_INTERESTS = st.builds(
    Interest,
    paths=st.frozensets(_PATHS, max_size=1),
    names=st.frozensets(_NAMES, max_size=1),
    suffixes=st.frozensets(_SUFFIXES, max_size=1),
    directories=st.frozensets(_DIRECTORIES, max_size=1),
    magics=st.frozensets(_MAGICS, max_size=1),
)


def wants(interest: Interest, directory: bytes, name: bytes, head: bytes) -> bool:
    """Say what the fields of an interest say, one by one."""
    path = directory + b"/" + name if directory else name
    suffix = b"." + name.rpartition(b".")[2]
    return (
        path in interest.paths
        or name in interest.names
        or (b"." in name and suffix in interest.suffixes)
        or directory in interest.directories
        or any(head.startswith(magic) for magic in interest.magics)
    )


@given(st.lists(_INTERESTS, max_size=70), _DIRECTORIES, _NAMES, _HEADS)
def test_who_is_interested_follows_from_interests(
    interests: list[Interest], directory: bytes, name: bytes, head: bytes
) -> None:
    observers = [
        Observer(str(number), 1, interest, open=lambda _seen, _head: None)
        for number, interest in enumerate(interests)
    ]
    expected = [one for one in observers if wants(one.interest, directory, name, head)]
    attention = Attention(DEFAULT, observers)
    for _ in range(2):
        assert list(attention.interested(directory, name, head)) == expected


class _Told:
    """Says of every content what orjson makes, which allocates kilobytes for a few bytes."""

    def feed(self, _piece: bytes | memoryview) -> bool:
        return False

    def close(self) -> bytes:
        return orjson.dumps({"kind": "none"})


def test_what_is_kept_takes_no_more_than_it_is_long() -> None:
    def always(_seen: Seen, _head: memoryview) -> Tap:
        return _Told()

    attention = Attention(DEFAULT, [Observer("told", 1, Interest(), open=always)])
    tracemalloc.start()
    for entry in range(1_000):
        opened = attention.open(attention.observers, Seen(b"a", 0, 0), memoryview(b""))
        attention.close(opened, entry, whole=True)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(attention.observations["told"]) == 1_000
    assert kept < 1_000 * 400
