"""SBOMs that a source keeps for an index, or under cosign's tags, by whole images."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocianalyze import engine
from ocianalyze.limits import Limits
from ocianalyze.model.finding import Finding
from ocianalyze.sources import _referrers, _unlisted
from tests import archives
from tests.archives import OCI, Files, Image, blob, dump
from tests.inventory.test_sbom_attached import (
    BASH,
    LAYER,
    SPDX,
    ZLIB,
    bundle,
    cyclonedx,
    envelope,
    spdx,
)

GONE = spdx(ZLIB, BASH, "pkg:deb/debian/gone@1?arch=amd64")
REF = "org.opencontainers.image.ref.name"
TOOL = "application/vnd.dsse.envelope.v1+json"
Named = dict[str, Any]


def artifact(
    files: Files, data: bytes, kind: str, *, notes: dict[str, str] | None = None, **top: object
) -> Named:
    """Store an artifact with one document, with the config of an image as cosign's have."""
    layer = blob(files, data, kind) | {"annotations": notes or {}}
    config = blob(files, dump({"rootfs": {"diff_ids": []}}), f"{OCI}config.v1+json")
    kind = f"{OCI}manifest.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [layer], **top}
    return blob(files, dump(manifest), kind)


def attested(files: Files, about: str, predicate: Named) -> Named:
    """Store an artifact as `cosign attest` does."""
    statement = {
        "predicateType": SPDX,
        "subject": [{"name": "app", "digest": {"sha256": about.partition(":")[2]}}],
        "predicate": predicate,
    }
    return artifact(files, dump(envelope(statement)), TOOL, notes={"predicateType": SPDX})


def tagged(entry: Named, about: str, suffix: str, prefix: str = "") -> Named:
    """Return an entry of index.json under cosign's tag."""
    name = f"{prefix}{about.replace(':', '-')}.{suffix}"
    return entry | {"annotations": {REF: name}}


def told(path: Path, **limits: int) -> list[list[Finding]]:
    """Return what is said of the inventory of each image."""
    options = engine.Options(limits=Limits(**limits))
    found = engine.open_images(str(path), options).images
    wanted = ("inventory.", "image.attestation")
    return [[x for x in one.view.findings if x.code.startswith(wanted)] for one in found]


@pytest.fixture
def files() -> Files:
    """Return the blobs of a layout."""
    return {}


@pytest.fixture
def own(files: Files) -> Named:
    """Return the descriptor of the image."""
    return archives.add_image(files, Image([LAYER], names=["app:1"]))


@pytest.mark.parametrize("prefix", ["", "example.com:5000/team/app:"], ids=["tag", "reference"])
@pytest.mark.parametrize("kind", ["text/spdx+json", "application/vnd.cyclonedx+json"])
def test_an_sbom_under_a_tag_is_compared(
    kind: str, prefix: str, files: Files, own: Named, tmp_path: Path
) -> None:
    """`cosign attach sbom`; the tag is alone or the end of a reference."""
    make = spdx if "spdx" in kind else cyclonedx
    entry = artifact(files, dump(make(ZLIB, BASH, "pkg:deb/debian/gone@1")), kind)
    beside = tagged(entry, own["digest"], "sbom", prefix)
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [own, beside]))
    ((one,),) = told(path)
    assert one.code == "inventory.sbom-differs"
    assert one.detail.startswith("artifact sha256:")
    assert one.detail.endswith("names what is not there: gone 1")


def test_an_attestation_under_a_tag_is_opened(files: Files, own: Named, tmp_path: Path) -> None:
    """`cosign attest`: an envelope, its type in cosign's own annotation."""
    beside = tagged(attested(files, own["digest"], GONE), own["digest"], "att")
    path = archives.write_tar(tmp_path / "x.tar", archives.finish_layout(files, [own, beside]))
    ((one,),) = told(path)
    assert one.detail.startswith("attestation sha256:")
    assert one.detail.endswith("names what is not there: gone 1")


@pytest.mark.parametrize(
    ("about", "suffix"),
    [
        pytest.param("", "sig", id="signature"),
        pytest.param(f"sha256:{'ab' * 32}", "sbom", id="of-another-image"),
        pytest.param(f"sha256:{'ab' * 31}", "sbom", id="no-digest"),
    ],
)
def test_other_tags_are_about_something_else(
    about: str, suffix: str, files: Files, own: Named, tmp_path: Path
) -> None:
    entry = artifact(files, dump(GONE), "text/spdx+json")
    beside = tagged(entry, about or own["digest"], suffix)
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [own, beside]))
    assert told(path) == [[]]


def test_what_cosign_saves_beside_an_image_is_about_it(
    files: Files, own: Named, tmp_path: Path
) -> None:
    """`cosign save`: neither subject nor tag, but a kind, and the name of the image."""
    kinds = "dev.cosignproject.cosign/"
    notes = {REF: "example.com/app:1"}
    entries = [
        own | {"annotations": notes | {"kind": f"{kinds}image"}},
        attested(files, own["digest"], GONE) | {"annotations": notes | {"kind": f"{kinds}atts"}},
    ]
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, entries))
    ((one,),) = told(path)
    assert one.detail.endswith("gone 1")


def platforms(files: Files, *architectures: str) -> list[Named]:
    """Store images of one package each, of these architectures."""
    found = []
    for arch in architectures:
        text = f"Package: x\nStatus: install ok installed\nArchitecture: {arch}\nVersion: 1\n"
        layer = archives.tar(
            {"etc/os-release": b"ID=debian\n", "var/lib/dpkg/status": text.encode()}
        )
        image = Image([layer], {"architecture": arch, "os": "linux"})
        found.append(archives.add_image(files, image))
    return found


@pytest.mark.parametrize("how", ["subject", "tag", "attestation", "bundle"])
def test_an_sbom_of_the_index_is_compared_with_each_of_its_images(
    how: str, files: Files, tmp_path: Path
) -> None:
    """Packages of other architectures are other images'."""
    nested = archives.add_index(files, platforms(files, "amd64", "arm64"))
    purls = [f"pkg:deb/debian/{x}" for x in ("x@1?arch=amd64", "x@1?arch=arm64", "gone@1?arch=all")]
    document, about = spdx(*purls), nested["digest"]
    size = {"mediaType": nested["mediaType"], "size": nested["size"]}
    if how == "subject":
        subject = size | {"digest": about}
        beside = artifact(files, dump(document), "application/spdx+json", subject=subject)
    elif how == "tag":
        beside = tagged(artifact(files, dump(document), "text/spdx+json"), about, "sbom")
    elif how == "attestation":
        beside = tagged(attested(files, about, document), about, "att")
    else:
        statement = {"predicateType": SPDX, "predicate": document}
        kind = "application/vnd.dev.sigstore.bundle.v0.3+json"
        subject = size | {"digest": about}
        beside = artifact(files, dump(bundle(statement)), kind, subject=subject)
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [nested, beside]))
    found = told(path)
    assert len(found) == 2
    for (one,) in found:
        assert one.code == "inventory.sbom-differs"
        assert " of the index (SPDX-2.3) names what is not there: gone 1" in one.detail
        assert one.detail.endswith("gone 1")


def test_a_statement_about_another_index_is_not_compared(files: Files, tmp_path: Path) -> None:
    nested = archives.add_index(files, platforms(files, "amd64"))
    other = attested(files, f"sha256:{'ab' * 32}", GONE)
    beside = tagged(other, nested["digest"], "att")
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [nested, beside]))
    ((one,),) = told(path)
    assert one.detail.endswith("is about another image: abababababab")


def test_one_document_is_compared_once_however_it_is_named(
    files: Files, own: Named, tmp_path: Path
) -> None:
    nested = archives.add_index(files, [own])
    entry = artifact(files, dump(GONE), "text/spdx+json", subject=own)
    both = [tagged(entry, x["digest"], "sbom") for x in (own, nested)]
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [nested, *both]))
    ((one,),) = told(path)
    assert "of the index" not in one.detail


def test_statements_of_an_index_are_bounded(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is listed with every image of the index."""
    monkeypatch.setattr(_referrers, "STATEMENTS", 2)
    nested = archives.add_index(files, platforms(files, "amd64", "arm64"))
    documents = [dump(spdx(f"pkg:deb/debian/x@1?n={n}")) for n in range(3)]
    beside = [
        tagged(artifact(files, one, "text/spdx+json"), nested["digest"], "sbom")
        for one in documents
    ]
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [nested, *beside]))
    for found in told(path):
        assert [x.code for x in found] == ["image.attestation-unreadable"]
        assert "more than 2 statements" in found[0].detail


def beside(path: Path) -> list[str]:
    """Return why what a source holds beside its images is none."""
    return [one.reason for one in engine.open_images(str(path), engine.Options()).artifacts]


@pytest.mark.parametrize("write", [archives.write_folder, archives.write_tar])
def test_an_artifact_that_no_index_lists_is_told_and_read(
    write: Callable[[Path, Files], Path], files: Files, own: Named, tmp_path: Path
) -> None:
    """A copy of a registry's blobs, such as `oras backup` or rsync make, without its referrers."""
    artifact(files, dump(GONE), "text/spdx+json", subject=own)
    path = write(tmp_path / "x", archives.finish_layout(files, [own]))
    ((one,),) = told(path)
    assert one.detail.endswith("names what is not there: gone 1")
    assert beside(path) == ["artifact with contents of type text/spdx+json, which no index lists"]


SIGNATURE = "application/vnd.dev.cosign.simplesigning.v1+json"


def test_a_signature_whose_tag_is_lost_is_told(files: Files, own: Named, tmp_path: Path) -> None:
    artifact(files, b"{}", SIGNATURE)
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [own]))
    assert beside(path) == [f"artifact with contents of type {SIGNATURE}, which no index lists"]
    assert told(path) == [[]]


def test_an_artifact_is_told_once_and_a_listed_one_as_listed(
    files: Files, own: Named, tmp_path: Path
) -> None:
    listed = artifact(files, b"{}", SIGNATURE, subject=own)
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [own, listed]))
    assert beside(path) == [f"artifact with contents of type {SIGNATURE}"]


@pytest.mark.parametrize(
    "content",
    [b"{", b'{"subject": 7}', b'{"subject": {}, "layers": 1}', b'["subject"]', b'{"cosign":[[['],
)
def test_other_blobs_that_no_index_lists_are_passed_over(
    content: bytes, files: Files, own: Named, tmp_path: Path
) -> None:
    blob(files, content, "x")
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [own]))
    assert beside(path) == []


def test_artifacts_that_no_index_lists_are_bounded(
    files: Files, own: Named, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_unlisted, "ARTIFACTS", 3)
    for number in range(5):
        artifact(files, b"%d" % number, SIGNATURE)
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [own]))
    assert len(beside(path)) == 3
