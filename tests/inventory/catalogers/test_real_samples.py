"""What real tools and packages leave on a machine, each read where it is present.

`OCIANALYZE_SAMPLES` names a folder with more: unpacked packages of any registry.
"""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from itertools import chain, islice
from pathlib import Path

import pytest
import yaml

from ocianalyze.inventory._base import Cataloger
from ocianalyze.inventory.catalogers.beam import CATALOGER as BEAM
from ocianalyze.inventory.catalogers.conda import CATALOGER as CONDA
from ocianalyze.inventory.catalogers.dart import CATALOGER as DART
from ocianalyze.inventory.catalogers.dotnet import CATALOGER as DOTNET
from ocianalyze.inventory.catalogers.lua import CATALOGER as LUA
from ocianalyze.inventory.catalogers.perl import CATALOGER as PERL
from ocianalyze.inventory.catalogers.r import CATALOGER as R
from ocianalyze.inventory.catalogers.swift import CATALOGER as SWIFT
from ocianalyze.model.package import Found
from tests.images import Layer
from tests.inventory.catalogers.walked import claims, found

FOLDER = os.environ.get("OCIANALYZE_SAMPLES", "")
SAMPLES = 500
"""Files read of one kind."""
Tool = Callable[[str], str]

pytestmark = pytest.mark.oracle


def samples(*patterns: str, installed: Iterable[str] = ()) -> list[Path]:
    """Return files of this machine, and those of the folder of samples; skip without any."""
    where = [(Path("/"), pattern) for pattern in installed]
    where += [(Path(FOLDER), pattern) for pattern in patterns] if FOLDER else []
    found = chain.from_iterable(root.glob(pattern) for root, pattern in where)
    paths = sorted(islice((path for path in found if path.is_file()), SAMPLES))
    if not paths:
        pytest.skip(f"no {patterns[0]} on this machine; name a folder with OCIANALYZE_SAMPLES")
    return paths


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files of Debian's Erlang and Elixir, which nothing installs."""
    folder = tmp_path_factory.mktemp("debian")
    fetch = ["apt-get", "-qq", "download", "erlang-base", "elixir"]
    try:
        subprocess.run(fetch, cwd=folder, capture_output=True, timeout=100, check=True)
        for package in sorted(folder.glob("*.deb")):
            command = ["dpkg-deb", "-x", str(package), str(folder)]
            subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("the Debian archive is not reachable from here")
    return folder


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the .NET runtime that a wheel brings."""
    folder = tmp_path_factory.mktemp("dotnet")
    fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder)]
    try:
        subprocess.run([*fetch, "dotnetcore2"], capture_output=True, timeout=100, check=True)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("no wheel with a .NET runtime is reachable from here")
    for wheel in folder.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(folder)
    return folder


def read(cataloger: Cataloger, paths: Iterable[Path]) -> dict[str, list[Found]]:
    """Return the packages of each file, by its path as in an image of this machine."""
    return {
        str(path): found(cataloger, {str(path).lstrip("/"): path.read_bytes()}) for path in paths
    }


def test_erlang_applications_lie_in_directories_of_their_names_and_versions(debian: Path) -> None:
    paths = sorted(debian.glob("**/erlang/lib/*-*/ebin/*.app"))
    assert paths
    for path, packages in read(BEAM, paths).items():
        name, _, version = Path(path).parents[1].name.rpartition("-")
        assert [(one.name, one.version) for one in packages] == [(name, version)], path


def test_elixir_is_of_one_version(debian: Path) -> None:
    paths = sorted(debian.glob("usr/lib/elixir/lib/*/ebin/*.app"))
    read_ = read(BEAM, paths)
    assert {Path(path).stem for path in read_} == {one[0].name for one in read_.values()}
    assert len({(one[0].version, one[0].type) for one in read_.values()}) == 1


def test_a_dotnet_runtime_names_the_packages_it_was_made_of(runtime: Path) -> None:
    paths = sorted(runtime.glob("**/*.deps.json"))
    assert paths
    for path, packages in read(DOTNET, paths).items():
        libraries = json.loads(Path(path).read_bytes())["libraries"]
        named = {key for key, facts in libraries.items() if facts["type"] == "package"}
        assert {f"{one.name}/{one.version}" for one in packages} == named


def test_r_packages_lie_in_directories_of_their_names() -> None:
    """All but `translations`, which R makes without building it."""
    paths = samples(
        "**/R/*library/*/DESCRIPTION",
        installed=["usr/lib/R/*library/*/DESCRIPTION", "usr/local/lib/R/*/*/DESCRIPTION"],
    )
    for path, packages in read(R, paths).items():
        home = Path(path).parent.name
        version = re.search(r"^Version: (.+)$", Path(path).read_text("utf-8"), re.MULTILINE)
        assert version
        wanted = [] if home == "translations" else [(home, version[1])]
        assert [(one.name, one.version) for one in packages] == wanted, path


def test_a_rock_that_luarocks_installs_is_found_with_its_files(tool: Tool, tmp_path: Path) -> None:
    """Without a network: from a source beside its rockspec. Its own list is the truth."""
    program, version = tool("luarocks"), "5.3"
    tool(f"lua{version}")
    (tmp_path / "inc").mkdir()
    (tmp_path / "inc" / "lua.h").write_text("#define LUA_VERSION_NUM 503\n")
    (tmp_path / "demo.lua").write_text("return {}\n")
    (tmp_path / "run").write_text("#!/usr/bin/env lua\n")
    spec = tmp_path / "demo-1.2-3.rockspec"
    spec.write_text(
        'package = "demo"\nversion = "1.2-3"\nsource = { url = "file://." }\n'
        'build = { type = "builtin", install = { bin = { "run" } },\n'
        '  modules = { ["demo"] = "demo.lua", ["demo.sub"] = "demo.lua" } }\n'
    )
    tree = tmp_path / "usr" / "local"
    common = [program, "--lua-version", version]
    make = [*common, "make", "--tree", str(tree), str(spec), f"LUA_INCDIR={tmp_path}/inc"]
    subprocess.run(make, cwd=tmp_path, check=True, capture_output=True)
    layer = _layer(tree, "usr/local")
    told = subprocess.run(
        [*common, "list", "--porcelain", "--tree", str(tree)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\t")
    (rock,) = found(LUA, layer)
    assert [rock.name, rock.version] == told[:2]
    (claim,) = claims(LUA, layer)
    rest = {path for path in layer if not path.startswith(claim.trees)}
    assert rest - {*claim.paths} == {"usr/local/lib/luarocks/rocks-5.3/manifest"}


def test_a_module_that_makemaker_installs_is_found_with_its_files(
    tool: Tool, tmp_path: Path
) -> None:
    perl, make = tool("perl"), tool("make")
    probe = [perl, "-MExtUtils::MakeMaker", "-e1"]
    if subprocess.run(probe, check=False, capture_output=True).returncode:
        pytest.skip("perl has no ExtUtils::MakeMaker")
    source, base = tmp_path / "source", tmp_path / "base"
    module = source / "lib" / "Demo" / "Thing.pm"
    module.parent.mkdir(parents=True)
    module.write_text("package Demo::Thing;\nour $VERSION = '1.25';\n1;\n")
    (source / "Makefile.PL").write_text(
        "use ExtUtils::MakeMaker;\n"
        "WriteMakefile(NAME => 'Demo::Thing', VERSION_FROM => 'lib/Demo/Thing.pm');\n"
    )
    for command in ([perl, "Makefile.PL", f"INSTALL_BASE={base}"], [make, "install"]):
        subprocess.run(command, cwd=source, check=True, capture_output=True)
    prefix = str(base).lstrip("/")
    layer = _layer(base, prefix)
    (one,) = found(PERL, layer)
    assert (one.name, one.version) == ("Demo-Thing", "1.25")
    (claim,) = claims(PERL, layer)
    assert {path for path in layer if path.endswith(".pm")} <= {*claim.paths, *claim.programs}
    assert one.location == claim.location


def test_pins_of_swift_are_those_of_the_document() -> None:
    for path, packages in read(SWIFT, samples("**/Package.resolved")).items():
        document = json.loads(Path(path).read_bytes())
        pins = document.get("pins") or document["object"]["pins"]
        states = [pin["state"] for pin in pins]
        wanted = [state.get("version") or state["revision"] for state in states]
        assert [one.version for one in packages] == wanted, path
        where = [pin.get("location") or pin["repositoryURL"] for pin in pins]
        assert all(f"{x.namespace}/{x.name}" in y for x, y in zip(packages, where, strict=True))


def test_dart_packages_are_those_of_a_yaml_parser() -> None:
    for path, packages in read(DART, samples("**/pubspec.lock")).items():
        document = yaml.safe_load(Path(path).read_bytes())
        wanted = {(name, said["version"]) for name, said in document["packages"].items()}
        assert {(one.name, one.version) for one in packages} == wanted, path


def test_conda_records_are_named_after_their_packages() -> None:
    paths = samples(
        "**/conda-meta/*-*-*.json",
        installed=["opt/*conda*/conda-meta/*.json", "root/*conda*/conda-meta/*.json"],
    )
    for path, packages in read(CONDA, paths).items():
        name, version, build = Path(path).stem.rsplit("-", 2)
        (one,) = packages
        told = (one.name, one.version, dict(one.qualifiers)["build"])
        assert told == (name, version, build), path


def _layer(root: Path, prefix: str) -> Layer:
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    return {f"{prefix}/{path.relative_to(root)}": path.read_bytes() for path in files}
