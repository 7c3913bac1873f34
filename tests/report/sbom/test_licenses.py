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
from ocianalyze.report.sbom._licenses import conjunction, declared, spdx

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
        for reference in license_.references:
            body = reference.removeprefix("LicenseRef-")
            assert body
            assert body.isascii()
            assert body.replace("-", "").replace(".", "").isalnum()


def test_two_texts_never_share_a_reference() -> None:
    """A text that looks like another's reference is hashed itself."""
    (first,) = declared(["a b"])
    for text in (first.spdx.removeprefix("LicenseRef-"), first.spdx):
        (second,) = declared([text])
        assert first.spdx != second.spdx


@pytest.mark.parametrize(
    ("text", "canonical", "in_spdx"),
    [
        ("(MIT)", "MIT", "MIT"),
        ("((mit or isc))", "MIT OR ISC", "MIT OR ISC"),
        ("(MIT) and (ISC)", "(MIT) AND (ISC)", "(MIT) AND (ISC)"),
        ("LicenseRef-Fedora-Public-Domain",) * 3,
        ("LicenseRef-x AND MIT",) * 3,
        ("LicenseRef-x with Classpath-exception-2.0 OR isc",
         "LicenseRef-x WITH Classpath-exception-2.0 OR ISC",
         "LicenseRef-x WITH Classpath-exception-2.0 OR ISC"),
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_references_and_parentheses_are_parts_of_expressions(
    text: str, canonical: str, in_spdx: str
) -> None:
    (found,) = declared([text])
    assert (found.text, found.spdx) == (canonical, in_spdx)
    assert found.kind == ("id" if " " not in canonical and "Ref" not in canonical else "expression")
    assert all(reference in text for reference in found.references)


def test_a_reference_into_another_document_gets_one_of_this_document() -> None:
    """No other document is named, so nobody could follow it."""
    (found,) = declared(["DocumentRef-x:LicenseRef-y and MIT"])
    (reference,) = found.references
    assert found.text == "DocumentRef-x:LicenseRef-y AND MIT"
    assert found.spdx == f"{reference} AND MIT"
    assert found.references == {reference: "DocumentRef-x:LicenseRef-y"}


def test_names_stand_under_references_in_spdx_alone() -> None:
    found = declared(["MIT", "Fair use", "Own"])
    assert spdx(found).startswith("MIT AND LicenseRef-sha256-")
    assert spdx(found).endswith(" AND LicenseRef-Own")


@pytest.mark.parametrize("text", ["LicenseRef-", "DocumentRef-x:MIT", "LicenseRef-a_b", "x:y"])
def test_what_looks_like_a_reference_and_is_none_is_a_name(text: str) -> None:
    assert kinds(text) == ["name"]
