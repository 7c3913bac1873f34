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


DOCKERFILE = {"filename": "Dockerfile", "data": base64.b64encode(b"FROM x\n").decode()}


def built(*infos: object, version: int = 1) -> dict[str, Any]:
    source = {"source": {"infos": list(infos)}}
    predicate: dict[str, Any] = {"runDetails": {"metadata": {"buildkit_metadata": source}}}
    if version == 0:
        predicate = {"metadata": {"https://mobyproject.org/buildkit@v1#metadata": source}}
    return {**statement(OWN), "predicate": predicate}


@pytest.mark.parametrize("version", [0, 1])
def test_the_dockerfile_is_where_buildkit_puts_it(version: int) -> None:
    assert read(built(DOCKERFILE, version=version)).dockerfiles == ("FROM x\n",)
    named = {**DOCKERFILE, "filename": "build.txt", "language": "Dockerfile"}
    assert read(built(named, DOCKERFILE, version=version)).dockerfiles == ("FROM x\n",) * 2


@pytest.mark.parametrize(
    "info",
    [None, 7, {}, {**DOCKERFILE, "data": 7}, {**DOCKERFILE, "data": "!"},
     {**DOCKERFILE, "language": "HCL"}, {**DOCKERFILE, "filename": "x.hcl"},
     {**DOCKERFILE, "data": "A" * ((1 << 20) + 4)}],
)  # fmt: skip
def test_a_source_that_is_no_dockerfile_is_passed_over(info: object) -> None:
    told = read(built(info))
    assert (told.dockerfiles, told.problem) == ((), "")
    assert read({**built(), "predicate": info}).dockerfiles == ()


def test_many_sources_are_bounded() -> None:
    assert len(read(built(*[DOCKERFILE] * 1_000)).dockerfiles) == 16


def attached(folder: Path, about: str, predicate: object = None) -> tuple[str, frozenset[str]]:
    """Write an image with a provenance beside it; return its path and what names it.

    Args:
        folder: to write to.
        about: a digest; `image` for the image's own.
        predicate: of the provenance.

    """
    files: Files = {}
    own = archives.add_image(files, Image([tar({"x": b""})], names=["app:1"]))
    subject = own["digest"][7:] if about == "image" else about
    told = statement({"digest": {"sha256": subject}}) | {"predicate": predicate or {}}
    layer = blob(files, dump(told), "application/json")
    layer |= {"annotations": {"in-toto.io/predicate-type": KIND}}
    config = blob(files, b"{}", f"{OCI}config.v1+json")
    manifest = {"schemaVersion": 2, "config": config, "layers": [layer]}
    beside = blob(files, dump(manifest), f"{OCI}manifest.v1+json")
    beside["annotations"] = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": own["digest"],
    }
    nested = archives.add_index(files, [own, beside])
    path = archives.write_folder(folder / "x", archives.finish_layout(files, [nested]))
    return str(path), frozenset({own["digest"], nested["digest"]})


@pytest.mark.parametrize("about", ["image", "3" * 64], ids=["image", "another"])
def test_a_scan_compares_with_the_manifest(about: str, tmp_path: Path) -> None:
    path, digests = attached(tmp_path, about)
    name = "ocia-provenance-subject-mismatch"
    (said,) = scan(path, Options(jobs=1), chosen(name)).controls
    assert said.status is (Status.PASS if about == "image" else Status.FAIL), said.summary
    (image,) = open_images(path, Options(jobs=1)).images
    assert digests <= image.view.digests


@pytest.mark.parametrize("about", ["image", "3" * 64], ids=["image", "another"])
def test_a_scan_judges_the_dockerfile_of_its_own_image(about: str, tmp_path: Path) -> None:
    data = base64.b64encode(b"FROM a AS one\nFROM b AS one\n").decode()
    path, _ = attached(tmp_path, about, built({**DOCKERFILE, "data": data})["predicate"])
    (said,) = scan(path, Options(jobs=1), chosen("trivy-DS-0012")).controls
    assert said.status is (Status.FAIL if about == "image" else Status.NOT_EVALUATED), said.summary
