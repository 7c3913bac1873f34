"""Other tools read the documents: syft converts them, our own reader takes them."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.inventory.sbom_differences import Differences, compare
from ocianalyze.inventory.sbom_reader import packages, read_document
from tests.report.sbom.bills import ALL, BILL, INVENTORY
from tests.report.sbom.validators import written


@pytest.mark.oracle
@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_syft_finds_the_same_packages(
    form: str, tool: Callable[[str], str], tmp_path: Path
) -> None:
    """By purl; the files, layers and the image itself are no packages to it."""
    program = tool("syft")
    source = tmp_path / f"bill.{form}.json"
    source.write_bytes(written(ALL, form))
    command = [program, "convert", str(source), "-o", "syft-json"]
    env = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    done = subprocess.run(command, env=env, capture_output=True, check=True, timeout=120)
    found = {each["purl"] for each in json.loads(done.stdout)["artifacts"] if each["purl"]}
    assert {package.purl for package in INVENTORY.packages} <= found


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_our_own_reader_finds_no_difference(form: str) -> None:
    """What is written is what was found, licences and suppliers included."""
    document = read_document(written(BILL, form))
    assert document is not None
    read = list(packages(document, "sbom.json"))
    visible = [x.found for x in INVENTORY.packages if x.name != "curl"]
    assert compare(read, visible) == Differences()
    libc = next(found for found in read if found.name == "libc6")
    assert libc.supplier.startswith("GNU Libc Maintainers")
    assert any("LGPL-2.1-only OR MIT" in text for text in libc.licenses)
