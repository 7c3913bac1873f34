"""Engines behind one interface."""

import re
import sys
from collections.abc import Callable
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._expressions import ARCHIVE, GZIP, Expression
from ocianalyze.detectors.secrets._re import with_texts
from ocianalyze.detectors.secrets._re2 import translated
from ocianalyze.detectors.secrets.engine import STREAM_EVENTS, Engine, chosen, engine
from ocianalyze.errors import UsageError

_HOME = "ocianalyze.detectors.secrets.engine"
KINDS = ("hyperscan", "re2", "re")
BORDER = b"KEY-ABCDEFGH"


def test_the_fastest_that_is_there_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen() == "hyperscan"
    monkeypatch.setattr(f"{_HOME}.find_spec", lambda name: name != "hyperscan" or None)
    assert chosen() == "re2"
    monkeypatch.setattr(f"{_HOME}.find_spec", lambda name: name == "re" or None)
    assert chosen() == "re"
    with pytest.raises(UsageError, match="not installed"):
        chosen("re2")


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(UsageError, match="no engine"):
        chosen("grep")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_a_trigger_that_is_none_is_named(kind: str, make_rule: Callable[..., Rule]) -> None:
    rules = [make_rule("good", pattern="a+b"), make_rule("bad", pattern=r"a(")]
    with pytest.raises(UsageError, match="bad"):
        engine(rules, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_ends_are_those_of_the_whole(kind: str, engines: dict[str, Engine]) -> None:
    one = engines[kind]
    stream = one.stream()
    data = b"x " + BORDER + b" acme_0123456789ab"
    found = [event for at in range(len(data)) for event in stream.feed(data[at : at + 1])]
    found += stream.close()
    assert set(found) == set(one.scan(data)[0])
    assert len(found) == len(set(found))
    assert {one.expressions[index].rules for index, _ in found} == {(0,), (5,)}
    assert {end for index, end in found if one.expressions[index].rules == (5,)} == {14}


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_that_goes_on_behind_the_border_is_none(
    kind: str, engines: dict[str, Engine]
) -> None:
    stream = engines[kind].stream()
    assert not stream.feed(BORDER)
    assert not stream.feed(b"I")
    assert not stream.close()


@pytest.mark.parametrize("kind", KINDS)
def test_the_end_of_the_content_is_a_border(kind: str, engines: dict[str, Engine]) -> None:
    stream = engines[kind].stream()
    assert not stream.feed(BORDER)
    assert [end for _, end in stream.close()] == [len(BORDER)]


@given(
    parts=st.lists(
        st.sampled_from(
            [
                b"\x1f",
                b"\x1f\x8b",
                b"\x08",
                b"\0",
                b"\n",
                b"\x1f\x8b\x08",
                b"PK\5\6",
                bytes(4),
                b"x",
            ]
        ),
        max_size=30,
    ),
    cuts=st.lists(st.integers(0, 60), max_size=5),
)
@pytest.mark.parametrize("kind", KINDS)
def test_archives_are_marked_alike(
    kind: str, parts: list[bytes], cuts: list[int], engines: dict[str, Engine]
) -> None:
    """Where `re` alone sees them, whatever the pieces are."""
    one, data = engines[kind], b"".join(parts)
    marks = {ARCHIVE: rb"(?=PK\x05\x06(\0{4}))", GZIP: rb"(?=\x1f\x8b\x08([\0-\x1f]))"}
    wanted = {
        (mark, begun.end(1)) for mark, text in marks.items() for begun in re.finditer(text, data)
    }
    stream, found = one.stream(), one.scan(data)[0]
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(data)], strict=True):
        found += stream.feed(data[begin:end])
    found += stream.close()
    assert {(one.expressions[index], end) for index, end in found} == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_ends_at_its_bound(
    kind: str, engines: dict[str, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocianalyze.detectors.secrets.engine.STREAM_EVENTS", 500)
    for name in ("_hyperscan", "_re"):
        monkeypatch.setattr(f"ocianalyze.detectors.secrets.{name}.PIECE_EVENTS", 100)
    assert STREAM_EVENTS > 500
    stream = engines[kind].stream()
    flood = b"acme_0123456789ab " * 150
    told = sum(len(stream.feed(flood)) for _ in range(20)) + len(stream.close())
    assert stream.exhausted
    assert 400 <= told <= 600


def test_a_piece_that_is_too_much_hides_none_of_the_next(engines: dict[str, Engine]) -> None:
    stream = engines["hyperscan"].stream()
    flood = b"acme_0123456789ab " * 30_000
    stream.feed(flood)
    assert stream.exhausted
    events = stream.feed(b" acme_0123456789ab ")
    assert [end for _, end in events] == [len(flood) + 18]
    stream.close()


def test_threads_share_one_engine(engines: dict[str, Engine]) -> None:
    one, found = engines["hyperscan"], []

    def look() -> None:
        for _ in range(50):
            stream = one.stream()
            count = len(stream.feed(b"acme_0123456789ab " * 20 + BORDER))
            found.append(count + len(stream.close()) + len(one.scan(BORDER)[0]))

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [22] * 200


def test_a_stream_that_nobody_closes_is_freed(engines: dict[str, Engine]) -> None:
    stream = engines["hyperscan"].stream()
    stream.feed(BORDER)
    assert sys.getrefcount(stream) == 2
    del stream


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (r"a\s+[\s,]", "a[[:space:]]+[[:space:],]"),
        (r"\S[^\S]", "[[:^space:]][^[:^space:]]"),
        (r"a{2,5000}b{4000}c{3,}", "a{2,}b{1000,}c{3,}"),
        *((r"\\s", r"\\s"), (r"[]\s]{3}", r"[][:space:]]{3}"), (r"[{2000}]", "[{2000}]")),
    ],
)
def test_re2_is_told_in_its_words(text: str, wanted: str) -> None:
    assert translated(text) == wanted


@given(
    words=st.lists(st.text("abC", min_size=1, max_size=9), max_size=8),
    data=st.text("abcABC", max_size=60),
)
def test_texts_sought_by_their_first_bytes_are_those_that_are_there(
    words: list[str], data: str
) -> None:
    fired = with_texts([Expression(word, (0,)) for word in words])
    there = [at for at, word in enumerate(words) if word.lower() in data.lower()]
    assert list(fired(data.encode())) == there
