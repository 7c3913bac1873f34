"""Packages of a Nix store, from its names."""

import pytest

from ocianalyze.inventory.catalogers.nix import claim, named, packages
from tests.images import directory, symlink, tree

HASH = "0c5g6qhfhjvzd0bx1hyijgwc0b7p8yrf"
OTHER = "1c5g6qhfhjvzd0bx1hyijgwc0b7p8yrf"


@pytest.mark.parametrize(
    ("base", "name", "version", "output"),
    [
        (f"{HASH}-glibc-2.37-8", "glibc", "2.37-8", ""),
        (f"{HASH}-openssl-3.0.12-dev", "openssl", "3.0.12", "dev"),
        (f"{HASH}-python3.11-requests-2.31.0", "python3.11-requests", "2.31.0", ""),
        (f"{HASH}-gcc-12.3.0-lib", "gcc", "12.3.0", "lib"),
        (f"{HASH}-nix-2.18.1", "nix", "2.18.1", ""),
    ],
)
def test_names_are_split_as_nix_does(base: str, name: str, version: str, output: str) -> None:
    found = named(base)
    assert found
    assert (found.name, found.version) == (name, version)
    assert dict(found.qualifiers).get("output", "") == output
    assert dict(found.qualifiers)["outputhash"] == HASH
    assert found.location == f"nix/store/{base}"


@pytest.mark.parametrize(
    "base",
    [
        f"{HASH}-glibc-2.37.drv",
        f"{HASH}-source.tar.gz",
        f"{HASH}-builder.sh",
        f"{HASH}-hook",
        f"{HASH.replace('0', 'e')}-glibc-2.37",
        f"{HASH[1:]}-glibc-2.37",
        ".links",
        f"{HASH}-\u00fcber-1.0",
    ],
)
def test_paths_without_a_version_are_no_packages(base: str) -> None:
    assert named(base) is None


def test_the_visible_store_is_read_with_its_layers() -> None:
    merged = tree(
        {"nix/store": directory(), f"nix/store/{HASH}-glibc-2.37": directory()},
        {
            f"nix/store/{OTHER}-bash-5.2": directory(),
            f"nix/store/{OTHER}-bash-5.2/bin/bash": b"x",
            f"nix/store/{OTHER}-link-1.0": symlink("/nix"),
        },
        {f"nix/store/.wh.{HASH}-glibc-2.37": b""},
    )
    ((found, layer),) = packages(merged)
    assert (found.name, found.version, layer) == ("bash", "5.2", 1)
    assert claim(found).trees == (f"nix/store/{OTHER}-bash-5.2",)


def test_an_image_without_a_store_has_none() -> None:
    assert list(packages(tree({"etc/passwd": b""}))) == []
