"""What a thing was built from or with is no content; all else in a document is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.sbom_relations import DOCUMENT, Relation, left_out

_ELEMENTS = st.sampled_from(["root", "a", "b", "c", DOCUMENT])
_TYPES = st.sampled_from(
    ["CONTAINS", "DEPENDENCY_OF", "GENERATED_FROM", "DEV_DEPENDENCY_OF", "DESCRIBED_BY", "ODD"]
)
_RELATIONS = st.lists(st.builds(Relation, _ELEMENTS, _TYPES, _ELEMENTS), max_size=8)


def _left_out(*lines: str) -> str:
    """Return what is left out of a document about `root`."""
    relations = [Relation(*line.split()) for line in lines]
    return " ".join(sorted(left_out(relations, ["root"])))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("root GENERATED_FROM a", "a"),
        ("root DESCRIBED_BY a", "a"),
        ("root DESCENDANT_OF a", "a"),
        ("a GENERATES root", "a"),
        ("a ANCESTOR_OF root", "a"),
        ("a PATCH_FOR root", "a"),
        ("a BUILD_TOOL_OF root", "a"),
        ("a DEV_TOOL_OF root", "a"),
        ("a TEST_TOOL_OF root", "a"),
        ("a TEST_OF root", "a"),
        ("a BUILD_DEPENDENCY_OF root", "a"),
        ("a DEV_DEPENDENCY_OF root", "a"),
        ("a TEST_DEPENDENCY_OF root", "a"),
        ("root CONTAINS a", ""),
        ("root DEPENDS_ON a", ""),
        ("a DEPENDENCY_OF root", ""),
        ("a RUNTIME_DEPENDENCY_OF root", ""),
        ("a OPTIONAL_DEPENDENCY_OF root", ""),
        ("a CONTAINED_BY root", ""),
        ("a PACKAGE_OF root", ""),
        ("root OTHER a", ""),
        (f"root DESCRIBED_BY {DOCUMENT}", ""),
    ],
)
def test_what_is_related_alone_by_the_way_it_was_made_is_left_out(line: str, expected: str) -> None:
    assert _left_out(line) == expected


def test_what_a_tool_or_a_test_needs_is_left_out_with_it() -> None:
    """As npm tells packages below a development dependency."""
    lines = ("a DEV_DEPENDENCY_OF root", "b DEPENDENCY_OF a", "b CONTAINS c")
    assert _left_out(*lines) == "a b c"
    assert _left_out(*lines, "b DEPENDENCY_OF root") == "a"


def test_what_a_source_needs_is_in_what_was_made_from_it() -> None:
    assert _left_out("root GENERATED_FROM a", "a DEPENDS_ON b", "c BUILD_TOOL_OF a") == "a c"


def test_a_package_that_nothing_relates_is_content() -> None:
    """Most documents relate nothing, or all of it to the document."""
    assert not left_out([], [])
    assert not left_out([Relation(DOCUMENT, "DESCRIBES", "root")], [])


def test_what_the_document_describes_is_content_whatever_else_it_is() -> None:
    both = [Relation("root", "GENERATED_FROM", "a"), Relation("a", "DESCRIBED_BY", DOCUMENT)]
    assert not left_out(both, [])
    assert not left_out(both[:1], ["root", "a"])


@given(_RELATIONS)
def test_what_the_document_describes_and_all_its_parts_stay(relations: list[Relation]) -> None:
    """Cycles end; more that is contained leaves out nothing more of these."""
    out = left_out(relations, ["root"])
    assert out.isdisjoint({"root", DOCUMENT})
    more = [*relations, *(Relation("root", "CONTAINS", each) for each in out)]
    assert not left_out(more, ["root"]) & out


def test_long_rows_take_no_long_time() -> None:
    row = [Relation(f"{n}", "DEPENDS_ON", f"{n + 1}") for n in range(100_000)]
    tool = Relation("0", "BUILD_TOOL_OF", "root")
    assert len(left_out([tool, *row], ["root"])) == 100_001
