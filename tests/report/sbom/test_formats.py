"""Formats are found by their module's name."""

import pytest

from ocianalyze.errors import UsageError
from ocianalyze.model.package import Found, Inventory
from ocianalyze.report.sbom import formats, load, names
from ocianalyze.report.sbom._base import Bill
from tests.report.sbom.bills import DATED, package
from tests.report.sbom.validators import written


def test_every_module_is_a_format_of_its_name() -> None:
    assert names() == ["cyclonedx", "spdx"]
    assert [form.name for form in formats()] == names()
    assert [load(name).name for name in names()] == names()


@pytest.mark.parametrize("name", ["syft", "", "_base", "../spdx", "licenses"])
def test_an_unknown_format_is_wrong_usage(name: str) -> None:
    """The error names what there is."""
    with pytest.raises(UsageError, match="cyclonedx"):
        load(name)


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_five_thousand_packages_are_all_written(form: str) -> None:
    """Each by its purl; how long that takes is for benchmarks to say."""
    found = (Found("npm", f"p{n}", "1.0", licenses=("MIT OR ISC",)) for n in range(5_000))
    text = written(Bill(DATED, Inventory(packages=tuple(map(package, found)))), form)
    assert all(f"npm/p{n}@1.0".encode() in text for n in (0, 2_500, 4_999))
