"""Texts and containers in base64: what is one, what is none, and where a run of lines ends."""

import base64
import time

import pytest

from ocianalyze.detectors.secrets.decoded import decoded


@pytest.mark.parametrize(
    "data",
    [
        b"integrity: sha512-" + base64.b64encode(bytes(range(64))),
        b"/usr/share/ca-certificates/mozilla/one.crt",
        b"=" * 100,
        b"A" * 17,
        b"",
    ],
)
def test_what_decodes_to_no_text_is_none(data: bytes) -> None:
    assert not list(decoded(data))


def test_word_inside_a_longer_one_is_not_taken_for_it() -> None:
    word = base64.b64encode(b"made up, made up, ")
    data = b"x" + word + b" " + word + b" y" + word + b"\n" + word
    assert [data.index(b" " + word) + 1, data.rindex(word)] == [
        one.start for one in decoded(data) if one.data == b"made up, made up, "
    ]


def test_many_different_words_are_all_decoded() -> None:
    words = [base64.b64encode(b"made up %06d" % number) for number in range(60_000)]
    assert len(list(decoded(b" ".join(words)))) == len(words)


def test_text_behind_a_wrapped_one_does_not_join_it() -> None:
    lines = base64.encodebytes(b"made up, " * 12)
    assert [x.data for x in decoded(lines + b"kind: Secret\n")] == [b"made up, " * 12]


HOSTILE = {
    "lines of text and others": (base64.b64encode(b"made up, " * 4) + b"\n" + b"x" * 48 + b"\n"),
    "first lines of keys": b"MIIC" + b"A" * 44 + b"\n",
    "two beginnings": b"H4sIA" + b"A" * 11 + b"\nMIIC" + b"A" * 12 + b"\n",
    "one word": b"H4sI" + b"A" * 44,
    "line ends in strings": b"H4sI" + b"A" * 44 + b"\\n",
}


@pytest.mark.parametrize("part", HOSTILE.values(), ids=HOSTILE)
def test_no_content_takes_more_than_its_size(part: bytes) -> None:
    """Four times the bytes take about four times as long, not sixteen times."""
    small, large = (_seconds(part * (size // len(part))) for size in (100_000, 400_000))
    assert large < 10 * small + 0.05


def _seconds(data: bytes) -> float:
    times = []
    for _ in range(3):
        began = time.process_time()
        list(decoded(data))
        times.append(time.process_time() - began)
    return min(times)
