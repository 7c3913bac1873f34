"""What an archive's pom.xml says that the artifact needs when it runs."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers._jar import Contents, Place, Reading
from ocianalyze.inventory.catalogers._jar_naming import Coordinates
from ocianalyze.inventory.catalogers._pom_needs import project
from ocianalyze.inventory.catalogers.java import CATALOGER
from tests.inventory.catalogers.test_java import jar, pom
from tests.inventory.catalogers.walked import found

PROJECT = """<?xml version="1.0" encoding="UTF-8"?>
<!-- A comment. -->
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>org.parent</groupId><version>7</version></parent>
  <artifactId>a</artifactId>
  <properties><x.version>1.${minor}</x.version><minor>5</minor></properties>
  <dependencyManagement><dependencies><dependency>
    <groupId>managed</groupId><artifactId>managed</artifactId>
  </dependency></dependencies></dependencyManagement>
  <dependencies>%s</dependencies>
  <build><plugins><plugin><dependencies><dependency>
    <groupId>plugin</groupId><artifactId>plugin</artifactId>
  </dependency></dependencies></plugin></plugins></build>
</project>
"""


def pom_needs(data: bytes) -> list[str]:
    """Return what a document tells of needs."""
    return project(data).needs


def needs(dependency: str) -> list[str]:
    """Return what a project with one dependency needs."""
    return pom_needs((PROJECT % f"<dependency>{dependency}</dependency>").encode())


def told(group: str, artifact: str, more: str = "") -> str:
    """Return the elements of a dependency."""
    return f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId>{more}"


@pytest.mark.parametrize(
    ("dependency", "expected"),
    [
        (told("g", "b", "<version>1</version>"), ["g:b:1"]),
        (told(" g\n", "b"), ["g:b:"]),
        (told("g", "b", "<version>${x.version}</version>"), ["g:b:1.5"]),
        (told("g", "b", "<version>${unknown}</version>"), ["g:b:"]),
        (told("${project.groupId}", "b", "<version>${project.version}</version>"),
         ["org.parent:b:7"]),
        (told("${pom.groupId}", "b"), ["org.parent:b:"]),
        (told("g", "b", "<scope>runtime</scope>"), ["g:b:"]),
        (told("g", "b", "<scope>test</scope>"), []),
        (told("g", "b", "<scope>provided</scope>"), []),
        (told("g", "b", "<optional>true</optional>"), []),
        (told("g", "b", f"<exclusions><exclusion>{told('x', 'y')}</exclusion></exclusions>"),
         ["g:b:"]),
        (told("${nowhere}", "b"), []),
        (told("g", ""), []),
        (told("g:h", "b"), []),
    ],
)  # fmt: skip
def test_a_dependency_counts_where_it_is_on_the_class_path(
    dependency: str, expected: list[str]
) -> None:
    assert needs(dependency) == expected


def test_what_precedes_damage_counts() -> None:
    cut = (PROJECT % f"<dependency>{told('g', 'b')}</dependency><dependency>").encode()
    assert pom_needs(cut[: cut.rindex(b"<dependency>") + 4]) == ["g:b:"]


def test_declared_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + PROJECT[55:].encode()
    assert pom_needs(bomb) == []


def test_references_in_circles_end() -> None:
    text = PROJECT.replace("<minor>5", "<minor>${x.version}${x.version}")
    dependency = f"<dependency>{told('g', 'b', '<version>${minor}</version>')}</dependency>"
    assert pom_needs((text % dependency).encode()) == ["g:b:"]


@pytest.mark.parametrize("unit", ["<a>", "<properties>", "<dependency>", "x", "${"])
def test_any_size_is_read_in_linear_time(unit: str) -> None:
    start = time.process_time()
    pom_needs(b"<project><dependencies>" + unit.encode() * 20_000)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("name", ["aUTF-8", "rot13", "utf-7", "\N{SNOWMAN}", "idna"])
def test_an_encoding_that_nobody_knows_is_survived(name: str) -> None:
    pom_needs(f'<?xml version="1.0" encoding="{name}"?><project/>'.encode())


@given(st.binary(max_size=60), st.integers(0, len(PROJECT)))
def test_any_content_is_survived(junk: bytes, at: int) -> None:
    text = PROJECT.encode()
    pom_needs(text[:at] + junk + text[at:])


def test_needs_of_one_archive_are_bounded() -> None:
    reading = Reading(needs=3)
    needs = [f"g:b{number}:" for number in range(2)]
    contents = Contents(needs={("g", "a"): needs})
    contents.poms += [Coordinates("g", "a", "1")]
    for file in ("a-1.jar", "a-1.jar"):
        reading.add(contents, Place("", file))
    assert [one["depends"] for one in reading.packages] == [needs, needs[:1]]


def test_archives_inside_and_bundled_ones_have_their_own() -> None:
    def documents(artifact: str, need: str) -> dict[str, bytes]:
        text = PROJECT % f"<dependency>{told('g', need)}</dependency>"
        path = f"META-INF/maven/g.x/{artifact}/pom.xml"
        return pom("g.x", artifact, "1") | {path: text.encode()}

    inner = jar(documents("inner", "c"))
    outer = documents("app", "a") | documents("bundled", "b") | {"lib/inner-1.jar": inner}
    made = found(CATALOGER, {"app/app-1.jar": jar(outer)})
    assert {one.name: one.depends for one in made} == {
        "app": ("g:a:",),
        "bundled": ("g:b:",),
        "inner": ("g:c:",),
    }


@pytest.mark.parametrize(
    ("head", "version", "is_vague"),
    [
        pytest.param("<version>7.1</version>", "7.1", False, id="own"),
        pytest.param("<parent><version>7</version></parent>", "7", False, id="parent"),
        pytest.param(
            "<parent><version>7</version></parent><version>${project.parent.version}</version>",
            "7", False, id="by-parent",
        ),
        pytest.param("<version>${revision}</version>", "", True, id="nowhere"),
        pytest.param("<version>${version}</version>", "", True, id="itself"),
        pytest.param("", "", False, id="none"),
    ],
)  # fmt: skip
def test_a_project_tells_its_own_version_or_its_parents(
    head: str, version: str, *, is_vague: bool
) -> None:
    told_ = project(f"<project>{head}</project>".encode())
    assert (told_.version, told_.is_vague) == (version, is_vague)


TEMPLATE = {"META-INF/maven/g.x/v/pom.properties": b"version=${project.version}\n"}


@pytest.mark.parametrize(
    ("file", "members", "version"),
    [
        pytest.param("only.jar", {}, "7.1", id="alone"),
        pytest.param("vers.jar", TEMPLATE, "7.1", id="beside-a-template"),
        pytest.param("v.jar", {}, "7.1", id="named"),
        pytest.param("v-8.jar", {}, "8", id="file-tells-another"),
    ],
)
def test_the_content_of_a_pom_gives_the_version(
    file: str, members: dict[str, bytes], version: str
) -> None:
    content = {"META-INF/maven/g.x/v/pom.xml": b"<project><version>7.1</version></project>"}
    (one,) = found(CATALOGER, {f"opt/{file}": jar(content | members)})
    assert (one.namespace, one.name, one.version) == ("g.x", "v", version)


def test_a_version_that_leads_nowhere_is_told() -> None:
    reading = Reading()
    reading.take(jar(TEMPLATE), "", "v.jar")
    assert reading.unread == 1
    named = Reading()
    named.take(jar(TEMPLATE), "", "v-3.jar")
    assert named.unread == 0
