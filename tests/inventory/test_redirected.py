"""Settings that put a package database where it is not read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.redirected import OBSERVER, redirects
from tests.images import Layer, image, symlink
from tests.inventory.catalogers.walked import observe

DPKG = "etc/dpkg/dpkg.cfg.d/x"
RPM = "etc/rpm/macros.site"
THERE: Layer = {"srv/db/status": b"x"}


def told(layer: Layer) -> list[tuple[str, str]]:
    """Return settings and where they lead."""
    tree = image(layer, observers=(OBSERVER,)).tree
    return [(entry.path, home) for entry, home in redirects(tree)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(DPKG, b"admindir=/srv/db\n", id="dpkg"),
        pytest.param("etc/dpkg/dpkg.cfg", b'force-x\nadmindir "/srv/db"\n', id="dpkg-blank"),
        pytest.param("root/.dpkg.cfg", b"admindir /srv/db", id="dpkg-user"),
        pytest.param(RPM, b"%_dbpath\t/srv/db\n", id="rpm"),
        pytest.param("root/.rpmmacros", b"  %_dbpath /srv/db\n", id="rpm-user"),
        pytest.param("usr/lib/rpm/macros.d/macros.x", b"%_dbpath /srv/db\n", id="rpm-parts"),
        pytest.param("etc/pacman.conf", b"[options]\nDBPath = /srv/db\n", id="pacman"),
    ],
)
def test_a_directory_that_is_there_and_is_not_read_is_told(path: str, text: bytes) -> None:
    assert told({**THERE, path: text}) == [(path, "srv/db")]


@pytest.mark.parametrize(
    "layer",
    [
        pytest.param({DPKG: b"# admindir=/srv/db\n", **THERE}, id="comment"),
        pytest.param({DPKG: b"admindir=/srv/db\n"}, id="nothing-there"),
        pytest.param({DPKG: b"admindir=/srv/db\nadmindir=/var/lib/dpkg\n", **THERE}, id="last"),
        pytest.param(
            {RPM: b"%_dbpath %{_var}/lib/rpm\n", "var/lib/rpm/Packages": b"x"}, id="rpm-usual"
        ),
        pytest.param(
            {RPM: b"%_dbpath %{?_usr}/lib/sysimage/rpm", "usr/lib/sysimage/rpm/x": b"x"},
            id="rpm-macro-of-a-condition",
        ),
        pytest.param({RPM: b"%_dbpath_rebuild /srv/db\n", **THERE}, id="another-macro"),
        pytest.param(
            {DPKG: b"admindir=/srv/db\n", "srv": symlink("var/lib"), "var/lib/db": symlink("dpkg")}
            | {"var/lib/dpkg/status": b"x"},
            id="a-link-to-the-usual-place",
        ),
    ],
)
def test_other_settings_hide_nothing(layer: Layer) -> None:
    assert told(layer) == []


def test_a_place_that_macros_hide_is_told() -> None:
    assert told({RPM: b"%_dbpath %{own}/rpm\n"}) == [(RPM, "%{own}/rpm")]


def test_settings_that_a_later_layer_removed_count_no_more() -> None:
    layers: list[Layer] = [{**THERE, DPKG: b"admindir=/srv/db\n"}, {"etc/dpkg/.wh.dpkg.cfg.d": b""}]
    tree = image(*layers, observers=(OBSERVER,)).tree
    assert list(redirects(tree)) == []


@given(st.binary(max_size=300), st.sampled_from([DPKG, RPM, "etc/pacman.conf"]))
def test_no_content_makes_it_raise(content: bytes, path: str) -> None:
    value = observe(OBSERVER, path, content)
    if value is not None:
        told({path: content})
