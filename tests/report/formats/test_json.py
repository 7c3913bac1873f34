"""JSON documents obey their schema and are the same bytes every time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from ocianalyze.model.report import SCHEMA_VERSION, schema
from ocianalyze.report._base import Analysis, Style
from ocianalyze.report.assemble import assemble
from ocianalyze.report.formats import load
from tests.report.documents import ANALYSIS, SEVERAL

ALL = pytest.mark.parametrize(
    "analysis", [pytest.param(ANALYSIS, id="one"), pytest.param(SEVERAL, id="several")]
)


def rendered(analysis: Analysis, form: str) -> bytes:
    """Return a report's bytes."""
    return b"".join(load(form).render(assemble(analysis), Style()))


def strings(value: Any) -> Iterator[str]:
    """Yield every text of a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


@ALL
def test_the_document_obeys_the_generated_schema(analysis: Analysis) -> None:
    """The schema names every field and allows no other."""
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    validator.validate(json.loads(rendered(analysis, "json")))


def test_the_schema_refuses_what_the_document_never_holds() -> None:
    """It would be no oracle if it took everything."""
    document = json.loads(rendered(ANALYSIS, "json"))
    document["controls"][0]["status"] = "maybe"
    document["extra"] = 1
    errors = list(jsonschema.Draft202012Validator(schema()).iter_errors(document))
    assert len(errors) == 2


@ALL
def test_documents_hold_no_secret_and_no_directory(analysis: Analysis) -> None:
    """A report is pasted into tickets."""
    found = list(strings(json.loads(rendered(analysis, "json"))))
    assert not [text for text in found if "not-a-real-one" in text]
    assert not [text for text in found if "somewhere" in text]


@ALL
@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_raw_bytes_are_harmless_on_a_terminal(analysis: Analysis, form: str) -> None:
    """Controls, bidi marks and separators are escaped; names keep their meaning."""
    text = rendered(analysis, form).decode()
    assert all(char == "\n" or char.isprintable() for char in text)
    assert "\u202e" in "".join(strings(json.loads(rendered(SEVERAL, "json"))))


@ALL
def test_lines_are_the_parts_of_the_document(analysis: Analysis) -> None:
    """`report` first, then every record with its type."""
    document = json.loads(rendered(analysis, "json"))
    lines = [json.loads(line) for line in rendered(analysis, "jsonl").splitlines()]
    assert lines[0].pop("record") == "report"
    assert lines[0]["schema_version"] == SCHEMA_VERSION
    records = {"images": "image", "controls": "control", "standings": "standing"}
    for name, record in (records | {"findings": "finding"}).items():
        of_type = [line for line in lines[1:] if line["record"] == record]
        assert of_type == [{"record": record, **part} for part in document[name]]


def test_the_bytes_do_not_depend_on_the_process() -> None:
    """Another hash seed, time zone and directory change nothing."""
    code = (
        "import sys; from tests.report.formats.test_json import *;"
        "sys.stdout.buffer.write(rendered(SEVERAL, 'json'))"
    )
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LANG": "C"}
        made = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, check=True
        )
        assert made.stdout == rendered(SEVERAL, "json")
