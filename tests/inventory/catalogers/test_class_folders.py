"""Groups of Java archives by the folders of their classes."""

import itertools
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from ocianalyze.inventory.catalogers._class_folders import group
from ocianalyze.inventory.catalogers._jar import main_section
from ocianalyze.inventory.catalogers._jar_naming import own
from ocianalyze.inventory.catalogers.java import CATALOGER
from ocianalyze.inventory.purl import purl
from tests.inventory.catalogers.test_java import jar, manifest
from tests.inventory.catalogers.walked import found


@pytest.mark.parametrize(
    ("artifact", "module", "classes", "expected"),
    [
        ("log4j-core", "", ("org/apache/l/log4j/core/A", "org/apache/l/log4j/core/b/B"),
         "org.apache.l.log4j"),
        ("slf4j-api", "", ("org/slf4j/A", "org/slf4j/spi/B"), "org.slf4j"),
        ("slf4j-api", "", ("org/slf4j/A", "META-INF/versions/9/x/B"), "org.slf4j"),
        ("a-b-c", "org.a.b.c", ("org/a/b/c/A",), "org.a"),
        ("a-b-c", "", ("org/a/b/c/A",), ""),
        ("a-b-c", "com.a.b.c", ("org/a/b/c/A",), ""),
        ("a-b", "", ("org/a/b/A", "com/a/b/B"), ""),
        ("a-b", "", ("org/a/b/A", "org/a/b$/A", "org/a/b/c/A"), "org.a"),
        ("a-b", "", ("org/a/A", "org/a$/A", "org/a/b/A"), ""),
        ("a-b", "", ("org/a/other/A",), ""),
        ("a-b", "", ("a/b/A",), ""),
        ("b", "", ("org/b/A",), ""),
        ("a-b", "", ("A",), ""),
        ("a-b", "", (), ""),
    ],
    ids=["spelled", "ends", "releases", "agreed", "long", "contradicted", "two-trees",
         "signs-in-order", "signs-in-order-above", "other-word",
         "no-domain", "one-word", "no-folder", "no-class"],
)  # fmt: skip
def test_folders_that_spell_the_artifact_tell_its_group(
    artifact: str, module: str, classes: tuple[str, ...], expected: str
) -> None:
    assert group(artifact, module, [f"{one}.class" for one in classes]) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param({}, "pkg:maven/org.x.q/q-core@1.2", id="folders"),
        pytest.param(
            {"Bundle_SymbolicName": "q.core"}, "pkg:maven/org.x.q/q-core@1.2", id="dotted-artifact"
        ),
        pytest.param(
            {"Implementation_Title": "org.own:q-core"}, "pkg:maven/org.own/q-core@1.2", id="title"
        ),
        pytest.param(
            {"Implementation_Vendor_Id": "org.own"}, "pkg:maven/org.own/q-core@1.2", id="vendor"
        ),
    ],
)
def test_an_archive_without_a_pom_has_the_group_that_it_tells(
    told: dict[str, str], expected: str
) -> None:
    members = manifest(**told) | {"org/x/q/core/A.class": b""}
    (one,) = found(CATALOGER, {"lib/q-core-1.2.jar": jar(members)})
    assert (purl(one), one.confidence) == (expected, "heuristic")


def test_an_archive_whose_group_nothing_tells_is_generic() -> None:
    (one,) = found(CATALOGER, {"lib/q-core-1.2.jar": jar({"org/other/A.class": b""})})
    assert (purl(one), one.confidence) == ("pkg:generic/q-core@1.2", "heuristic")


def test_most_groups_told_without_a_pom_are_those_of_a_maven_repository() -> None:
    """The paths of a repository are group, artifact and version: an independent truth."""
    repository = Path.home() / ".m2" / "repository"
    jars = {path.parent.parent: path for path in sorted(repository.rglob("*.jar"))}
    if not jars:
        pytest.skip("no Maven repository on this machine")
    told = Counter(
        _judged(repository, path) for path in itertools.islice(jars.values(), 0, None, 3)
    )
    assert told["right"] > 9 * told["wrong"]


def _judged(repository: Path, path: Path) -> str:
    *group_, _, _ = path.parent.relative_to(repository).parts
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        sections = (one for one in names if one.lower() == "meta-inf/manifest.mf")
        attributes = next((main_section(archive.read(one)) for one in sections), {})
    known = own(path.stem, (), (), attributes, lambda: names)
    if known is None or not known[0].group:
        return "untold"
    return "right" if known[0].group == ".".join(group_) else "wrong"
