"""Exploded Java archives whose pom.properties was not filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.catalogers.java import CATALOGER
from ocianalyze.model.package import Package
from tests.images import Layer
from tests.inventory.catalogers.test_java import manifest, pom
from tests.inventory.catalogers.walked import survives
from tests.inventory.owned import view

TEMPLATE = "${project.version}"
XML = b"<project><groupId>g.x</groupId><artifactId>app</artifactId><version>3.1</version></project>"
MANIFEST = manifest(Implementation_Title="app", Implementation_Version="4.2")
HOME = "META-INF/maven/g.x/app"


def exploded(root: str, **files: bytes) -> Layer:
    """Return an exploded archive; underscores in names stand for dots."""
    members = {**pom("g.x", "app", TEMPLATE), **{k.replace("_", "."): v for k, v in files.items()}}
    return {f"{root}/{name}" if "/" in name else f"{root}/{HOME}/{name}": content
            for name, content in members.items()}  # fmt: skip


def only(image: ImageView) -> Package:
    """Return the package of an image."""
    (one,) = image.packages()
    assert (one.found.namespace, one.name, one.found.confidence) == ("g.x", "app", "strong")
    return one


@pytest.mark.parametrize(
    ("layer", "version"),
    [
        pytest.param(exploded("srv/ROOT", pom_xml=XML), "3.1", id="pom.xml"),
        pytest.param(exploded("srv/app-2.0.war", pom_xml=XML), "2.0", id="directory-and-pom.xml"),
        pytest.param(exploded("srv/app-2.0"), "2.0", id="directory"),
        pytest.param(
            {**exploded("srv/ROOT"), **{f"srv/ROOT/{k}": v for k, v in MANIFEST.items()}},
            "4.2",
            id="manifest",
        ),
        pytest.param(
            exploded("srv/ROOT", pom_xml=XML.replace(b"3.1", b"${revision}")), "", id="templates"
        ),
        pytest.param(exploded("srv/ROOT", pom_xml=XML.replace(b"3.1", b"debian")), "", id="a-word"),
        pytest.param(exploded("srv/ROOT"), "", id="nothing"),
        pytest.param(
            {
                **exploded("srv/ROOT"),
                "srv/ROOT/META-INF/maven/g.x/other/pom.xml": XML,
                "srv/pom.xml": XML,
            },
            "",
            id="another-pom.xml",
        ),
    ],
)
def test_a_version_that_was_not_filled_in_is_told_as_in_an_archive(
    layer: Layer, version: str
) -> None:
    one = only(view(layer))
    assert one.version == version
    assert one.purl == f"pkg:maven/g.x/app{f'@{version}' if version else ''}"
    assert (("unread", "1") in one.found.properties) is not bool(version)


def test_what_tells_the_version_is_evidence() -> None:
    one = only(view(exploded("srv/ROOT", pom_xml=XML)))
    assert one.evidence == (f"srv/ROOT/{HOME}/pom.properties", f"srv/ROOT/{HOME}/pom.xml")


def test_a_pom_alone_and_a_template_elsewhere_are_no_packages() -> None:
    template = next(iter(pom("g.x", "app", TEMPLATE).values()))
    layer: Layer = {f"srv/{HOME}/pom.xml": XML, "srv/META-INF/maven/pom.properties": template}
    assert view(layer).packages() == ()


@given(st.binary(max_size=200))
def test_damaged_descriptions_never_raise(noise: bytes) -> None:
    for path in ("META-INF/MANIFEST.MF", f"{HOME}/pom.xml", f"{HOME}/pom.properties"):
        survives(CATALOGER, path, noise)
        survives(CATALOGER, path, b"version=${" + noise)
