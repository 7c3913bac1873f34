"""Homebrew kegs.

No registry has a real receipt. The one below has the shape of those in public repositories, with
which it was compared; old ones have neither `arch` nor who asked for the keg.
"""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.homebrew import CATALOGER
from tests.inventory.catalogers.walked import claims, found, kept, survives

KEG = "home/linuxbrew/.linuxbrew/Cellar/sqlite/3.43.2_1"
PATH = f"{KEG}/INSTALL_RECEIPT.json"
RECEIPT: dict[str, object] = {
    "homebrew_version": "4.1.0",
    "installed_as_dependency": True,
    "installed_on_request": False,
    "source": {"tap": "homebrew/core", "versions": {"stable": "3.43.2"}},
    "arch": "x86_64",
}


def test_a_keg_is_named_by_its_directory_and_owns_it() -> None:
    (package,) = found(CATALOGER, {PATH: orjson.dumps(RECEIPT)})
    assert (package.type, package.namespace, package.name, package.version) == (
        "brew",
        "",
        "sqlite",
        "3.43.2_1",
    )
    assert (package.arch, package.reason, package.location) == ("x86_64", "automatic", KEG)
    (claim,) = claims(CATALOGER, {PATH: orjson.dumps(RECEIPT)})
    assert (claim.trees, claim.arch) == ((KEG,), "x86_64")


@pytest.mark.parametrize(
    ("receipt", "namespace", "reason"),
    [
        ({"installed_on_request": True, "installed_as_dependency": True}, "", "manual"),
        ({"source": {"tap": "team/tools"}}, "team/tools", ""),
        ({"source": 3}, "", ""),
        ({"used_options": [], "source": {"tap": "homebrew/core", "spec": "stable"}}, "", ""),
    ],
    ids=["asked", "tap", "odd", "of-2016"],
)
def test_the_receipt_tells_tap_and_reason(receipt: object, namespace: str, reason: str) -> None:
    (package,) = found(CATALOGER, {PATH: orjson.dumps(receipt)})
    assert (package.namespace, package.reason) == (namespace, reason)


def test_a_receipt_elsewhere_is_none() -> None:
    assert kept(CATALOGER, {"a/INSTALL_RECEIPT.json": orjson.dumps(RECEIPT)}) == []


@given(st.binary(max_size=200))
def test_damaged_files_never_raise(noise: bytes) -> None:
    survives(CATALOGER, PATH, noise)


def test_needs_have_the_version_of_the_keg_without_its_tap() -> None:
    needed = [{"full_name": "tap/x/readline", "pkg_version": "8.2_1"}, {"full_name": "zlib"}, 7]
    text = orjson.dumps({"runtime_dependencies": needed})
    (one,) = found(CATALOGER, {PATH: text})
    assert one.depends == ("readline 8.2_1", "zlib")
