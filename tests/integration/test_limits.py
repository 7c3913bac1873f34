"""Limits from the option to what is said: reached, each gives a part of the result and says so."""

import json
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from ocianalyze.cli.main import run
from ocianalyze.engine import Options, fingerprint, open_images
from ocianalyze.filesystem.view import Part
from ocianalyze.limits import DEFAULT
from ocianalyze.report._base import Analysis
from ocianalyze.store.local import Store
from tests import archives
from tests.archives import Image, Link
from tests.tokens import github_token

_TOKEN = github_token("limits")


def _layer() -> bytes:
    """Return a layer in which every limit of a walk can be reached."""
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in ("a", "a/deep/path/to/file", "b" * 120, "c"):
            info = tarfile.TarInfo(name)
            info.size = 3
            info.pax_headers = {"SCHILY.xattr.user.one": "1" * 40, "SCHILY.xattr.user.two": "2"}
            tar.addfile(info, BytesIO(b"abc"))
        for number in (1, 2, 3):
            info = tarfile.TarInfo(f"l{number}")
            info.type, info.linkname = tarfile.SYMTYPE, f"l{number + 1}"
            tar.addfile(info)
        tar.addfile(tarfile.TarInfo("l1/below"))
    return out.getvalue()


_IMAGE = Image([_layer(), archives.tar({"z/.wh.a": b"", "z/.wh.b": b""})], {}, ["app:1"])
_REACHED: dict[str, tuple[float, str]] = {
    "layer_entries": (1, "limit layer_entries (1) reached"),
    "layer_bytes": (1024, "limit layer_bytes (1024) reached"),
    "layer_seconds": (0, "limit layer_seconds (0) reached"),
    "path_bytes": (100, "tar.path-too-long"),
    "path_depth": (2, "tar.path-too-long"),
    "header_bytes": (20, "tar.header-too-large"),
    "xattr_bytes": (16, "tar.header-too-large"),
    "link_hops": (2, "unread: layer 0 limit link_hops (2) reached"),
    "link_steps": (1, "unread: layer 0 limit link_steps (1) reached"),
    "anomalies": (1, "image.more-findings"),
    "findings": (1, "image.more-findings"),
    "document_bytes": (9, "--limit document-bytes=N allows more"),
    "document_depth": (1, "--limit document-depth=N allows more"),
    "document_values": (1, "--limit document-values=N allows more"),
    "document_items": (1, "--limit document-items=N allows more"),
    "source_document_bytes": (9, "--limit source-document-bytes=N allows more"),
    "images": (1, "--limit images=N allows more"),
    "image_layers": (1, "--limit image-layers=N allows more"),
}
"""A value that the image exceeds, and what is said of it."""


def _said(found: Analysis) -> Iterator[str]:
    yield from (artifact.reason for artifact in found.artifacts)
    for image in found.images:
        yield f"unread: {image.view.unread}"
        for finding in image.view.findings:
            yield f"{finding.code}: {finding.detail}"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of two images."""
    path = tmp_path_factory.mktemp("saved") / "app.tar"
    other = Image([archives.tar({"x": b"1"})], {}, ["other:1"])
    return archives.oci_archive(path, [_IMAGE, other])


@pytest.mark.parametrize(
    ("name", "value", "words"), [(x, *y) for x, y in _REACHED.items()], ids=_REACHED
)
def test_a_limit_reached_is_said(name: str, value: float, words: str, saved: Path) -> None:
    limits = replace(DEFAULT, **{name: value})  # type: ignore[arg-type] # by name
    options = Options(limits=limits, skip=frozenset({"packages", "secrets"}), jobs=1)
    try:
        said = "\n".join(_said(open_images(str(saved), options)))
    except Exception as error:  # noqa: BLE001 - what it says is looked at
        said = str(error)
    assert words in said
    usual = Options(skip=options.skip, jobs=1)
    if name not in {"anomalies", "findings"}:
        assert words not in "\n".join(_said(open_images(str(saved), usual)))


def test_links_of_the_outer_archive_are_followed_up_to_the_limit(tmp_path: Path) -> None:
    entry = {"Config": "c.json", "RepoTags": ["x:1"], "Layers": ["l1"]}
    image = Image([archives.tar({"x": b"1"})])
    members: dict[str, archives.Member] = {
        "manifest.json": archives.dump([entry]),
        "c.json": image.config_bytes,
        "l1": Link("l2"),
        "l2": Link("l3"),
        "l3": image.layers[0],
    }
    path = tmp_path / "app.tar"
    path.write_bytes(archives.tar(members))
    skip: frozenset[Part] = frozenset({"packages", "secrets"})
    for hops, missing in ((2, ""), (1, "missing")):
        options = Options(limits=replace(DEFAULT, link_hops=hops), skip=skip, jobs=1)
        [found] = open_images(str(path), options).images
        assert found.view.layers[0].missing == missing


_OF_SECRETS = {
    "secret_places": (1, {1}, 4, 0),
    "layer_secrets": (1, {1, 2}, 0, 4),
    "secrets": (10, {5}, 0, 0),
}
"""A value, how many places of five are told then, how many more are counted, and the status."""


@pytest.mark.parametrize("name", _OF_SECRETS)
def test_limits_of_secrets_leave_a_part_and_say_so(
    name: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    value, places, more, status = _OF_SECRETS[name]
    token = f"token={_TOKEN}\n".encode()
    image = Image([archives.tar({f"{x}.env": token for x in "abcde"})], {}, ["x:1"])
    path = archives.docker_archive(tmp_path / "app.tar", [image])
    option = name.replace("_", "-")
    limit = f"{option}={value}"
    assert run(["secrets", str(path), "-f", "json", "--limit", limit]) == status
    out, err = capfdbinary.readouterr()
    [found] = json.loads(out)["secrets"]
    assert len(found["places"]) in places
    assert found["more_places"] == more
    assert (f"--limit {option}=N allows more" in err.decode()) == (status == 4)


def test_a_shortfall_of_the_search_for_secrets_is_none_of_other_controls(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    token = f"token={_TOKEN}\n".encode()
    layer = archives.tar({f"{x}.env": token for x in "abcde"})
    image = Image([layer], {"config": {"User": "1000"}}, ["x:1"])
    path = archives.docker_archive(tmp_path / "app.tar", [image])
    words = ["scan", str(path), "-f", "json", "--limit", "layer-secrets=1", "--fail-on", "never"]
    assert run([*words, "--store", str(tmp_path / "store")]) == 4
    out, err = capfdbinary.readouterr()
    report = json.loads(out)
    verdicts = {one["id"]: one["status"] for one in report["controls"]}
    assert (verdicts["CIS-4.1"], verdicts["CIS-4.8"]) == ("pass", "pass")
    [found] = [one for one in report["findings"] if one["code"] == "secrets.unsearched"]
    assert found["layer"]["index"] == 0
    assert b"--limit layer-secrets=N allows more" in err
    assert run([*words, "--store", str(tmp_path / "store")]) == 4


def test_the_store_is_cut_back_to_its_limit(tmp_path: Path, saved: Path) -> None:
    kept = []
    for number, room in enumerate((DEFAULT.store_bytes, 1)):
        store = tmp_path / str(number)
        options = Options(
            store=store,
            limits=replace(DEFAULT, store_bytes=room),
            skip=frozenset({"packages", "secrets"}),
            jobs=1,
        )
        open_images(str(saved), options)
        kept.append(Store(store, fingerprint(options)).info().files)
    assert kept[1] < kept[0] == 3
