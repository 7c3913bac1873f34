"""Texts in other codings, and their places."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._coded import decoded
from ocianalyze.detectors.secrets._expressions import Expression, base64_forms

MARK = b"acme_"


def base64_end(before: int) -> tuple[Expression, int]:
    """Return the expression that finds `MARK` behind some bytes, and its end."""
    form, phase = list(base64_forms(MARK))[before % 3]
    return Expression(form, (0,), "base64", phase), (before + len(MARK)) * 8 // 6


@given(
    head=st.binary(max_size=40),
    tail=st.binary(max_size=40),
    outside=st.sampled_from([b"", b" ", b'"', b"\xff:"]),
    line=st.sampled_from([0, 4, 19, 76]),
)
def test_base64_is_decoded_from_the_mark_on(
    head: bytes, tail: bytes, outside: bytes, line: int
) -> None:
    text = head + MARK + tail
    data = b64encode(text)
    expression, end = base64_end(len(head))
    if line:
        end += (end - 1) // line * 2
        data = b"\r\n".join(data[at : at + line] for at in range(0, len(data), line))
    found = decoded(expression, outside + data + outside, len(outside) + end, 1_000)
    assert found is not None
    assert found.data == text
    start, stop = found.span(len(head), len(head) + len(MARK))
    part = data[start - 1_000 - len(outside) : stop - 1_000 - len(outside)]
    digits = part.replace(b"\r\n", b"")
    assert 7 <= len(digits) <= 8
    assert len(head) <= found.at <= len(head) + len(MARK)


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
@given(
    head=st.text(alphabet="ab 1\n", max_size=9),
    tail=st.text(alphabet="ab 1\n", max_size=9),
    outside=st.binary(max_size=9).map(lambda noise: b"\xff\xff\xff" + noise + b"\xff\xff\xff"),
)
def test_utf16_is_decoded_in_either_order(
    coding: str, head: str, tail: str, outside: bytes
) -> None:
    text = f"{head}acme_{tail}"
    data = outside + text.encode(coding) + outside
    end = data.index("acme_".encode("utf-16-le")[:-1], len(outside)) + 9
    found = decoded(Expression("", (0,), "utf-16"), data, end, 500)
    assert found is not None
    at = found.data.index(MARK, max(found.at - 5, 0))
    assert found.at == at + 5
    assert text.strip("\0").encode() in found.data
    start, stop = found.span(at, at + 5)
    assert data[start - 500 : stop - 500] == "acme_".encode("utf-16-le")[:-1]


def test_nothing_is_decoded_to_nothing() -> None:
    expression, _ = base64_end(0)
    found = decoded(expression, b"", 0)
    assert found is not None
    assert found.data == b""
