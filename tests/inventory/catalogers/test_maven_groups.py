"""Groups of artifacts whose names and packages would tell another one."""

import pytest

from ocianalyze.inventory.catalogers._maven_groups import of_interface, published
from ocianalyze.inventory.catalogers.java import CATALOGER
from ocianalyze.inventory.purl import purl
from tests.inventory.catalogers.test_java import jar, manifest
from tests.inventory.catalogers.walked import found


@pytest.mark.parametrize(
    ("group", "artifact", "expected"),
    [
        ("org.apache.commons", "commons-io", "commons-io"),
        ("org.apache.commons", "commons-lang3", "org.apache.commons"),
        ("org.apache.commons", "commons-compress", "org.apache.commons"),
        ("org.objectweb", "asm", "org.ow2.asm"),
        ("org.objectweb.asm.tree", "asm-analysis", "org.ow2.asm"),
        ("org.objectwebber", "q", "org.objectwebber"),
        ("org.apache", "q", ""),
        ("org.x", "q", "org.x"),
        ("", "q", ""),
    ],
)
def test_what_packages_tell_is_turned_into_where_it_is_published(
    group: str, artifact: str, expected: str
) -> None:
    assert published(group, artifact) == expected


@pytest.mark.parametrize(
    ("artifact", "member", "expected"),
    [
        ("jakarta.ws.rs-api", "jakarta/ws/rs/A.class", "jakarta.ws.rs"),
        ("javax.annotation-api", "javax/annotation/A.class", "javax.annotation"),
        ("jakarta.enterprise.cdi-api", "jakarta/enterprise/inject/A.class", ""),
        ("cdi-api", "javax/enterprise/A.class", ""),
        ("jakarta.x", "jakarta/x/A.class", ""),
    ],
)
def test_an_interface_is_in_the_group_of_its_package(
    artifact: str, member: str, expected: str
) -> None:
    assert of_interface(artifact, [member]) == expected


@pytest.mark.parametrize(
    ("file", "told", "member", "expected"),
    [
        pytest.param(
            "commons-io-2.6",
            {"Bundle_SymbolicName": "org.apache.commons.io"},
            "org/apache/commons/io/A.class",
            "pkg:maven/commons-io/commons-io@2.6",
            id="commons",
        ),
        pytest.param(
            "jakarta.annotation-api-2.1.1",
            {
                "Bundle_SymbolicName": "jakarta.annotation-api",
                "Implementation_Vendor_Id": "org.glassfish",
            },
            "jakarta/annotation/A.class",
            "pkg:maven/jakarta.annotation/jakarta.annotation-api@2.1.1",
            id="interface-before-vendor",
        ),
        pytest.param(
            "jakarta.other-api-1.0",
            {"Bundle_SymbolicName": "jakarta.other-api"},
            "org/x/A.class",
            "pkg:generic/jakarta.other-api@1.0",
            id="only-the-artifact",
        ),
    ],
)
def test_archives_have_the_group_that_they_are_published_in(
    file: str, told: dict[str, str], member: str, expected: str
) -> None:
    (one,) = found(CATALOGER, {f"lib/{file}.jar": jar(manifest(**told) | {member: b""})})
    assert purl(one) == expected


@pytest.mark.parametrize(
    ("file", "bundle", "module", "expected"),
    [
        pytest.param(
            "guice-grapher-4.2.3",
            "com.google.inject.grapher",
            "com.google.guice.extensions.grapher",
            "",
            id="other-below-the-same-domain",
        ),
        pytest.param("b-c-1.0", "org.a.b.c", "org.a.b.c", "org.a.b", id="module-of-the-same-name"),
        pytest.param(
            "scala-reflect-2.13.11",
            "org.scala-lang.scala-reflect",
            "scala.reflect",
            "org.scala-lang",
            id="module-without-domain",
        ),
        pytest.param(
            "guice-4.2.3",
            "com.google.inject",
            "com.google.guice",
            "com.google.inject",
            id="nothing-is-cut",
        ),
    ],
)
def test_a_group_cut_from_a_bundles_name_is_one_that_the_module_agrees_with(
    file: str, bundle: str, module: str, expected: str
) -> None:
    """Otherwise eleven groups of 163 were wrong, and none of the right ones is lost so."""
    told = manifest(Bundle_SymbolicName=bundle, Automatic_Module_Name=module)
    (one,) = found(CATALOGER, {f"lib/{file}.jar": jar(told)})
    assert one.namespace == expected
