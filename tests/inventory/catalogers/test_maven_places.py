"""Coordinates of Java archives by their places and the links to them."""

from pathlib import PurePosixPath

import pytest

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory import assembly
from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers._jar_naming import Coordinates
from ocianalyze.inventory.catalogers._maven_places import links_of, place
from ocianalyze.model.package import Package
from tests.images import File, Layer, image
from tests.inventory.catalogers.test_java import jar, manifest, pom

GUAVA = Coordinates("com.google.guava", "guava", "31.1-jre")
BARE = jar({"a.class": b""})
REPO = "usr/share/maven-repo"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("root/.m2/repository/com/google/guava/guava/31.1-jre/guava-31.1-jre.jar", GUAVA),
        ("repository/com/google/guava/guava/31.1-jre/guava-31.1-jre-sources.jar", GUAVA),
        (f"{REPO}/com/google/guava/guava/31.1-jre/guava-31.1-jre.jar", GUAVA),
        (
            "root/.gradle/files-2.1/com.google.guava/guava/31.1-jre/60458f/guava-31.1-jre.jar",
            GUAVA,
        ),
        (f"{REPO}/junit/junit/4.x/junit-4.x.jar", Coordinates("junit", "junit", "")),
        (f"{REPO}/junit/junit/debian/junit-debian.jar", Coordinates("junit", "junit", "")),
        ("repository/repository/a/1/a-1.jar", None),
        ("repository/g/repository/a/1/a-1.jar", None),
        (
            "repository/x/.m2/repository/g/repository/a/1/a-1.jar",
            Coordinates("g.repository", "a", "1"),
        ),
        (".m2/repository/g/a/1/a-1.jar", Coordinates("g", "a", "1")),
        ("repository/g/a/1/b-1.jar", None),
        ("repository/g/a/1/a-10.jar", None),
        ("repository/a/1/a-1.jar", None),
        ("lib/com/google/guava/guava/31.1-jre/guava-31.1-jre.jar", None),
        ("files-2.1/g/a/1/a-1.jar", None),
        ("a.jar", None),
        ("", None),
        (f"repository/{'g/' * 2_000}a/1/a-1.jar", None),
    ],
)
def test_a_place_tells_coordinates_where_all_of_it_agrees(
    path: str, expected: Coordinates | None
) -> None:
    assert place(path) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"a/x-1.jar": "x.jar"}, {"a/x.jar": ["a/x-1.jar"]}, id="beside"),
        pytest.param({"a/b/x": "../../c/y"}, {"c/y": ["a/b/x"]}, id="relative"),
        pytest.param({"a/x": "/c/y"}, {"c/y": ["a/x"]}, id="absolute"),
        pytest.param({"a/x": "../../../y"}, {"y": ["a/x"]}, id="never-outside"),
        pytest.param({"r": "m", "m": "y"}, {"y": ["m", "r"]}, id="chain"),
        pytest.param({"a": "b", "b": "a"}, {}, id="loop"),
        pytest.param({f"l{n}": f"l{n + 1}" for n in range(40)}, {"l40": ...}, id="bounded"),
    ],
)
def test_links_are_followed_without_the_tree(
    said: dict[str, str], expected: dict[str, object]
) -> None:
    found = links_of(
        Kept("java-paths", path, to.encode(), complete=True) for path, to in said.items()
    )
    assert found.keys() == expected.keys()
    assert all(... in (want, found[to]) or want == found[to] for to, want in expected.items())


def view(*layers: Layer) -> ImageView:
    """Return an image with its inventory, its directories as entries of their own."""
    layers = tuple(_directories(layer) | dict(layer) for layer in layers)
    return assembly.with_inventory(image(*layers, observers=assembly.observers()))


def _directories(layer: Layer) -> dict[str, File | bytes]:
    above = {str(x) for path in layer for x in PurePosixPath(path).parents}
    return {path: File(kind="d") for path in sorted(above - {"."})}


def packages(*layers: Layer) -> tuple[Package, ...]:
    """Return the visible packages of an image."""
    return view(*layers).packages()


def named(*layers: Layer) -> set[tuple[str, str, str, str]]:
    """Return group, artifact, version and confidence of each package."""
    return {(x.found.namespace, x.name, x.version, x.found.confidence) for x in packages(*layers)}


def link(target: str) -> File:
    """Return a symbolic link."""
    return File(kind="l", link=target)


INJECT: Layer = {
    "usr/share/java/atinject-api-1.0.jar": jar(manifest(Bundle_Version="1.0.0")),
    f"{REPO}/javax/inject/javax.inject/1/javax.inject-1.jar": link(
        "../../../../../java/atinject-api-1.0.jar"
    ),
}


def test_debians_repository_names_what_it_links_to() -> None:
    (found,) = packages(INJECT)
    assert found.purl == "pkg:maven/javax.inject/javax.inject@1"
    assert found.found.confidence == "strong"
    assert found.evidence == (
        "usr/share/java/atinject-api-1.0.jar",
        f"{REPO}/javax/inject/javax.inject/1/javax.inject-1.jar",
    )
    assert (found.introduced, found.found.location) == (0, "usr/share/java/atinject-api-1.0.jar")


def test_the_archive_is_owned_by_the_package_that_the_links_name() -> None:
    (owner,) = view(INJECT).inventory.owners("usr/share/java/atinject-api-1.0.jar")
    assert owner.name == "javax.inject"


def test_the_archives_own_place_is_better_than_links() -> None:
    own = ".m2/repository/g/own/2/own-2.jar"
    layer: Layer = {own: BARE, f"{REPO}/h/other/3/other-3.jar": link(f"/{own}")}
    assert named(layer) == {("g", "own", "2", "strong")}


def test_the_version_may_be_in_the_name_of_a_link() -> None:
    """Debian's debhelper names links so; a name with more than a version is another thing's."""
    layer: Layer = {
        "usr/share/java/api.jar": BARE,
        "usr/share/java/api-5.9.2.jar": link("api.jar"),
        "usr/share/java/api-old.jar": link("api.jar"),
    }
    assert named(layer) == {("", "api", "5.9.2", "heuristic")}


@pytest.mark.parametrize("version", ["4.x", "debian"])
def test_a_version_for_many_tells_the_name_alone(version: str) -> None:
    layer: Layer = {
        "usr/share/java/junit4-4.13.2.jar": BARE,
        f"{REPO}/junit/junit/{version}/junit-{version}.jar": link(
            "/usr/share/java/junit4-4.13.2.jar"
        ),
    }
    assert named(layer) == {("junit", "junit", "4.13.2", "strong")}


def test_what_a_pom_tells_stays() -> None:
    """As long as it has a word in common with what links tell: Debian renames."""
    layer: Layer = {
        "usr/share/java/servlet-api.jar": jar(pom("jakarta.servlet", "jakarta.servlet-api", "5.0")),
        f"{REPO}/javax/servlet/servlet-api/5/servlet-api-5.jar": link(
            "/usr/share/java/servlet-api.jar"
        ),
    }
    assert named(layer) == {("jakarta.servlet", "jakarta.servlet-api", "5.0", "exact")}


def test_a_pom_of_what_is_bundled_does_not_name_the_archive() -> None:
    path = "usr/share/java/junit-params.jar"
    layer: Layer = {
        path: jar(pom("com.univocity", "univocity-parsers", "2.9.1")),
        f"{REPO}/org/junit/junit-params/5.9/junit-params-5.9.jar": link(f"/{path}"),
    }
    by_name = {x.name: x for x in packages(layer)}
    assert by_name.keys() == {"univocity-parsers", "junit-params"}
    assert ("shaded", "true") in by_name["univocity-parsers"].found.properties
    assert by_name["junit-params"].version == "5.9"
    (owner,) = view(layer).inventory.owners(path)
    assert owner.name == "junit-params"


def test_a_renamed_package_keeps_its_layer() -> None:
    """Also when links come later, or another archive is beside."""
    jar_alone: Layer = {"usr/share/java/atinject-api-1.0.jar": BARE, "usr/share/java/b-2.jar": BARE}
    links = {path: file for path, file in INJECT.items() if path.startswith(REPO)}
    found = {x.name: x.introduced for x in packages({"x": b""}, jar_alone, links)}
    assert found["b"] == 1
    assert found["javax.inject"] in (1, 2)


def test_an_archive_at_the_root_has_no_place() -> None:
    assert named({"a-1.jar": BARE}) == {("", "a", "1", "heuristic")}


def test_an_image_without_archives_is_not_searched_for_links() -> None:
    assert packages({f"{REPO}/a/b/1/b-1.jar": link("/gone.jar")}) == ()
