"""SBOMs in attestation manifests, by whole images that are read from a file."""

import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ocianalyze import open_image
from ocianalyze.inventory import sbom_attached, sbom_reader
from ocianalyze.limits import Limits
from ocianalyze.model.finding import Finding
from tests import archives
from tests.archives import OCI, Files, Image, blob, dump
from tests.images import tar

STATUS = "Package: {}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {}\n"
LAYER = tar(
    {
        "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
        "var/lib/dpkg/status": "\n".join(
            STATUS.format(name, version)
            for name, version in {"zlib1g": "1.2", "bash": "5.2"}.items()
        ).encode(),
    }
)
ZLIB, BASH = "pkg:deb/debian/zlib1g@1.2?arch=amd64", "pkg:deb/debian/bash@5.2?arch=amd64"
SPDX = "https://spdx.dev/Document"
Wrap = Callable[[dict[str, Any]], dict[str, Any]]


def spdx(*purls: str) -> dict[str, Any]:
    """Return an SPDX document as BuildKit's plugin makes it."""
    named = [
        {"name": "x", "externalRefs": [{"referenceType": "purl", "referenceLocator": purl}]}
        for purl in purls
    ]
    return {"spdxVersion": "SPDX-2.3", "name": "sbom", "packages": named}


def cyclonedx(*purls: str) -> dict[str, Any]:
    """Return a CycloneDX document."""
    components = [{"type": "library", "purl": purl} for purl in purls]
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components}


def envelope(statement: dict[str, Any]) -> dict[str, Any]:
    """Return a statement as it is signed (DSSE)."""
    payload = base64.b64encode(dump(statement)).decode()
    return {"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": []}


def bundle(statement: dict[str, Any]) -> dict[str, Any]:
    """Return a statement in a Sigstore bundle."""
    return {"verificationMaterial": {}, "dsseEnvelope": envelope(statement)}


def attest(
    path: Path,
    predicates: Sequence[dict[str, Any]],
    *,
    wrap: Wrap = dict,
    kind: str = SPDX,
    about: str = "",
    damage: bytes | None = None,
) -> Path:
    """Write an image with an attestation manifest beside it, as BuildKit exports both."""
    files: Files = {}
    own = archives.add_image(files, Image([LAYER], names=["app:1"]))
    layers = []
    for predicate in predicates:
        statement = {
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": kind,
            "subject": [{"name": "app", "digest": {"sha256": about or own["digest"][7:]}}],
            "predicate": predicate,
        }
        layer = blob(files, dump(wrap(statement)), "application/vnd.in-toto+json")
        if damage is not None:
            files[f"blobs/sha256/{layer['digest'][7:]}"] = damage
        layers.append(layer | {"annotations": {"in-toto.io/predicate-type": kind}})
    config = blob(files, b"{}", f"{OCI}config.v1+json")
    manifest = {"schemaVersion": 2, "config": config, "layers": layers}
    beside = blob(files, dump(manifest), f"{OCI}manifest.v1+json")
    beside["annotations"] = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": own["digest"],
    }
    nested = archives.add_index(files, [own, beside])
    return archives.write_folder(path, archives.finish_layout(files, [nested]))


def told(path: Path, **limits: int) -> list[Finding]:
    """Return what is said of the inventory of an image."""
    found = open_image(path, limits=Limits(**limits)).findings
    return [x for x in found if x.code.startswith("inventory.")]


def refer(
    path: Path,
    data: bytes,
    kind: str,
    *,
    about: str = "",
    layer: dict[str, Any] | None = None,
    top: dict[str, Any] | None = None,
) -> Path:
    """Write an image with an artifact that names it as its subject, as ORAS attaches one."""
    files: Files = {}
    own = archives.add_image(files, Image([LAYER], names=["app:1"]))
    stored = blob(files, data, kind) | (layer or {})
    config = blob(files, b"{}", f"{OCI}empty.v1+json")
    subject = {"mediaType": own["mediaType"], "digest": own["digest"], "size": own["size"]}
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{OCI}manifest.v1+json",
        "artifactType": kind,
        "config": config,
        "layers": [stored],
        "subject": subject | ({"digest": about} if about else {}),
    }
    beside = blob(files, dump(manifest | (top or {})), f"{OCI}manifest.v1+json")
    return archives.write_folder(path, archives.finish_layout(files, [own, beside]))


ARTIFACTS = [
    pytest.param(spdx, "application/spdx+json", id="spdx"),
    pytest.param(cyclonedx, "application/vnd.cyclonedx+json", id="cyclonedx"),
]


@pytest.mark.parametrize(("make", "kind"), ARTIFACTS)
def test_an_artifact_about_the_image_is_compared(
    make: Callable[..., dict[str, Any]], kind: str, tmp_path: Path
) -> None:
    """Its blob is the document, without a statement around it (OCI `subject`)."""
    assert told(refer(tmp_path / "right", dump(make(ZLIB, BASH)), kind)) == []
    document = make(ZLIB.replace("1.2", "1.1"), "pkg:deb/debian/gone@1?arch=amd64")
    (one,) = told(refer(tmp_path / "wrong", dump(document), kind))
    assert one.code == "inventory.sbom-differs"
    assert one.detail.startswith("artifact sha256:")
    assert "names what is not there: gone 1;" in one.detail
    assert one.detail.endswith("does not name: bash 5.2")


@pytest.mark.parametrize(
    ("layer", "top"),
    [
        pytest.param({"mediaType": "application/json"}, {}, id="artifact-type"),
        pytest.param({}, {"artifactType": ""}, id="media-type"),
        pytest.param({}, {"artifactType": "application/vnd.example"}, id="other-artifact-type"),
    ],
)
def test_one_type_is_enough_to_know_an_sbom(
    layer: dict[str, Any], top: dict[str, Any], tmp_path: Path
) -> None:
    document = dump(spdx("pkg:deb/debian/gone@1"))
    path = refer(tmp_path / "x", document, "application/spdx+json", layer=layer, top=top)
    (one,) = told(path)
    assert "gone 1" in one.detail


def test_a_bundle_in_an_artifact_is_opened(tmp_path: Path) -> None:
    """Cosign 3 attaches Sigstore bundles so."""
    statement = {"predicateType": SPDX, "predicate": spdx("pkg:deb/debian/gone@1")}
    kind = "application/vnd.dev.sigstore.bundle.v0.3+json"
    (one,) = told(refer(tmp_path / "x", dump(bundle(statement)), kind))
    assert one.detail.startswith("attestation sha256:")
    assert "gone 1" in one.detail


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        pytest.param("application/vnd.example.signature", "", id="no-sbom"),
        pytest.param("application/spdx+json", f"sha256:{'ab' * 32}", id="other-image"),
    ],
)
def test_other_artifacts_are_passed_over(kind: str, about: str, tmp_path: Path) -> None:
    document = dump(spdx("pkg:deb/debian/gone@1"))
    assert told(refer(tmp_path / "x", document, kind, about=about)) == []


@pytest.mark.parametrize(
    ("data", "layer", "reason"),
    [
        pytest.param(b" " * (9 << 20), {}, "more than", id="too-large"),
        pytest.param(b"<bom/>", {}, "JSON", id="xml"),
        pytest.param(b'{"a":1}', {}, "no SBOM that can be read", id="no-sbom"),
        pytest.param(b"{}", {"digest": f"sha256:{'ab' * 32}"}, "not in the source", id="absent"),
    ],
)
def test_an_artifact_that_cannot_be_read_is_told(
    data: bytes, layer: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    (one,) = told(refer(tmp_path / "x", data, "application/vnd.cyclonedx+json", layer=layer))
    assert one.code == "inventory.attestation-unread"
    assert one.detail.startswith("artifact sha256:")
    assert reason in one.detail


@pytest.mark.parametrize("wrap", [dict, envelope, bundle], ids=["statement", "dsse", "bundle"])
@pytest.mark.parametrize(
    ("make", "kind"),
    [(spdx, SPDX), (cyclonedx, "https://cyclonedx.org/bom")],
    ids=["spdx", "cyclonedx"],
)
def test_an_attached_sbom_that_is_right_is_not_told(
    make: Callable[..., dict[str, Any]], kind: str, wrap: Wrap, tmp_path: Path
) -> None:
    assert told(attest(tmp_path / "x", [make(ZLIB, BASH)], wrap=wrap, kind=kind)) == []


@pytest.mark.parametrize("wrap", [dict, envelope, bundle], ids=["statement", "dsse", "bundle"])
@pytest.mark.parametrize("make", [spdx, cyclonedx])
def test_differences_are_told_with_the_attestation(
    make: Callable[..., dict[str, Any]], wrap: Wrap, tmp_path: Path
) -> None:
    """What is there and not named counts too: such a document is about the whole image."""
    document = make(ZLIB.replace("1.2", "1.1"), "pkg:deb/debian/gone@1?arch=amd64")
    kind = "https://cyclonedx.org/bom" if "bomFormat" in document else SPDX
    (one,) = told(attest(tmp_path / "x", [document], wrap=wrap, kind=kind))
    assert one.code == "inventory.sbom-differs"
    assert one.detail.startswith("attestation sha256:")
    assert "names what is not there: gone 1;" in one.detail
    assert "names another version: zlib1g 1.1, is 1.2;" in one.detail
    assert one.detail.endswith("does not name: bash 5.2")
    assert (one.path, one.layer, one.state) == ("", None, None)


def test_a_type_that_a_document_does_not_speak_of_is_not_its_subject(tmp_path: Path) -> None:
    (one,) = told(attest(tmp_path / "x", [spdx("pkg:npm/left-pad@1.3.0", "pkg:unheard/of@1")]))
    assert "left-pad" in one.detail
    assert "bash" not in one.detail
    assert "unheard" not in one.detail


def test_provenance_is_no_sbom(tmp_path: Path) -> None:
    kind = "https://slsa.dev/provenance/v0.2"
    assert told(attest(tmp_path / "x", [{"builder": {"id": ""}}], kind=kind)) == []


def test_each_sbom_is_compared(tmp_path: Path) -> None:
    """BuildKit scans stages and the context too when it is asked to."""
    path = attest(tmp_path / "x", [spdx(ZLIB, BASH), spdx(ZLIB), spdx(BASH)])
    assert [x.detail.partition("does not name: ")[2] for x in told(path)] == [
        "bash 5.2",
        "zlib1g 1.2",
    ]


def test_an_sbom_about_another_image_is_not_compared(tmp_path: Path) -> None:
    (one,) = told(attest(tmp_path / "x", [spdx("pkg:deb/x@1")], about="ab" * 32))
    assert one.code == "inventory.sbom-differs"
    assert one.detail.endswith(": is about another image: abababababab")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        pytest.param(b"{", "bytes differ from their digest", id="other-bytes"),
        pytest.param(b" " * (9 << 20), "more than", id="too-large"),
    ],
)
def test_an_sbom_that_is_damaged_is_told(damage: bytes, reason: str, tmp_path: Path) -> None:
    (one,) = told(attest(tmp_path / "x", [spdx(ZLIB)], damage=damage))
    assert one.code == "inventory.attestation-unread"
    assert reason in one.detail


@pytest.mark.parametrize(
    "wrap",
    [
        pytest.param(lambda _: {"payloadType": "x", "payload": "*"}, id="no-base64"),
        pytest.param(lambda _: {"payloadType": "x", "payload": "W10="}, id="no-object"),
        pytest.param(lambda _: {"spdxVersion": "SPDX-3.0"}, id="unknown-form"),
        pytest.param(lambda one: one | {"predicate": {"Data": "{"}}, id="data-cut"),
    ],
)
def test_an_envelope_without_an_sbom_is_told(wrap: Wrap, tmp_path: Path) -> None:
    """Its descriptor promises one."""
    (one,) = told(attest(tmp_path / "x", [spdx(ZLIB)], wrap=wrap))
    assert one.code == "inventory.attestation-unread"


def test_an_sbom_that_is_not_in_the_source_is_told(tmp_path: Path) -> None:
    path = attest(tmp_path / "x", [spdx(ZLIB)])
    for file in (path / "blobs" / "sha256").iterdir():
        if b"in-toto.io/Statement" in file.read_bytes():
            file.unlink()
    (one,) = told(path)
    assert (one.code, "not in the source" in one.detail) == ("inventory.attestation-unread", True)


def test_a_manifest_that_is_malformed_is_told(tmp_path: Path) -> None:
    path = attest(tmp_path / "x", [spdx(ZLIB), spdx(BASH)])
    found = open_image(path, limits=Limits(image_layers=1)).findings
    assert [x.code for x in found] == ["image.attestation-unreadable"]


def test_early_cosign_put_documents_into_data(tmp_path: Path) -> None:
    document = spdx(ZLIB, "pkg:deb/debian/gone@1")
    for name, data in (("a", document), ("b", json.dumps(document))):
        (one,) = told(attest(tmp_path / name, [{"Data": data, "Timestamp": ""}]))
        assert "gone 1" in one.detail


def test_bounds_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = attest(tmp_path / "x", [spdx(ZLIB, BASH), cyclonedx(ZLIB, BASH)])
    monkeypatch.setattr(sbom_attached, "STATEMENTS", 1)
    assert [x.detail for x in told(path)] == ["attestations: only 1 SBOMs are read"]
    monkeypatch.setattr(sbom_attached, "STATEMENTS", 2)
    monkeypatch.setattr(sbom_reader, "PACKAGES", 1)
    codes = [x.code for x in told(path)]
    assert codes.count("inventory.attestation-unread") == 2


def test_all_sboms_of_a_source_are_bounded_together(tmp_path: Path) -> None:
    """Many images may name the same blobs."""
    large = spdx(ZLIB, BASH) | {"comment": "x" * 4_000}
    path = attest(tmp_path / "x", [large, large | {"name": "other"}])
    (one,) = told(path, source_document_bytes=6_000, document_bytes=5_000)
    assert one.code == "inventory.attestation-unread"
    said = "documents of more than 6000 bytes together; --limit source-document-bytes=N allows more"
    assert one.detail.endswith(said)
