"""Attached provenance is read as far as its bytes prove it, however hostile it is."""

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.controls.aspects.base.provenances import provenances
from ocianalyze.engine import Options, chosen, open_images, scan
from ocianalyze.model.finding import Status
from tests import archives
from tests.archives import OCI, Files, Image, blob, dump
from tests.images import tar

KIND = "https://slsa.dev/provenance/v1"
OWN = {"digest": {"sha256": "1" * 64}}


def statement(*subjects: Any, kind: str = KIND) -> dict[str, Any]:
    about = {"_type": "https://in-toto.io/Statement/v1", "predicateType": kind, "predicate": {}}
    return {**about, "subject": list(subjects)}


def read(value: object, kind: str = KIND) -> Any:
    """Return the one provenance of a document; None for none."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    digest = f"sha256:{sha256(data).hexdigest()}"
    found = provenances({digest: kind}, {digest: data})
    return found[0] if found else None


def test_subjects_are_digests_each_once() -> None:
    told = read(statement(OWN, {"digest": {"sha256": "2" * 64}}, OWN))
    assert told.subjects == (f"sha256:{'1' * 64}", f"sha256:{'2' * 64}")
    assert (told.predicate, told.problem) == (KIND, "")


def test_a_statement_is_read_through_its_envelope() -> None:
    payload = base64.urlsafe_b64encode(json.dumps(statement(OWN)).encode()).decode()
    envelope = {"payloadType": "application/vnd.in-toto+json", "payload": payload}
    assert read(envelope).subjects == read({"dsseEnvelope": envelope}).subjects != ()


@pytest.mark.parametrize(
    "subject",
    [None, 7, "x", {}, {"digest": None}, {"digest": {"sha256": 7}}, {"digest": {"sha256": "zz"}},
     {"digest": {"md5": "1" * 32}}, {"digest": {"sha256": "1" * 1000}}],
)  # fmt: skip
def test_a_subject_that_is_none_is_passed_over(subject: object) -> None:
    assert read(statement(subject)).subjects == ()
    assert read({**statement(), "subject": subject}).subjects == ()


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"[" * 500, b'{"payloadType":"","payload":"!"}']
)
def test_what_cannot_be_read_is_told(data: bytes) -> None:
    assert read(data).problem


def test_what_is_not_there_or_has_other_bytes_is_told() -> None:
    digest = f"sha256:{'0' * 64}"
    for found in ({}, {digest: json.dumps(statement(OWN)).encode()}):
        (told,) = provenances({digest: KIND}, found)
        assert told.problem
        assert not told.subjects


def test_other_statements_are_none() -> None:
    sbom = "https://spdx.dev/Document"
    assert read(statement(OWN, kind=sbom), sbom) is None
    assert read(statement(OWN, kind=sbom), "") is None
    assert read({}, "") is None
    assert read(statement(OWN), "").subjects


def test_many_statements_and_subjects_are_bounded() -> None:
    told = provenances({f"sha256:{n:064}": KIND for n in range(1_000)}, {})
    assert len(told) == 101
    assert all(x.problem for x in told)
    many = [{"digest": {"sha256": f"{n:064}"}} for n in range(5_000)]
    assert len(read(statement(*many)).subjects) == 1_000


@pytest.mark.parametrize("about", ["image", "another"])
def test_a_scan_compares_with_the_manifest(about: str, tmp_path: Path) -> None:
    files: Files = {}
    own = archives.add_image(files, Image([tar({"x": b""})], names=["app:1"]))
    subject = own["digest"][7:] if about == "image" else "3" * 64
    layer = blob(files, dump(statement({"digest": {"sha256": subject}})), "application/json")
    layer |= {"annotations": {"in-toto.io/predicate-type": KIND}}
    config = blob(files, b"{}", f"{OCI}config.v1+json")
    manifest = {"schemaVersion": 2, "config": config, "layers": [layer]}
    beside = blob(files, dump(manifest), f"{OCI}manifest.v1+json")
    beside["annotations"] = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": own["digest"],
    }
    nested = archives.add_index(files, [own, beside])
    path = archives.write_folder(tmp_path / "x", archives.finish_layout(files, [nested]))
    name = "ocia-provenance-subject-mismatch"
    (said,) = scan(str(path), Options(jobs=1), chosen(name)).controls
    assert said.status is (Status.PASS if about == "image" else Status.FAIL), said.summary
    (image,) = open_images(str(path), Options(jobs=1)).images
    assert {own["digest"], nested["digest"]} <= image.view.digests
