"""Packages of which nothing records what they brought."""

from dataclasses import replace

import pytest

from ocianalyze.inventory.ownership import Owning
from ocianalyze.inventory.unlisted import brought, is_brought
from ocianalyze.model.package import Found, Package, Presence
from tests.images import Layer, tree
from tests.inventory.owned import ELF, alone, dpkg, view

LISTS = "var/lib/dpkg/info"
BOTH: Layer = {**dpkg(a=["usr/bin/a"], b=["usr/bin/b"]), "usr/bin/a": ELF, "usr/bin/b": ELF}
HERE, GONE = Presence.VISIBLE, Presence.REMOVED


def without(*names: str) -> Layer:
    """Return the image without the lists of some packages."""
    lists = {f"{LISTS}/{name}.list" for name in names}
    return {path: each for path, each in BOTH.items() if path not in lists}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("b", "1 of 2 packages (b) have no list of files: 1 program may be theirs"),
        ("ab", "2 of 2 packages (a, b) have no list of files: 2 programs may be theirs"),
    ],
)
def test_lists_that_are_not_there_are_told(names: str, said: str) -> None:
    found = view(without(*names))
    (told,) = found.findings
    assert told.detail == f"{said}, and count as nobody's"
    assert told.path == "var/lib/dpkg/status"
    assert alone(found) == {f"usr/bin/{name}": "" for name in names}
    assert found.inventory.problems == ()


def test_where_nothing_is_without_an_owner_no_list_lacks() -> None:
    layer = {path: each for path, each in without("b").items() if path != "usr/bin/b"}
    assert view(layer).findings == ()


def program(version: str, path: str = "usr/bin/x", name: str = "gnutls") -> Package:
    """Return what a program says of itself."""
    return Package(Found("generic", name, version), "", "programs", HERE, (path,), 0)


@pytest.mark.parametrize("version", ["3.7.9-2+deb12u3", "3.7.9+ds-1", "3.7.9.dfsg-1", "3.7.9"])
@pytest.mark.parametrize("presence", [HERE, GONE])
def test_software_without_a_list_is_known_by_its_source_and_version(
    version: str, presence: Presence
) -> None:
    found = Found("deb", "libgnutls30", version, source="gnutls28")
    packages = (Package(found, "", "dpkg", presence, ("var/lib/dpkg/status",), 0),)
    known = brought(Owning(tree({"x": b""}), packages), packages)
    mine = replace(program("3.7.9"), presence=presence)
    assert is_brought(mine, known)
    others = [
        program("3.7.8"),
        program("3.7.9", "opt/x"),
        program("3.7.9", name="other"),
        replace(mine, presence=GONE if presence is HERE else HERE),
    ]
    assert not [one for one in others if is_brought(one, known) and one != mine]


def test_a_package_with_a_list_brought_what_it_names_alone() -> None:
    found = view(BOTH)
    packages = found.inventory.packages
    owned = Owning(found.tree, packages)
    owned.claimed.update(range(len(packages)))
    assert not brought(owned, packages)
