""".NET packages of published applications; NuGet's lock files as weaker evidence."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.dotnet import CATALOGER
from ocianalyze.inventory.purl import purl
from tests.images import File, Layer
from tests.inventory.catalogers.walked import (
    NOWHERE,
    claims,
    found,
    kept,
    read,
    releases,
    survives,
)

# As `dotnet publish` writes it.
DEPS = b"""{
  "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0", "signature": ""},
  "targets": {".NETCoreApp,Version=v8.0": {
    "App/1.0.0": {"dependencies": {"Newtonsoft.Json": "13.0.1"}, "runtime": {"App.dll": {}}},
    "Newtonsoft.Json/13.0.1": {
      "runtime": {"lib/netstandard2.0/Newtonsoft.Json.dll": {"assemblyVersion": "13.0.0.0"}},
      "resources": {"lib/net6.0/de/Newtonsoft.Json.resources.dll": {"locale": "de"}}},
    "Native.Lib/2.0.0": {
      "runtimeTargets": {"runtimes/linux-x64/native/libn.so": {"rid": "linux-x64"}}}}},
  "libraries": {
    "App/1.0.0": {"type": "project", "serviceable": false, "sha512": ""},
    "Newtonsoft.Json/13.0.1": {"type": "package", "serviceable": true, "sha512": "sha512-x"},
    "Native.Lib/2.0.0": {"type": "package"},
    "Broken": {"type": "package"}}}"""
CONFIG = b"""<?xml version="1.0" encoding="utf-8"?>
<packages>
  <package id="jQuery" version="3.1.1" targetFramework="net46" />
  <package version='1.0.0' id='StyleCop' developmentDependency="true" />
</packages>"""


def test_only_libraries_of_type_package_are_packages() -> None:
    layer: Layer = {"app/App.deps.json": b"\xef\xbb\xbf" + DEPS}
    assert releases(CATALOGER, layer) == {("Newtonsoft.Json", "13.0.1"), ("Native.Lib", "2.0.0")}
    assert {(one.type, one.confidence, one.location) for one in found(CATALOGER, layer)} == {
        ("nuget", "strong", "app/App.deps.json")
    }


# As `dotnet publish --self-contained` writes it.
SELF_CONTAINED = b"""{
  "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64", "signature": ""},
  "targets": {".NETCoreApp,Version=v8.0/linux-x64": {
    "App/1.0.0": {
      "dependencies": {"Newtonsoft.Json": "13.0.1",
        "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64": "8.0.5"},
      "runtime": {"App.dll": {}}},
    "Newtonsoft.Json/13.0.1": {
      "dependencies": {"runtimepack.Microsoft.NETCore.App.Runtime.linux-x64": "8.0.5"}},
    "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.5": {
      "runtime": {"System.Runtime.dll": {"assemblyVersion": "8.0.0.0"}},
      "native": {"libcoreclr.so": {"fileVersion": "0.0.0.0"}}}}},
  "libraries": {
    "App/1.0.0": {"type": "project", "serviceable": false, "sha512": ""},
    "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.5":
      {"type": "runtimepack", "serviceable": false, "sha512": ""},
    "Newtonsoft.Json/13.0.1": {"type": "package"},
    "Other.Assembly/1.0.0": {"type": "reference"}}}"""
RUNTIME = "Microsoft.NETCore.App.Runtime.linux-x64"


def test_the_runtime_of_a_self_contained_program_is_the_package_it_is_from() -> None:
    layer: Layer = {"app/App.deps.json": SELF_CONTAINED}
    one, needing = found(CATALOGER, layer)
    assert purl(one) == f"pkg:nuget/{RUNTIME}@8.0.5"
    assert (one.confidence, one.properties) == ("strong", (("library", "runtimepack"),))
    assert (needing.name, needing.depends) == ("Newtonsoft.Json", (f"{RUNTIME}@8.0.5",))
    (claim,) = claims(CATALOGER, layer)
    assert (claim.name, claim.paths) == (RUNTIME, ("app/System.Runtime.dll", "app/libcoreclr.so"))


def test_a_library_claims_the_files_it_was_published_with() -> None:
    claimed = {one.name: set(one.paths) for one in claims(CATALOGER, {"app/App.deps.json": DEPS})}
    assert claimed == {
        "Newtonsoft.Json": {"app/Newtonsoft.Json.dll", "app/de/Newtonsoft.Json.resources.dll"},
        "Native.Lib": {"app/runtimes/linux-x64/native/libn.so"},
    }


def test_a_library_claims_nothing_out_of_its_programs_directory() -> None:
    native = b"runtimes/linux-x64/native/libn.so"
    assert native in DEPS
    forged = DEPS.replace(native, b"runtimes/../../usr/sbin/evil")
    claimed = {one.name for one in claims(CATALOGER, {"app/App.deps.json": forged})}
    assert claimed == {"Newtonsoft.Json"}


def test_a_list_among_the_systems_programs_claims_none_by_name() -> None:
    for one in claims(CATALOGER, {"usr/sbin/App.deps.json": DEPS}):
        assert one.paths == ()
        assert {digest for _, digest in one.elsewhere} == {b""}


@pytest.mark.corpus
def test_lock_file_is_trivys_golden_list(corpus: Path) -> None:
    folder = corpus / "trivy-lang-golden"
    golden = json.loads((folder / "golden" / "nuget.json.golden").read_bytes())
    expected = {
        (one["Name"], one["Version"])
        for result in golden["Results"]
        for one in result.get("Packages", ())
    }
    content = (folder / "repo" / "nuget" / "packages.lock.json").read_bytes()
    assert releases(CATALOGER, {"app/packages.lock.json": content}) == expected


def test_projects_of_a_lock_file_are_no_packages() -> None:
    content = b'{"dependencies": {"net8": {"Own": {"type": "Project", "resolved": "1.0"}}}}'
    assert found(CATALOGER, {"packages.lock.json": content}) == []


def test_packages_config_is_read() -> None:
    told = {one.name: one.properties for one in found(CATALOGER, {"packages.config": CONFIG})}
    assert told == {
        "jQuery": (("evidence", "lock-file"),),
        "StyleCop": (("dependency", "development"), ("evidence", "lock-file")),
    }


def test_other_documents_are_not_looked_at() -> None:
    assert kept(CATALOGER, {"app/appsettings.json": DEPS, "deps.json": DEPS}) == []


def test_a_damaged_manifest_is_a_problem() -> None:
    (each,) = kept(CATALOGER, {"a.deps.json": DEPS[:99]})
    with pytest.raises(ValueError, match=r"."):
        list(CATALOGER.read(each, NOWHERE))


_KEYS = ("runtimeTarget", "targets", "libraries", "name", "type", "A/1", "runtime", "resources")
_JSON = st.recursive(
    st.none() | st.integers(-9, 9) | st.sampled_from(["package", "A/1", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from((*_KEYS, "dependencies", "resolved", "locale", "x")), inner, max_size=5
        )
    ),
    max_leaves=30,
)


@pytest.mark.parametrize("path", ["a.deps.json", "packages.lock.json", "packages.config"])
@given(content=st.binary(max_size=200) | _JSON.map(json.dumps).map(str.encode))
def test_any_content_is_survived(path: str, content: bytes) -> None:
    survives(CATALOGER, path, content)


@pytest.mark.parametrize("unit", ["a", " ", "a=", "<package ", "<package " + "a" * 1_900 + ">"])
def test_configs_are_read_in_linear_time(unit: str) -> None:
    began = time.process_time()
    survives(CATALOGER, "packages.config", unit.encode() * (900_000 // len(unit)))
    assert time.process_time() - began < 5


@given(at=st.integers(0, 200), junk=st.text(max_size=6))
def test_damaged_configs_are_survived(at: int, junk: str) -> None:
    survives(CATALOGER, "packages.config", CONFIG[:at] + junk.encode() + CONFIG[at:])


def test_needs_have_the_versions_that_were_chosen() -> None:
    targets = {
        "net8.0": {
            "A/1.0": {"dependencies": {"b": "[1.5, )", "absent": "1"}},
            "app/1.0": {"dependencies": {"A": "1.0"}},
        }
    }
    kinds = {"A/1.0": "package", "B/2.0": "package", "app/1.0": "project"}
    libraries = {name: {"type": kind} for name, kind in kinds.items()}
    text = json.dumps({"targets": targets, "libraries": libraries}).encode()
    needs = {one.name: one.depends for one in found(CATALOGER, {"app/x.deps.json": text})}
    assert needs == {"A": ("B@2.0",), "B": ()}


BUNDLED = {
    "runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64", "signature": ""},
    "targets": {".NETCoreApp,Version=v8.0/linux-x64": {"A.B/1.0.0": {"dependencies": {}}}},
    "libraries": {"A.B/1.0.0": {"type": "package"}, "app/1.0.0": {"type": "project"}},
}


@pytest.mark.parametrize("line", ["\n", "\r\n"], ids=["linux", "windows"])
@pytest.mark.parametrize("before", [20_000, 262_144 - 20, 262_144 + 17], ids=str)
def test_a_program_in_one_file_holds_the_manifest(before: int, line: str) -> None:
    manifest = json.dumps(BUNDLED, indent=2).replace("\n", line).encode()
    content = b"\x7fELF\2\1\1" + bytes(before) + manifest + b"\0more}" + bytes(300_000)
    (one,) = found(CATALOGER, {"app/x": File(content, mode=0o755)})
    told = (one.type, one.name, one.version, one.confidence, one.location)
    assert told == ("nuget", "A.B", "1.0.0", "strong", "app/x")
    assert kept(CATALOGER, {"app/x": File(content, mode=0o644)}) == []


def test_a_damaged_manifest_in_a_program_is_told() -> None:
    content = b"\x7fELF" + bytes(20_000) + b'{\n  "runtimeTarget": {"name": 1,,\n}\n' + bytes(99)
    packages, problems = read(CATALOGER, {"app/x": File(content, mode=0o755)})
    assert packages == []
    assert problems[0].startswith("dependency manifest inside: ")
