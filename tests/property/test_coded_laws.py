"""Laws of base64 in other contents, on random bytes, alphabets, line ends and surroundings.

- What was coded is decoded, wherever it begins, however wide its lines, whatever ends them.
- Whatever a content is, what is decoded lies in it, in order, one behind the other.
"""

import gzip
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable

import hypothesis.strategies as st
from hypothesis import given

from ocianalyze.detectors.secrets.decoded import Decoded, decoded
from tests.detectors.secrets.inside.test_stores import PRIVATE, TRUSTED, jks

BREAKS = ("\n", "\r\n", "\n    ", "\n\t", "\\n", "\\r\\n", "\\\n  ", "&#13;\n", "&#xD;\n", " \n")
BEFORE = ("", "x: ", 'a = "', "[", "{'k':'", "data:x/y;base64,", "x: |\n  ", "# say\n", "k=\\\n ")
BEHIND = ("", '"\n', "\n", "'}", "\nother: x\n", "</a>", " b\n", "\n\nkind: Secret\n", '",\n"b": 1')
STORE = jks(PRIVATE, TRUSTED)
SHORTEST = 16
Code = Callable[[bytes], bytes]
plain = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=24, max_size=300)
packed = (
    st.binary(max_size=300)
    .flatmap(
        lambda data: st.sampled_from(
            [gzip.compress(data), zlib.compress(data), STORE, b"PK\3\4" + data + bytes(20)]
        )
    )
    .filter(lambda data: len(data) * 4 // 3 >= SHORTEST)
)
ends = st.tuples(st.sampled_from(BREAKS), st.integers(SHORTEST, 120))


def wrapped(coded: str, end: str, width: int) -> str:
    return end.join(coded[at : at + width] for at in range(0, len(coded), width))


@given(
    plain.map(str.encode) | packed,
    ends,
    st.sampled_from(BEFORE),
    st.sampled_from(BEHIND),
    st.sampled_from((b64encode, urlsafe_b64encode)),
)
def test_what_was_coded_is_decoded(
    data: bytes, end: tuple[str, int], before: str, behind: str, code: Code
) -> None:
    content = before + wrapped(code(data).decode(), *end) + behind
    start = len(before)
    (found,) = (one for one in decoded(content.encode()) if one.start == start)
    assert found.data == data
    end_of, width = end
    for at in range(0, len(data), 3):
        digits = at * 4 // 3
        assert found.place(at) == start + digits + digits // width * len(end_of)


digits = st.text("ABCHIMSUabcz019+/-_=", max_size=90)
pieces = st.one_of(
    digits, st.sampled_from((*BREAKS, *BEFORE, *BEHIND)), packed.map(b64encode).map(bytes.decode)
)


@given(st.lists(pieces, max_size=40).map("".join).map(str.encode) | st.binary(max_size=400))
def test_what_is_decoded_lies_in_the_content_in_order(content: bytes) -> None:
    found: list[Decoded] = list(decoded(content))
    places = [at for one in found for at in (one.start, one.end)]
    assert places == sorted(places)
    assert all(one.place(0) == one.start for one in found)
    assert all(one.place(len(one.data)) <= one.end <= len(content) for one in found)
