"""Documents that others wrote: what is taken, what is passed over, what is refused."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.errors import LimitExceeded, MalformedImage, OcianalyzeError
from ocianalyze.inventory import sbom_reader
from ocianalyze.inventory.sbom_reader import packages, read_document
from ocianalyze.limits import Limits
from ocianalyze.model.package import Found

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    [
        "components", "purl", "licenses", "license", "expression", "id", "supplier", "metadata",
        "component", "scope", "packages", "externalRefs", "referenceType", "referenceLocator",
        "licenseDeclared", "publisher", "name", "SPDXID", "relationships", "spdxElementId",
        "relationshipType", "relatedSpdxElement", "documentDescribes",
    ]
)  # fmt: skip
_PURLS = st.sampled_from(["pkg:npm/a@1", "pkg:deb/d/x@1:2?arch=a", "pkg:oci/x", "pkg:", "purl"])
_TREES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4) | _PURLS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_FIELDS, inner, max_size=4),
    max_leaves=20,
)


def spdx(*purls: str, **fields: Any) -> bytes:
    """Return an SPDX document whose packages have purls."""
    named = [
        {
            "name": "x",
            "externalRefs": [
                {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:x:x:1"},
                {"referenceType": "purl", "referenceLocator": purl},
            ],
            **fields,
        }
        for purl in purls
    ]
    return json.dumps({"spdxVersion": "SPDX-2.3", "packages": named}).encode()


def cyclonedx(*components: Any, **fields: Any) -> bytes:
    """Return a CycloneDX document."""
    head = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}
    return json.dumps(head | fields).encode()


def found(data: bytes) -> list[Found]:
    """Return the packages of a document that is an SBOM."""
    document = read_document(data)
    assert document is not None
    return list(packages(document, "bom.json"))


def test_an_spdx_package_is_its_purl() -> None:
    """Epoch and architecture have fields of their own; the evidence is the document."""
    purl = "pkg:deb/debian/libc6@1:2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12&upstream=glibc@2.36"
    (libc,) = found(
        spdx(purl, licenseDeclared="LGPL-2.1-only", supplier="Organization: Debian (x@y.example)")
    )
    assert libc == Found(
        "deb",
        "libc6",
        "2.36-9+deb12u4",
        namespace="debian",
        epoch="1",
        arch="amd64",
        source="glibc",
        source_version="2.36",
        qualifiers=(("distro", "debian-12"),),
        licenses=("LGPL-2.1-only",),
        supplier="Debian (x@y.example)",
        location="bom.json",
        confidence="strong",
        properties=(("document", "SPDX-2.3"), ("evidence", "sbom")),
    )


def test_cyclonedx_components_are_read_at_any_depth() -> None:
    """In the order of the document; the subject is there too, excluded ones are not."""
    inner = {"purl": "pkg:npm/%40scope/inner@2", "licenses": [{"license": {"name": "Mine"}}]}
    outer = {
        "purl": "pkg:npm/outer@1",
        "publisher": "somebody",
        "licenses": [{"expression": "MIT OR ISC"}],
        "components": [inner, {"purl": "pkg:npm/gone@1", "scope": "excluded"}],
    }
    subject = {"component": {"purl": "pkg:cargo/app@0.1.0"}}
    read = found(cyclonedx(outer, {"name": "no purl"}, metadata=subject))
    assert [(x.namespace, x.name, x.licenses) for x in read] == [
        ("", "app", ()),
        ("", "outer", ("MIT OR ISC",)),
        ("@scope", "inner", ("Mine",)),
    ]
    assert read[1].supplier == "somebody"


def test_what_is_nested_in_an_excluded_component_is_excluded() -> None:
    tool = {"purl": "pkg:npm/tool@1", "components": [{"purl": "pkg:npm/inner@1"}]}
    read = found(cyclonedx({**tool, "scope": "excluded"}, {**tool, "scope": "required"}))
    assert [x.name for x in read] == ["tool", "inner"]
    assert not found(cyclonedx({**tool, "scope": "excluded"}))


def test_what_a_component_came_from_and_how_it_was_made_is_no_component() -> None:
    """CycloneDX: `pedigree`, `formulation`, `metadata.tools`, `evidence`."""
    other = [{"purl": "pkg:npm/other@1"}]
    pedigree = {"ancestors": other, "descendants": other, "variants": other}
    data = cyclonedx(
        {"purl": "pkg:npm/a@1", "pedigree": pedigree, "evidence": {"components": other}},
        formulation=[{"components": other, "workflows": [{"resources": other}]}],
        metadata={"tools": {"components": other}},
    )
    assert [x.name for x in found(data)] == ["a"]


def test_what_an_spdx_package_was_built_from_is_no_claim() -> None:
    """A document in the form that melange writes for each apk."""
    names = ("apk/wolfi/busybox@1.37.0-r50", "github/wolfi-dev/os@0ce5ad", "generic/busybox@1_37_0")
    references = [[{"referenceType": "purl", "referenceLocator": f"pkg:{name}"}] for name in names]
    document = {
        "spdxVersion": "SPDX-2.3",
        "documentDescribes": ["SPDXRef-0"],
        "packages": [
            {"SPDXID": f"SPDXRef-{number}", "externalRefs": each}
            for number, each in enumerate(references)
        ],
        "relationships": [
            _related("SPDXRef-0", "DESCRIBED_BY", "SPDXRef-1"),
            _related("SPDXRef-0", "GENERATED_FROM", "SPDXRef-2"),
        ],
    }
    assert [x.type for x in found(json.dumps(document).encode())] == ["apk"]
    document["relationships"] = []
    assert len(found(json.dumps(document).encode())) == 3


def _related(element: str, kind: str, other: str) -> dict[str, str]:
    return {"spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": other}


def test_an_attestation_is_read_through_its_statement() -> None:
    """BuildKit wraps the document as the predicate of an in-toto statement."""
    statement = {
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://spdx.dev/Document",
        "predicate": json.loads(spdx("pkg:apk/alpine/musl@1.2.4-r2")),
    }
    assert [x.name for x in found(json.dumps(statement).encode())] == ["musl"]


@pytest.mark.parametrize(
    "purl",
    ["pkg:oci/app@sha256:00", "pkg:docker/app@1", "", "pkg:", "no purl", "pkg:npm/" + "a" * 4096],
)
def test_images_and_what_is_no_purl_are_passed_over(purl: str) -> None:
    assert found(spdx(purl, "pkg:npm/kept@1")) == found(spdx("pkg:npm/kept@1"))


def test_a_package_named_twice_is_one() -> None:
    assert len(found(spdx("pkg:npm/a@1", "pkg:npm/a@1"))) == 1


@pytest.mark.parametrize(
    "data",
    [b"{}", b'{"bomFormat":"other"}', b'{"spdxVersion":"SPDX-3.0"}', b'{"spdxVersion":[1]}'],
)
def test_other_json_is_no_sbom(data: bytes) -> None:
    assert read_document(data) is None


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", MalformedImage),
        (b"[]", MalformedImage),
        (b'{"spdxVersion": "SPDX-2.3"', MalformedImage),
        (b"SPDX-2.3", MalformedImage),
        (b'{"a":' * 100 + b"1" + b"}" * 100, LimitExceeded),
        (b" " * (9 << 20), LimitExceeded),
    ],
    ids=["empty", "list", "cut", "text", "deep", "large"],
)
def test_damaged_documents_are_refused_with_a_reason(
    data: bytes, error: type[OcianalyzeError]
) -> None:
    with pytest.raises(error):
        read_document(data)


def test_more_packages_than_are_taken_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom_reader, "PACKAGES", 2)
    document = read_document(spdx(*(f"pkg:npm/a@{n}" for n in range(5))))
    assert document is not None
    assert (len(document.packages), document.left_out) == (2, 3)


def test_a_byte_order_mark_is_allowed() -> None:
    assert found(b"\xef\xbb\xbf" + spdx("pkg:npm/a@1"))


@given(_TREES)
def test_any_shape_of_a_document_is_read_or_refused(tree: Any) -> None:
    """Fields of the wrong type are nothing."""
    for head in ({"bomFormat": "CycloneDX"}, {"spdxVersion": "SPDX-2.2"}):
        fields = tree if isinstance(tree, dict) else {"components": tree, "packages": tree}
        for each in found(json.dumps(fields | head).encode()):
            assert each.name
            assert each.type


@given(_JSON | st.binary(max_size=64))
def test_any_bytes_are_refused_or_read(value: Any) -> None:
    """Nothing but the errors of ocianalyze leaves."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    with suppress(OcianalyzeError):
        read_document(data, Limits(document_depth=8))
