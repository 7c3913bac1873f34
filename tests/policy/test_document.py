"""YAML: bounded, nothing constructed, every value with its line."""

from contextlib import suppress
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.errors import UsageError
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.policy.document import parse

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(_VALUES)
def test_what_another_writer_wrote_is_read_back(value: object) -> None:
    """PyYAML's own writer, which quotes whatever its own reader would take for something else."""
    data = yaml.safe_dump(value, allow_unicode=True).encode()
    assert parse(data, "p", DEFAULT).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", "no"),
        ("a: 2027-06-30", "2027-06-30"),
        ("a: 010", "010"),
        ("a: 1.10", 1.1),
        ("a: '1'", "1"),
        ("a: 12:30:00", "12:30:00"),
        ("a: .inf", ".inf"),
        ("a: 0x10", "0x10"),
        ("a: " + "9" * 64, "9" * 64),
        ("a: true", True),
        ("a:", None),
        ("a: ~", None),
        ("<<: x", "x"),
    ],
)
def test_plain_values_mean_what_they_mean_in_json(text: str, value: object) -> None:
    ((_, found),) = parse(text.encode(), "p", DEFAULT).value.items()
    assert found == value
    assert type(found) is type(value)


def test_every_value_knows_its_line() -> None:
    document = parse(b"a:\n  - b: 1\n    c: |\n      x\n      y\n  - 2\nd: 3\n", "p.yaml", DEFAULT)
    where = {location: document.at(location) for location in [("a", 0, "c"), ("a", 1), ("d",)]}
    assert list(where.values()) == ["p.yaml:3", "p.yaml:6", "p.yaml:7"]
    assert document.at(("a", 1, "missing", 7)) == "p.yaml:6"
    assert document.at(()) == "p.yaml:1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\nb: *x", "p:1: anchors are not allowed"),
        ("a: 1\nb: *x", "p:2: aliases are not allowed"),
        ("a: !!python/object/apply:os.system [x]", "p:1: tags are not allowed"),
        ("a: !!str 1", "p:1: tags are not allowed"),
        ("a: 1\na: 2", "p:2: key 'a' is there twice"),
        ("a: 1\n---\nb: 2", "p:2: more than one document"),
        ("? [a]\n: b", "p:1: a key must be a text"),
        ("? {a: b}\n: b", "p:1: a key must be a text"),
        ("a: [1", "p:"),
        ("a: b: c", "p:1: "),
        ("\tx: 1", "p:1: "),
        ("a: '\x00'", "p"),
        ("[" * 40 + "]" * 40, "p:1: deeper than 16 levels"),
        ("{a: " * 40, "p:1: deeper than 16 levels"),
    ],
)
def test_what_is_refused_is_said_by_line(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text.encode(), "p", DEFAULT)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\xc3\x28", b"\x80", b"%YAML 9.9\n--- x"])
def test_bytes_that_are_no_yaml_are_no_crash(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"^p"):
        parse(data, "p", DEFAULT)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_document_or_a_usage_error(data: bytes) -> None:
    with suppress(UsageError):
        parse(data, "p", DEFAULT)


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (b"a: 1\n", replace(DEFAULT, profile_bytes=4)),
        (b"[[1]]", replace(DEFAULT, profile_depth=1)),
        (b"[" + b"1," * 100_001 + b"]", DEFAULT),
    ],
    ids=["bytes", "depth", "values"],
)
def test_size_and_depth_are_bounded(data: bytes, limits: Limits) -> None:
    with pytest.raises(UsageError, match=r"more than|deeper than"):
        parse(data, "p", limits)
