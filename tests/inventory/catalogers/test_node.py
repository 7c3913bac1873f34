"""Node packages: the same as npm lists, and those of lock files as weaker evidence."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers import _locked
from ocianalyze.inventory.catalogers.node import CATALOGER
from tests.images import Layer
from tests.inventory.catalogers.walked import (
    NOWHERE,
    claims,
    folder,
    found,
    kept,
    read,
    releases,
    survives,
)

PACKAGE = b'{"name": "@scope/left", "version": "1.2.3", "license": "MIT", "author": {"name": "A"}}'


def _listed(tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in tree.get("dependencies", {}).items():
        if "version" in value:
            yield name, value["version"]
        yield from _listed(value)


@pytest.mark.oracle
def test_global_packages_are_those_that_npm_lists(tool: Callable[[str], str]) -> None:
    npm = tool("npm")
    root = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, check=True)
    command = [npm, "ls", "-g", "--all", "--json"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    expected = set(_listed(json.loads(listed.stdout)))
    if not expected:
        pytest.skip("npm lists no global package")
    layer = folder(Path(root.stdout.strip()), "**/package.json", prefix="usr/lib/node_modules/")
    exact = {
        (f"{one.namespace}/{one.name}" if one.namespace else one.name, one.version)
        for one in found(CATALOGER, layer)
        if one.confidence == "exact"
    }
    assert exact == expected


@pytest.mark.corpus
def test_trees_of_the_corpus(corpus: Path) -> None:
    repo = corpus / "trivy-lang-golden" / "repo"
    layer = folder(repo, "pnpm/**/package.json", "yarn/**/package.json")
    assert {(one.name, one.version, one.confidence) for one in found(CATALOGER, layer)} >= {
        ("lodash", "4.17.4", "exact"),
        ("jquery", "3.3.9", "exact"),
    }


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        ("pnpm/pnpm-lock.yaml", {("jquery", "3.3.9"), ("lodash", "4.17.4")}),
        ("yarn/yarn.lock", {("asap", "2.0.6"), ("jquery", "3.2.1"), ("promise", "8.0.3")}),
    ],
)
def test_lock_files_of_the_corpus(corpus: Path, lock: str, expected: set[tuple[str, str]]) -> None:
    content = (corpus / "trivy-lang-golden" / "repo" / lock).read_bytes()
    assert releases(CATALOGER, {f"app/{Path(lock).name}": content}) == expected


@pytest.mark.corpus
def test_bun_lock_is_trivys_golden_list_and_the_development_dependencies(corpus: Path) -> None:
    folder_ = corpus / "trivy-lang-golden"
    golden = json.loads((folder_ / "golden" / "bun.json.golden").read_bytes())
    expected = {
        (one["Name"], one["Version"])
        for result in golden["Results"]
        for one in result.get("Packages", ())
    }
    content = (folder_ / "repo" / "bun" / "bun.lock").read_bytes()
    development = {"@types/bun", "@types/node", "bun-types", "undici-types"}
    told = releases(CATALOGER, {"app/bun.lock": content})
    assert {one for one in told if one[0] not in development} == expected


def test_a_scope_is_the_namespace_and_the_directory_the_location() -> None:
    layer: Layer = {"app/node_modules/@scope/left/package.json": PACKAGE}
    (one,) = found(CATALOGER, layer)
    assert (one.namespace, one.name, one.version) == ("@scope", "left", "1.2.3")
    assert (one.licenses, one.supplier) == (("MIT",), "A")
    assert one.location == "app/node_modules/@scope/left"
    (claim,) = claims(CATALOGER, layer)
    assert (claim.name, claim.location, claim.trees) == ("left", one.location, (one.location,))


@pytest.mark.parametrize(
    ("path", "confidence", "claimed"),
    [
        ("node_modules/a/package.json", "exact", 1),
        ("a/node_modules/b/node_modules/@c/d/package.json", "exact", 1),
        ("a/node_modules/b/dist/compiled/c/package.json", "strong", 1),
        ("usr/share/nodejs/a/package.json", "exact", 1),
        ("app/package.json", "heuristic", 0),
        ("opt/yarn-v1.22.19/package.json", "heuristic", 0),
        ("package.json", "heuristic", 0),
    ],
)
def test_confidence_follows_the_place(path: str, confidence: str, claimed: int) -> None:
    (one,) = found(CATALOGER, {path: PACKAGE})
    assert one.confidence == confidence
    assert (("bundled", "true") in one.properties) == (confidence == "strong")
    assert len(claims(CATALOGER, {path: PACKAGE})) == claimed


def test_a_private_manifest_inside_a_package_is_a_part_of_it() -> None:
    """Terser has one: `node_modules/terser/bin/package.json`, with the name `bin`."""
    private = b'{"name": "bin", "version": "1.0.0", "private": true}'
    assert found(CATALOGER, {"node_modules/terser/bin/package.json": private}) == []
    assert len(found(CATALOGER, {"node_modules/bin/package.json": private})) == 1


@pytest.mark.parametrize(
    "content",
    [b'{"type": "module"}', b'{"name": "x"}', b'{"name": 1, "version": "1"}', b"[]", b"null"],
)
def test_a_manifest_without_name_and_version_is_no_package(content: bytes) -> None:
    assert found(CATALOGER, {"node_modules/x/package.json": content}) == []


@pytest.mark.parametrize(
    ("license_", "expected"),
    [
        ('"license": "MIT"', ("MIT",)),
        ('"license": {"type": "ISC", "url": "x"}', ("ISC",)),
        ('"licenses": [{"type": "MIT"}, {"type": "GPL"}]', ("MIT", "GPL")),
        ('"licenses": ["MIT", "MIT"]', ("MIT",)),
        ('"license": ["MIT", {"type": "X"}]', ("MIT", "X")),
        ('"license": 5, "licenses": {}', ()),
    ],
)
def test_all_forms_of_licences(license_: str, expected: tuple[str, ...]) -> None:
    content = f'{{"name": "a", "version": "1", {license_}}}'.encode()
    (one,) = found(CATALOGER, {"node_modules/a/package.json": content})
    assert one.licenses == expected


@pytest.mark.parametrize("path", ["node_modules/x/package.json"])
def test_a_damaged_manifest_of_an_installed_package_is_a_problem(path: str) -> None:
    (each,) = kept(CATALOGER, {path: b'{"name": '})
    with pytest.raises(ValueError, match=r"."):
        list(CATALOGER.read(each, NOWHERE))


def test_a_damaged_manifest_elsewhere_is_passed_over() -> None:
    assert kept(CATALOGER, {"node_modules/resolve/test/bad/package.json": b"{"}) == []


NPM1 = b"""{"lockfileVersion": 1, "dependencies": {
  "a": {"version": "1.0.0", "requires": {"b": "*"}, "dependencies": {"b": {"version": "2.0.0"}}},
  "@s/c": {"version": "3.0.0", "dev": true},
  "alias": {"version": "npm:real@4.0.0"},
  "local": {"version": "file:../local"}}}"""
NPM3 = b"""{"lockfileVersion": 3, "packages": {
  "": {"name": "app", "version": "9.9.9"},
  "packages/w": {"version": "1.0.0"},
  "node_modules/w": {"resolved": "packages/w", "link": true},
  "node_modules/a": {"version": "1.0.0"},
  "node_modules/a/node_modules/b": {"version": "2.0.0"},
  "node_modules/@s/c": {"version": "3.0.0", "dev": true},
  "node_modules/alias": {"name": "real", "version": "4.0.0"}}}"""
YARN1 = b"""# yarn lockfile v1

a@^1.0.0, a@~1.0:
  version "1.0.0"
  dependencies:
    b "^2.0.0"
    version "7"

"b@>=2 <3":
  version "2.0.0"

"@s/c@^3":
  version "3.0.0"

"alias@npm:real@^4":
  version "4.0.0"
"""
BERRY = b"""__metadata:
  version: 6
  cacheKey: 8

"a@npm:^1.0.0, a@npm:~1.0":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  dependencies:
    b: "npm:^2"

"b@npm:^2":
  version: 2.0.0
  resolution: "b@npm:2.0.0"

"@s/c@npm:^3":
  version: 3.0.0
  resolution: "@s/c@npm:3.0.0"

"alias@npm:real@^4":
  version: 4.0.0
  resolution: "real@npm:4.0.0"

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
"""
PNPM5 = b"""lockfileVersion: 5.4
packages:

  /a/1.0.0:
    resolution: {integrity: sha512-x}
  /b/2.0.0_a@1.0.0:
    resolution: {integrity: sha512-x}
  /@s/c/3.0.0:
    dev: true
  github.com/x/real/abcdef:
    name: real
    version: 4.0.0
"""
PNPM6 = b"""lockfileVersion: '6.0'
packages:

  /a@1.0.0:
    resolution: {integrity: sha512-x}
  /b@2.0.0(a@1.0.0):
    resolution: {integrity: sha512-x}
  /@s/c@3.0.0:
    dev: true
  /real@4.0.0: {}
  'file:../local': {}
"""
PNPM9 = b"""lockfileVersion: '9.0'

importers:
  .:
    dependencies:
      a@9.9.9:
        specifier: x

packages:

  a@1.0.0:
    resolution: {integrity: sha512-x}
  b@2.0.0:
    version: 2.0.0
  '@s/c@3.0.0':
    engines: {node: '>=6'}
  real@4.0.0:
    resolution: {integrity: sha512-x}

snapshots:

  z@1.0.0(a@1.0.0): {}
"""
LOCKED = {("a", "1.0.0"), ("b", "2.0.0"), ("@s/c", "3.0.0"), ("real", "4.0.0")}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("package-lock.json", NPM1),
        ("npm-shrinkwrap.json", NPM3),
        ("yarn.lock", YARN1),
        ("yarn.lock", BERRY),
        ("pnpm-lock.yaml", PNPM5),
        ("pnpm-lock.yaml", PNPM6),
        ("pnpm-lock.yaml", PNPM9),
    ],
    ids=["npm1", "npm3", "yarn1", "berry", "pnpm5", "pnpm6", "pnpm9"],
)
def test_all_forms_of_lock_files(name: str, content: bytes) -> None:
    layer: Layer = {f"app/{name}": content}
    assert releases(CATALOGER, layer) == LOCKED
    assert {one.confidence for one in found(CATALOGER, layer)} == {"heuristic"}
    assert all(("evidence", "lock-file") in one.properties for one in found(CATALOGER, layer))
    assert claims(CATALOGER, layer) == []


@pytest.mark.parametrize("content", [NPM1, NPM3])
def test_development_dependencies_are_marked(content: bytes) -> None:
    layer: Layer = {"app/package-lock.json": content}
    marked = {
        one.name
        for one in found(CATALOGER, layer)
        if ("dependency", "development") in one.properties
    }
    assert marked == {"c"}


@pytest.mark.parametrize(
    "home",
    [
        "node_modules/a",
        "usr/lib/ruby/gems/3.1.0/gems/typeprof-0.21.2/vscode",
        "usr/lib/python3/site-packages/jupyter/staging",
        "usr/lib/python3/dist-packages/a",
    ],
)
def test_lock_files_of_installed_packages_are_passed_over(home: str) -> None:
    assert kept(CATALOGER, {f"{home}/yarn.lock": YARN1}) == []


@pytest.mark.parametrize(
    "path",
    [
        "node_modules/a/package.json",
        "package.json",
        "package-lock.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
    ],
)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_content_is_survived(path: str, content: bytes) -> None:
    survives(CATALOGER, path, content)


_KEYS = (
    *("name", "version", "license", "licenses", "author", "type"),
    *("packages", "dependencies", "node_modules/a", "link", "dev"),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("path", ["node_modules/a/package.json", "package-lock.json", "bun.lock"])
@given(value=_JSON)
def test_any_document_is_survived(path: str, value: object) -> None:
    survives(CATALOGER, path, json.dumps(value).encode())


@pytest.mark.parametrize("name", ["yarn.lock", "pnpm-lock.yaml", "bun.lock", "package-lock.json"])
@pytest.mark.parametrize("unit", ["a@", "  a", "  'a", ": ", ",", "  a@1:\n", "a@1:\n", "{", "["])
def test_lock_files_are_read_in_linear_time(name: str, unit: str) -> None:
    began = time.process_time()
    survives(CATALOGER, name, b"packages:\n" + unit.encode() * (900_000 // len(unit)))
    survives(CATALOGER, name, b"packages:\n" + (unit * 4_000 + "\n").encode() * 10)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("name", ["package-lock.json", "yarn.lock", "pnpm-lock.yaml"])
@given(
    at=st.integers(0, 400),
    junk=st.binary(max_size=8),
)
def test_damaged_lock_files_are_survived(name: str, at: int, junk: bytes) -> None:
    content = {"package-lock.json": NPM1, "yarn.lock": BERRY, "pnpm-lock.yaml": PNPM6}[name]
    survives(CATALOGER, name, content[:at] + junk + content[at + 3 :])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("package-lock.json", {"packages": []}, id="npm-list"),
        pytest.param("package-lock.json", {"dependencies": 7}, id="npm-tree-number"),
        pytest.param("package-lock.json", [], id="npm-no-table"),
        pytest.param("bun.lock", {"packages": None}, id="bun-null"),
    ],
)
def test_packages_of_a_lock_that_are_no_table_are_a_problem(name: str, content: object) -> None:
    packages, (problem,) = read(CATALOGER, {f"app/{name}": json.dumps(content).encode()})
    assert packages == []
    assert problem.endswith("is no table")


def test_a_lock_that_names_more_than_is_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_locked, "ROWS", 2)
    for count, told in ((2, 0), (3, 1)):
        entries = {f"node_modules/p{number}": {"version": "1"} for number in range(count)}
        content = json.dumps({"packages": entries}).encode()
        packages, problems = read(CATALOGER, {"app/package-lock.json": content})
        assert (len(packages), len(problems)) == (2, told)
