"""Who owned what is gone: the data of every layer is asked, not only of the last."""

import pytest

from ocianalyze.inventory import assembly
from ocianalyze.inventory.assembly import catalogers
from ocianalyze.inventory.formerly import former_owners
from tests.images import Layer, image

STATUS = """\
Package: vim
Status: install ok installed
Architecture: amd64
Version: 9

"""
VIM: Layer = {
    "var/lib/dpkg/status": STATUS.encode(),
    "var/lib/dpkg/info/vim.list": b"/.\n/bin/vim\n/usr/share/vim/x\n",
    "usr/bin/vim": b"v",
    "usr/share/vim/x": b"x",
}
REMOVED: Layer = {
    "var/lib/dpkg/status": b"",
    "var/lib/dpkg/info/.wh.vim.list": b"",
    "usr/bin/.wh.vim": b"",
}
WIPED: Layer = {"usr/share/.wh.vim": b""}
NODE: Layer = {"app/node_modules/x/package.json": b'{"name":"x","version":"1"}'}
NO_NODE: Layer = {"app/.wh.node_modules": b""}
DAMAGED: Layer = {"app/node_modules/y/package.json": b"{"}


@pytest.mark.parametrize(
    ("layers", "path", "expected"),
    [
        pytest.param([VIM, REMOVED], "usr/share/vim/x", ["vim"], id="removed-package"),
        pytest.param([VIM, REMOVED], "usr/bin/vim", ["vim"], id="recorded-before-usr-merge"),
        pytest.param([VIM, WIPED], "usr/share/vim/x", ["vim"], id="package-still-there"),
        pytest.param([NODE, NO_NODE], "app/node_modules/x/y.js", ["x"], id="in-its-tree"),
        pytest.param([NODE, DAMAGED], "app/node_modules/xy", [], id="beside-its-tree"),
        pytest.param([VIM, DAMAGED], "usr/share/vim/x", ["vim"], id="damaged-data-elsewhere"),
        pytest.param([VIM], "usr/share/vim/other", [], id="nobodys"),
    ],
)
def test_the_owner_of_what_is_gone(layers: list[Layer], path: str, expected: list[str]) -> None:
    view = assembly.with_inventory(image(*layers, observers=assembly.observers()))
    assert [one.name for one in former_owners(view, path, catalogers())] == expected
