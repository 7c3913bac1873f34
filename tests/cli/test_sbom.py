"""`sbom`: one image, one document, the same bytes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.report._base import Analysis
from tests.cli.conftest import Command, FakeEngine
from tests.report.documents import HOSTILE, SEVERAL
from tests.report.sbom.bills import ALL, BILL, DATED, INVENTORY
from tests.report.sbom.validators import written


@pytest.fixture
def inventoried(fake: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """Let the engine answer with packages."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    image = replace(DATED, view=replace(DATED.view, inventory=INVENTORY))
    fake.analysis = Analysis("app.tar", "docker-archive", (image,))
    return fake


def parsed(text: str) -> dict[str, Any]:
    """Return a document."""
    read: dict[str, Any] = json.loads(text)
    return read


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_the_document_of_the_visible_packages_is_written(
    form: str, command: Command, inventoried: FakeEngine
) -> None:
    shown = command("sbom", "app.tar", "--format", form)
    assert shown.status == 0
    assert shown.out.encode() == written(BILL, form)
    assert inventoried.asked == ["app.tar"]
    assert inventoried.options
    assert inventoried.options.sha1 is (form == "spdx")


def test_all_packages_are_written_to_a_file(
    command: Command, inventoried: FakeEngine, tmp_path: Path
) -> None:
    """CycloneDX unless another format is named."""
    target = tmp_path / "bom.json"
    shown = command("sbom", "app.tar", "--scope", "all", "-o", str(target), "--image", "#0")
    assert (shown.status, shown.out) == (0, "")
    assert target.read_bytes() == written(ALL, "cyclonedx")
    assert inventoried.options
    assert inventoried.options.image == "#0"


def test_source_date_epoch_is_the_time_of_the_document(
    command: Command, inventoried: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    read = parsed(command("sbom", "x", "-f", "spdx").out)
    assert read["creationInfo"]["created"] == "1970-01-01T00:00:00Z"
    assert inventoried.asked == ["x"]


@pytest.mark.parametrize("text", ["now", "-1", "1.5", "9" * 30, "253402300800", "²"])
def test_a_source_date_epoch_that_is_no_time_is_wrong_usage(
    text: str, command: Command, inventoried: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said before anything is read."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    shown = command("sbom", "x")
    assert (shown.status, shown.out) == (2, "")
    assert "SOURCE_DATE_EPOCH" in shown.err
    assert not inventoried.asked


def test_several_images_are_wrong_usage(command: Command, inventoried: FakeEngine) -> None:
    """A document describes one; the error says how to name it."""
    inventoried.analysis = SEVERAL
    shown = command("sbom", "x")
    assert (shown.status, shown.out) == (2, "")
    assert "2 images" in shown.err
    assert "--image" in shown.err


def test_no_image_is_nothing_to_write(command: Command, inventoried: FakeEngine) -> None:
    inventoried.analysis = Analysis("x", "oci-layout", ())
    shown = command("sbom", "x")
    assert (shown.status, shown.out) == (3, "")


def test_an_unknown_format_is_wrong_usage(command: Command, inventoried: FakeEngine) -> None:
    shown = command("sbom", "x", "--format", "syft")
    assert shown.status == 2
    assert "cyclonedx, spdx" in shown.err
    assert not inventoried.asked


def test_what_could_not_be_read_is_said(command: Command, inventoried: FakeEngine) -> None:
    """On standard error too, harmless."""
    (image,) = inventoried.analysis.images
    damaged = replace(INVENTORY, problems=(f"var/lib/x {HOSTILE}",))
    view = replace(image.view, inventory=damaged)
    inventoried.analysis = replace(inventoried.analysis, images=(replace(image, view=view),))
    shown = command("sbom", "x")
    assert "var/lib/x" in shown.err
    assert shown.status == 4
    assert all(line.isprintable() for line in shown.err.splitlines())


def test_bytes_unlike_their_digests_are_status_3(command: Command, inventoried: FakeEngine) -> None:
    (image,) = inventoried.analysis.images
    failed = replace(image, integrity="failed")
    inventoried.analysis = replace(inventoried.analysis, images=(failed,))
    assert command("sbom", "x").status == 3
    assert command("sbom", "x", "--keep-going").status == 0
