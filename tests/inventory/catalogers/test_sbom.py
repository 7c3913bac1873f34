"""SBOM documents in a layer, seen by the real walk."""

import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory import sbom_reader
from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers.sbom import CATALOGER
from ocianalyze.limits import DEFAULT
from tests.inventory.catalogers.walked import NOWHERE, found, kept, observe
from tests.inventory.test_sbom_reader import cyclonedx, spdx

OBSERVER = CATALOGER.observers[0]
PURL = "pkg:bitnami/postgresql@17.2.0-8?arch=amd64&distro=debian-12"


@pytest.mark.parametrize(
    "path",
    [
        "bom.json",
        "app/sbom.json",
        "usr/share/app.spdx.json",
        "usr/share/app.cdx.json",
        "usr/share/jetty-12-cyclonedx.json",
        "opt/bitnami/postgresql/.spdx-postgresql.spdx",
        "var/lib/db/sbom/musl-1.2.4-r2.json",
        "usr/lib/python3/x-1.dist-info/sboms/anything.json",
    ],
)
def test_documents_are_found_by_where_and_how_they_are_named(path: str) -> None:
    (package,) = found(CATALOGER, {path: spdx(PURL)})
    assert (package.type, package.name, package.version) == ("bitnami", "postgresql", "17.2.0-8")
    assert package.location == path
    assert ("evidence", "sbom") in package.properties
    assert package.confidence == "strong"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("app/package.json", spdx(PURL)),
        ("spdx.json", spdx(PURL)),
        ("usr/share/doc/x.spdx", b"SPDX-License-Identifier: MIT\n"),
        ("app/bom.xml", b"<project/>"),
        ("app/bom.yaml", b"bom: x\n"),
        ("bom.json", b'{"bom": "of another kind"}'),
        ("bom.json", b""),
        ("bom.json", b"[]"),
    ],
)
def test_other_files_are_none(path: str, content: bytes) -> None:
    assert not kept(CATALOGER, {path: content})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (spdx(PURL)[:-5], "not JSON"),
        (b'{"a":' * 99 + b"1" + b"}" * 99, "deeper"),
        (b"{" + b" " * DEFAULT.document_bytes + b"}", "more than"),
    ],
    ids=["cut", "deep", "large"],
)
def test_a_document_that_cannot_be_read_is_a_problem(content: bytes, reason: str) -> None:
    """Silence would look like an image without an SBOM."""
    (value,) = kept(CATALOGER, {"bom.json": content})
    with pytest.raises(ValueError, match=reason):
        list(CATALOGER.read(value, NOWHERE))


def test_packages_beyond_the_bound_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """After those that were taken."""
    monkeypatch.setattr(sbom_reader, "PACKAGES", 1)
    (value,) = kept(CATALOGER, {"bom.json": cyclonedx({"purl": "pkg:npm/a@1"}, {"purl": PURL})})
    read = iter(CATALOGER.read(value, NOWHERE))
    assert next(read).name == "a"
    with pytest.raises(ValueError, match="1 packages more"):
        next(read)


def test_what_is_kept_is_small() -> None:
    """Names, not files, relationships or texts."""
    content = spdx(PURL, comment="x" * 10_000)
    (value,) = kept(CATALOGER, {"bom.json": content})
    assert len(value.value) < 300


def test_documents_of_this_machines_wheels_name_their_crates() -> None:
    """PEP 770: wheels made with maturin carry a CycloneDX document.

    What only the build needed is excluded there.
    """
    folders = [Path(place) for place in sys.path if place.endswith("site-packages")]
    documents = [path for each in folders for path in each.glob("*.dist-info/sboms/*.json")]
    if not documents:
        pytest.skip("no installed wheel carries an SBOM")
    for path in documents:
        content = path.read_bytes()
        listed = orjson.loads(content)["components"]
        inside = str(path.relative_to("/"))
        names = {(x.name, x.version) for x in found(CATALOGER, {inside: content})}
        part = [x for x in listed if "purl" in x and x.get("scope") != "excluded"]
        assert {(x["name"], x["version"]) for x in part} <= names


@given(st.binary(max_size=200), st.sampled_from([b"", b"{", spdx(PURL)[:40], cyclonedx()[:-2]]))
def test_any_content_is_observed_without_an_error(tail: bytes, head: bytes) -> None:
    """Only ValueError may come of reading what was kept."""
    value = observe(OBSERVER, "bom.json", head + tail)
    if value is not None:
        _survives(value)


@given(st.binary(max_size=60) | st.sampled_from([b"[]", b"{}", b'{"packages":[1]}', b"1"]))
def test_any_kept_value_is_read_or_refused(value: bytes) -> None:
    _survives(value)


def _survives(value: bytes) -> None:
    try:
        list(CATALOGER.read(Kept("sbom", "bom.json", value, complete=True), NOWHERE))
    except (ValueError, KeyError, TypeError):  # what `take` turns into a problem
        return
