"""Archives that nothing names: links may, and what they hold is a package all the same."""

import pytest

from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers.java import CATALOGER
from tests.images import Layer
from tests.inventory.catalogers.test_java import jar, manifest
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
