"""JSON documents: bounded, and as lenient as the runtimes that read them."""

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.errors import LimitExceeded, MalformedImage
from ocianalyze.limits import DEFAULT, Limits
from ocianalyze.model.document import load, load_object, read_config
from ocianalyze.model.fields import pointer

DIFF_ID = f"sha256:{'a' * 64}"
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_what_json_writes_is_read_back(value: object) -> None:
    """The standard library is the oracle."""
    for ascii_only in (True, False):
        assert load(json.dumps(value, ensure_ascii=ascii_only).encode(), DEFAULT) == value


@given(st.binary())
def test_no_bytes_make_it_fail_otherwise_than_on_purpose(data: bytes) -> None:
    try:
        load(data, DEFAULT)
    except (MalformedImage, LimitExceeded) as error:
        assert error.message  # noqa: PT017 - either outcome is right
    config, anomalies = read_config(data, DEFAULT)
    assert config is not None or anomalies


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (b"[" * 65 + b"]" * 65, DEFAULT),
        (b'{"a":' * 1_000_000, DEFAULT),
        (b"[1,2,3]", Limits(document_values=1)),
        (b"[1,2,3]", Limits(document_bytes=6)),
    ],
    ids=["deep", "very-deep", "values", "bytes"],
)
def test_a_document_beyond_a_limit_is_refused_before_it_is_parsed(
    data: bytes, limits: Limits
) -> None:
    with pytest.raises(LimitExceeded):
        load(data, limits, "place")


@pytest.mark.parametrize(
    "data",
    [
        b'["' + b"[" * 1000 + b'"]',
        b'["\\"' + b"[" * 1000 + b'"]',
        b"[" + b"[]," * 1000 + b"[]]",
        b"[" * 64 + b"]" * 64,
    ],
    ids=["text", "escaped", "wide", "just-allowed"],
)
def test_brackets_in_text_and_beside_each_other_are_not_deep(data: bytes) -> None:
    assert load(data, DEFAULT)


@pytest.mark.parametrize(
    "data", [b'"' + b'\\"' * 1_000_000, b"[" + b'"\\' * 1_000_000, b'"\\' + b'\\"[' * 1_000_000]
)
def test_text_without_end_costs_linear_time(data: bytes) -> None:
    began = time.process_time()
    with pytest.raises((MalformedImage, LimitExceeded)):
        load(data, DEFAULT)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a":"\xff"}', {"a": "\ufffd"}),
        (b'{"a":"\\ud800"}', {"a": "?"}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b" \n[]\n ", []),
    ],
    ids=["bad-utf-8", "lone-surrogate", "twice", "blanks"],
)
def test_what_runtimes_accept_is_accepted(data: bytes, value: object) -> None:
    assert load(data, DEFAULT) == value


@pytest.mark.parametrize("data", [b"NaN", b"[Infinity]", b"{'a':1}", b"[1,]", b"", b"01", b"{}x"])
def test_what_is_no_json_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedImage):
        load(data, DEFAULT)


@pytest.mark.parametrize(("data", "word"), [(b"null", "null"), (b"[]", "list"), (b"7", "value")])
def test_an_object_is_wanted_and_said_so(data: bytes, word: str) -> None:
    with pytest.raises(MalformedImage, match=word):
        load_object(data, DEFAULT)


def _config(**fields: Any) -> bytes:
    whole = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"User": "app", "Env": ["A=b"], "Labels": {"x": "y"}},
        "rootfs": {"type": "layers", "diff_ids": [DIFF_ID]},
        "history": [{"created_by": "one"}, {"created_by": "two"}],
    }
    return json.dumps(whole | fields).encode()


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"architecture": 7}, {"/architecture"}),
        ({"config": {"User": 7, "Env": ["A=b"]}}, {"/config/User"}),
        ({"config": {"User": "app", "Env": ["A=b", 7, None]}}, {"/config/Env/1", "/config/Env/2"}),
        ({"config": {"User": "app", "Labels": {"x/y": 7}}}, {"/config/Labels/x~1y"}),
        ({"config": {"User": "app", "Healthcheck": []}}, {"/config/Healthcheck"}),
        (
            {"config": {"User": "app", "Healthcheck": {"Retries": "x"}}},
            {"/config/Healthcheck/Retries"},
        ),
        ({"history": 7}, {"/history"}),
        ({"history": [7, {"created_by": "two"}]}, {"/history/0"}),
        ({"history": [{"created_by": 7}, {"created_by": "two"}]}, {"/history/0/created_by"}),
        ({"rootfs": {"diff_ids": [DIFF_ID, "x"]}}, {"/rootfs/diff_ids/1"}),
    ],
    ids=lambda value: min(value) if isinstance(value, set) else "",
)
def test_a_field_of_the_wrong_type_loses_that_field_alone(
    fields: dict[str, Any], lost: set[str]
) -> None:
    config, anomalies = read_config(_config(**fields), DEFAULT)
    assert config is not None
    assert {anomaly.code for anomaly in anomalies} == {"image.config-field"}
    assert {anomaly.detail.partition(": ")[0] for anomaly in anomalies} == lost
    assert config.os == "linux"
    if "config" not in fields or "User" not in str(lost):
        assert config.config.user == "app"


def test_history_keeps_its_length_when_a_step_is_lost() -> None:
    """Later steps must stay at their layers."""
    config, _ = read_config(_config(history=[7, {"created_by": "two"}]), DEFAULT)
    assert config is not None
    assert [step.created_by for step in config.history] == ["", "two"]


def test_one_bad_diff_id_loses_all_of_them() -> None:
    """Without one of them the others would name the wrong layers."""
    config, _ = read_config(_config(rootfs={"diff_ids": ["x", DIFF_ID]}), DEFAULT)
    assert config is not None
    assert config.rootfs.diff_ids == []


@pytest.mark.parametrize("data", [b"null", b"[]", b"x", b"", b"[" * 1000])
def test_a_config_that_is_no_object_is_absent(data: bytes) -> None:
    config, anomalies = read_config(data, DEFAULT)
    assert config is None
    assert [anomaly.code for anomaly in anomalies] == ["image.config-absent"]


@pytest.mark.parametrize(
    ("run", "user"),
    [({"user": "app"}, "app"), ({"USER": "0"}, "0"), ({"U\u017fer": "0"}, "0")],
)
def test_fields_match_whatever_their_case_as_runtimes_match_them(
    run: dict[str, str], user: str
) -> None:
    """A `user` that only runtimes see would make a root image pass."""
    config, anomalies = read_config(_config(config=run), DEFAULT)
    assert config is not None
    assert config.config.user == user
    assert {anomaly.code for anomaly in anomalies} == {"image.config-case"}


def test_null_stands_for_empty() -> None:
    config, anomalies = read_config(
        _config(config=None, rootfs=None, history=None, architecture=None), DEFAULT
    )
    assert config is not None
    assert not anomalies
    assert (config.config.user, config.history, config.rootfs.diff_ids) == ("", [], [])


def test_anomalies_of_one_config_are_bounded() -> None:
    data = _config(config={"Env": [7] * 5000})
    config, anomalies = read_config(data, DEFAULT)
    assert config is not None
    told = [anomaly.detail.partition(":")[0] for anomaly in anomalies]
    assert told == [*(f"/config/Env/{number}" for number in range(8)), "/config/Env"]
    assert anomalies[-1].detail == "/config/Env: 4,992 more that cannot be read"


@pytest.mark.parametrize(
    ("fields", "lost"),
    [
        ({"rootfs": {"diff_ids": ["x"] * 240_000}}, "/rootfs/diff_ids"),
        ({"history": [7] * 240_000}, "/history"),
        ({"config": {"Env": [7] * 240_000}}, "/config/Env"),
        ({"config": {"Labels": {str(x): 7 for x in range(240_000)}}}, "/config/Labels"),
        ({"config": {"Healthcheck": {"Test": [7] * 240_000}}}, "/config/Healthcheck/Test"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_too_long_is_told_before_any_of_it_is_validated(
    fields: dict[str, Any], lost: str
) -> None:
    """An error of pydantic takes two kilobytes."""
    data = _config(**fields)
    tracemalloc.start()
    config, anomalies = read_config(data, DEFAULT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert config is not None
    assert [anomaly.detail for anomaly in anomalies] == [
        f"{lost} has 240,000 entries, more than 10,000; --limit document-items=N allows more"
    ]
    assert any(lost.startswith(field) for field in config.unread)
    assert config.os == "linux"
    assert peak < 100_000_000


def test_as_many_entries_as_are_allowed_are_read_unchanged() -> None:
    most = DEFAULT.document_items
    data = _config(history=[{"created_by": "x"}] * most, config={"Env": ["A=b"] * most})
    config, anomalies = read_config(data, DEFAULT)
    assert config is not None
    assert not anomalies
    assert (len(config.history), len(config.config.env)) == (most, most)


def test_fields_that_nobody_reads_may_be_long() -> None:
    config, anomalies = read_config(_config(other=[1] * 20_000), DEFAULT)
    assert config is not None
    assert not anomalies


def test_a_pointer_is_escaped() -> None:
    assert pointer(("a", 0, "b/c~d")) == "/a/0/b~1c~0d"


@pytest.mark.parametrize(
    ("document", "unread"),
    [
        ({"config": {"User": "app"}}, set()),
        ({"config": {"User": 1000}}, {"/config/User"}),
        ({"config": {"user": 1000, "Env": [1, "A=b"]}}, {"/config/User", "/config/Env"}),
        ({"config": {"Healthcheck": 5}}, {"/config/Healthcheck"}),
        ({"config": {"Healthcheck": {"Test": [1]}}}, {"/config/Healthcheck"}),
        ({"config": {"Labels": {"a/config/User": 1}}}, {"/config/Labels"}),
        ({"config": [1]}, {"/config"}),
        ({"history": 5, "rootfs": {"diff_ids": [3]}}, {"/history", "/rootfs"}),
        ({"unread": ["/config/User"], "_unread": ["/config"]}, set()),
    ],
)
def test_config_knows_which_fields_were_left_out(
    document: dict[str, Any], unread: set[str]
) -> None:
    config, _ = read_config(json.dumps(document).encode(), Limits(anomalies=1))
    assert config is not None
    assert config.unread == unread
