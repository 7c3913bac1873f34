"""What the SPDX document says."""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.model.package import Found, Inventory, Unowned
from ocianalyze.report._base import AnalysedImage
from ocianalyze.report.sbom._base import Bill
from tests.report.documents import IMAGE
from tests.report.sbom.bills import ALL, BILL, DATED, INVENTORY, LIBC, PYTHON, SHA1, package
from tests.report.sbom.validators import document, faults_of_spdx, written


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
    assert {("python3-six", "six"), ("team/app:1.4", "libc6")} <= held
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


def files(bill: Bill) -> dict[str, dict[str, Any]]:
    """Return the files by name."""
    return {each["fileName"]: each for each in document(bill, "spdx").get("files", [])}


SHA256_ALONE = [{"algorithm": "SHA256", "checksumValue": "ab" * 32}]
BOTH = [{"algorithm": "SHA1", "checksumValue": bytes(range(20)).hex()}, *SHA256_ALONE]
UNOWNED = (Unowned("etc/os-release", "elf", "ab" * 32, 4096, 2),)
LISTED = Bill(SHA1, replace(INVENTORY, unowned=UNOWNED))


def test_files_have_both_digests_and_their_layer() -> None:
    """SHA1 is what clause 8.4 demands; names begin at the root of the image (clause 8.1)."""
    found = files(LISTED)["./etc/os-release"]
    assert found["checksums"] == BOTH
    assert found["fileTypes"] == ["BINARY"]
    assert found["comment"] == "owned by no package; kind: elf; size: 4096"
    joined = [
        (x["relationshipType"], x["relatedSpdxElement"])
        for x in document(LISTED, "spdx")["relationships"]
        if x["spdxElementId"] == found["SPDXID"]
    ]
    assert joined[-1] == ("EXPANDED_FROM_ARCHIVE", "SPDXRef-Layer-2")
    assert "FILE" not in {x["primaryPackagePurpose"] for x in packages(LISTED).values()}


def test_a_file_without_a_sha1_is_a_package_of_the_purpose_file() -> None:
    """Where the walk was not asked for it, as the library's is not."""
    run = packages(BILL)["app/run"]
    assert run["primaryPackagePurpose"] == "FILE"
    assert run["checksums"] == SHA256_ALONE
    assert files(BILL) == {}


def evidenced(location: str, image: AnalysedImage = DATED) -> list[tuple[str, str, str, str]]:
    """Return what joins a package that was read from etc/os-release and that file."""
    found = replace(
        LIBC, found=replace(LIBC.found, location=location), evidence=("etc/os-release",)
    )
    read = document(Bill(image, Inventory(packages=(found,))), "spdx")
    names = {x["SPDXID"]: str(x.get("name", x.get("fileName"))) for x in _elements(read)}
    ends = ("spdxElementId", "relatedSpdxElement")
    return [
        (names[x[ends[0]]], x["relationshipType"], names[x[ends[1]]], x.get("comment", ""))
        for x in read["relationships"]
        if "etc/os-release" in f"{names.get(x[ends[0]])} {names.get(x[ends[1]])}"
        and "libc6" in {names.get(x[end]) for end in ends}
    ]


def _elements(read: dict[str, Any]) -> list[dict[str, Any]]:
    return [*read["packages"], *read.get("files", [])]


@pytest.mark.parametrize(
    ("image", "name"),
    [
        pytest.param(DATED, "etc/os-release", id="bare"),
        pytest.param(SHA1, "./etc/os-release", id="file"),
    ],
)
@pytest.mark.parametrize(
    ("location", "comment"),
    [
        ("etc", "the package was read from the file, which is part of it"),
        ("", "the package was read from the file"),
        ("et", "the package was read from the file"),
    ],
    ids=["in-its-directory", "database", "beside"],
)
def test_evidence_is_joined_by_other(
    location: str, comment: str, image: AnalysedImage, name: str
) -> None:
    """CONTAINS would say that all files of the package are listed (clause 7.8)."""
    assert evidenced(location, image) == [(name, "OTHER", "libc6", comment)]


def test_an_executable_that_is_evidence_too_is_one_file() -> None:
    bill = replace(BILL, inventory=replace(INVENTORY, unowned=UNOWNED))
    names = [x["name"] for x in document(bill, "spdx")["packages"]]
    assert names.count("etc/os-release") == 1
    assert len(files(replace(bill, image=SHA1))) == 1


def test_identifiers_do_not_change_with_the_neighbours() -> None:
    """Documents of two images can be compared line by line."""
    alone = packages(replace(BILL, inventory=Inventory(packages=(LIBC,))))
    assert alone["libc6"]["SPDXID"] == packages(ALL)["libc6"]["SPDXID"]


def test_what_could_not_be_read_is_said() -> None:
    damaged = replace(INVENTORY, problems=("var/lib/dpkg/status is damaged",))
    assert "damaged" in document(replace(BILL, inventory=damaged), "spdx")["comment"]
    assert "comment" not in document(BILL, "spdx")


def test_packages_depend_on_what_their_database_says_they_need() -> None:
    six = replace(PYTHON, found=replace(PYTHON.found, depends=("libc6 (>= 2) | x, absent",)))
    read = document(Bill(DATED, Inventory(packages=(six, LIBC))), "spdx")
    ids = {x["name"]: x["SPDXID"] for x in read["packages"]}
    told = [x for x in read["relationships"] if x["relationshipType"] == "DEPENDS_ON"]
    assert told == [
        {
            "spdxElementId": ids["python3-six"],
            "relationshipType": "DEPENDS_ON",
            "relatedSpdxElement": ids["libc6"],
        }
    ]


def test_recorded_references_to_licences_are_explained_once() -> None:
    recorded = ("LicenseRef-Fedora-Public-Domain", "LicenseRef-x AND MIT", "x")
    odd = replace(LIBC, found=replace(LIBC.found, licenses=recorded))
    bill = Bill(DATED, Inventory(packages=(odd,)))
    read = document(bill, "spdx")
    (libc,) = (x for x in read["packages"] if x["name"] == "libc6")
    assert libc["licenseDeclared"] == (
        "LicenseRef-Fedora-Public-Domain AND (LicenseRef-x AND MIT) AND LicenseRef-x"
    )
    told = {x["licenseId"]: x["extractedText"] for x in read["hasExtractedLicensingInfos"]}
    assert told == {
        "LicenseRef-Fedora-Public-Domain": "LicenseRef-Fedora-Public-Domain",
        "LicenseRef-x": "LicenseRef-x\nx",
    }
    assert not faults_of_spdx(written(bill, "spdx"))
