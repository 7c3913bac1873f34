"""Node packages in the archives of Yarn's cache."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.node_archives import CATALOGER
from tests.inventory.catalogers.test_python_archives import archive
from tests.inventory.catalogers.walked import found, kept, read, survives

CACHE = "app/.yarn/cache"
PLACE = f"{CACHE}/@babel-core-npm-7.0.0-0a1b2c3d4e-5f60718293.zip"
MEMBERS = {
    "node_modules/@babel/core/package.json": b'{"name": "@babel/core", "version": "7.0.0", '
    b'"license": "MIT", "dependencies": {"debug": "^4"}}',
    "node_modules/@babel/core/lib/package.json": b'{"name": "inner", "version": "1.0.0"}',
    "node_modules/@babel/core/index.js": b"x",
}


def test_a_package_is_found_in_its_archive() -> None:
    (package,) = found(CATALOGER, {PLACE: archive(MEMBERS)})
    named = (package.type, package.namespace, package.name, package.version)
    assert named == ("npm", "@babel", "core", "7.0.0")
    assert package.location == f"{PLACE}!/node_modules/@babel/core"
    assert (package.licenses, package.depends) == (("MIT",), ("debug",))
    assert package.confidence == "exact"


def test_the_cache_of_a_user_counts_too() -> None:
    place = PLACE.replace("app/.yarn/cache", "root/.yarn/berry/cache")
    assert len(found(CATALOGER, {place: archive(MEMBERS)})) == 1


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param("srv/x.zip", archive(MEMBERS), id="elsewhere"),
        pytest.param(PLACE, b"x" * 600, id="no-archive"),
        pytest.param(PLACE, archive({"node_modules/x/index.js": b"x"}), id="no-package"),
    ],
)
def test_other_archives_hold_none(path: str, content: bytes) -> None:
    assert kept(CATALOGER, {path: content}) == []


def test_a_damaged_package_is_told() -> None:
    packages, problems = read(
        CATALOGER, {PLACE: archive({"node_modules/x/package.json": b"{", **MEMBERS})}
    )
    assert [x.name for x in packages] == ["core"]
    assert problems == ["1 of the packages inside could not be read"]


@given(st.binary(max_size=200), st.integers(0, 400))
def test_damaged_archives_never_raise(noise: bytes, at: int) -> None:
    survives(CATALOGER, PLACE, archive(MEMBERS)[:at] + noise)
