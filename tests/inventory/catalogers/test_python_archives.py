"""Python programs in one file."""

import io
import zipapp
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.python_archives import CATALOGER
from tests.inventory.catalogers.walked import found, kept, read, releases, survives

FLASK = b"Metadata-Version: 2.4\nName: Flask\nVersion: 3.1.3\nRequires-Dist: Jinja2\n\ntext\n"
SHIV = {"site-packages/flask-3.1.3.dist-info/METADATA": FLASK, "__main__.py": b"x"}
LINE = b"#!/usr/bin/env python3.11\n"


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as writer:
        for name, content in members.items():
            writer.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param("opt/x.pyz", LINE + archive(SHIV), id="shiv"),
        pytest.param("opt/x.pyz", archive(SHIV), id="no-line"),
        pytest.param("usr/local/bin/x", LINE + archive(SHIV), id="no-suffix"),
        pytest.param("opt/x.pex", archive(SHIV, zipfile.ZIP_STORED), id="stored"),
        pytest.param("opt/app/.deps/flask-3.1.3-py3-none-any.whl", archive(SHIV), id="packed-pex"),
    ],
)
def test_distributions_inside_are_found(path: str, content: bytes) -> None:
    (package,) = found(CATALOGER, {path: content})
    assert (package.type, package.name, package.version) == ("pypi", "flask", "3.1.3")
    assert package.location == f"{path}!/site-packages/flask-3.1.3.dist-info"
    assert (package.confidence, package.depends) == ("exact", ("Jinja2",))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param("srv/wheels/flask-3.1.3-py3-none-any.whl", archive(SHIV), id="wheel"),
        pytest.param("opt/x.zip", archive(SHIV), id="any-zip"),
        pytest.param("bin/x", b"#!/bin/sh\necho PK\n", id="script"),
        pytest.param("opt/x.pyz", LINE + archive({"__main__.py": b"x"}), id="nothing-inside"),
    ],
)
def test_other_files_are_no_programs_of_distributions(path: str, content: bytes) -> None:
    assert kept(CATALOGER, {path: content}) == []


def test_metadata_without_a_name_is_named_by_its_directory() -> None:
    members = {".deps/a.whl/my_pkg-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\n"}
    assert releases(CATALOGER, {"x.pex": archive(members)}) == {("my-pkg", "1.0")}


def test_what_pythons_own_zipapp_writes_is_read(tmp_path: Path) -> None:
    info = tmp_path / "app" / "flask-3.1.3.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_bytes(FLASK)
    (tmp_path / "app" / "__main__.py").write_text("")
    zipapp.create_archive(tmp_path / "app", tmp_path / "x", "/usr/bin/python3", compressed=True)
    layer = {"usr/bin/x": (tmp_path / "x").read_bytes()}
    assert releases(CATALOGER, layer) == {("flask", "3.1.3")}


def test_a_distribution_that_is_too_large_or_cut_is_told() -> None:
    whole = LINE + archive({**SHIV, "a-1.dist-info/METADATA": bytes(300_000)}, zipfile.ZIP_STORED)
    packages, problems = read(CATALOGER, {"x.pyz": whole})
    assert [x.name for x in packages] == ["flask"]
    assert problems == ["1 of the packages inside could not be read"]
    _, problems = read(CATALOGER, {"x.pyz": whole[: len(whole) // 2]})
    assert problems == ["1 of the packages inside could not be read"]


@given(st.binary(max_size=200), st.integers(0, 300))
def test_damaged_archives_never_raise(noise: bytes, at: int) -> None:
    survives(CATALOGER, "x.pyz", (LINE + archive(SHIV))[:at] + noise)
