"""Many texts at once: whoever reads each alone finds nothing in those that are left out."""

import string
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._glance import suspects
from ocianalyze.detectors.secrets.masking import forms, identities


class Value(NamedTuple):
    """What is known of a secret."""

    id: str
    masked: str
    forms: str


_CHARS = string.ascii_letters + string.digits + "._-/:+$!é%~"
_VALUES = st.text(_CHARS, min_size=3, max_size=90)
_AROUND = st.text(_CHARS + " ", max_size=12)
_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "percent": lambda x: quote(x, safe=""),
    "twice percent": lambda x: quote(quote(x, safe=""), safe=""),
    "base64": lambda x: b64encode(x.encode()).decode(),
    "hex": lambda x: x.encode().hex(),
    "lower case": str.lower,
    "normalised": lambda x: x.lower().replace("_", "-").replace(".", "-"),
    "cut": lambda x: x[:40],
    "password": lambda x: f"password={x}",
}


def _known(values: list[str], mask: str = "****") -> list[Value]:
    raws = [value.encode() for value in values]
    return [Value("", f"{mask} ({len(raw)})", forms(raw, f"{mask} ({len(raw)})")) for raw in raws]


@given(
    value=_VALUES,
    shown=st.integers(0, 8),
    texts=st.lists(st.tuples(_AROUND, st.sampled_from(list(_WRITTEN)), _AROUND)),
)
def test_what_is_left_out_holds_nothing(
    value: str, shown: int, texts: list[tuple[str, str, str]]
) -> None:
    each = [before + _WRITTEN[how](value) + after for before, how, after in texts]
    secrets = _known([value], value.encode()[:shown].decode("utf-8", "ignore") + "****")
    found = set(suspects(each, identities(secrets)))
    left_out = [text for text in each if text not in found]
    assert [identities(secrets).masked(text) for text in left_out] == left_out


@pytest.mark.parametrize("value", ["hunter2hunter2", "pass-word-of-mine", "a.b.c.d.e.f", "x" * 70])
@pytest.mark.parametrize("form", [one for one in _WRITTEN if one not in ("cut", "password")])
def test_a_name_that_holds_a_value_is_seen_among_many(value: str, form: str) -> None:
    name = _WRITTEN[form](value)
    names = [f"file-{number}.txt" for number in range(1_000)]
    known = identities(_known([value]))
    assert suspects([*names, name], known) == [name]


def test_honest_names_are_left_out() -> None:
    names = ["libicudata.so.72.1", "__init__.cpython-311.pyc", "README.md", "x86_64-linux-gnu"]
    assert suspects(names, identities(_known(["s3cr3t-p4ss-w0rd", "hunter2hunter2"]))) == []


def test_a_text_with_the_end_of_texts_in_it_is_seen_alone() -> None:
    known = identities(_known(["hunter2hunter2"]))
    assert suspects(["a\0hunter2hunter2", "b"], known) == ["a\0hunter2hunter2"]
