"""Whatever an image holds, the documents are valid, equal and harmless."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ocianalyze.model.package import Presence
from ocianalyze.report.escape import json_text
from ocianalyze.report.sbom import _base
from ocianalyze.report.sbom._base import Bill
from tests.report.sbom.bills import ALL, BILL, BILLS, INVENTORY, LIBC
from tests.report.sbom.validators import faults_of_cyclonedx, faults_of_spdx, written

FAULTS = {"cyclonedx": faults_of_cyclonedx, "spdx": faults_of_spdx}
_SLOW = settings(max_examples=60, suppress_health_check=list(HealthCheck))


@_SLOW
@given(BILLS)
def test_every_cyclonedx_document_is_valid(bill: Bill) -> None:
    """For the strict schema; every reference leads somewhere."""
    assert not faults_of_cyclonedx(written(bill, "cyclonedx"))


@_SLOW
@given(BILLS)
def test_every_spdx_document_is_valid(bill: Bill) -> None:
    """For spdx-tools: identifiers, expressions, actors, checksums, relationships."""
    assert not faults_of_spdx(written(bill, "spdx"))


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_a_package_is_called_the_same_when_it_was_there_before_too(form: str) -> None:
    before = replace(LIBC, presence=Presence.REMOVED, removed=1)
    there = replace(LIBC, introduced=2)
    bill = replace(ALL, inventory=replace(INVENTORY, packages=(before, there)))
    named = _base.named(bill, lambda package: f"{form} {package.purl}")
    assert [x.package for x in named] == [there, before]
    assert not FAULTS[form](written(bill, form))


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_the_order_of_the_packages_does_not_matter(form: str) -> None:
    """Documents are sorted, whoever made the inventory."""
    turned = replace(INVENTORY, packages=INVENTORY.packages[::-1])
    assert written(replace(ALL, inventory=turned), form) == written(ALL, form)


def test_another_process_writes_the_same_bytes(root: Path) -> None:
    """Whatever the seed of its hashes, its zone and its clock."""
    code = (
        "import sys; from tests.report.sbom.bills import ALL; from ocianalyze.report.sbom import "
        "formats; sys.stdout.buffer.writelines(x for f in formats() for x in f.render(ALL))"
    )
    here = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, env=here, capture_output=True, check=True)
    assert done.stdout == written(ALL, "cyclonedx") + written(ALL, "spdx")


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
@settings(max_examples=20)
@given(bill=BILLS)
def test_documents_are_harmless_on_a_terminal(form: str, bill: Bill) -> None:
    """No control character but newlines between items, no bidi mark."""
    text = written(bill, form)
    assert text == json_text(text)
    assert not any(byte < 0x20 for byte in text.replace(b"\n", b""))


@pytest.mark.parametrize("bill", [BILL, ALL], ids=["visible", "all"])
def test_the_bill_written_by_hand_is_valid(bill: Bill) -> None:
    assert not faults_of_cyclonedx(written(bill, "cyclonedx"))
    assert not faults_of_spdx(written(bill, "spdx"))
