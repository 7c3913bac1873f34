"""Packages and files of pacman's local database."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.pacman import CATALOGER
from ocianalyze.model.package import Found
from tests.inventory.catalogers.walked import claims, folder, found, read, survives

DESC = """%NAME%
containers-common

%VERSION%
1:0.47.4-4

%BASE%
containers

%DESC%
Configuration files
%NAME%

%ARCH%
any

%PACKAGER%
Somebody <somebody@example.org>

%SIZE%
121344

%LICENSE%
Apache
GPL

%VALIDATION%
pgp
"""
HOME = "var/lib/pacman/local/containers-common-1:0.47.4-4"


def test_a_package_is_what_its_sections_say() -> None:
    assert found(CATALOGER, {f"{HOME}/desc": DESC.encode()}) == [
        Found(
            type="alpm",
            namespace="arch",
            name="containers-common",
            version="0.47.4-4",
            epoch="1",
            arch="any",
            source="containers",
            licenses=("Apache", "GPL"),
            supplier="Somebody <somebody@example.org>",
            reason="manual",
            properties=(("installed-bytes", "121344"),),
        )
    ]


@pytest.mark.parametrize(("code", "reason"), [("0", "manual"), ("1", "automatic")])
def test_the_reason_tells_dependencies_apart(code: str, reason: str) -> None:
    text = f"%NAME%\nx\n\n%VERSION%\n1-1\n\n%REASON%\n{code}\n".encode()
    assert [x.reason for x in found(CATALOGER, {f"{HOME}/desc": text})] == [reason]


@pytest.mark.parametrize(
    ("text", "names", "problem"),
    [
        pytest.param("%NAME%\n%NAME%\n", [], "names no package", id="section-for-a-name"),
        pytest.param("%NAME%\n\n%VERSION%\n1-1\n", [], "names no package", id="no-name"),
        pytest.param("%NAME%\nx\n\n", ["x"], "names no version", id="before-the-version"),
        pytest.param(
            "%NAME%\nx\n\n%VERSION%\n1-", ["x"], "ends in the middle of a line", id="in-a-line"
        ),
        pytest.param(
            "%NAME%\nx\n\n%VERSION%\n1-1\n%DESC%\n" + "y\n" * 200_000,
            ["x"],
            "more than the limit of one database: 50,000 packages, 256 KiB",
            id="too-long",
        ),
    ],
)
def test_a_description_that_is_damaged_is_told(text: str, names: list[str], problem: str) -> None:
    packages, problems = read(CATALOGER, {f"{HOME}/desc": text.encode()})
    assert [one.name for one in packages] == names
    assert problems == [problem]


def test_files_are_claimed_and_directories_are_not() -> None:
    text = b"%FILES%\netc/\netc/a\nusr/lib/\xff\n\n%BACKUP%\netc/a\t0123\n"
    (claim,) = claims(CATALOGER, {f"{HOME}/files": text})
    assert claim.name == "containers-common"
    assert claim.paths == ("etc/a", "usr/lib/\udcff")


@pytest.mark.parametrize("path", ["srv/desc", "var/lib/pacman/local/desc", f"x/{HOME}/desc"])
def test_other_files_of_the_same_name_are_none(path: str) -> None:
    assert not found(CATALOGER, {path: DESC.encode()})


@pytest.mark.corpus
def test_syfts_samples_are_read(corpus: Path) -> None:
    layer = folder(corpus / "pkgdb/syft/arch/testdata/installed", "var/**/*")
    packages, problems = read(CATALOGER, layer)
    # corrupt-0.2.1-3 has no %NAME% section
    assert problems == ["names no package"]
    assert {(x.name, x.version, x.reason) for x in packages} == {
        ("emacs", "29.3-3", "manual"),
        ("fuzzy", "1.2-3", "manual"),
        ("gmp", "6.2.1-2", "automatic"),
        ("madeup", "20.30-4", "manual"),
        ("tree-sitter", "0.22.6-1", "automatic"),
    }
    owned = {x.name: x.paths for x in claims(CATALOGER, layer)}
    assert owned["fuzzy"] == ("etc/fuzzy.conf",)
    assert "usr/lib/libgmp.so.10.4.1" in owned["gmp"]
    assert not any(path.endswith("/") for paths in owned.values() for path in paths)


_LINES = st.lists(st.sampled_from([*DESC.split("\n"), "%FILES%", "%REASON%", "%%", "%", ""]))


@given(
    st.sampled_from(["desc", "files"]), st.binary() | _LINES.map(lambda x: "\n".join(x).encode())
)
def test_no_content_makes_it_raise(name: str, content: bytes) -> None:
    survives(CATALOGER, f"{HOME}/{name}", content)


def test_needs_and_provisions_are_as_recorded() -> None:
    text = f"{DESC.rstrip()}\n\n%DEPENDS%\nglibc>=2.3\nsh\n\n%PROVIDES%\nlibx.so=1-64\n\n"
    (one,) = found(CATALOGER, {f"{HOME}/desc": text.encode()})
    assert one.depends[-2:] == ("glibc>=2.3", "sh")
    assert one.provides[-1:] == ("libx.so=1-64",)
