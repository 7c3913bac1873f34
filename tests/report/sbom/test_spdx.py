"""What the SPDX document says."""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.model.package import Found, Inventory, Unowned
from ocianalyze.report.sbom._base import Bill
from tests.report.documents import IMAGE
from tests.report.sbom.bills import ALL, BILL, DATED, INVENTORY, LIBC, package
from tests.report.sbom.validators import document


def packages(bill: Bill) -> dict[str, dict[str, Any]]:
    """Return the packages by name."""
    return {each["name"]: each for each in document(bill, "spdx")["packages"]}


def contains(bill: Bill) -> set[tuple[str, str]]:
    """Return what contains what, by name."""
    read = document(bill, "spdx")
    names = {each["SPDXID"]: each["name"] for each in read["packages"]}
    return {
        (names[x["spdxElementId"]], names[x["relatedSpdxElement"]])
        for x in read["relationships"]
        if x["relationshipType"] == "CONTAINS"
    }


def test_the_document_describes_the_image() -> None:
    read = document(BILL, "spdx")
    assert read["creationInfo"]["created"] == "2024-02-03T03:05:06Z"
    assert read["relationships"][0]["relationshipType"] == "DESCRIBES"
    image = read["packages"][0]
    assert image["SPDXID"] == read["relationships"][0]["relatedSpdxElement"]
    assert image["primaryPackagePurpose"] == "CONTAINER"
    assert image["checksums"][0]["checksumValue"] == "7" * 64
    assert image["externalRefs"][0]["referenceLocator"].startswith("pkg:oci/app@sha256:")


def test_an_image_without_a_time_has_the_first_second_of_1970() -> None:
    """The field is mandatory, and the clock would differ each time."""
    read = document(Bill(IMAGE, INVENTORY), "spdx")
    assert read["creationInfo"]["created"] == "1970-01-01T00:00:00Z"


def test_layers_contain_the_packages_that_they_brought() -> None:
    """The image contains what is visible, an OS package what it ships."""
    layers = ["sha256:" + letter * 64 for letter in "abc"]
    held = contains(ALL)
    assert {("team/app:1.4", layer) for layer in layers} <= held
    assert {(layers[0], "libc6"), (layers[1], "six"), (layers[1], "curl")} <= held
    assert {("python3-six", "six"), ("team/app:1.4", "libc6"), ("team/app:1.4", "app/run")} <= held
    assert not {("team/app:1.4", "curl"), ("team/app:1.4", "six")} & held
    assert "curl" not in packages(BILL)


def test_a_package_says_how_it_was_found() -> None:
    found = packages(ALL)
    assert found["libc6"]["sourceInfo"] == "found by dpkg in var/lib/dpkg/status"
    assert found["six"]["sourceInfo"].endswith(f"etc/os-release (sha256:{'ab' * 32})")
    assert "removed by layer: 2" in found["curl"]["comment"]
    assert found["python3-six"]["versionInfo"] == "1:1.16.0-4"
    assert found["libc6"]["externalRefs"][0]["referenceLocator"] == LIBC.purl
    assert not any(each["filesAnalyzed"] for each in found.values())


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        ((), "NOASSERTION"),
        (("mit",), "MIT"),
        (("MIT or ISC", "Zlib"), "(MIT OR ISC) AND Zlib"),
        (("GPL",), "LicenseRef-GPL"),
        (("a b", "MIT"), "LicenseRef-sha256-c8687a08aa5d6ed2044328fa6a697ab8 AND MIT"),
    ],
)
def test_declared_licences_are_an_expression(recorded: tuple[str, ...], expected: str) -> None:
    """What the list does not know is quoted under a reference of its own."""
    bill = Bill(DATED, Inventory(packages=(package(Found("npm", "x", "1", licenses=recorded)),)))
    assert packages(bill)["x"]["licenseDeclared"] == expected
    quoted = {
        x["licenseId"]: x["extractedText"]
        for x in document(bill, "spdx").get("hasExtractedLicensingInfos", [])
    }
    assert all((key in expected) and (text in recorded) for key, text in quoted.items())
    assert ("LicenseRef" in expected) == bool(quoted)


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        ("", None),
        ("Red Hat, Inc.", "Organization: Red Hat, Inc."),
        ("Jane Doe <jane@doe.example>", "Person: Jane Doe (jane@doe.example)"),
        ("Odd (name) <x", "Organization: Odd name <x"),
        ("two\nlines", "Organization: two lines"),
    ],
)
def test_suppliers_are_persons_or_organisations(recorded: str, expected: str | None) -> None:
    bill = Bill(DATED, Inventory(packages=(package(Found("npm", "x", "1", supplier=recorded)),)))
    assert packages(bill)["x"].get("supplier") == expected


def test_executables_that_nobody_owns_are_packages_of_the_purpose_file() -> None:
    """As files they would need a SHA1, which the walk does not take."""
    run = packages(BILL)["app/run"]
    assert run["primaryPackagePurpose"] == "FILE"
    assert run["checksums"] == [{"algorithm": "SHA256", "checksumValue": "ab" * 32}]
    assert "files" not in document(BILL, "spdx")


def evidenced(location: str) -> set[tuple[str, str, str, bool]]:
    """Return what joins a package that was read from etc/os-release and that file."""
    found = replace(
        LIBC, found=replace(LIBC.found, location=location), evidence=("etc/os-release",)
    )
    read = document(Bill(DATED, Inventory(packages=(found,))), "spdx")
    names = {each["SPDXID"]: each["name"] for each in read["packages"]}
    own = {"libc6", "etc/os-release"}
    ends = ("spdxElementId", "relatedSpdxElement")
    return {
        (names[x[ends[0]]], x["relationshipType"], names[x[ends[1]]], "comment" in x)
        for x in read["relationships"]
        if {names.get(x[end]) for end in ends} == own
    }


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("etc", ("libc6", "CONTAINS", "etc/os-release", False)),
        ("", ("etc/os-release", "OTHER", "libc6", True)),
        ("et", ("etc/os-release", "OTHER", "libc6", True)),
    ],
    ids=["in-its-directory", "database", "beside"],
)
def test_evidence_is_a_file_with_its_digest(
    location: str, expected: tuple[str, str, str, bool]
) -> None:
    """A package contains what lies in its own directory; a database is no part of a package."""
    evidence = packages(BILL)["etc/os-release"]
    assert evidence["primaryPackagePurpose"] == "FILE"
    assert evidence["checksums"] == [{"algorithm": "SHA256", "checksumValue": "ab" * 32}]
    assert evidenced(location) == {expected}


def test_an_executable_that_is_evidence_too_is_one_file() -> None:
    unowned = (Unowned("etc/os-release", "elf", "ab" * 32, 4096, 2),)
    read = document(replace(BILL, inventory=replace(INVENTORY, unowned=unowned)), "spdx")
    assert [x["name"] for x in read["packages"]].count("etc/os-release") == 1


def test_identifiers_do_not_change_with_the_neighbours() -> None:
    """Documents of two images can be compared line by line."""
    alone = packages(replace(BILL, inventory=Inventory(packages=(LIBC,))))
    assert alone["libc6"]["SPDXID"] == packages(ALL)["libc6"]["SPDXID"]


def test_what_could_not_be_read_is_said() -> None:
    damaged = replace(INVENTORY, problems=("var/lib/dpkg/status is damaged",))
    assert "damaged" in document(replace(BILL, inventory=damaged), "spdx")["comment"]
    assert "comment" not in document(BILL, "spdx")
