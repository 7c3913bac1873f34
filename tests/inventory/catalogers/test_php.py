"""PHP packages that Composer installed; composer.lock as weaker evidence."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.assembly import observers, with_inventory
from ocianalyze.inventory.catalogers.php import CATALOGER
from tests.images import Layer, image
from tests.inventory.catalogers.walked import (
    NOWHERE,
    claims,
    found,
    kept,
    read,
    releases,
    survives,
)

PACKAGES: list[dict[str, Any]] = [
    {
        "name": "monolog/monolog",
        "version": "2.1.0",
        "license": ["MIT"],
        "authors": [{"name": "A", "email": "a@example.org"}],
        "install-path": "../monolog/monolog",
    },
    {"name": "phpunit/phpunit", "version": "v9.1", "install-path": "../phpunit/phpunit"},
]
SECOND = json.dumps({"packages": PACKAGES, "dev": True, "dev-package-names": ["phpunit/phpunit"]})
FIRST = json.dumps([{k: v for k, v in each.items() if k != "install-path"} for each in PACKAGES])
PATH = "app/vendor/composer/installed.json"


@pytest.mark.parametrize("content", [FIRST, SECOND], ids=["composer1", "composer2"])
def test_both_forms_are_read(content: str) -> None:
    layer: Layer = {PATH: content.encode()}
    monolog, phpunit = found(CATALOGER, layer)
    assert (monolog.type, monolog.namespace, monolog.name) == ("composer", "monolog", "monolog")
    assert (monolog.version, monolog.licenses, monolog.supplier) == ("2.1.0", ("MIT",), "A")
    assert (phpunit.version, phpunit.confidence) == ("v9.1", "exact")
    assert [claim.trees for claim in claims(CATALOGER, layer)] == [
        ("app/vendor/monolog/monolog",),
        ("app/vendor/phpunit/phpunit",),
    ]
    assert monolog.location == "app/vendor/monolog/monolog"


VERSIONS = b"""<?php return array(
    'root' => array(
        'name' => 'acme/app', 'pretty_version' => 'dev-main', 'dev' => true,
    ),
    'versions' => array(
        'acme/app' => array(
            'pretty_version' => 'dev-main', 'version' => 'dev-main', 'install_path' => __DIR__,
        ),
        'monolog/monolog' => array(
            'pretty_version' => '2.1.0', 'version' => '2.1.0.0',
            'install_path' => __DIR__ . '/../monolog/monolog', 'dev_requirement' => false,
        ),
        'psr/log-implementation' => array(
            'dev_requirement' => false, 'provided' => array(0 => '1.0'),
        ),
    ),
);
"""
BESIDE = "app/vendor/composer/installed.php"


def test_what_programs_ask_for_versions_stands_for_a_record_that_is_gone() -> None:
    """Neither the application is a package nor what others provide."""
    layer: Layer = {BESIDE: VERSIONS}
    (monolog,) = found(CATALOGER, layer)
    told = (monolog.namespace, monolog.name, monolog.version, monolog.confidence)
    assert told == ("monolog", "monolog", "2.1.0", "strong")
    (claim,) = claims(CATALOGER, layer)
    assert (claim.location, claim.trees) == (monolog.location, ("app/vendor/monolog/monolog",))


def test_it_adds_nothing_to_that_record() -> None:
    layer: Layer = {PATH: SECOND.encode(), BESIDE: VERSIONS}
    view = with_inventory(image(layer, observers=observers()))
    assert [(x.name, x.found.confidence, x.found.licenses) for x in view.packages()] == [
        ("monolog", "exact", ("MIT",)),
        ("phpunit", "exact", ()),
    ]
    assert view.packages()[0].evidence == (PATH, BESIDE)


def test_development_packages_are_marked() -> None:
    marked = [one.properties for one in found(CATALOGER, {PATH: SECOND.encode()})]
    assert marked == [(), (("dependency", "development"),)]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param("app/composer.lock", {"packages": {"a/b": {}}}, id="lock-table"),
        pytest.param("app/composer.lock", {"packages": [], "packages-dev": 7}, id="lock-number"),
        pytest.param("app/composer.lock", [], id="lock-list"),
        pytest.param(PATH, {"packages": {"a/b": {}}}, id="installed-table"),
        pytest.param(PATH, "x", id="installed-text"),
    ],
)
def test_packages_that_are_no_list_are_a_problem(path: str, content: object) -> None:
    packages, (problem,) = read(CATALOGER, {path: json.dumps(content).encode()})
    assert packages == []
    assert problem.endswith("is no list")


@pytest.mark.parametrize("path", [PATH, "app/composer.lock"])
def test_entries_without_a_name_are_told_beside_the_others(path: str) -> None:
    content = {"packages": [{"name": None}, 7, PACKAGES[0]]}
    (one,), problems = read(CATALOGER, {path: json.dumps(content).encode()})
    assert one.name == "monolog"
    assert problems == ["2 entries name no package, or are over a limit"]


@pytest.mark.parametrize("place", ["../..", "../../..", "/", ".."])
def test_the_application_is_never_claimed_whole(place: str) -> None:
    content = json.dumps([{"name": "a/b", "version": "1", "install-path": place}]).encode()
    assert releases(CATALOGER, {PATH: content}) == {("a/b", "1")}
    assert claims(CATALOGER, {PATH: content}) == []


@pytest.mark.corpus
def test_lock_file_is_trivys_golden_list(corpus: Path) -> None:
    folder = corpus / "trivy-lang-golden"
    golden = json.loads((folder / "golden" / "composer.lock.json.golden").read_bytes())
    expected = {
        (one["Name"], one["Version"], tuple(one["Licenses"]))
        for result in golden["Results"]
        for one in result.get("Packages", ())
    }
    content = (folder / "repo" / "composer" / "composer.lock").read_bytes()
    told = found(CATALOGER, {"app/composer.lock": content})
    assert {(f"{one.namespace}/{one.name}", one.version, one.licenses) for one in told} == expected
    assert {one.confidence for one in told} == {"heuristic"}


def test_development_packages_of_a_lock_file_are_marked() -> None:
    content = json.dumps({"packages": PACKAGES[:1], "packages-dev": PACKAGES[1:]}).encode()
    marked = {one.name: one.properties for one in found(CATALOGER, {"composer.lock": content})}
    assert marked == {
        "monolog": (("evidence", "lock-file"),),
        "phpunit": (("dependency", "development"), ("evidence", "lock-file")),
    }


@pytest.mark.parametrize("path", ["app/installed.json", "vendor/a/b/composer.lock"])
def test_files_elsewhere_are_passed_over(path: str) -> None:
    assert kept(CATALOGER, {path: SECOND.encode()}) == []


def test_a_damaged_list_is_a_problem() -> None:
    (each,) = kept(CATALOGER, {PATH: SECOND[:40].encode()})
    with pytest.raises(ValueError, match=r"."):
        list(CATALOGER.read(each, NOWHERE))


_KEYS = ("name", "version", "license", "authors", "packages", "packages-dev", "install-path")
_JSON = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from((*_KEYS, "dev-package-names")), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize("path", [PATH, "composer.lock"])
@given(content=st.binary(max_size=200) | _JSON.map(json.dumps).map(str.encode))
def test_any_content_is_survived(path: str, content: bytes) -> None:
    survives(CATALOGER, path, content)


def test_needs_are_packages_and_no_parts_of_php() -> None:
    text = json.dumps(
        [
            {
                "name": "a/b",
                "version": "1",
                "require": {"php": ">=8", "ext-json": "*", "psr/log": "^3"},
                "provide": {"psr/log-implementation": "1"},
                "replace": {"a/old": "*"},
            }
        ]
    ).encode()
    (one,) = found(CATALOGER, {PATH: text})
    assert one.depends == ("psr/log",)
    assert one.provides == ("psr/log-implementation", "a/old")


def test_a_metapackage_has_no_directory_of_its_own() -> None:
    meta = {"name": "acme/meta", "version": "1", "type": "metapackage", "install-path": None}
    layer: Layer = {PATH: json.dumps({"packages": [meta]}).encode()}
    (package,) = found(CATALOGER, layer)
    assert package.location == "app/vendor/composer"
    assert list(claims(CATALOGER, layer)) == []
