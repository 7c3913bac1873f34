"""Lua rocks and the files that LuaRocks deployed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.lua import CATALOGER
from tests.inventory.catalogers.walked import claims, found, kept, survives

HOME = "usr/local/lib/luarocks/rocks-5.4/penlight/1.13.1-1"
TEXT = b"""rock_manifest = {
   bin = {
      ["pl-tool"] = "00000000000000000000000000000000"
   },
   doc = {
      ["README.md"] = "00000000000000000000000000000000"
   },
   lib = {
      ['native.so'] = "00000000000000000000000000000000"
   },
   lua = {
      pl = {
         ["init.lua"] = "00000000000000000000000000000000",
         ["List.lua"] = "00000000000000000000000000000000"
      }
   },
   ["penlight-1.13.1-1.rockspec"] = "00000000000000000000000000000000"
}
"""


def test_a_rock_is_named_by_its_directory() -> None:
    (package,) = found(CATALOGER, {f"{HOME}/rock_manifest": TEXT})
    assert (package.type, package.name, package.version) == ("luarocks", "penlight", "1.13.1-1")
    assert (package.location, package.properties) == (HOME, (("lua", "5.4"),))


def test_deployed_files_belong_to_the_rock() -> None:
    (claim,) = claims(CATALOGER, {f"{HOME}/rock_manifest": TEXT})
    assert claim.trees == (HOME,)
    assert set(claim.paths) == {
        "usr/local/bin/pl-tool",
        "usr/local/lib/lua/5.4/native.so",
        "usr/local/share/lua/5.4/pl/init.lua",
        "usr/local/share/lua/5.4/pl/List.lua",
    }


def test_a_manifest_elsewhere_is_none() -> None:
    assert kept(CATALOGER, {"src/rock_manifest": TEXT}) == []


def test_a_manifest_without_bottom_is_a_problem() -> None:
    with pytest.raises(ValueError, match="deeper"):
        found(CATALOGER, {f"{HOME}/rock_manifest": b"a = {" * 1000})


@given(st.binary(max_size=300), st.integers(0, len(TEXT)))
def test_damaged_files_never_raise(noise: bytes, at: int) -> None:
    survives(CATALOGER, f"{HOME}/rock_manifest", TEXT[:at] + noise)
