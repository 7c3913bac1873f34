"""Documents and layers made by an enemy: bounded time and memory, one clear line, no pass."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocianalyze import Limits, OcianalyzeError, analyze
from ocianalyze.cli.main import run
from ocianalyze.model.finding import Status
from ocianalyze.model.report import Report
from tests import archives
from tests.archives import Files, Image, Layout
from tests.hostile.worst import CASES, LAYER, PLAIN, odd_layer

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 250_000
"""Kilobytes of one process at its peak."""
SECONDS = 60
RUN = """\
import sys
from pathlib import Path
from ocianalyze.cli.main import run
status = run(sys.argv[1:])
peak = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
print(peak.split()[1], file=sys.stderr)
sys.exit(status)
"""
"""Says last what memory it took; what a parent measures includes the parent."""
STATUS = {
    "same-layer-500-times": 3,
    "large-layer-500-times": 3,
    "odd-layer-1000-times": 3,
    "odd-layers-of-many-images": 3,
    "many-whiteouts": 3,
    "deep-config": 3,
    "many-steps": 4,
    "many-words": 4,
    "ten-thousand-layers": 4,
    "ten-thousand-images": 4,
    "millions-of-descriptors": 4,
    "many-malformed-descriptors": 3,
    "cyclic-indexes": 3,
    "large-manifest": 4,
    "exploding-indexes": 4,
    "many-names-of-one-image": 4,
}
"""Exit statuses other than 0: integrity (diff_ids are too few), no image, a limit."""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read of /proc")
@pytest.mark.parametrize("case", sorted(CASES))
def test_the_worst_input_is_bounded(case: str, tmp_path: Path) -> None:
    """In memory, in time, in what is said."""
    path = CASES[case](tmp_path / "image.tar.gz")
    assert path.stat().st_size < 4_000_000
    options = ("--no-store", "-j", "1", "--fail-on", "never", "-f", "json")
    ended = subprocess.run(
        [sys.executable, "-c", RUN, "scan", str(path), *options],
        capture_output=True,
        cwd=ROOT,
        timeout=SECONDS,
        check=False,
    )
    *lines, peak = ended.stderr.decode().splitlines()
    assert (ended.returncode, "Traceback" in ended.stderr.decode()) == (STATUS.get(case, 0), False)
    assert int(peak) < MEMORY
    assert len(lines) <= 3
    assert all(len(line) < 600 for line in lines)
    assert len(ended.stdout) < 30_000_000


def _report(tmp_path: Path, files: dict[str, Any]) -> Report:
    return analyze(archives.write_tar(tmp_path / "image.tar", files), jobs=1)


def _outcome(path: Path) -> Report | str:
    try:
        return analyze(path, jobs=1)
    except OcianalyzeError as error:
        line = str(error)
    assert "\n" not in line
    return line


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["", "root", "0:0", "sha256:" + "0" * 64, "../x", "RUN apt-get update"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


def _objects(*names: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these fields, of any type."""
    return st.fixed_dictionaries({}, optional={**dict.fromkeys(names, JSON), **parts})


RUN_CONFIG = _objects(
    "User", "Env", "Entrypoint", "Cmd", "Shell", "OnBuild", "WorkingDir", "StopSignal", "Labels",
    "Volumes", "ExposedPorts",
    Healthcheck=JSON | _objects("Test", "Interval", "Timeout", "StartPeriod", "Retries"),
)  # fmt: skip
STEP = _objects("created", "created_by", "author", "comment", "empty_layer")
CONFIGS = JSON | _objects(
    "created", "author", "architecture", "variant", "os", "os.version",
    config=JSON | RUN_CONFIG,
    rootfs=JSON | _objects("type", "diff_ids"),
    history=JSON | st.lists(JSON | STEP, max_size=4),
)  # fmt: skip
DESCRIPTOR = _objects("mediaType", "digest", "size", "urls", "annotations", "data", "platform")
MANIFESTS = JSON | _objects(
    "schemaVersion", "mediaType", "artifactType", "subject", "annotations", "fsLayers",
    config=JSON | DESCRIPTOR,
    layers=JSON | st.lists(JSON | DESCRIPTOR, max_size=3),
    manifests=JSON | st.lists(JSON | DESCRIPTOR, max_size=3),
)  # fmt: skip
EXAMPLES = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@EXAMPLES
@given(config=CONFIGS)
def test_a_config_of_wrong_types_is_read_as_far_as_it_goes(tmp_path: Path, config: Any) -> None:
    """Its image is always judged; nothing that the config must say passes without it."""
    files = archives.files_docker([Image([LAYER], {}, ["app:1"])])
    del files[next(n for n in files if n.endswith(".json") and n != "manifest.json")]
    listed = json.loads(bytes(files["manifest.json"]))  # type: ignore[arg-type]
    listed[0]["Config"] = "config.json"
    files |= {"config.json": archives.dump(config), "manifest.json": archives.dump(listed)}
    report = _report(tmp_path, files)
    assert len(report.images) == 1
    assert not [control for control in report.controls if control.reason == "control-error"]
    if not isinstance(config, dict):
        said = {control.id: control.status for control in report.controls}
        assert Status.PASS not in {said["CIS-4.1"], said["CIS-4.6"]}


@EXAMPLES
@given(manifest=MANIFESTS)
def test_a_manifest_of_wrong_types_is_told(tmp_path: Path, manifest: Any) -> None:
    """In an OCI layout, under a true digest."""
    files: Files = {}
    entry = archives.blob(files, archives.dump(manifest), f"{archives.OCI}manifest.v1+json")
    path = archives.write_tar(tmp_path / "image.tar", archives.finish_layout(files, [entry]))
    found = _outcome(path)
    assert isinstance(found, str) or found.images or found.artifacts


@EXAMPLES
@given(
    index=MANIFESTS, listed=JSON | st.lists(_objects("Config", "RepoTags", "Layers"), max_size=3)
)
def test_lists_of_images_of_wrong_types_are_told(tmp_path: Path, index: Any, listed: Any) -> None:
    """`index.json` and `manifest.json`, alone and side by side."""
    documents = {
        "index.json": archives.dump(index),
        "manifest.json": archives.dump(listed),
        "oci-layout": archives.dump(index),
        "repositories": archives.dump(listed),
    }
    for names in (("index.json", "oci-layout"), ("manifest.json",), tuple(documents)):
        some = {name: documents[name] for name in names}
        found = _outcome(archives.write_tar(tmp_path / "image.tar", some))
        assert isinstance(found, str) or found.images or found.artifacts


@pytest.mark.parametrize(
    "digest",
    ["sha256:../../../../etc/passwd", "../x", "sha256:", "SHA256:" + "0" * 64, "sha256:" + "g" * 64,
     "sha256:" + "0" * 63, "a:\0", "a/b:" + "0" * 64, "md5:..", ""],
)  # fmt: skip
def test_no_digest_becomes_a_path(digest: str, tmp_path: Path) -> None:
    """Neither of a manifest nor of a layer."""
    files: Files = {}
    own = archives.add_image(files, Image([LAYER]), PLAIN)
    manifest = json.loads(files[f"blobs/sha256/{own['digest'][7:]}"])
    manifest["layers"][0]["digest"] = digest
    named = archives.blob(files, archives.dump(manifest), own["mediaType"])
    entries = [named, {**named, "digest": digest}]
    folder = archives.write_folder(tmp_path / "layout", archives.finish_layout(files, entries))
    report = analyze(folder, jobs=1)
    assert report.images == ()
    assert [artifact.error for artifact in report.artifacts] == [True, True]


NAMES = (
    "evil\x1b[2J\x07\x1b]0;title\x07",
    "app\u202e\u2066gpj.exe",
    "line\nbreak\rreturn\x85next\u2028",
    "\x9b31m\ud800",
)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_no_name_reaches_the_terminal(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of the image, of files, of users, of steps, of labels, of errors."""
    encoded = name.encode("utf-8", "replace").decode()
    layer = archives.tar({f"bin/{encoded}": (0o4755, b"#!/bin/sh\n"), f"../{encoded}": b""})
    config = {
        "config": {"User": name, "Cmd": [name], "Healthcheck": {"Test": ["CMD", name]}},
        "history": [{"created_by": f"RUN apt-get update {name}"}],
        "os": name,
    }
    image = Image([layer], config, [name, "app:1"])
    path = archives.docker_archive(tmp_path / "app.tar", [image])
    for arguments in (["scan", "-v"], ["inspect"], ["files"], ["scan", "--image", name]):
        run([*arguments, str(path), "--no-store"])
        out, err = capfd.readouterr()
        odd = {c for c in out + err if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
        assert odd <= {"\n"}
        assert out or err


@pytest.mark.parametrize("layout", [PLAIN, Layout(layers="gzip")], ids=["plain", "gzip"])
def test_a_blob_of_no_bytes_is_no_crash(layout: Layout, tmp_path: Path) -> None:
    """An empty layer, promised as one and not."""
    for layer in (b"", bytes(512), bytes(1_024), bytes(10_240)):
        report = analyze(
            archives.oci_layout(tmp_path / f"{len(layer)}", [Image([layer])], layout), jobs=1
        )
        assert report.images[0].integrity.status == "ok"
        assert report.images[0].entries == 0
    files = archives.files_oci([Image([LAYER])], layout)
    stored = archives.compress(LAYER, layout.layers)
    files[f"blobs/sha256/{archives.digest(stored)[7:]}"] = b""
    report = analyze(archives.write_folder(tmp_path / "emptied", files), jobs=1)
    assert report.images[0].integrity.status == "failed"


def test_a_config_as_a_layer_is_no_tar(tmp_path: Path) -> None:
    """One blob in both roles, and the manifest of it too."""
    image = Image([LAYER])
    files: Files = {}
    own = archives.add_image(files, image, PLAIN)
    manifest = json.loads(files[f"blobs/sha256/{own['digest'][7:]}"])
    config = manifest["config"]
    manifest["layers"][0] |= {"digest": config["digest"], "size": config["size"]}
    named = archives.blob(files, archives.dump(manifest), own["mediaType"])
    report = _report(tmp_path, dict(archives.finish_layout(files, [named])))
    (found,) = report.images
    assert (found.integrity.status, found.layers[0].status) == ("failed", "partial")
    assert "tar.not-a-tar" in {finding.code for finding in report.findings}


def test_findings_beyond_the_limit_are_counted(tmp_path: Path) -> None:
    """The gravest are told: here the three that integrity found, and how many more there are."""
    image = Image([odd_layer(50)] * 3, {"rootfs": {"type": "layers", "diff_ids": []}})
    path = archives.oci_archive(tmp_path / "app.tar", [image, image], Layout(layers="none"))
    report = analyze(path, jobs=1, limits=Limits(findings=10))
    codes = [finding.code for finding in report.findings]
    assert codes[0] == "integrity.layer-count"
    assert codes[-1] == "image.more-findings"
    assert len(codes) <= 12
    assert {finding.severity for finding in report.findings[1:-1]} == {"high"}
