"""The result document's shape is a promise."""

import pytest
from pydantic import ValidationError

from ocianalyze.controls.catalogue import select
from ocianalyze.controls.items import items
from ocianalyze.model.report import SCHEMA_VERSION, Report, schema
from ocianalyze.model.subject import Input
from ocianalyze.report.owners import others


def test_the_schema_requires_every_top_level_part() -> None:
    """A reader need not ask whether a list is there."""
    parts = [
        "schema_version", "tool", "input", "inputs", "profile", "images", "controls", "standings",
        "findings", "packages", "unowned", "secrets", "artifacts",
    ]  # fmt: skip
    assert list(schema()["properties"]) == parts
    assert schema()["required"] == parts
    assert list(Report.model_fields) == parts


def test_the_schema_allows_nothing_unnamed_and_names_its_version() -> None:
    """A new field is a new minor version."""
    assert schema()["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in schema()["$defs"].values()
               if part["type"] == "object")  # fmt: skip
    assert schema()["properties"]["schema_version"]["const"] == SCHEMA_VERSION == "1.4"


def test_records_do_not_change() -> None:
    """Reports are values."""
    record = Input(reference="a", kind="b")
    with pytest.raises(ValidationError):
        record.kind = "c"  # type: ignore[misc] # that is the point


def test_every_recommendation_of_the_benchmark_has_an_owner() -> None:
    """CIS Docker Benchmark v1.8.0 has 118, of which section 4 is the image's."""
    told = {item.id for _, item in select(["l2"]) if item}
    shares = dict(others("CIS Docker Benchmark", "1.8.0", told))
    assert len(told) == 12
    assert shares == {"runtime": 31, "node": 63, "platform": 12}
    assert sum(shares.values()) + len(told) == 118
    assert others("CIS Docker Benchmark", "1.8.0", items()) == ()
    assert others("another", "1", told) == ()
