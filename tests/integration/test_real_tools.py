"""Images that real tools build and save: every form agrees, and other readers see the same."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ocianalyze import analyze, open_image
from ocianalyze.model.report import Report
from tests.integration import logical

pytestmark = pytest.mark.oracle

Tool = Callable[[str], str]


def _run(*command: str) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        pytest.skip(f"{Path(command[0]).name} does not work here: {ended.stderr[-200:]!r}")
    return ended.stdout


def _context(folder: Path) -> None:
    """Write what is copied into the image: set-id files, links, a large and an empty file."""
    modes = {"base/bin/tool": 0o4755, "base/bin/other": 0o2755, "base/bin/plain": 0o755}
    modes |= {"base/usr/lib/deep/er/su": 0o6711, "app/app/main": 0o755, "app/app/su": 0o4500}
    for name, mode in modes.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\x7fELF" + name.encode() * 1_000)
        path.chmod(mode)
    (folder / "base/etc").mkdir()
    (folder / "base/etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (folder / "base/etc/os-release").write_text('ID=test\nPRETTY_NAME="Test 1"\n')
    (folder / "base/bin/alias").symlink_to("tool")
    os.link(folder / "base/bin/tool", folder / "base/bin/hard")
    (folder / "base/empty").touch()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory, tool: Tool) -> dict[str, Path]:
    """Build with buildah, save in every form that it and skopeo know."""
    if os.geteuid():
        pytest.skip("buildah's chroot isolation wants root")
    folder = tmp_path_factory.mktemp("real")
    _context(folder)
    buildah = [tool("buildah"), "--root", f"{folder}/s", "--runroot", f"{folder}/r"]
    buildah += ["--storage-driver", "vfs"]
    _commit(buildah, folder / "base", "scratch", "localhost/base:1", "oci")
    _commit(buildah, folder / "app", "localhost/base:1", "localhost/app:1", "oci")
    _commit(buildah, folder / "app", "localhost/base:1", "localhost/docker:1", "docker")
    layout = f"oci:{folder}/oci:app"
    _run(*buildah, "push", "--quiet", "localhost/app:1", layout)
    for name in ("app", "docker"):
        archive = f"docker-archive:{folder}/buildah-{name}.tar:{name}:1"
        _run(*buildah, "push", "--quiet", f"localhost/{name}:1", archive)
    skopeo = [tool("skopeo"), "--insecure-policy", "copy", "--quiet"]
    _run(*skopeo, layout, f"docker-archive:{folder}/docker.tar:app:1")
    _run(*skopeo, layout, f"oci-archive:{folder}/oci.tar:app")
    _run(*skopeo, layout, f"dir:{folder}/dir")
    _run(*skopeo, "--format", "v2s2", layout, f"dir:{folder}/dir-v2s2")
    zstd = ["--dest-compress", "--dest-compress-format", "zstd"]
    _run(*skopeo, *zstd, layout, f"oci:{folder}/zstd:app")
    _run(*skopeo, *zstd, layout, f"dir:{folder}/dir-zstd")
    _run(*skopeo, "--dest-decompress", layout, f"dir:{folder}/dir-plain")
    names = ("oci", "buildah-app.tar", "docker.tar", "oci.tar", "zstd")
    folders = ("dir", "dir-v2s2", "dir-zstd", "dir-plain", "buildah-docker.tar")
    return {name: folder / name for name in (*names, *folders)}


def _commit(buildah: list[str], content: Path, base: str, name: str, kind: str) -> None:
    """Add a folder to an image as one layer; copied below the mount point, all modes stay."""
    container = _run(*buildah, "from", "--isolation", "chroot", base).strip()
    root = _run(*buildah, "mount", container).strip()
    _run("cp", "-a", f"{content}/.", root)
    config = ["--user", "1000:1000", "--cmd", "/app/main", "--env", "A=b"]
    if kind == "docker":
        config += ["--healthcheck", "CMD /bin/tool --ok"]
    _run(*buildah, "config", *config, container)
    _run(*buildah, "commit", "--quiet", "--format", kind, container, name)


@pytest.fixture(scope="module")
def reports(saved: dict[str, Path]) -> dict[str, Report]:
    """Scan them all."""
    return {name: analyze(path, jobs=1) for name, path in saved.items()}


def _without_config(report: Report) -> Any:
    """Leave out what forms lose: skopeo writes configs anew, and archives have no annotations."""
    told = logical.essence(report, also=frozenset({"config_digest"}))
    for control in told["controls"]:
        control["evidence"] = [x for x in control["evidence"] if x["kind"] != "manifest"]
    return told


def test_every_form_gives_the_same_verdicts(reports: dict[str, Report]) -> None:
    """And the same findings, layers, steps."""
    expected = _without_config(reports["oci"])
    assert expected["findings"] == []
    for name, report in reports.items():
        if name == "buildah-docker.tar":
            continue
        assert report.images[0].integrity.status == "ok", name
        assert _without_config(report) == expected, name


def test_the_compression_is_what_was_asked_for(reports: dict[str, Report]) -> None:
    """By magic bytes, whatever the media type says."""
    wanted = {"oci": "gzip", "zstd": "zstd", "dir-zstd": "zstd", "dir-plain": "none"}
    wanted["docker.tar"] = "none"
    for name, compression in wanted.items():
        assert {layer.compression for layer in reports[name].images[0].layers} == {compression}


@pytest.mark.parametrize(
    ("name", "transport"),
    [
        ("oci", "oci:{}:app"),
        ("zstd", "oci:{}:app"),
        ("oci.tar", "oci-archive:{}"),
        ("dir", "dir:{}"),
    ],
)
def test_skopeo_names_the_same_digests(
    name: str, transport: str, saved: dict[str, Path], reports: dict[str, Report], tool: Tool
) -> None:
    """Of the manifest and of each layer, in order."""
    reference = transport.format(saved[name])
    told = json.loads(_run(tool("skopeo"), "inspect", reference))
    (image,) = reports[name].images
    assert [layer.digest for layer in image.layers] == told["Layers"]
    assert image.manifest_digest == told["Digest"]
    assert image.platform == f"{told['Os']}/{told['Architecture']}"
    config = json.loads(_run(tool("skopeo"), "inspect", "--config", reference))
    assert [layer.diff_id for layer in image.layers] == config["rootfs"]["diff_ids"]


def test_find_names_the_same_set_id_files(
    saved: dict[str, Path], reports: dict[str, Report], tool: Tool, tmp_path: Path
) -> None:
    """On the tree that umoci unpacks."""
    _run(tool("umoci"), "unpack", "--image", f"{saved['oci']}:app", str(tmp_path / "bundle"))
    root = tmp_path / "bundle" / "rootfs"
    found = _run("find", str(root), "-type", "f", "-perm", "/6000", "-printf", "%P\n")
    view = open_image(saved["oci"], jobs=1)
    own = {entry.path for entry in view.tree.files(mode=0o6000) if entry.mode & 0o6000}
    assert own == set(found.split()) >= {"bin/tool", "bin/hard", "usr/lib/deep/er/su", "app/su"}
    setid = next(control for control in reports["oci"].controls if control.id == "CIS-4.8")
    told = {item.path for item in setid.evidence}
    assert setid.status.value == "fail"
    assert told <= own


def test_what_the_build_says_is_what_is_judged(reports: dict[str, Report]) -> None:
    """The OCI format has no health check, Docker's has."""
    for name, health in (("oci", "fail"), ("buildah-docker.tar", "pass")):
        said = {control.id: control.status.value for control in reports[name].controls}
        assert (said["CIS-4.1"], said["CIS-4.6"]) == ("pass", health)
        (image,) = reports[name].images
        assert (image.distribution, image.integrity.status, len(image.layers)) == (
            "Test 1",
            "ok",
            2,
        )
