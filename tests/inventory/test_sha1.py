"""SHA-1 of files, by whole images that are read from a file."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze import engine
from ocianalyze.inventory import sha1
from tests import archives
from tests.archives import Image
from tests.images import tar

CONTENTS = {"one": b"a", "two": b"ab", "lib/long": bytes(range(256)) * 4_000, "empty": b""}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return an image whose second layer replaces a file."""
    lower = tar({**CONTENTS, "one": b"another"})
    return archives.oci_layout(tmp_path / "x", [Image([lower, tar({"one": b"a"})], names=["a:1"])])


def told(source: Path, **options: object) -> dict[str, str]:
    """Return what is known of the visible files of an image."""
    chosen = engine.Options(**options)  # type: ignore[arg-type]
    (image,) = engine.open_images(str(source), chosen).images
    known = sha1.known(image.view.tree)
    return {entry.path: known(entry) for entry in image.view.tree.files()}


def test_it_is_the_digest_of_every_visible_file(source: Path) -> None:
    expected = {path: hashlib.sha1(data).hexdigest() for path, data in CONTENTS.items()}
    assert told(source, sha1=True) == expected


def test_without_being_asked_only_that_of_no_bytes_is_known(source: Path) -> None:
    found = told(source)
    assert {path for path, digest in found.items() if digest} == {"empty"}


def test_facts_kept_without_it_are_not_enough(source: Path, tmp_path: Path) -> None:
    """Nor are they lost: each kind is kept beside the other."""
    store = tmp_path / "store"
    before = told(source, store=store)
    assert all(told(source, store=store, sha1=True).values())
    assert all(told(source, store=store, sha1=True).values())
    assert told(source, store=store) == before


def test_part_of_a_content_has_no_digest(tmp_path: Path) -> None:
    path = tmp_path / "cut.tar"
    path.write_bytes(tar({"whole": b"a", "x": b"b" * 100_000})[: 50 * 512])
    assert told(path, sha1=True)["whole"]
    assert not told(path, sha1=True).get("x")


@pytest.mark.oracle
def test_the_files_of_the_document_are_those_of_the_image(
    tmp_path: Path, tool: Callable[[str], str]
) -> None:
    """Judged by coreutils: each file of a document, laid out, has the digest that it says."""
    program = tool("sha1sum")
    layer = tar({"run": b"\x7fELF" + bytes(60)})
    image = archives.oci_layout(tmp_path / "y", [Image([layer], names=["a:1"])])
    (tmp_path / "run").write_bytes(b"\x7fELF" + bytes(60))
    command = [sys.executable, "-m", "ocianalyze", "sbom", str(image), "-f", "spdx", "--no-store"]
    done = subprocess.run(command, capture_output=True, check=True)
    listed = json.loads(done.stdout)["files"]
    lines = [f"{each['checksums'][0]['checksumValue']}  {each['fileName']}" for each in listed]
    assert lines
    subprocess.run([program, "-c"], input="\n".join(lines), cwd=tmp_path, text=True, check=True)
