"""Archives that nothing names: links may, and what they hold is a package all the same."""

import pytest

from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers.java import CATALOGER
from tests.images import Layer
from tests.inventory.catalogers.test_java import jar, manifest, pom
from tests.inventory.catalogers.walked import found


def joined(layer: Layer, links: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return the packages of a layer, completed with links."""
    beside = [Kept("java-paths", path, to.encode(), complete=True) for path, to in links.items()]
    assert CATALOGER.joins
    made = CATALOGER.joins(found(CATALOGER, layer), beside)
    return [(one.namespace, one.name, one.version) for one in made]


@pytest.mark.parametrize("kind", ["jar", "war", "ear", "rar", "kar", "lpkg", "aar", "hpi"])
def test_an_archive_that_only_its_file_names_is_no_package(kind: str) -> None:
    """What it holds is one all the same."""
    inner = {"WEB-INF/lib/b-1.jar": jar({"x": b""}), "lib/empty.rar": jar({"x": b""})}
    layer = {f"opt/app.{kind}": jar(inner), "opt/told.jar": jar(manifest(Bundle_Name="told"))}
    assert joined(layer, {}) == [("", "b", "1"), ("", "told", "")]


def test_a_link_tells_what_an_archive_without_words_is() -> None:
    links = {"usr/share/java/lib-1.2.jar": "lib.jar"}
    assert joined({"usr/share/java/lib.jar": jar({"x": b""})}, links) == [("", "lib", "1.2")]


def test_a_link_names_an_archive_of_which_only_a_bundled_part_is_known() -> None:
    moved = pom("com.shaded", "b", "2") | {"org/own/shadow/com/shaded/B.class": b""}
    layer = {"usr/share/java/own.jar": jar(moved | {"org/own/A.class": b""})}
    links = {"usr/share/java/own-1.2.jar": "own.jar"}
    assert joined(layer, links) == [("com.shaded", "b", "2"), ("", "own", "1.2")]


@pytest.mark.parametrize(
    ("classes", "is_own"),
    [
        (("g/x/A.class",), True),
        (("BOOT-INF/classes/g/x/A.class",), True),
        (("other/A.class",), True),
        (("other/shadow/g/x/A.class", "other/B.class"), False),
        (("other/shadow/g/x/A.class", "g/x/B.class"), True),
    ],
    ids=["below-its-group", "of-an-application", "elsewhere", "moved", "moved-and-own"],
)
def test_a_lone_pom_of_moved_classes_is_of_what_was_bundled(
    classes: tuple[str, ...], *, is_own: bool
) -> None:
    members = pom("g.x", "b", "2") | dict.fromkeys(classes, b"")
    (one,) = found(CATALOGER, {"opt/app.jar": jar(members)})
    assert (one.properties == ()) == is_own


def test_a_bundle_of_eclipses_build_is_named_whole() -> None:
    told = manifest(Bundle_SymbolicName="org.e.jdt.core; x:=y", Bundle_Version="3.2.0.qualifier")
    assert joined({"opt/e-jdt-core-3.2.0.jar": jar(told)}, {})[0][1:] == ("org.e.jdt.core", "3.2.0")


@pytest.mark.parametrize("file", ["guice-no-aop-4.2.jar", "guice-4.2-no_aop.jar"])
def test_a_published_variant_is_the_package_itself(file: str) -> None:
    told = manifest(Bundle_Name="guice", Bundle_SymbolicName="com.x.inject", Bundle_Version="4.2")
    assert joined({f"opt/{file}": jar(told)}, {})[0][1:] == ("guice", "4.2")


@pytest.mark.parametrize("kind", ["sources", "javadoc", "test-sources"])
def test_an_archive_of_texts_is_a_package_only_where_it_says_so(kind: str) -> None:
    told = jar(pom("g.x", "own", "1.0") | {"g/x/A.java": b""})
    layer = {f"opt/foo-1.0-{kind}.jar": jar({"A.java": b""}), f"opt/own-1.0-{kind}.jar": told}
    layer[f"opt/run-1.0-{kind}.jar"] = jar({"A.class": b""})
    assert joined(layer, {}) == [("g.x", "own", "1.0"), ("", "run", "1.0")]
