"""Erlang and Elixir applications, and what lock files ask for.

Real applications are Debian's (`test_real_samples`). No registry has a real `mix.lock`: the one
below has the shape of those in public repositories, with which it was compared.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.beam import CATALOGER
from tests.images import Layer
from tests.inventory.catalogers.walked import claims, found, kept, releases, survives
from tests.inventory.owned import view

COWBOY = b"""{application,cowboy,
             [{description,"Small HTTP server"},
              {vsn,"2.9.0"},
              {modules,[cowboy,cowboy_app]}]}.
"""
MIX = b"""%{
  "jason": {:hex, :jason, "1.4.1", "aa", [:mix], [{:decimal, "~> 1.0"}], "hexpm", "bb"},
  "plug_renamed": {:hex, :plug, "1.15.3", "cc", [:mix], [], "hexpm", "dd"},
  "local": {:git, "https://example.test/local.git", "0123", []},
}
"""
OLD_MIX = b"""%{"earmark": {:hex, :earmark, "0.2.1"},
  "ex_doc": {:hex, :ex_doc, "0.11.4"}}
"""
REBAR = b"""{"1.2.0",
[{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0},
 {<<"ranch">>,{pkg,<<"ranch">>,<<"1.8.0">>},1},
 {<<"own">>,{git,"https://example.test/own.git",{ref,"01"}},0}]}.
"""


def test_an_application_is_a_package_that_owns_its_directory() -> None:
    layer = {"app/lib/cowboy-2.9.0/ebin/cowboy.app": COWBOY}
    (package,) = found(CATALOGER, layer)
    assert (package.type, package.name, package.version) == ("hex", "cowboy", "2.9.0")
    assert (package.location, package.confidence) == ("app/lib/cowboy-2.9.0", "strong")
    (claim,) = claims(CATALOGER, layer)
    assert claim.trees == ("app/lib/cowboy-2.9.0",)


def test_applications_of_erlang_itself_are_told_apart() -> None:
    text = b'%% comment\n{application, stdlib,\n [{vsn, "4.2"}]}.'
    (package,) = found(CATALOGER, {"usr/lib/erlang/lib/stdlib-4.2/ebin/stdlib.app": text})
    assert (package.type, package.name, package.version) == ("otp", "stdlib", "4.2")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("mix.lock", MIX, {("jason", "1.4.1"), ("plug", "1.15.3")}),
        ("mix.lock", OLD_MIX, {("earmark", "0.2.1"), ("ex_doc", "0.11.4")}),
        ("rebar.lock", REBAR, {("cowboy", "2.9.0"), ("ranch", "1.8.0")}),
    ],
)
def test_lock_files_name_packages_with_less_confidence(
    name: str, text: bytes, expected: set[tuple[str, str]]
) -> None:
    assert releases(CATALOGER, {f"app/{name}": text}) == expected
    assert {x.confidence for x in found(CATALOGER, {f"app/{name}": text})} == {"heuristic"}
    assert claims(CATALOGER, {f"app/{name}": text}) == []


def test_an_app_file_elsewhere_is_none() -> None:
    assert kept(CATALOGER, {"src/cowboy.app": COWBOY, "x/ebin/y.app": b"nothing"}) == []


@given(st.binary(max_size=300), st.integers(0, 120))
def test_damaged_files_never_raise(noise: bytes, at: int) -> None:
    survives(CATALOGER, "a/ebin/b.app", COWBOY[:at] + noise)
    survives(CATALOGER, "mix.lock", MIX[:at] + noise)
    survives(CATALOGER, "rebar.lock", REBAR[:at] + noise)


def test_needs_are_applications_included_ones_too() -> None:
    text = COWBOY.rstrip().removesuffix(b"]}.") + (
        b",{applications, [kernel,stdlib, 'crypto']},{included_applications,[mnesia]}]}."
    )
    (one,) = found(CATALOGER, {"opt/lib/cowboy-2.9.0/ebin/cowboy.app": text})
    assert one.depends[-4:] == ("kernel", "stdlib", "crypto", "mnesia")


META = b"""{<<"app">>,<<"cowboy">>}.
{<<"description">>,<<"Small HTTP server.">>}.
{<<"name">>,<<"cowboy_of_hex">>}.
{<<"requirements">>,
 [{<<"ranch">>,
   [{<<"app">>,<<"ranch">>},
    {<<"requirement">>,<<"1.8.0">>}]}]}.
{<<"version">>,<<"2.9.1-rc.1">>}.
"""


def test_metadata_of_a_package_names_its_application() -> None:
    """The author's file may keep another version, or `git`."""
    layer: Layer = {
        "app/deps/cowboy/ebin/cowboy.app": COWBOY.replace(
            b"{modules", b"{applications,[kernel,ranch]},{modules"
        ),
        "app/deps/cowboy/hex_metadata.config": META,
    }
    installed = view({**layer, "app/deps/cowboy/ebin/cowboy_app.beam": b"FOR1"})
    (package,) = installed.packages()
    assert (package.name, package.version) == ("cowboy_of_hex", "2.9.1-rc.1")
    assert package.found.location == "app/deps/cowboy"
    assert package.found.depends == ("kernel", "ranch")
    assert installed.inventory.ownership.of("app/deps/cowboy/ebin/cowboy_app.beam") == (0,)


def test_metadata_alone_names_a_package() -> None:
    (package,) = found(CATALOGER, {"deps/cowboy/hex_metadata.config": META})
    assert (package.type, package.name, package.version) == ("hex", "cowboy_of_hex", "2.9.1-rc.1")
    assert found(CATALOGER, {"deps/x/hex_metadata.config": b'{<<"name">>,<<"x">>}.'}) == []
