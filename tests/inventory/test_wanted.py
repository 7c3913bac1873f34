"""What apk's world asks for and the database does not have."""

import pytest

from ocianalyze.inventory.assembly import observers, with_inventory
from tests.images import Layer, image

DATABASE = b"P:busybox\nV:1.36\nA:x86_64\np:cmd:sh=1.36 virtual-sh=1 so:libx.so.1\n\n"


def told(world: bytes, database: bytes = DATABASE) -> list[tuple[str, str]]:
    """Return the findings about a world, with their paths."""
    layer: Layer = {"etc/apk/world": world, "lib/apk/db/installed": database}
    found = with_inventory(image(layer, observers=observers())).findings
    return [(x.path, x.detail) for x in found if x.code == "inventory.wanted-absent"]


@pytest.mark.parametrize(
    "world",
    [
        pytest.param(b"busybox\n", id="name"),
        pytest.param(b"busybox>1.30 virtual-sh cmd:sh so:libx.so.1\n", id="provided"),
        pytest.param(b"busybox@edge\n!conflict\n", id="repository-and-conflict"),
        pytest.param(b"", id="empty"),
    ],
)
def test_what_is_answered_is_not_told(world: bytes) -> None:
    assert told(world) == []


def test_what_is_not_installed_is_told_once_a_file() -> None:
    names = "curl=8 curl git vim nano"
    assert told(f"busybox\n{names}\n".encode()) == [
        ("etc/apk/world", "asks for what is not installed: curl, git, vim (+1)")
    ]


def test_a_database_without_packages_is_told_elsewhere() -> None:
    assert told(b"curl\n", b"") == []
