"""What the CycloneDX document says."""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.model.package import Found, Inventory, Presence
from ocianalyze.report.sbom._base import Bill
from tests.report.documents import IMAGE, PARTIAL
from tests.report.sbom.bills import ALL, BILL, DATED, INVENTORY, LIBC, PYTHON, SIX, package
from tests.report.sbom.validators import document

SPRIG = "github.com/Masterminds/sprig/v3"


def components(bill: Bill) -> dict[str, dict[str, Any]]:
    """Return the components by name."""
    return {each["name"]: each for each in document(bill, "cyclonedx")["components"]}


def properties(component: dict[str, Any]) -> dict[str, str]:
    """Return the properties without their common lead."""
    return {x["name"].removeprefix("ocianalyze:"): x["value"] for x in component["properties"]}


def test_the_subject_is_the_image() -> None:
    """Its purl carries the manifest's digest; its time is the image's own in UTC."""
    metadata = document(BILL, "cyclonedx")["metadata"]
    assert metadata["timestamp"] == "2024-02-03T03:05:06Z"
    assert metadata["component"]["type"] == "container"
    assert metadata["component"]["name"] == "team/app:1.4"
    assert metadata["component"]["version"] == "sha256:" + "7" * 64
    assert metadata["component"]["purl"].startswith("pkg:oci/app@sha256:777")
    assert properties(metadata["component"])["layer:1:diff_id"] == "sha256:" + "1" * 64


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        pytest.param(IMAGE, "pkg:docker/team/app@sha256:" + "3" * 64, id="no-manifest"),
        pytest.param(
            replace(IMAGE, names=("ghcr.io:443/team/app:1",)),
            f"pkg:docker/team/app@sha256:{'3' * 64}?repository_url=ghcr.io:443",
            id="host",
        ),
        pytest.param(replace(DATED, names=("1.4",)), None, id="a-tag-alone"),
        pytest.param(replace(DATED, names=()), None, id="no-name"),
        pytest.param(
            replace(IMAGE, config_digest=None), None, id="no-digest"
        ),
    ],
)  # fmt: skip
def test_the_image_has_a_purl_when_its_repository_is_known(
    image: Any, expected: str | None
) -> None:
    """Without a manifest the image ID names it, as the purl type docker wants."""
    subject = document(Bill(image, Inventory()), "cyclonedx")["metadata"]["component"]
    assert subject.get("purl") == expected


def test_source_date_epoch_stands_before_the_images_own_time() -> None:
    metadata = document(replace(BILL, epoch=86_400), "cyclonedx")["metadata"]
    assert metadata["timestamp"] == "1970-01-02T00:00:00Z"
    assert "timestamp" not in document(Bill(IMAGE, INVENTORY), "cyclonedx")["metadata"]


def test_the_serial_number_follows_the_image_and_the_scope() -> None:
    """Not the clock; another image or scope is another document."""
    bills = [BILL, ALL, replace(BILL, image=IMAGE), replace(BILL, image=PARTIAL)]
    serials = [document(bill, "cyclonedx")["serialNumber"] for bill in bills]
    assert len(set(serials)) == 4
    assert document(BILL, "cyclonedx")["serialNumber"] == serials[0]


def test_a_package_says_where_it_comes_from() -> None:
    """Layer, presence, reason, source, evidence with the digest of the visible file."""
    found = components(BILL)
    libc = properties(found["libc6"])
    assert libc["layer:index"] == "0"
    assert libc["layer:digest"] == "sha256:" + "a" * 64
    assert libc["layer:diff_id"] == "sha256:" + "0" * 64
    assert libc["presence"] == "visible"
    assert libc["install-reason"] == "automatic"
    assert libc["source"] == "glibc"
    assert found["python3-six"]["version"] == "1:1.16.0-4"
    assert found["core"]["group"] == "@babel"
    assert "group" not in found["libc6"]
    assert found["six"]["evidence"]["occurrences"] == [
        {"location": "etc/os-release", "additionalContext": "sha256:" + "ab" * 32}
    ]
    identity = found["core"]["evidence"]["identity"]
    assert identity["confidence"] < 1
    assert identity["methods"][0]["value"] == "node"


@pytest.mark.parametrize(
    ("found", "group", "name", "whole"),
    [
        (("golang", "v3", "github.com/Masterminds/sprig"), "", SPRIG, SPRIG),
        (("golang", "stdlib", ""), "", "stdlib", "stdlib"),
        (("maven", "guava", "com.google"), "com.google", "guava", "com.google:guava"),
        (("npm", "core", "@babel"), "@babel", "core", "@babel/core"),
        (("composer", "console", "symfony"), "symfony", "console", "symfony/console"),
        (("swift", "nio", "github.com/apple"), "", "github.com/apple/nio", "github.com/apple/nio"),
        (("rpm", "bash", "fedora"), "", "bash", "bash"),
    ],
    ids=lambda x: x[0] if isinstance(x, tuple) else "",
)
def test_a_name_is_what_the_ecosystem_calls_a_package(
    found: tuple[str, str, str], group: str, name: str, whole: str
) -> None:
    """`v3` names no Go module: advisories know it by all of its path."""
    kind, own, namespace = found
    one = package(Found(kind, own, "3.3.0", namespace=namespace))
    bill = replace(BILL, inventory=Inventory(packages=(one,)))
    (part,) = (x for x in document(bill, "cyclonedx")["components"] if x["type"] == "library")
    assert (part.get("group", ""), part["name"]) == (group, name)
    parts = document(bill, "spdx")["packages"]
    assert whole in {x["name"] for x in parts}
    assert {part["purl"]} == {
        ref["referenceLocator"] for x in parts if x["name"] == whole for ref in x["externalRefs"]
    }


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        (("mit",), [{"id": "MIT"}]),
        (("MIT", "Expat"), [{"id": "MIT"}, {"name": "Expat"}]),
        (("MIT or apache-2.0",), "MIT OR Apache-2.0"),
        (("MIT OR Apache-2.0", "BSD-3-Clause"), "(MIT OR Apache-2.0) AND BSD-3-Clause"),
        (("MIT OR Mine", "ISC"), [{"name": "MIT OR Mine"}, {"id": "ISC"}]),
        (("NOASSERTION", " "), None),
    ],
)
def test_licences_are_identifiers_an_expression_or_names(
    recorded: tuple[str, ...], expected: Any
) -> None:
    bill = Bill(DATED, Inventory(packages=(package(Found("npm", "x", "1", licenses=recorded)),)))
    licenses = components(bill)["x"].get("licenses", [])
    if isinstance(expected, list):
        assert [x["license"] for x in licenses] == [
            each | {"acknowledgement": "declared"} for each in expected
        ]
    else:
        assert [x["expression"] for x in licenses] == [expected][: bool(expected)]


def test_removed_packages_are_excluded_and_hang_on_nothing() -> None:
    """They are written at all only when all were asked for."""
    assert "curl" not in components(BILL)
    curl = components(ALL)["curl"]
    assert curl["scope"] == "excluded"
    assert properties(curl)["removed:layer:index"] == "2"
    listed = [ref for x in document(ALL, "cyclonedx")["dependencies"] for ref in x["dependsOn"]]
    assert curl["bom-ref"] not in listed


def test_an_os_package_holds_the_language_package_that_it_ships() -> None:
    """The image holds the rest, the distribution and what nobody owns."""
    graph = {x["ref"]: x["dependsOn"] for x in document(BILL, "cyclonedx")["dependencies"]}
    refs = {name: x["bom-ref"] for name, x in components(BILL).items()}
    assert graph[refs["python3-six"]] == [refs["six"]]
    assert set(graph["image"]) == set(refs.values()) - {refs["six"]}


def test_executables_that_nobody_owns_are_files_with_their_digest() -> None:
    run = components(BILL)["app/run"]
    assert run["type"] == "file"
    assert run["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
    assert properties(run)["layer:index"] == "2"


def test_evidence_is_a_file_with_its_digest() -> None:
    """An occurrence has no field for a digest; its location is the name of the file."""
    release = components(BILL)["etc/os-release"]
    assert release["type"] == "file"
    assert release["hashes"] == [{"alg": "SHA-256", "content": "ab" * 32}]
    assert "file:kind" not in properties(release)
    gone = replace(LIBC, presence=Presence.REMOVED, evidence=("etc/os-release",))
    removed = Inventory(packages=(gone,))
    read = document(replace(ALL, inventory=removed), "cyclonedx")["components"]
    assert not any(x["type"] == "file" for x in read)


def test_the_distribution_is_an_operating_system() -> None:
    debian = components(BILL)["debian"]
    assert (debian["type"], debian["version"]) == ("operating-system", "12")
    assert properties(debian)["distribution:end-of-life"] == "2026-06-10"


def test_what_could_not_be_read_makes_the_document_incomplete() -> None:
    """A reader must not take silence for absence."""
    damaged = replace(INVENTORY, problems=("var/lib/dpkg/status is damaged",))
    for bill in (replace(BILL, inventory=damaged), replace(BILL, image=PARTIAL)):
        read = document(bill, "cyclonedx")
        assert read["compositions"][0]["aggregate"] == "incomplete"
        assert any(x["name"] == "ocianalyze:problem" for x in read["metadata"]["properties"])
    assert document(BILL, "cyclonedx")["compositions"][0]["aggregate"] == "unknown"


@pytest.mark.parametrize(
    ("kind", "namespace", "expected"),
    [
        ("maven", "", "pkg:generic/x"),
        ("maven", "org.x", "pkg:maven/org.x/x"),
        ("composer", "", "pkg:generic/x"),
        ("npm", "", "pkg:npm/x"),
    ],
)
def test_a_purl_that_lacks_its_namespace_is_a_generic_one(
    kind: str, namespace: str, expected: str
) -> None:
    """The types demand one; a jar that only its file's name names is many packages."""
    found = Found(kind, "x", "", namespace=namespace, confidence="heuristic")
    component = components(Bill(DATED, Inventory(packages=(package(found),))))["x"]
    assert component.get("purl") == expected


@pytest.mark.parametrize(("confidence", "expected"), [("heuristic", "optional"), ("exact", None)])
def test_a_development_package_that_is_not_installed_is_optional(
    confidence: Any, expected: str | None
) -> None:
    properties = (("dependency", "development"),)
    found = Found("npm", "x", "1", confidence=confidence, properties=properties)
    component = components(Bill(DATED, Inventory(packages=(package(found),))))["x"]
    assert component.get("scope") == expected


def test_two_installations_of_one_package_are_two_components() -> None:
    """A reference names one of them."""
    here = replace(LIBC, found=replace(LIBC.found, location="a"))
    there = replace(LIBC, found=replace(LIBC.found, location="b"))
    read = document(Bill(DATED, Inventory(packages=(here, there))), "cyclonedx")
    refs = [x["bom-ref"] for x in read["components"]]
    assert refs == [f"package:{LIBC.purl}", f"package:{LIBC.purl}-2"]


def test_packages_depend_on_what_their_database_says_they_need() -> None:
    six = replace(PYTHON, found=replace(PYTHON.found, depends=("libc6 (>= 2) | x, absent",)))
    read = document(Bill(DATED, Inventory(packages=(six, LIBC, SIX))), "cyclonedx")
    graph = {x["ref"]: x["dependsOn"] for x in read["dependencies"]}
    parts = [f"package:{SIX.purl}", f"package:{LIBC.purl}"]
    assert graph[f"package:{PYTHON.purl}"] == parts


def test_needs_over_the_bound_make_the_document_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ocianalyze.inventory.dependencies.EDGES", 0)
    six = replace(PYTHON, found=replace(PYTHON.found, depends=("libc6",)))
    read = document(Bill(DATED, Inventory(packages=(six, LIBC))), "cyclonedx")
    assert read["compositions"][0]["aggregate"] == "incomplete"
