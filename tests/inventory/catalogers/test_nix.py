"""Packages of a Nix store, from its names."""

import pytest

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory import assembly, take
from ocianalyze.inventory.catalogers.nix import named
from tests.images import File, Layer, directory, image, symlink

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
        (f"{HASH}-python3-3.11.6-env", "python3", "3.11.6", "env"),
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


GLIBC = f"nix/store/{HASH}-glibc-2.37"
BASH = f"nix/store/{OTHER}-bash-5.2"
Fate = tuple[str, str, int, int | None]


def view(*layers: Layer) -> ImageView:
    """Return an image with its inventory."""
    return assembly.with_inventory(image(*layers, observers=assembly.observers()))


def fates(found: ImageView) -> list[Fate]:
    """Return name, version, and the layers that introduced and removed it."""
    return [(x.name, x.version, x.introduced, x.removed) for x in found.packages("all")]


def test_store_paths_are_packages_of_the_layer_that_brought_them() -> None:
    found = view(
        {"nix/store": directory(), GLIBC: directory()},
        {
            BASH: directory(),
            f"{BASH}/bin/bash": b"x",
            f"nix/store/{OTHER}-link-1.0": symlink("/nix"),
        },
        {f"nix/store/.wh.{HASH}-glibc-2.37": b""},
    )
    assert fates(found) == [("bash", "5.2", 1, None), ("glibc", "2.37", 0, 2)]
    assert [x.evidence for x in found.packages()] == [(BASH,)]


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        pytest.param(
            [{GLIBC: directory()}, {GLIBC: directory(0o555)}], [(0, None)], id="directory-again"
        ),
        pytest.param(
            [{GLIBC: directory()}, {"nix/.wh.store": b""}, {GLIBC: directory()}],
            [(0, 1), (2, None)],
            id="removed-and-added-again",
        ),
        pytest.param([{"x": b""}, {GLIBC: b"a single file"}], [(1, None)], id="file"),
        pytest.param(
            [{f"{GLIBC}/lib/x.so": b"x"}, {f"{GLIBC}/lib/y.so": b"y"}],
            [(0, None)],
            id="directory-without-an-entry",
        ),
        pytest.param(
            [{f"{GLIBC}/lib/x.so": b"x"}, {f"{GLIBC}/lib/.wh.x.so": b""}],
            [(0, 1)],
            id="nothing-left-of-a-directory-without-an-entry",
        ),
    ],
)
def test_a_store_path_is_of_the_first_layer_of_each_run(
    layers: list[Layer], expected: list[tuple[int, int | None]]
) -> None:
    assert fates(view(*layers)) == [("glibc", "2.37", *run) for run in expected]


def test_a_store_path_owns_all_that_is_below_it() -> None:
    program = File(b"\x7fELF" + bytes(64), mode=0o755)
    found = view({f"{BASH}/bin/bash": program, "nix/store/loose": program, GLIBC: b"x"})
    inventory = found.inventory
    assert [x.name for x in inventory.owners(f"{BASH}/bin/bash")] == ["bash"]
    assert [x.name for x in inventory.owners(GLIBC)] == ["glibc"]
    assert [x.path for x in inventory.unowned] == ["nix/store/loose"]


def test_a_language_package_in_the_store_is_shipped_by_its_store_path() -> None:
    """So that nobody counts it twice."""
    store = f"nix/store/{OTHER}-python3.11-idna-3.7"
    info = f"{store}/lib/python3.11/site-packages/idna-3.7.dist-info/METADATA"
    found = view({info: b"Metadata-Version: 2.1\nName: idna\nVersion: 3.7\n"})
    owners = {x.type: x.owner for x in found.packages()}
    assert owners["nix"] == ""
    assert owners["pypi"].startswith("pkg:nix/python3.11-idna@3.7")


def test_more_paths_than_are_taken_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "_PATHS", 2)
    layer: Layer = {f"nix/store/{HASH}-a-{number}": b"" for number in range(5)}
    found = view(layer)
    assert len(found.packages()) == 2
    assert ["only a part was read" in x for x in found.inventory.problems] == [True]


def test_an_image_without_a_store_has_none() -> None:
    assert fates(view({"etc/passwd": b""})) == []
    assert fates(view({"nix/store": symlink("/etc")})) == []
