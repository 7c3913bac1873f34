"""The inventory of whole images, against independent tools."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import distributions
from pathlib import Path

import pytest

from ocianalyze import engine, open_image
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory import assembly, oddities
from ocianalyze.model.entry import State
from ocianalyze.model.package import Inventory
from tests.images import File, Layer, hardlink, image, tar
from tests.inventory.catalogers.test_java_native import java, program

STANZA = "Package: {}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"


def view(*layers: Layer | None, **more: list[str]) -> ImageView:
    """Return an image with its inventory."""
    made = image(*layers, observers=assembly.observers(), history=more.get("history", []))
    return assembly.with_inventory(made)


def status(*names: str) -> Layer:
    """Return a dpkg database."""
    return {"var/lib/dpkg/status": "".join(map(STANZA.format, names)).encode()}


def test_an_image_of_nothing_has_an_empty_inventory() -> None:
    assert view({"x": b""}).inventory == Inventory()


def test_observer_names_are_unique_and_begin_with_their_catalogers() -> None:
    """Observations are kept by name."""
    names = [observer.name for observer in engine.observers()]
    assert len(names) == len(set(names))
    for cataloger in assembly.catalogers():
        mine = [observer.name for observer in cataloger.observers]
        assert all(name.split("-")[0] == cataloger.name for name in mine), mine


def test_facts_are_kept_under_the_versions_of_all_observers() -> None:
    """A cataloger that would keep something else reads layers again."""
    fingerprint = engine.fingerprint(engine.Options())
    assert all(f"{each.name}={each.version}" in fingerprint for each in engine.observers())


def test_packages_of_the_final_tree_and_of_lower_layers_are_told_apart() -> None:
    found = view(status("a", "b"), status("a"))
    assert [one.name for one in found.packages()] == ["a"]
    assert [(one.name, one.removed) for one in found.packages("all")] == [("a", None), ("b", 1)]


def test_packages_are_sorted_whatever_the_order_of_the_database() -> None:
    assert view(status("b", "a", "c")).inventory == view(status("c", "b", "a")).inventory


def test_damaged_and_packed_files_are_findings_with_layer_step_and_state() -> None:
    damaged: Layer = {"var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0cut short"}
    packed: Layer = {
        "app": File(b"\x7fELF\2\1\1" + bytes(57) + b"UPX!" + bytes(200), mode=0o755),
        "var/lib/rpm/.wh.rpmdb.sqlite": b"",
    }
    found = view(damaged, packed, history=["FROM x", "COPY app /"])
    told = {x.code: (x.path, x.layer, x.step, x.state) for x in found.findings}
    assert told == {
        "inventory.damaged-database": ("var/lib/rpm/rpmdb.sqlite", 0, 0, State.DELETED),
        "inventory.packed-executable": ("app", 1, 1, State.VISIBLE),
    }
    assert found.inventory.problems[0].startswith("var/lib/rpm/rpmdb.sqlite in layer 0: ")


def test_a_database_under_a_second_name_is_read() -> None:
    status_file = STANZA.format("a").encode()
    found = view({"store/9f": status_file, "var/lib/dpkg/status": hardlink("store/9f")})
    assert [one.name for one in found.packages()] == ["a"]


def test_a_database_whose_content_lies_in_a_lower_layer_under_another_name_is_told() -> None:
    found = view({"x": STANZA.format("a").encode()}, {"var/lib/dpkg/status": hardlink("x")})
    assert [one.code for one in found.findings] == ["inventory.damaged-database"]
    assert found.inventory.problems


def test_compiled_java_without_a_document_is_told() -> None:
    text = b"com.oracle.svm.core.VM=GraalVM CE 25.0.2+10.1\0"
    document = java(b'{"bomFormat":"CycloneDX","specVersion":"1.5","components":[]}')
    found = view({"with": program(text + document), "without": program(text)})
    told = [(one.code, one.path) for one in found.findings]
    assert told == [("inventory.compiled-java", "without")]


def test_programs_beyond_those_told_one_by_one_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oddities, "_TOLD", 2)
    packed = File(b"\x7fELF\2\1\1" + bytes(57) + b"UPX!" + bytes(200), mode=0o755)
    found = view({f"app{number}": packed for number in range(5)})
    assert [one.detail for one in found.findings][2:] == ["and 3 more"]


def test_a_library_user_asks_the_image_for_its_packages(tmp_path: Path) -> None:
    path = tmp_path / "root.tar"
    path.write_bytes(tar({"etc/os-release": b"ID=debian\nVERSION_ID=12\n", **status("a")}))
    opened = open_image(path)
    assert [one.purl for one in opened.packages()] == [
        "pkg:deb/debian/a@1?arch=amd64&distro=debian-12"
    ]
    assert opened.inventory.distribution.version == "12"


@pytest.mark.oracle
def test_debian_packages_are_those_of_dpkg_query(tool: Callable[[str], str]) -> None:
    """Of this machine: name, version, architecture."""
    form = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n"
    command = [tool("dpkg-query"), "-W", "-f", form]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    theirs = {
        tuple(line.split("\t")[1:]) for line in listed.splitlines() if line.startswith("installed")
    }
    found = view({"var/lib/dpkg/status": Path("/var/lib/dpkg/status").read_bytes()})
    mine = {
        (x.name, f"{x.found.epoch}:{x.version}" if x.found.epoch else x.version, x.found.arch)
        for x in found.packages()
    }
    assert mine == theirs


@pytest.mark.oracle
def test_python_distributions_are_those_of_importlib() -> None:
    """Of the environment that runs the tests."""
    site = Path(next(path for path in sys.path if path.endswith("site-packages")))
    files = [
        path
        for pattern in ("*.dist-info/METADATA", "*.egg-info/PKG-INFO")
        for path in site.glob(pattern)
    ]
    layer: Layer = {str(path)[1:]: path.read_bytes() for path in files}
    mine = {(one.name, one.version) for one in view(layer).packages() if one.type == "pypi"}
    theirs = {
        (each.metadata["Name"].lower().replace("_", "-").replace(".", "-"), each.version)
        for each in distributions(path=[str(site)])
    }
    assert mine == theirs
