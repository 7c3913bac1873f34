"""One logical image in every form that images are saved in: the same verdicts and findings."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ocianalyze import analyze
from ocianalyze.model.finding import Status
from tests import archives
from tests.archives import Compression, Image, Layout
from tests.integration import logical

Writer = Callable[[Path, Image], Path]


def _listed(function: Callable[..., Path], *rest: Any, **options: Any) -> Writer:
    return lambda path, image: function(path, [image], *rest, **options)


def _single(function: Callable[..., Path], *rest: Any, **options: Any) -> Writer:
    return lambda path, image: function(path, image, *rest, **options)


def _ctr(path: Path, image: Image) -> Path:
    """Write what `ctr images export` writes: a layout with containerd's names, manifest.json."""
    files = archives.files_modern([image], Layout(layers="gzip"))
    index = json.loads(files["index.json"])
    index["manifests"][0]["annotations"] = {
        "io.containerd.image.name": f"docker.io/{logical.NAME}",
        "org.opencontainers.image.ref.name": logical.NAME.partition(":")[2],
    }
    files["index.json"] = archives.dump(index)
    return archives.write_tar(path, files, directories=True)


def _reversed(path: Path, image: Image) -> Path:
    """Write the members in the opposite order: the documents come last or first by chance."""
    files = archives.files_oci([image])
    return archives.write_tar(path, dict(reversed(files.items())))


OUTER: tuple[Compression, ...] = ("gzip", "zstd", "xz", "bzip2")
EVERY: tuple[Compression, ...] = ("none", *OUTER)
FORMS: dict[str, Writer] = {
    "docker-classic-gzip": _listed(archives.docker_archive, layers="gzip"),
    "docker-podman": _listed(archives.docker_archive, style="podman"),
    "docker-kaniko": _listed(archives.docker_archive, style="kaniko", layers="gzip"),
    "docker-bazel": _listed(archives.docker_archive, style="bazel"),
    "docker-dot-slash": _listed(archives.docker_archive, prefix="./"),
    "docker-modern": _listed(archives.docker_modern),
    "ctr-export": _ctr,
    "oci-reversed": _reversed,
    "oci-nested-index": _listed(archives.oci_layout, Layout(nested=2)),
    "oci-docker-types": _listed(archives.oci_layout, Layout(docker_types=True)),
    "oci-attestation": _listed(archives.oci_layout, Layout(attestation=True, nested=1)),
    "oci-embedded-config": _listed(archives.oci_archive, Layout(embed=True)),
    "oci-directories": _listed(archives.oci_archive, prefix="./", directories=True),
    "dir": _single(archives.directory),
    "dir-plain": _single(archives.directory, Layout(layers="none")),
    **{f"oci-layers-{c}": _listed(archives.oci_layout, Layout(layers=c)) for c in EVERY},
    **{f"oci-archive-layers-{c}": _listed(archives.oci_archive, Layout(layers=c)) for c in EVERY},
    **{f"docker-outer-{c}": _listed(archives.docker_archive, outer=c) for c in OUTER},
    **{f"oci-archive-outer-{c}": _listed(archives.oci_archive, outer=c) for c in OUTER},
}
WHOLE = cache(logical.demo)
"""The image; no test changes it."""


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return what a classic docker archive says, with every control in it."""
    path = archives.docker_archive(tmp_path_factory.mktemp("classic") / "app.tar", [WHOLE()])
    found = logical.essence(analyze(path, jobs=1))
    assert len(found["controls"]) >= 12
    assert found["findings"] == []
    assert {"pass", "fail", "not-evaluated"} <= {each["status"] for each in found["controls"]}
    return found


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_form_changes_no_verdict(form: str, expected: Any, tmp_path: Path) -> None:
    """Verdicts, evidence, findings, layers by diff_id, steps, platform, names of files."""
    report = analyze(FORMS[form](tmp_path / "image", WHOLE()), jobs=1)
    assert logical.essence(report) == expected
    (image,) = report.images
    assert (image.integrity.status, image.integrity.diff_ids_verified) == ("ok", 5)
    assert not [artifact for artifact in report.artifacts if artifact.error]


@pytest.mark.parametrize("form", ["docker-modern", "ctr-export", "oci-layers-gzip"])
def test_every_promise_of_a_layout_is_kept_count_of(form: str, tmp_path: Path) -> None:
    """One manifest, one config, five blobs."""
    (image,) = analyze(FORMS[form](tmp_path / "image", WHOLE()), jobs=1).images
    assert image.integrity.digests_verified == 7
    assert image.manifest_digest
    assert image.config_digest == archives.digest(WHOLE().config_bytes)


def test_the_shipped_file_is_another_form_of_the_same_image(expected: Any) -> None:
    assert logical.essence(analyze(logical.DEMO, jobs=1), also=frozenset({"config_digest"})) == (
        logical.essence(expected, also=frozenset({"config_digest"}))
    )


@pytest.mark.parametrize("outer", EVERY)
def test_standard_input_is_another_form(outer: Compression, expected: Any, tmp_path: Path) -> None:
    """A pipe cannot be sought."""
    path = archives.docker_archive(tmp_path / "app.tar", [WHOLE()], outer=outer)
    options = ("-f", "json", "--fail-on", "never", "--no-store")
    ended = subprocess.run(
        [sys.executable, "-m", "ocianalyze", "scan", "-", *options],
        input=path.read_bytes(),
        capture_output=True,
        cwd=logical.ROOT,
        check=False,
    )
    assert (ended.returncode, ended.stderr[:1].isascii()) == (0, True), ended.stderr
    assert logical.essence(json.loads(ended.stdout)) == expected


def test_an_archive_of_before_2016_keeps_what_it_can_hold(expected: Any, tmp_path: Path) -> None:
    """It has no history of empty steps and no diff_ids; files and defaults are the same."""
    image = Image(
        WHOLE().layers, {"config": WHOLE().config["config"], "os": "linux"}, WHOLE().names
    )
    report = analyze(archives.docker_legacy(tmp_path / "old.tar", [image]), jobs=1)
    (found,) = report.images
    assert (found.names, found.platform) == ((logical.NAME,), "linux/amd64")
    assert found.integrity.status == "ok"
    assert [x["diff_id"] for x in expected["images"][0]["layers"]] == [
        x.diff_id for x in found.layers
    ]
    of_files = {"CIS-4.1", "CIS-4.3", "CIS-4.6", "CIS-4.8"}
    assert {x.id: x.status for x in report.controls if x.id in of_files} == {
        x["id"]: x["status"] for x in expected["controls"] if x["id"] in of_files
    }
    setid = next(x for x in report.controls if x.id == "CIS-4.8")
    assert {x.path for x in setid.evidence} == {
        x["path"] for y in expected["controls"] if y["id"] == "CIS-4.8" for x in y["evidence"]
    }


@pytest.mark.parametrize("outer", ["none", "gzip"])
def test_a_root_filesystem_has_no_config_to_judge(outer: Compression, tmp_path: Path) -> None:
    """One layer; what needs a config or a history is not evaluated, and nothing passes by it."""
    report = analyze(archives.rootfs_archive(tmp_path / "root.tar", WHOLE(), outer=outer), jobs=1)
    (image,) = report.images
    assert report.input.kind == "rootfs-archive"
    assert (len(image.layers), image.layers[0].raw_size) == (1, len(WHOLE().layers[0]))
    assert image.distribution == "Demo Linux 1 (made for ocianalyze)"
    status = {control.id: control.status for control in report.controls}
    of_the_config = {status[name] for name in ("CIS-4.1", "CIS-4.6", "CIS-4.9")}
    assert of_the_config <= {Status.NOT_EVALUATED, Status.NOT_APPLICABLE}
    assert status["CIS-4.8"] is Status.FAIL
    assert Status.PASS not in status.values()


def test_many_images_of_one_file_are_judged_each_by_itself(expected: Any, tmp_path: Path) -> None:
    """The second image of the file says what it says alone."""
    other = Image(WHOLE().layers[:1], {"config": {"User": "app"}}, ["other:1"])
    for write in (archives.docker_archive, archives.oci_archive, archives.docker_modern):
        path = write(tmp_path / "two.tar", [other, WHOLE()])
        assert len(analyze(path, jobs=1).images) == 2
        alone = analyze(path, image=logical.NAME, jobs=1)
        assert logical.essence(alone) == expected
