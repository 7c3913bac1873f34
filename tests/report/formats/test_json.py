"""JSON documents obey their schema and are the same bytes every time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import orjson
import pytest

from ocianalyze.model.package import Inventory, Unowned
from ocianalyze.model.report import SCHEMA_VERSION, Report, schema
from ocianalyze.model.unowned import UnownedFiles
from ocianalyze.report._base import Analysis, Style
from ocianalyze.report.assemble import assemble
from ocianalyze.report.escape import json_text
from ocianalyze.report.formats import load
from tests.report.documents import ANALYSIS, SEVERAL

_WHOLE = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
ALL = pytest.mark.parametrize(
    "analysis", [pytest.param(ANALYSIS, id="one"), pytest.param(SEVERAL, id="several")]
)


def rendered(analysis: Analysis, form: str) -> bytes:
    """Return a report's bytes."""
    return b"".join(load(form).render(assemble(analysis), Style()))


def with_unowned(analysis: Analysis) -> Report:
    """Return a report whose images have executables that nobody owns."""
    files = UnownedFiles(Unowned(path, "elf", "", 1, 0) for path in ("c", "a", "b\udcff"))
    images = tuple(
        replace(image, view=replace(image.view, inventory=Inventory(unowned=files)))
        for image in analysis.images
    )
    return assemble(replace(analysis, images=images))


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
@pytest.mark.parametrize("at_once", [1, 2, 1_000])
def test_parts_of_lists_are_written_as_the_whole_is(
    analysis: Analysis, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million records are never all there; orjson's text of the whole is the oracle."""
    monkeypatch.setattr("ocianalyze.report.formats.json._AT_ONCE", at_once)
    report = with_unowned(analysis)
    whole = json_text(orjson.dumps(report.model_dump(mode="json"), option=_WHOLE))
    assert b"".join(load("json").render(report, Style())) == whole
    assert b'"packages": [],\n' in whole


def test_executables_without_an_owner_are_listed_whole() -> None:
    report = with_unowned(SEVERAL)
    found = json.loads(b"".join(load("json").render(report, Style())))["unowned"]
    assert [(file["image"]["index"], file["path"]) for file in found] == [
        (image, path) for image in range(len(SEVERAL.images)) for path in ("a", "b\\xff", "c")
    ]
    assert found == [file.model_dump(mode="json") for file in report.unowned]
    assert Report.model_validate(report.model_dump(mode="json")) == report


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
