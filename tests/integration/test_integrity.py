"""Bytes that are not what the image promises: found in every form, and nothing else judged."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocianalyze import analyze
from ocianalyze.cli.main import run
from ocianalyze.model.finding import Status
from ocianalyze.model.report import Report
from tests import archives, tars
from tests.archives import Files, Image, Layout

LOWER = archives.tar({"etc/": None, "etc/os-release": b"ID=test\n", "bin/su": (0o4755, b"#!")})
UPPER = archives.tar({"app/": None, "app/main": (0o755, b"the program of the image" * 40)})
IMAGE = Image([LOWER, UPPER], {"config": {"User": "1000:1000"}}, ["team/app:1.4"])
PLAIN = Layout(layers="none")
Change = Callable[[dict[str, Any]], object]


def oci(change: Change, layout: Layout = PLAIN) -> Files:
    """Return a layout whose manifest was changed before it was named."""
    files: Files = {}
    own = archives.add_image(files, IMAGE, layout)
    manifest = json.loads(files.pop(f"blobs/sha256/{own['digest'][7:]}"))
    change(manifest)
    named = archives.blob(files, archives.dump(manifest), own["mediaType"])
    return archives.finish_layout(files, [named])


def blob_of(data: bytes) -> str:
    """Return where a layout keeps these bytes."""
    return f"blobs/sha256/{archives.digest(data)[7:]}"


def _swapped(data: bytes, old: bytes, new: bytes) -> bytes:
    assert data.count(old) >= 1
    assert len(old) == len(new)
    return data.replace(old, new, 1)


def _layer_byte() -> Files:
    files = oci(lambda _: None)
    files[blob_of(UPPER)] = _swapped(UPPER, b"program", b"Program")
    return files


def _recompressed() -> Files:
    files = oci(lambda _: None, Layout(layers="gzip"))
    stored = archives.compress(UPPER, "gzip")
    other = gzip.compress(UPPER, compresslevel=1, mtime=1_000_000)
    files[blob_of(stored)] = other
    return files


def _appended() -> Files:
    files = oci(lambda _: None)
    files[blob_of(UPPER)] = UPPER + bytes(512)
    return files


def _cut() -> Files:
    files = oci(lambda _: None)
    files[blob_of(UPPER)] = UPPER[:-512]
    return files


def _config_byte() -> Files:
    files = oci(lambda _: None)
    files[blob_of(IMAGE.config_bytes)] = _swapped(IMAGE.config_bytes, b"1000:1000", b"0000:0000")
    return files


def _manifest_byte() -> Files:
    files = archives.files_oci([IMAGE], PLAIN)
    named = json.loads(files["index.json"])["manifests"][0]["digest"]
    files[f"blobs/sha256/{named[7:]}"] += b"\n"
    return files


def _layer_size() -> Files:
    def change(manifest: dict[str, Any]) -> None:
        manifest["layers"][0]["size"] += 1

    return oci(change)


def _layer_left_out() -> Files:
    return oci(lambda manifest: manifest["layers"].pop())


def _layers_exchanged() -> Files:
    return oci(lambda manifest: manifest["layers"].reverse())


TAMPERED: dict[str, tuple[Callable[[], Files], set[str]]] = {
    "layer-byte": (_layer_byte, {"blob-digest", "diff-id"}),
    "layer-recompressed": (_recompressed, {"blob-digest", "blob-size"}),
    "layer-appended": (_appended, {"blob-digest", "blob-size", "diff-id"}),
    "layer-cut": (_cut, {"blob-digest", "blob-size", "diff-id"}),
    "config-byte": (_config_byte, {"config-digest"}),
    "manifest-byte": (_manifest_byte, {"manifest-digest"}),
    "layer-size": (_layer_size, {"blob-size"}),
    "layer-left-out": (_layer_left_out, {"layer-count"}),
    "layers-exchanged": (_layers_exchanged, {"diff-id"}),
}


def _codes(report: Report) -> set[str]:
    codes = (finding.code for finding in report.findings)
    return {code.partition(".")[2] for code in codes if code.startswith("integrity.")}


@pytest.mark.parametrize("case", sorted(TAMPERED))
def test_a_layout_that_lies_is_found_out(case: str, tmp_path: Path) -> None:
    """Only the control about validated artifacts speaks, and it fails."""
    make, codes = TAMPERED[case]
    report = analyze(archives.write_folder(tmp_path / "layout", make()), jobs=1)
    assert report.images[0].integrity.status == "failed"
    assert _codes(report) == codes
    said = {control.id: control for control in report.controls}
    assert said.pop("CIS-4.12").status is Status.FAIL
    assert {control.status for control in said.values()} == {Status.NOT_EVALUATED}
    assert {control.reason for control in said.values()} == {"integrity-failed"}


@pytest.mark.parametrize("case", sorted(TAMPERED))
def test_the_user_may_go_on(case: str, tmp_path: Path) -> None:
    """Forensic work on broken images; the finding stays."""
    make, codes = TAMPERED[case]
    path = archives.write_tar(tmp_path / "app.tar", make())
    report = analyze(path, jobs=1, keep_going=True)
    said = {control.id: control.status for control in report.controls}
    assert (_codes(report), report.images[0].integrity.status) == (codes, "failed")
    assert said["CIS-4.12"] is Status.FAIL
    assert said["CIS-4.6"] is not Status.NOT_EVALUATED
    assert said["CIS-4.1"] is (Status.FAIL if case == "config-byte" else Status.PASS)


@pytest.mark.parametrize(
    ("ending", "old", "new", "code"),
    [
        pytest.param("/layer.tar", b"program", b"Program", "diff-id", id="layer"),
        pytest.param(".json", b"1000:1000", b"0000:0000", "config-digest", id="config"),
    ],
)
def test_a_docker_archive_that_lies_is_found_out(
    ending: str, old: bytes, new: bytes, code: str, tmp_path: Path
) -> None:
    """Its layers have no digest but the config's diff_ids, its config none but its name."""
    files = archives.files_docker([IMAGE])
    name = [name for name in files if name.endswith(ending) and name != "manifest.json"][-1]
    data = files[name]
    assert isinstance(data, bytes)
    files[name] = _swapped(data, old, new)
    report = analyze(archives.write_tar(tmp_path / "app.tar", files), jobs=1)
    assert (_codes(report), report.images[0].integrity.status) == ({code}, "failed")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [([], 3), (["--fail-on", "never"], 3), (["--keep-going", "--fail-on", "never"], 0)],
    ids=["gate", "no-gate", "keep-going"],
)
def test_the_exit_status_says_it(
    arguments: list[str], status: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = archives.write_tar(tmp_path / "app.tar", _layer_byte())
    assert run(["scan", "--no-store", str(path), *arguments]) == status
    assert "integrity" in capfd.readouterr().out


def test_another_image_of_the_file_is_still_judged(tmp_path: Path) -> None:
    """One image's lie says nothing about its neighbour."""
    files = _layer_byte()
    other = Image([LOWER], {"config": {"User": "app"}}, ["other:2"])
    entry = archives.add_image(files, other, PLAIN)
    index = json.loads(files["index.json"])
    files["index.json"] = archives.dump({**index, "manifests": [*index["manifests"], entry]})
    report = analyze(archives.write_folder(tmp_path / "layout", files), jobs=1)
    assert [image.integrity.status for image in report.images] == ["failed", "ok"]
    second = [control for control in report.controls if control.image.index == 1]
    assert {"pass", "fail"} <= {control.status.value for control in second}


ABSENT: dict[str, tuple[str, str]] = {
    "missing": ("application/vnd.oci.image.layer.v1.tar", "missing"),
    "foreign": ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "foreign"),
    "nondistributable": (
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "foreign",
    ),
    "encrypted": ("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "encrypted"),
}


@pytest.mark.parametrize("case", sorted(ABSENT))
def test_a_layer_that_cannot_be_read_is_no_evidence(case: str, tmp_path: Path) -> None:
    """No control passes on files that nobody saw; the exit status says partial."""
    media_type, why = ABSENT[case]

    def change(manifest: dict[str, Any]) -> None:
        manifest["layers"][1]["mediaType"] = media_type

    files = oci(change)
    if case != "encrypted":
        del files[blob_of(UPPER)]
    path = archives.write_folder(tmp_path / "layout", files)
    report = analyze(path, jobs=1)
    (image,) = report.images
    assert (image.integrity.status, image.layers[1].status) == ("partial", "absent")
    assert image.layers[1].detail == why
    said = {control.id: control.status for control in report.controls}
    assert said["CIS-4.8"] is Status.FAIL
    assert said["CIS-4.3"] is not Status.PASS
    assert said["CIS-4.12"] is Status.NOT_EVALUATED
    assert run(["scan", "--no-store", "-q", str(path), "--fail-on", "never"]) == 4


@pytest.mark.parametrize("lost", [0, 1])
def test_nothing_passes_because_its_layer_is_absent(lost: int, tmp_path: Path) -> None:
    """The set-id file may have been in the lost layer, or been deleted by it."""
    files = oci(lambda _: None)
    del files[blob_of(IMAGE.layers[lost])]
    report = analyze(archives.write_folder(tmp_path / "layout", files), jobs=1)
    setid = next(control for control in report.controls if control.id == "CIS-4.8")
    assert setid.status is (Status.FAIL if lost == 1 else Status.NOT_EVALUATED)


@pytest.mark.parametrize("config", [b"", b"no JSON", b"[]", b'{"config": ' * 100, None], ids=repr)
def test_a_config_that_cannot_be_read_is_no_evidence(config: bytes | None, tmp_path: Path) -> None:
    """Nothing about users, health checks or history passes; the diff_ids stay unproved."""
    files = archives.files_docker([IMAGE])
    name = next(name for name in files if name.endswith(".json"))
    if config is None:
        del files[name]
    else:
        manifest = json.loads(bytes(files["manifest.json"]))  # type: ignore[arg-type]
        del files[name]
        manifest[0]["Config"] = "config.json"
        files |= {"config.json": config, "manifest.json": archives.dump(manifest)}
    path = archives.write_tar(tmp_path / "app.tar", files)
    report = analyze(path, jobs=1)
    said = {control.id: control.status for control in report.controls}
    assert Status.PASS not in {said[name] for name in ("CIS-4.1", "CIS-4.6", "CIS-4.9")}
    assert report.images[0].integrity.status == "partial"
    assert "image.config-absent" in {finding.code for finding in report.findings}
    assert run(["scan", "--no-store", "-q", str(path), "--fail-on", "never"]) == 4


@pytest.mark.parametrize(
    ("config", "lacking"),
    [
        ({"config": {"User": ["x"]}}, "CIS-4.1"),
        ({"config": {"Healthcheck": "x"}}, "CIS-4.6"),
        ({"history": {"a": 1}}, "CIS-4.9"),
        ({"architecture": 7}, ""),
    ],
    ids=str,
)
def test_a_config_that_no_runtime_decodes_is_read_in_part(
    config: dict[str, Any], lacking: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    image = Image([archives.tar({"etc/x": b"x"})], config, ["app:1"])
    path = archives.docker_archive(tmp_path / "app.tar", [image])
    said = {control.id: control.status for control in analyze(path, jobs=1).controls}
    assert said.get(lacking) in {None, Status.NOT_EVALUATED}
    for command in (["scan", "--fail-on", "never"], ["inspect"], ["files"]):
        assert run([*command, "--no-store", str(path)]) == 4
        assert "config field has the wrong type" in capfd.readouterr().err


def test_nothing_passes_behind_a_header_that_was_not_read(tmp_path: Path) -> None:
    """It may hold a capability, another name, another size."""
    gap = tars.pax({b"comment": b"c" * (1 << 20)}) + tars.member(b"tool", b"c", mode=0o755)
    image = Image([gap + tars.END], {"config": {"User": "app"}}, ["app:1"])
    path = archives.docker_archive(tmp_path / "app.tar", [image])
    report = analyze(path, jobs=1)
    said = {control.id: control.status for control in report.controls}
    assert {said[name] for name in ("CIS-4.3", "CIS-4.8", "CIS-4.10")} == {Status.NOT_EVALUATED}
    assert "tar.header-too-large" in {finding.code for finding in report.findings}
    assert run(["scan", "--no-store", "-q", str(path), "--fail-on", "never"]) == 4
