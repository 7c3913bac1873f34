"""Licence texts are read as expressions only when they are some."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from license_expression import get_spdx_licensing  # type: ignore[import-untyped]

from ocianalyze.report.sbom import _licenses
from ocianalyze.report.sbom._licenses import conjunction, declared

_TABLE = tomllib.loads(Path(_licenses.__file__).with_name("licenses.toml").read_text())
_TERMS = st.sampled_from(["MIT", "apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"])
_EXPRESSIONS = st.recursive(
    _TERMS,
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
        lambda parts: f"({' '.join(parts)})"
    ),
    max_leaves=6,
)


@cache
def judge() -> Any:
    """Return an independent reader of expressions."""
    return get_spdx_licensing()


def kinds(text: str) -> list[str]:
    """Return as what one recorded text is read."""
    return [license_.kind for license_ in declared([text])]


def test_every_identifier_is_known_to_an_independent_list() -> None:
    """As a licence, or behind WITH."""
    known = [*_TABLE["licenses"], *(f"MIT WITH {name}" for name in _TABLE["exceptions"])]
    assert not [text for text in known if judge().validate(text).errors]
    assert all(kinds(text) == ["expression" if " " in text else "id"] for text in known)


@given(_EXPRESSIONS)
def test_expressions_mean_what_an_independent_reader_takes_them_for(text: str) -> None:
    """Only the spelling becomes canonical."""
    assert judge().parse(conjunction(declared([text]))) == judge().parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "MIT OR",
        "AND MIT",
        "MIT Apache-2.0",
        "(MIT OR ISC",
        "MIT OR ISC)",
        "MIT OR ()",
        "MIT WITH MIT",
        "(MIT OR ISC) WITH Classpath-exception-2.0",
        "MIT OR Unheard-of",
        "MIT, ISC",
        "MIT / ISC",
        "MIT OR\x00 ISC",
        "(" * 40 + "MIT OR ISC" + ")" * 40,
        "MIT OR " * 700 + "MIT",
        "licence of the author",
    ],
)
def test_what_is_no_expression_is_a_name(text: str) -> None:
    assert kinds(text) == ["name"]


@given(st.text(max_size=60))
def test_every_reference_has_the_characters_that_spdx_allows(text: str) -> None:
    for license_ in declared([text]):
        body = license_.reference.removeprefix("LicenseRef-")
        assert body
        assert body.isascii()
        assert body.replace("-", "").replace(".", "").isalnum()


def test_two_texts_never_share_a_reference() -> None:
    """A text that looks like another's reference is hashed itself."""
    (first,) = declared(["a b"])
    (second,) = declared([first.reference.removeprefix("LicenseRef-")])
    assert first.reference != second.reference
