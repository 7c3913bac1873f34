"""A program that cargo builds here, with its list of crates, against what cargo itself tells."""

import json
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ocianalyze.inventory.catalogers.rust import CATALOGER
from tests.inventory.accuracy.needs import needed
from tests.inventory.catalogers.walked import found

pytestmark = pytest.mark.oracle

_SECONDS = 120
_CRATES = {"app": ("0.3.1", ["left", "right"]), "left": ("1.0.0-rc.1", ["base"]),
           "right": ("2.5.0", ["base"]), "base": ("0.0.7", [])}  # fmt: skip
"""Versions of crates, and what each needs."""
_LIBRARY = "pub fn f() -> usize { 1 }\n"
_MAIN = """
#[used]
#[unsafe(link_section = ".dep-v0")]
static LIST: [u8; include_bytes!("../list").len()] = *include_bytes!("../list");
fn main() { println!("{}", left::f() + right::f()); }
"""


class Built(NamedTuple):
    """A program, and what cargo tells of its crates."""

    program: bytes
    crates: set[tuple[str, str]]
    edges: set[tuple[str, str]]


def _sources(folder: Path) -> None:
    for name, (version, needs) in _CRATES.items():
        home = folder / name
        (home / "src").mkdir(parents=True)
        head = f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2021"\n'
        needed = "".join(f'{x} = {{ path = "../{x}" }}\n' for x in needs)
        (home / "Cargo.toml").write_text(f"{head}[dependencies]\n{needed}")
        kind, text = ("main", _MAIN) if name == "app" else ("lib", _LIBRARY)
        (home / "src" / f"{kind}.rs").write_text(text)


def _list(metadata: dict[str, Any]) -> bytes:
    """Return the list of crates as cargo-auditable stores it, made of cargo's own resolution."""
    nodes = metadata["resolve"]["nodes"]
    numbers = {node["id"]: number for number, node in enumerate(nodes)}
    packages = {one["id"]: one for one in metadata["packages"]}
    rows = [
        {
            "name": packages[node["id"]]["name"],
            "version": packages[node["id"]]["version"],
            "source": "local",
            "dependencies": [numbers[each] for each in node["dependencies"]],
            "root": node["id"] == metadata["resolve"]["root"],
        }
        for node in nodes
    ]
    return zlib.compress(json.dumps({"packages": rows}).encode())


@pytest.fixture(scope="module")
def built(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return a program that cargo built, without its names and with link-time optimization."""
    cargo, folder = tool("cargo"), tmp_path_factory.mktemp("cargo")
    _sources(folder)
    settings = ("--offline", "--manifest-path", str(folder / "app/Cargo.toml"))
    profile = ("profile.release.strip=true", "profile.release.lto=true")
    release = ("--release", *(f"--config={one}" for one in profile))
    try:
        told = subprocess.run(
            (cargo, "metadata", "--format-version", "1", *settings),
            capture_output=True, timeout=_SECONDS, check=True,
        )  # fmt: skip
        metadata = json.loads(told.stdout)
        (folder / "app/list").write_bytes(_list(metadata))
        command = (cargo, "build", *release, *settings)
        subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)
    except subprocess.SubprocessError:
        pytest.skip("cargo does not build here")
    named = {one["id"]: one["name"] for one in metadata["packages"]}
    nodes = metadata["resolve"]["nodes"]
    edges = {(named[x["id"]], named[each]) for x in nodes for each in x["dependencies"]}
    crates = {(one["name"], one["version"]) for one in metadata["packages"]}
    return Built((folder / "app/target/release/app").read_bytes(), crates, edges)


def test_crates_are_those_of_cargo(built: Built) -> None:
    crates = found(CATALOGER, {"usr/bin/app": built.program})
    assert {(one.name, one.version) for one in crates} == built.crates
    assert [one.name for one in crates if ("root", "true") in one.properties] == ["app"]


def test_what_crates_need_is_what_cargo_resolved(built: Built) -> None:
    assert needed(found(CATALOGER, {"usr/bin/app": built.program})) == built.edges
