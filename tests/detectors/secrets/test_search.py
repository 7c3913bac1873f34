"""The same secrets however the bytes come, and whichever engine looks."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets._reach import WINDOW
from ocianalyze.detectors.secrets.candidate import Candidate, Proved
from ocianalyze.detectors.secrets.engine import PIECE_EVENTS, Engine, Nothing, engine
from ocianalyze.detectors.secrets.search import Search

KINDS = ("hyperscan", "re2", "re")
NOISE = (
    b"",
    b" ",
    b"\n",
    b"=",
    b'"',
    b"\0",
    b"_",
    b"acme_",
    b"password",
    b"A" * 40,
    b"-----BEGIN ",
)
FAR = (b"\n" * (WINDOW - 7), b"\0" * (WINDOW + 1), b"word " * 13_000)

Told = list[tuple[str, int, int, bytes, str]]
Believe = Callable[[Candidate, bytes], Proved]


def told(found: Sequence[Proved]) -> Told:
    return sorted((one.rule.id, one.start, one.end, one.secret, one.coding) for one in found)


def in_pieces(engine: Engine, pieces: Sequence[bytes], believe: Believe) -> Told:
    search = Search(engine, prove=believe, small=1)
    found = [one for piece in pieces for one in search.feed(piece)]
    return told(found + search.close())


def as_block(engine: Engine, data: bytes, believe: Believe) -> Told:
    return told(Search(engine, prove=believe).find(data))


def coded(text: bytes, coding: str) -> bytes:
    if coding.startswith("utf"):
        return text.decode("latin-1").encode(coding)
    return b64encode(b"x" * int(coding) + text) if coding else text


def texts(examples: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    codings = st.sampled_from(["", "", "", "utf-16-le", "utf-16-be", "0", "1", "2"])
    example = st.builds(coded, st.sampled_from(examples), codings)
    part = st.one_of(example, example, st.sampled_from(NOISE), st.sampled_from(FAR))
    return st.lists(part, max_size=12).map(b"".join)


def cut(data: bytes, places: Sequence[float]) -> list[bytes]:
    ends = sorted(int(place * len(data)) for place in places)
    return [data[a:b] for a, b in zip([0, *ends], [*ends, len(data)], strict=True)]


@settings(max_examples=150)
@given(data=st.data())
def test_pieces_do_not_matter(
    data: st.DataObject, engines: dict[str, Engine], examples: tuple[bytes, ...], believe: Believe
) -> None:
    text = data.draw(texts(examples))
    pieces = cut(text, data.draw(st.lists(st.floats(0, 1), max_size=7)))
    one = engines["hyperscan"]
    assert in_pieces(one, pieces, believe) == as_block(one, text, believe)


@settings(max_examples=40)
@given(data=st.data())
@pytest.mark.parametrize("kind", ["re2", "re"])
def test_engines_do_not_matter(
    data: st.DataObject,
    kind: str,
    engines: dict[str, Engine],
    examples: tuple[bytes, ...],
    believe: Believe,
) -> None:
    text = data.draw(texts(examples))
    wanted = as_block(engines["hyperscan"], text, believe)
    assert as_block(engines[kind], text, believe) == wanted
    pieces = cut(text, data.draw(st.lists(st.floats(0, 1), max_size=3)))
    assert in_pieces(engines[kind], pieces, believe) == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_every_border_through_a_secret_is_crossed(
    kind: str, engines: dict[str, Engine], examples: tuple[bytes, ...], believe: Believe
) -> None:
    for example in examples:
        text = example if example.startswith(b"#!") else b"; " + example
        wanted = as_block(engines[kind], text, believe)
        assert wanted
        for at in range(0, len(text), 1 if len(text) < 60 else 23):
            assert in_pieces(engines[kind], [text[:at], text[at:]], believe) == wanted


@pytest.mark.parametrize("piece", [4_096, 65_536, 100_001])
@pytest.mark.parametrize("kind", KINDS)
def test_a_long_key_is_whole(
    kind: str, piece: int, engines: dict[str, Engine], believe: Believe
) -> None:
    key = b"-----BEGIN RSA PRIVATE KEY-----\n" + b"Ab3/" * 3_990 + b"\n-----END"
    text = b"\n" * 90_000 + key + b"\n" * 90_000
    search = Search(engines[kind], prove=believe)
    found = [x for at in range(0, len(text), piece) for x in search.feed(text[at : at + piece])]
    assert told(found + search.close()) == [("pem", 90_000, 90_000 + len(key), key, "")]


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be", "0", "1", "2"])
@pytest.mark.parametrize("kind", KINDS)
def test_coded_secrets_have_their_place_in_the_content(
    kind: str, coding: str, engines: dict[str, Engine], believe: Believe
) -> None:
    name = "utf-16" if coding.startswith("utf") else "base64"
    text = coded(b"name=acme_0123456789ab;end", coding)
    (one,) = as_block(engines[kind], b"\n\xff: " + text + b" \xff", believe)
    assert one[0] == "prefix"
    assert (one[3], one[4]) == (b"acme_0123456789ab", name)
    unit = 2 if name != "base64" else 4 / 3
    before = 4 + (5 + (int(coding) if name == "base64" else 0)) * unit
    assert one[1] == pytest.approx(before, abs=1)
    assert one[2] == pytest.approx(before + 17 * unit, abs=1)


def test_lines_of_mail_do_not_break_base64(engines: dict[str, Engine], believe: Believe) -> None:
    coded_text = b64encode(b"x" * 50 + b" acme_0123456789ab zzp-key-00000000 " + b"y" * 60)
    lines = b"\r\n".join(coded_text[at : at + 76] for at in range(0, len(coded_text), 76))
    found = as_block(engines["hyperscan"], lines, believe)
    assert [one[3] for one in found] == [b"acme_0123456789ab", b"zzp-key-00000000"]


def test_a_provider_speaks_before_a_generic_rule(
    engines: dict[str, Engine], believe: Believe
) -> None:
    found = as_block(engines["hyperscan"], b"password=acme_0123456789ab", believe)
    assert [one[0] for one in found] == ["prefix"]


def test_words_that_repeat_hide_nothing(engines: dict[str, Engine], believe: Believe) -> None:
    found = as_block(engines["hyperscan"], b"password=password=hunter2hunter2", believe)
    assert b"password=hunter2hunter2" in [one[3] for one in found]


def test_secrets_of_one_rule_do_not_overlap(engines: dict[str, Engine], believe: Believe) -> None:
    found = as_block(engines["hyperscan"], b"zzb-key-" + b"1" * 500, believe)
    assert [one[2] - one[1] for one in found] == [28]


def test_rules_for_places_are_silent_elsewhere(
    make_rule: Callable[..., Rule], believe: Believe
) -> None:
    rules = [make_rule("here", pattern=r"acme_\d{4}", paths=r"(?:^|/)\.acmerc$")]
    one = engine(rules, "re")
    assert Search(one, b"root/.acmerc", believe).find(b"acme_1234")
    assert not Search(one, b"root/acmerc", believe).find(b"acme_1234")


@pytest.mark.parametrize("kind", KINDS)
def test_a_flood_is_told_and_ends(kind: str, engines: dict[str, Engine], believe: Believe) -> None:
    flood = b"acme_0123456789ab " * (2 * PIECE_EVENTS)
    search = Search(engines[kind], prove=believe)
    found = search.feed(flood) + search.close()
    assert search.exhausted
    assert 0 < len(found) <= PIECE_EVENTS


def test_a_flood_in_base64_is_told(engines: dict[str, Engine], believe: Believe) -> None:
    search = Search(engines["hyperscan"], prove=believe)
    search.find((b64encode(b"acme_acme_") + b" ") * 9_000)
    assert search.exhausted


@pytest.mark.parametrize(("wide", "times"), [("", 33_000), ("[a-z]{0,12000}", 12_000)])
def test_beginnings_without_an_end_are_told(
    wide: str, times: int, make_rule: Callable[..., Rule], believe: Believe
) -> None:
    """A try takes up to a millisecond, and a small file may have a million."""
    one = engine([make_rule("vain", pattern=rf"acme_{wide}!", trigger="acme_")], "hyperscan")
    search = Search(one, prove=believe)
    assert not search.find(b"acme_ " * times)
    assert search.exhausted
    few = Search(one, prove=believe)
    assert not few.find(b"acme_ " * 500)
    assert not few.exhausted


@dataclass
class Along:
    """What was told along with the bytes."""

    data: bytes = b""
    begins: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)

    def take(self, piece: bytes | memoryview, begins: Sequence[int] | None) -> None:
        self.begins += begins or ()
        self.late += (begin for begin in begins or () if begin + 4 < len(self.data))
        self.data += piece


@pytest.mark.parametrize("small", [1, 4, 40, 1_000])
@pytest.mark.parametrize("kind", KINDS)
def test_where_gzip_members_begin_is_told_along_with_the_bytes(
    kind: str, small: int, engines: dict[str, Engine], believe: Believe
) -> None:
    data = b"\x1f\x8b\x08\0" + b"acme_0123456789ab; \x1f\x8b\x08, \x1f\x8b\x08\x1f" * 3
    wanted = as_block(engines[kind], data, believe)
    for at in range(len(data)):
        search = Search(engines[kind], prove=believe, small=small, along=(along := Along()).take)
        found = [*search.feed(data[:at]), *search.feed(data[at:]), *search.close()]
        assert (along.data, along.begins, along.late) == (data, [0, 28, 56, 84], [])
        assert told(found) == wanted


def test_an_engine_that_looks_for_nothing_leaves_gzip_members_to_others() -> None:
    said: list[tuple[bytes, Sequence[int] | None]] = []
    search = Search(Nothing(), along=lambda piece, told: said.append((bytes(piece), told)))
    assert not [*search.feed(bytes(40_000)), *search.close()]
    assert said[0] == (bytes(40_000), None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_content_of_nothing_has_nothing(
    kind: str, engines: dict[str, Engine], believe: Believe
) -> None:
    search = Search(engines[kind], prove=believe)
    assert search.feed(b"") == []
    assert search.close() == []
    assert Search(engines[kind], prove=believe).find(b"") == []
    assert not search.exhausted


def test_views_are_taken_as_bytes_are(engines: dict[str, Engine], believe: Believe) -> None:
    search = Search(engines["hyperscan"], prove=believe)
    buffer = bytearray(b" " * 60_000 + b"acme_0123456789ab" + b" " * 40_000)
    found = search.feed(memoryview(buffer))
    buffer[:] = bytes(len(buffer))
    assert len(found + search.close()) == 1


def test_of_the_rules_that_share_a_trigger_each_finds_its_own(
    make_rule: Callable[..., Rule], believe: Believe
) -> None:
    schemes = {"queue": "(?i:amqps?)", "base": r"\bmysql", "any": r"\w{2,5}"}
    rules = [
        make_rule(name, pattern=scheme + r"://x:(?P<secret>\w{4})@", trigger=r"://x:\w{4}@")
        for name, scheme in schemes.items()
    ]
    data = b"AMQP://x:abcd@h mysql://x:efgh@h http://x:ijkl@h"
    found = Search(engine(rules), path=None, prove=believe).find(data)
    assert {(one.rule.id, one.secret) for one in found} == {
        ("queue", b"abcd"),
        ("base", b"efgh"),
        *(("any", secret) for secret in (b"abcd", b"efgh", b"ijkl")),
    }
