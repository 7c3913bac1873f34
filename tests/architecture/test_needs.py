"""A control that asks what is installed must not pass when nobody looked for packages."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import ocianalyze.controls as home
from ocianalyze import engine
from ocianalyze.controls._base import Control
from ocianalyze.controls.catalogue import folders
from ocianalyze.filesystem.view import Part
from ocianalyze.model.finding import Status
from tests.archives import Image, docker_archive
from tests.images import tar

_ASKS = re.compile(r"view\.(inventory\b|packages\(|verification\b)|\bshipped\(view")
_RELEASE = "the distribution alone is asked, which is known without packages, see below"
_EXCUSES = "an owner only excuses: without packages it asks for more"
_REASONS = {
    "cis_debian_12.modes": _RELEASE,
    "cis_debian_12.repositories": _EXCUSES,
    "cis_debian_12.setid": _EXCUSES,
    "cis_docker.c4_02_trusted_base": "the paths of distributions are asked for as well",
    "cis_docker.c4_04_security_patches": "never passes",
    "cis_docker.c4_08_setid": _EXCUSES,
    "cis_ssc.locks": _EXCUSES,
    "dockle.files": _EXCUSES,
    "nist_800_190.stale": "its part ocia-eol-distribution says so itself",
    "ocia.age": _RELEASE,
    "ocia.base_images": _RELEASE,
}
"""Modules whose controls may leave packages out of `needs`, and why."""
_SHADOW = ("7.1.5", "7.1.6", "7.1.7", "7.1.8")


def _homes() -> dict[str, tuple[Control, ...]]:
    """Return the controls of each module that asks what is installed."""
    found = {}
    for module in walk_packages(home.__path__, f"{home.__name__}."):
        name = module.name.removeprefix(f"{home.__name__}.")
        if name.count(".") != 1 or "._" in name or name.partition(".")[0] not in folders():
            continue
        exported = vars(import_module(module.name))
        source = Path(exported["__file__"]).read_text("utf-8")
        if _ASKS.search(source):
            found[name] = exported.get("CONTROLS") or (exported["CONTROL"],)
    return found


HOMES = _homes()


@pytest.mark.parametrize("name", sorted(HOMES.keys() - _REASONS.keys()))
def test_what_asks_for_packages_needs_them(name: str) -> None:
    assert not [x.id for x in HOMES[name] if "packages" not in x.needs]


def test_the_lists_of_reasons_shrink() -> None:
    assert _REASONS.keys() <= HOMES.keys()


def test_the_distribution_is_known_without_packages(tmp_path: Path) -> None:
    """Each family's shadow files have its own modes, and each release its own end of support."""
    root = {
        "etc/os-release": b'ID="rocky"\nVERSION_ID="8.4"\nID_LIKE="rhel centos fedora"\n',
        **{f"etc/{name}": b"x" for name in ("group", "shadow", "shadow-", "gshadow", "gshadow-")},
    }
    path = docker_archive(tmp_path / "a.tar", [Image([tar(root)], {"os": "linux"})])
    wanted = ",".join(f"cis-debian-12-{x}" for x in _SHADOW) + ",ocia-eol-distribution"
    asked = engine.chosen(wanted, now="2100-01-01")
    for skip in (frozenset[Part](), frozenset[Part]({"packages"})):
        said = engine.scan(str(path), engine.Options(jobs=1, skip=skip), asked).controls
        assert {x.status for x in said} == {Status.FAIL}
        assert all("beyond 0000" in x.evidence[0].detail for x in said[:-1])
