"""A control that asks what is installed must not pass when nobody looked for packages."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import ocianalyze.controls as home
from ocianalyze.controls._base import Control

_ASKS = re.compile(r"view\.(inventory\b|packages\(|verification\b)|\bshipped\(view")
_EXCUSES = "an owner only excuses: without packages it asks for more"
_REASONS = {
    "cis_debian_12.modes": "the distribution matters to the shadow files alone, see below",
    "cis_debian_12.repositories": _EXCUSES,
    "cis_debian_12.setid": _EXCUSES,
    "cis_docker.c4_02_trusted_base": "the paths of distributions are asked for as well",
    "cis_docker.c4_04_security_patches": "never passes",
    "cis_docker.c4_08_setid": _EXCUSES,
    "cis_ssc.locks": _EXCUSES,
    "dockle.files": _EXCUSES,
    "nist_800_190.stale": "its part ocia-eol-distribution says so itself",
    "ocia.age": "two of three compare times alone; the third is held to it below",
}
"""Modules whose controls may leave packages out of `needs`, and why."""
_OPEN: frozenset[str] = frozenset()
"""Modules that are known to lack it; one that has it is taken out."""
_SHADOW = ("7.1.5", "7.1.6", "7.1.7", "7.1.8")


def _homes() -> dict[str, tuple[Control, ...]]:
    """Return the controls of each module that asks what is installed."""
    found = {}
    for module in walk_packages(home.__path__, f"{home.__name__}."):
        name = module.name.removeprefix(f"{home.__name__}.")
        if name.count(".") != 1 or "._" in name:
            continue
        exported = vars(import_module(module.name))
        source = Path(exported["__file__"]).read_text("utf-8")
        if _ASKS.search(source):
            found[name] = exported.get("CONTROLS") or (exported["CONTROL"],)
    return found


HOMES = _homes()


@pytest.mark.parametrize("name", sorted(HOMES.keys() - _REASONS.keys() - _OPEN))
def test_what_asks_for_packages_needs_them(name: str) -> None:
    assert not [x.id for x in HOMES[name] if "packages" not in x.needs]


def test_the_lists_of_reasons_shrink() -> None:
    assert _REASONS.keys() | _OPEN <= HOMES.keys()


@pytest.mark.xfail(
    reason="shadow files of Red Hat are judged by other distributions' rules without packages",
    strict=True,
)
def test_no_module_is_known_to_lack_it() -> None:
    shadow = [x for x in HOMES["cis_debian_12.modes"] if x.id.endswith(_SHADOW)]
    several = [*shadow, *(x for name in _OPEN for x in HOMES[name])]
    assert not [x.id for x in several if "packages" not in x.needs]


def test_the_end_of_support_needs_packages() -> None:
    """The inventory reads os-release."""
    (found,) = (x for x in HOMES["ocia.age"] if x.id == "ocia-eol-distribution")
    assert "packages" in found.needs
