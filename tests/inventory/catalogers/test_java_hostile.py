"""Java packages: whatever an archive holds, the walk goes on."""

import zipfile

from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.java import CATALOGER
from tests.inventory.catalogers.test_java import jar, manifest, pom
from tests.inventory.catalogers.walked import read, survives

_NESTED = jar(pom("g", "a", "1") | {"l/b.jar": jar(manifest(Bundle_Version="1"), 0)}, 0)


@given(content=st.binary(max_size=200))
def test_any_content_is_survived(content: bytes) -> None:
    survives(CATALOGER, "a.jar", content)
    survives(CATALOGER, "a.jar", b"PK\3\4" + content + b"PK\5\6" + content)
    survives(CATALOGER, "META-INF/maven/g/a/pom.properties", content)


@given(at=st.integers(0, len(_NESTED) - 1), junk=st.binary(min_size=1, max_size=4))
def test_damaged_archives_are_survived(at: int, junk: bytes) -> None:
    survives(CATALOGER, "a.jar", _NESTED[:at] + junk + _NESTED[at + len(junk) :])


def test_nesting_has_an_end() -> None:
    content = jar({"x": b""})
    for _ in range(9):
        content = jar({"lib/n.jar": content})
    told, problems = read(CATALOGER, {"n.jar": content})
    assert len(told) == 5
    assert problems == ["1 of its members could not be read, name no version, or are over a limit"]
    assert told[0].properties == (("named-by", "file"), ("unread", "1"))


def test_a_zip_bomb_is_cut_and_told() -> None:
    bomb = jar({"META-INF/MANIFEST.MF": bytes(50 << 20), "lib/x.jar": bytes(50 << 20)})
    (one,), (problem,) = read(CATALOGER, {"a-1.jar": bomb})
    assert dict(one.properties)["unread"].isdigit()
    assert "could not be read" in problem


def test_more_descriptions_than_are_read_are_told() -> None:
    """A full list of two thousand packages would look like all of them."""
    members: dict[str, bytes] = {}
    for number in range(3_000):
        members |= pom("g", f"a{number}", "1")
    told, problems = read(CATALOGER, {"many.jar": jar(members, zipfile.ZIP_STORED)})
    assert len(told) == 2_000
    assert problems == [
        "1000 of its members could not be read, name no version, or are over a limit"
    ]
