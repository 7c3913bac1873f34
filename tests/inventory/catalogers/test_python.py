"""Python distributions: the same as importlib.metadata finds, whatever form they have."""

import importlib.metadata
import io
import json
import re
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.python import CATALOGER
from tests.images import Layer
from tests.inventory.catalogers.walked import (
    NOWHERE,
    claims,
    folder,
    found,
    kept,
    observe,
    releases,
    survives,
)

SITE = "usr/lib/python3/site-packages"
METADATA = b"Metadata-Version: 2.1\nName: Zope.Event_X\nVersion: 1.0\n"


def test_this_interpreters_packages_are_those_of_importlib_metadata() -> None:
    site = Path(sysconfig.get_path("purelib"))
    layer = folder(site, "*.dist-info/*", "*.egg-info", "*.egg-info/*", prefix=f"{SITE}/")
    expected = {
        (re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower(), each.version)
        for each in importlib.metadata.distributions(path=[str(site)])
    }
    assert releases(CATALOGER, layer) == expected


def test_claims_are_the_files_importlib_metadata_tells() -> None:
    site = Path(sysconfig.get_path("purelib"))
    layer = folder(site, "pytest-*.dist-info/*", prefix="opt/venv/lib/python3/site-packages/")
    expected = {
        str(Path("/opt/venv/lib/python3/site-packages") / each).lstrip("/")
        for each in importlib.metadata.distribution("pytest").files or ()
    }
    claimed = {path for claim in claims(CATALOGER, layer) for path in claim.paths}
    assert {path for path in claimed if ".." in path} == set()
    assert {re.sub(r"lib/python3/site-packages/(\.\./)+", "", path) for path in expected} == claimed


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (f"{SITE}/zope_event_x-1.0.dist-info/METADATA", METADATA),
        (f"{SITE}/zope_event_x.egg-info/PKG-INFO", METADATA),
        (f"{SITE}/zope_event_x-1.0-py3.9.egg-info", METADATA),
        (f"{SITE}/zope_event_x-1.0-py3.9.egg/EGG-INFO/PKG-INFO", METADATA),
        (f"{SITE}/zope_event_x-1.0.dist-info/METADATA", METADATA.replace(b"\n", b"\r\n")),
        (f"{SITE}/zope_event_x-1.0.dist-info/METADATA", b"\xef\xbb\xbf" + METADATA),
        (f"{SITE}/zope_event_x-1.0.dist-info/METADATA", b"Summary: \xff\n broken\n"),
        (f"{SITE}/zope_event_x-1.0-py3.9.egg-info", b"Metadata-Version: 1.0\n"),
    ],
    ids=["wheel", "develop", "file", "egg", "crlf", "bom", "name-of-directory", "name-of-file"],
)
def test_every_form_is_one_normalized_package(path: str, content: bytes) -> None:
    assert releases(CATALOGER, {path: content}) == {("zope-event-x", "1.0")}


@pytest.mark.parametrize(
    "path",
    ["METADATA", f"{SITE}/x/METADATA", "src/PKG-INFO", f"{SITE}/x.dist-info/PKG-INFO"],
)
def test_metadata_elsewhere_is_no_package(path: str) -> None:
    assert found(CATALOGER, {path: METADATA}) == []


def egg(members: dict[str, bytes]) -> bytes:
    """Return a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_zipped_egg_is_read_and_claims_itself() -> None:
    layer = {f"{SITE}/a-1.egg": egg({"a.py": b"", "EGG-INFO/PKG-INFO": METADATA})}
    assert releases(CATALOGER, layer) == {("zope-event-x", "1.0")}
    assert [claim.paths for claim in claims(CATALOGER, layer)] == [(f"{SITE}/a-1.egg",)]


CLASSIFIED = "Classifier: License :: OSI Approved :: {}\n"


@pytest.mark.parametrize(
    ("headers", "licenses"),
    [
        ("License: MIT\n", ("MIT",)),
        ("License: UNKNOWN\n", ()),
        ("License-Expression: MIT OR Apache-2.0\nLicense: x\n", ("MIT OR Apache-2.0",)),
        ("Classifier: License :: OSI Approved :: MIT License\n", ("MIT License",)),
        ("Classifier: License :: OSI Approved\nLicense: BSD\n", ("BSD",)),
        ("License: ZPL 2.1\n" + CLASSIFIED.format("Zope Public License"), ("ZPL 2.1",)),
        ("License: GPL\n" + CLASSIFIED.format("GNU General Public License v3 (GPLv3)"), ("GPL",)),
        ("License: Apache 2\n" + CLASSIFIED.format("Apache Software License"), ("Apache 2",)),
        (
            "License: GPLv2\n" + CLASSIFIED.format("GNU General Public License v3 (GPLv3)"),
            ("GPLv2", "GNU General Public License v3 (GPLv3)"),
        ),
        (
            "License: GNU GPL\n" + CLASSIFIED.format("GNU Lesser General Public License (LGPL)"),
            ("GNU GPL", "GNU Lesser General Public License (LGPL)"),
        ),
        (
            "License: Dual License\n" + CLASSIFIED.format("BSD License"),
            ("Dual License", "BSD License"),
        ),
        (
            "License: see LICENSE\n" + CLASSIFIED.format("ISC License"),
            ("see LICENSE", "ISC License"),
        ),
        (
            "License: Permission is\n  hereby granted\nClassifier: License :: Public Domain\n",
            ("Public Domain",),
        ),
        ("License: Permission is\n        hereby granted\n", ("Permission is",)),
        ("\nLicense: in the description\n", ()),
    ],
)
def test_licences_are_told_as_recorded(headers: str, licenses: tuple[str, ...]) -> None:
    layer: Layer = {f"{SITE}/a-1.dist-info/METADATA": METADATA + headers.encode()}
    assert [one.licenses for one in found(CATALOGER, layer)] == [licenses]


DIGEST = "sha256=" + "A" * 43
RAW = bytes(32)


@pytest.mark.parametrize(
    ("row", "paths", "elsewhere", "programs"),
    [
        pytest.param("a/b.py,,", ["usr/local/{site}/a/b.py"], [], [], id="in-the-site"),
        pytest.param('"a,b/c.py",,', ["usr/local/{site}/a,b/c.py"], [], [], id="quoted"),
        pytest.param("./a.py,,", ["usr/local/{site}/a.py"], [], [], id="dots"),
        pytest.param(
            f"../../../bin/x,{DIGEST},1", ["usr/local/bin/x"], [], [], id="program-with-digest"
        ),
        pytest.param("../../../bin/x,,", [], [], ["usr/local/bin/x"], id="program-without"),
        pytest.param(
            f"../../../share/x,{DIGEST},1", [], [("usr/local/share/x", RAW)], [], id="data"
        ),
        pytest.param("../../../share/x,,", [], [("usr/local/share/x", b"")], [], id="no-digest"),
        pytest.param(f"../../../../bin/x,{DIGEST},1", [], [], [], id="out-of-the-prefix"),
        pytest.param("../../../../../../../../etc/x,,", [], [], [], id="out-of-the-root"),
        pytest.param(f"/opt/bin/y,{DIGEST},1", [], [], [], id="absolute"),
        pytest.param("/usr/bin/y,,", [], [], [], id="absolute-without"),
        pytest.param(
            f"/usr/local/share/y,{DIGEST},1",
            [],
            [("usr/local/share/y", RAW)],
            [],
            id="absolute-in-the-prefix",
        ),
        pytest.param("..,,", [], [], [], id="only-dots"),
    ],
)
def test_a_record_claims_by_name_only_what_is_its_own(
    row: str, paths: list[str], elsewhere: list[tuple[str, bytes]], programs: list[str]
) -> None:
    site = "lib/python3.11/site-packages"
    layer: Layer = {f"usr/local/{site}/a-1.dist-info/RECORD": f"{row}\n".encode()}
    (claim,) = claims(CATALOGER, layer)
    assert claim.paths == tuple(path.format(site=site) for path in paths)
    assert (claim.elsewhere, claim.programs) == (tuple(elsewhere), tuple(programs))
    assert (claim.name, claim.location) == ("a", f"usr/local/{site}/a-1.dist-info")


def test_a_record_outside_of_a_site_directory_claims_nothing_by_name() -> None:
    """Pip's --target, and made-up places."""
    record = f"a.py,{DIGEST},1\n../usr/sbin/x,{DIGEST},1\nb.py,,\n"
    (claim,) = claims(CATALOGER, {"task/a-1.dist-info/RECORD": record.encode()})
    assert (claim.paths, claim.programs) == ((), ())
    assert claim.elsewhere == (("task/a.py", RAW), ("task/b.py", b""))


@pytest.mark.parametrize(
    ("origin", "trees"),
    [
        ('{"url":"file:///src/ed","dir_info":{"editable":true}}', ("src/ed",)),
        ('{"url":"file:///src/my%20app/","dir_info":{"editable":true}}', ("src/my app",)),
        ('{"url":"file:///src/ed","dir_info":{}}', None),
        ('{"url":"https://example.org/x","dir_info":{"editable":true}}', None),
        ('{"url":"file:///","dir_info":{"editable":true}}', None),
        ('{"url":"file:///src/../usr/bin","dir_info":{"editable":true}}', None),
        ('{"url":"file:///../..","dir_info":{"editable":true}}', None),
    ],
)
def test_an_editable_installation_owns_its_project(
    origin: str, trees: tuple[str, ...] | None
) -> None:
    found_ = claims(CATALOGER, {f"{SITE}/a-1.dist-info/direct_url.json": origin.encode()})
    assert [each.trees for each in found_] == ([] if trees is None else [trees])


def test_top_level_modules_are_claimed_where_nothing_lists_files() -> None:
    (claim,) = claims(
        CATALOGER, {f"{SITE}/a.egg-info/top_level.txt": b"mod\n\n..\n../../bin\n/usr/sbin\n"}
    )
    assert claim.trees == (f"{SITE}/mod",)
    assert claim.paths == (f"{SITE}/mod.py",)


def test_installed_files_are_relative_to_the_info_directory() -> None:
    (claim,) = claims(CATALOGER, {f"{SITE}/a.egg-info/installed-files.txt": b"../a.py\nPKG-INFO\n"})
    assert claim.paths == (f"{SITE}/a.py", f"{SITE}/a.egg-info/PKG-INFO")


def test_a_hyphen_in_an_info_directory_is_part_of_the_name() -> None:
    (claim,) = claims(CATALOGER, {f"{SITE}/my-pkg.egg-info/top_level.txt": b"mod\n"})
    assert claim.name == "my-pkg"


@pytest.mark.parametrize("token", ["fake" * 2, "fake" * 200])
def test_a_long_credential_is_not_cut_into_the_open(token: str) -> None:
    home = f"{SITE}/a-1.dist-info"
    content = json.dumps({"url": f"https://u:{token}@example.org/x"}).encode()
    (each,) = kept(CATALOGER, {f"{home}/direct_url.json": content})
    assert b"fake" not in each.value


def test_origins_are_joined_and_keep_no_credentials() -> None:
    home = f"{SITE}/zope_event_x-1.0.dist-info"
    origin = (
        b'{"url":"https://user:not-a@real-secret@example.org/r.git?token=fake",'
        b'"vcs_info":{"vcs":"git","commit_id":"abc"}}'
    )
    layer: Layer = {
        f"{home}/METADATA": METADATA,
        f"{home}/INSTALLER": b"pip\n",
        f"{home}/direct_url.json": origin,
        f"{SITE}/other.dist-info/INSTALLER": b"uv",
    }
    assert CATALOGER.joins
    (joined,) = CATALOGER.joins(found(CATALOGER, layer), kept(CATALOGER, layer))
    assert dict(joined.properties) == {
        "direct-url": "https://example.org/r.git",
        "installer": "pip",
        "recorded-name": "Zope.Event_X",
        "vcs": "git",
        "vcs-commit": "abc",
    }


def test_an_egg_without_metadata_is_a_problem() -> None:
    (each,) = kept(CATALOGER, {"a.egg": egg({"x": b""})})
    with pytest.raises(ValueError, match="PKG-INFO"):
        list(CATALOGER.read(each, NOWHERE))


def test_an_oversized_record_is_a_problem_not_read() -> None:
    observer = CATALOGER.observers[1]
    value = observe(observer, "a-1.dist-info/RECORD", b"x,,\n" * (9 << 20))
    assert value is not None
    assert b"problem" in value
    assert len(value) < 200


@pytest.mark.parametrize(
    "path",
    [
        "a.dist-info/METADATA",
        "a.dist-info/RECORD",
        "a.dist-info/direct_url.json",
        "a.dist-info/INSTALLER",
        "a.egg",
        "-.egg-info",
        "a.egg-info/top_level.txt",
    ],
)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_content_is_survived(path: str, content: bytes) -> None:
    survives(CATALOGER, path, content)


@given(at=st.integers(0, 200), bits=st.integers(1, 255))
def test_a_damaged_egg_is_survived(at: int, bits: int) -> None:
    content = bytearray(egg({"EGG-INFO/PKG-INFO": METADATA}))
    content[at % len(content)] ^= bits
    survives(CATALOGER, "a.egg", bytes(content))


@pytest.mark.oracle
def test_real_eggs_of_the_interpreters_tests(tool: Callable[[str], str]) -> None:
    tool("python3")
    eggs = sorted(Path(sysconfig.get_path("stdlib")).glob("test/test_importlib/**/*-py3.6.egg"))
    if not eggs:
        pytest.skip("the interpreter has no test data")
    layer: Layer = {path.name: path.read_bytes() for path in eggs}
    assert releases(CATALOGER, layer) == {("example", "21.12")}


def test_needs_are_told_as_recorded() -> None:
    headers = b'Name: a\nVersion: 1\nRequires-Dist: b>=1\nRequires-Dist: c ; extra == "x"\n'
    (one,) = found(CATALOGER, {f"{SITE}/a-1.dist-info/METADATA": headers})
    assert one.depends == ("b>=1", 'c ; extra == "x"')


REQUIRES = b"""click>=7

[dev:python_version < "3"]
pytest

[:sys_platform == "win32"]
colorama
[docs]
sphinx
# end
"""
NEEDED = ("click>=7", 'colorama; sys_platform == "win32"')


@pytest.mark.parametrize(
    "home", [f"{SITE}/x-1.egg-info", f"{SITE}/x-1-py3.egg/EGG-INFO"], ids=["egg-info", "egg"]
)
def test_needs_of_eggs_are_those_of_requires_txt_without_extras(home: str) -> None:
    layer: Layer = {f"{home}/PKG-INFO": METADATA, f"{home}/requires.txt": REQUIRES}
    observed = kept(CATALOGER, layer)
    assert CATALOGER.joins
    (one,) = CATALOGER.joins(
        (x for each in observed for x in CATALOGER.read(each, NOWHERE)), observed
    )
    assert one.depends == NEEDED


def test_a_zipped_egg_has_its_needs_inside() -> None:
    members = {"EGG-INFO/PKG-INFO": METADATA, "EGG-INFO/requires.txt": REQUIRES}
    (one,) = found(CATALOGER, {f"{SITE}/x-1.egg": egg(members)})
    assert one.depends == NEEDED
