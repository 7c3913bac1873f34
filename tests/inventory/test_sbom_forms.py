"""SBOMs as text and XML say what they say as JSON; others' writers made them."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from hypothesis import given
from hypothesis import strategies as st
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.writer.write_anything import write_file

from ocianalyze.errors import LimitExceeded, MalformedImage, OcianalyzeError
from ocianalyze.inventory.sbom_reader import Document, read_document
from ocianalyze.limits import Limits

PURLS = ("pkg:npm/%40a/b@1", "pkg:deb/debian/libc6@2.36?arch=amd64", "pkg:pypi/x@1.0")
TEXT = (
    b"# made by hand\nSPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n"
    b"PackageName: a\nSPDXID: SPDXRef-a\nPackageComment: <text>first\nPackageName: none\n"
    b"ExternalRef: PACKAGE-MANAGER purl pkg:npm/none@1\n</text>\n"
    b"ExternalRef: PACKAGE_MANAGER purl pkg:npm/a@1\nPackageLicenseDeclared: <text>MIT</text>\n"
    b"FileName: ./x\nExternalRef: PACKAGE_MANAGER purl pkg:npm/of-a-file@1\n"
    b"PackageName: tool\nSPDXID: SPDXRef-tool\n"
    b"ExternalRef: PACKAGE_MANAGER purl pkg:npm/tool@1\n"
    b"Relationship: SPDXRef-tool BUILD_TOOL_OF SPDXRef-a\n"
)
XML = (
    b'<?xml version="1.0"?>\n<b:bom xmlns:b="http://cyclonedx.org/schema/bom/1.6"><b:components>'
    b"<b:component type='library'><b:purl>pkg:npm/a@1</b:purl></b:component></b:components></b:bom>"
)


def _spdx() -> bytes:
    packages = [
        {
            "SPDXID": f"SPDXRef-{number}",
            "name": f"p{number}",
            "downloadLocation": "NOASSERTION",
            "licenseDeclared": "MIT",
            "supplier": "Organization: Somebody (a@b.example)",
            "externalRefs": [
                {
                    "referenceCategory": "PACKAGE-MANAGER",
                    "referenceType": "purl",
                    "referenceLocator": purl,
                }
            ],
        }
        for number, purl in enumerate(PURLS)
    ]
    tool = {
        "spdxElementId": "SPDXRef-2",
        "relationshipType": "BUILD_TOOL_OF",
        "relatedSpdxElement": "SPDXRef-0",
    }
    about = {
        "spdxElementId": "SPDXRef-DOCUMENT",
        "relationshipType": "DESCRIBES",
        "relatedSpdxElement": "SPDXRef-0",
    }
    made = {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: x"]}
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "x",
        "documentNamespace": "https://a.example/x",
        "creationInfo": made,
        "packages": packages,
        "relationships": [about, tool],
    }
    return json.dumps(document).encode()


def _cyclonedx() -> dict[str, object]:
    inner = {"type": "library", "name": "c", "version": "1", "purl": PURLS[2]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "metadata": {
            "component": {
                "type": "application",
                "name": "app",
                "bom-ref": "app",
                "purl": "pkg:npm/app@2",
            }
        },
        "dependencies": [{"ref": "app", "dependsOn": ["a"]}],
        "components": [
            {
                "type": "library",
                "name": "a",
                "bom-ref": "a",
                "purl": PURLS[0],
                "publisher": "Publisher",
                "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Own & more"}}],
            },
            {
                "type": "library",
                "name": "b",
                "purl": PURLS[1],
                "supplier": {"name": "Supplier"},
                "licenses": [{"expression": "MIT OR ISC"}],
                "components": [inner, {**inner, "name": "d", "scope": "excluded"}],
            },
        ],
    }


def _names(document: Document | None) -> list[str]:
    return [package.purl for package in document.packages] if document else []


def test_an_spdx_document_as_text_says_what_it_says_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.spdx.json").write_bytes(_spdx())
    write_file(parse_file(str(tmp_path / "a.spdx.json")), str(tmp_path / "a.spdx"), validate=False)
    text = (tmp_path / "a.spdx").read_bytes()
    assert text.startswith(b"## Document Information")
    assert read_document(text) == read_document(_spdx())
    assert _names(read_document(text)) == [*PURLS[:2]]


@pytest.mark.parametrize("version", [SchemaVersion.V1_4, SchemaVersion.V1_5, SchemaVersion.V1_6])
def test_a_cyclonedx_document_as_xml_says_what_it_says_as_json(version: SchemaVersion) -> None:
    value = _cyclonedx() | {"specVersion": version.to_version()}
    bom: Bom = Bom.from_json(value)  # type: ignore[attr-defined] # its decorator adds it
    xml = make_outputter(bom, OutputFormat.XML, version).output_as_string().encode()
    told, same = read_document(xml), read_document(json.dumps(value).encode())
    assert told is not None
    assert same is not None
    assert told.form == same.form == f"CycloneDX-{version.to_version()}"
    assert sorted(told.packages) == sorted(same.packages)
    assert len(told.packages) == 4


def test_text_of_a_package_is_none_of_another_section() -> None:
    document = read_document(TEXT)
    assert document is not None
    assert [(x.purl, x.licenses) for x in document.packages] == [("pkg:npm/a@1", ("MIT",))]


def test_names_with_a_prefix_are_read() -> None:
    document = read_document(XML)
    assert document is not None
    assert (document.form, _names(document)) == ("CycloneDX-1.6", ["pkg:npm/a@1"])


@pytest.mark.parametrize(
    ("data", "limits", "error"),
    [
        (XML[:-9], Limits(), MalformedImage),
        (XML.replace(b"\n", b'<!DOCTYPE a [<!ENTITY b "c">]>', 1), Limits(), MalformedImage),
        (XML, Limits(document_values=2), LimitExceeded),
        (XML, Limits(document_depth=2), LimitExceeded),
        (XML, Limits(document_bytes=99), LimitExceeded),
        (TEXT, Limits(document_values=2), LimitExceeded),
        (TEXT, Limits(document_bytes=99), LimitExceeded),
    ],
)
def test_what_cannot_be_read_whole_is_refused(
    data: bytes, limits: Limits, error: type[OcianalyzeError]
) -> None:
    with pytest.raises(error):
        read_document(data, limits)


@given(st.sampled_from([TEXT, XML]), st.data())
def test_damage_is_an_error_of_ours_or_a_document(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole)))
    made = whole[:at] + data.draw(st.binary(max_size=9)) + whole[at + 3 :]
    with suppress(OcianalyzeError):
        read_document(made)
