"""Which evidence counts where several pieces speak of one package."""

from collections.abc import Sequence
from dataclasses import replace

import orjson
import pytest

from ocianalyze.inventory.ownership import Owning
from ocianalyze.inventory.purl import purl
from ocianalyze.inventory.weigh import weigh, with_owners
from ocianalyze.model.finding import Confidence
from ocianalyze.model.package import DOCUMENTS, Found, Package, Presence
from tests.images import Layer, tree
from tests.inventory.owned import view


def package(
    kind: str,
    name: str,
    location: str,
    *,
    confidence: Confidence = "exact",
    cataloger: str = "any",
    presence: Presence = Presence.VISIBLE,
) -> Package:
    """Return a package of version 1."""
    found = Found(kind, name, "1", location=location, confidence=confidence)
    return Package(found, purl(found), cataloger, presence, (location,), 0)


def weighed(*packages: Package) -> tuple[list[tuple[str, str]], dict[int, int]]:
    """Return what is left, as name and evidence, and what became of each."""
    left = weigh(packages, Owning(tree({"x": b""}), packages))
    return [(one.name, " ".join(one.evidence)) for one in left.packages], left.numbers


def test_a_lock_file_says_nothing_new_about_an_installed_package() -> None:
    installed = package("npm", "a", "node_modules/a")
    locked = package("npm", "a", "package-lock.json", confidence="heuristic")
    expected = [("a", "node_modules/a package-lock.json")]
    assert weighed(locked, installed) == (expected, {0: 0, 1: 0})


def test_packages_of_one_type_stay_together_though_some_have_a_generic_purl() -> None:
    without, other = package("maven", "a", "a.jar"), package("hex", "b", "b")
    found = replace(without.found, name="c", namespace="org.c", location="c.jar")
    packages = (replace(without, found=found, purl=purl(found)), other, without)
    left = weigh(packages, Owning(tree({"x": b""}), packages)).packages
    assert [one.type for one in left] == ["hex", "maven", "maven"]
    assert {one.purl.partition("/")[0] for one in left} == {"pkg:hex", "pkg:maven", "pkg:generic"}


def test_a_lock_file_alone_stays() -> None:
    locked = package("npm", "a", "package-lock.json", confidence="heuristic")
    other = replace(locked, found=replace(locked.found, version="2"))
    assert len(weighed(locked, other)[0]) == 2


def test_what_is_removed_covers_nothing_that_is_there() -> None:
    gone = package("npm", "a", "node_modules/a", presence=Presence.REMOVED)
    locked = package("npm", "a", "package-lock.json", confidence="heuristic")
    assert len(weighed(gone, locked)[0]) == 2


def test_what_a_wheel_says_of_its_libraries_is_shipped_by_the_wheel() -> None:
    """It is no package of the distribution, though an rpm once was (PEP 770)."""
    home = "usr/lib/python3/dist-packages/a-1.dist-info"
    place = f"{home}/sboms/auditwheel.cdx.json"
    named = [{"purl": "pkg:rpm/almalinux/libgomp@8"}, {"purl": "pkg:deb/debian/gcc@8"}]
    document = {"bomFormat": "CycloneDX", "components": named}
    layer: Layer = {
        f"{home}/METADATA": b"Name: a\nVersion: 1\n",
        f"{home}/RECORD": b"a-1.dist-info/sboms/auditwheel.cdx.json,,\n",
        place: orjson.dumps(document),
        "sbom.json": orjson.dumps(document | {"components": [{"purl": "pkg:deb/debian/own@1"}]}),
    }
    packages = view(layer).inventory.packages
    assert {one.name: one.owner for one in packages} == {
        "a": "",
        "libgomp": "pkg:pypi/a@1",
        "gcc": "pkg:pypi/a@1",
        "own": "",
    }
    assert not any(one.is_of_distribution for one in packages)


def test_two_installations_stay_two() -> None:
    assert len(weighed(package("npm", "a", "x/a"), package("npm", "a", "y/a"))[0]) == 2


def test_one_installation_at_two_times_stays_two() -> None:
    program = package("generic", "node", "opt/node", presence=Presence.REMOVED)
    again = replace(program, introduced=2, removed=3)
    assert len(weighed(replace(program, removed=1), again)[0]) == 2


def test_names_are_compared_as_their_ecosystem_compares_them() -> None:
    installed = package("pypi", "zope-event", "site/zope")
    locked = package("pypi", "Zope.Event", "poetry.lock", confidence="heuristic")
    assert weighed(installed, locked)[0] == [("zope-event", "site/zope poetry.lock")]


def test_a_program_and_its_library_are_one_package() -> None:
    program = package("generic", "python", "usr/local/bin/python3.11", confidence="heuristic")
    library = package("generic", "python", "usr/local/lib/libpython3.so", confidence="heuristic")
    expected = [("python", "usr/local/bin/python3.11 usr/local/lib/libpython3.so")]
    assert weighed(program, library)[0] == expected


def test_a_library_in_the_home_of_its_runtime_says_nothing_new() -> None:
    """Java's `release` says more than the strings of libjvm."""
    release = package("generic", "openjdk", "opt/java/release", confidence="strong")
    library = package("generic", "openjdk", "opt/java/lib/libjvm.so", confidence="heuristic")
    other = replace(library, found=replace(library.found, version="1+2"))
    owned = _owning(packages := (release, other))
    owned.ownership.homes["opt/java"] = (0,)
    owned.ownership.files["opt/java/lib/libjvm.so"] = (1,)
    left = weigh(packages, owned)
    assert [one.evidence for one in left.packages] == [
        ("opt/java/release", "opt/java/lib/libjvm.so")
    ]
    assert left.numbers == {0: 0, 1: 0}


def test_documents_are_believed_where_nothing_disproves_them() -> None:
    """A list of all packages does, where that was read whole."""
    installed = package("pypi", "a", "a.dist-info")
    same = package("pypi", "a", "sbom.json", confidence="strong", cataloger=DOCUMENTS)
    absent = package("pypi", "b", "sbom.json", confidence="strong", cataloger=DOCUMENTS)
    other = package("npm", "redis", "sbom.json", confidence="strong", cataloger=DOCUMENTS)
    packages = (same, absent, other, installed)
    told = weigh(packages, _owning(packages), frozenset({("pypi", "")})).packages
    assert [(one.name, one.found.confidence) for one in told] == [
        ("redis", "heuristic"),
        ("a", "exact"),
    ]
    assert {one.name for one in weigh(packages, _owning(packages)).packages} == {"a", "b", "redis"}


def test_a_claim_that_names_a_programs_file_says_nothing_new() -> None:
    """Names of type generic are everybody's own: `redis-server` is the program `redis`."""
    program = package("generic", "redis", "usr/local/bin/redis-server", confidence="heuristic")
    claim = package("generic", "redis-server", "redis.spdx.json", cataloger=DOCUMENTS)
    expected = [("redis", "usr/local/bin/redis-server redis.spdx.json")]
    assert weighed(claim, program)[0] == expected


def _owning(packages: Sequence[Package]) -> Owning:
    return Owning(tree({"x": b""}), packages)


STATUS = b"Package: curl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 8-1\n"
BASH = b"\x7fELF\2\1\1" + bytes(57) + b"@(#)Bash version 5.2.15(1) release GNU\0" + bytes(64)


def test_a_version_string_in_a_distributions_file_is_no_package() -> None:
    layer: Layer = {"bin/bash": BASH}
    assert [one.type for one in view(layer).packages()] == ["generic"]
    owned: Layer = {
        **layer,
        "var/lib/dpkg/status": STATUS,
        "var/lib/dpkg/info/curl.list": b"/bin/bash\n",
    }
    assert [one.type for one in view(owned).packages()] == ["deb"]


def test_owners_are_named_for_files_inside_archives() -> None:
    deb = package("deb", "libx-java", "")
    jar = package("maven", "x", "usr/share/java/x.jar!/lib/y.jar")
    owned = _owning(packages := (deb, replace(jar, evidence=(jar.found.location,))))
    owned.ownership.files["usr/share/java/x.jar"] = (0,)
    assert [one.owner for one in with_owners(packages, owned)] == ["", deb.purl]


def test_documents_that_differ_are_told_with_what_differs() -> None:
    purls = ("pkg:pypi/a@1", "pkg:pypi/b@1", "pkg:pypi/c@1", "pkg:npm/d@1", "pkg:made-up/e@1")
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "components": [{"type": "library", "purl": purl} for purl in purls],
    }
    layer: Layer = {
        "app/sbom.cdx.json": orjson.dumps(document),
        "app/a-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: a\nVersion: 1\n\n",
        "app/b-2.dist-info/METADATA": b"Metadata-Version: 2.1\nName: b\nVersion: 2\n\n",
        "app/node_modules/d/package.json": b'{"name":"d","version":"2"}',
    }
    found = [x for x in view(layer).findings if x.code.startswith("inventory.sbom")]
    assert [(x.code, x.path, x.detail) for x in found] == [
        (
            "inventory.sbom-differs",
            "app/sbom.cdx.json",
            "names what is not there: c 1; names another version: b 1, is 2",
        ),
        (
            "inventory.sbom-unconfirmed",
            "app/sbom.cdx.json",
            "names another version: d 1, is 2",
        ),
    ]


@pytest.mark.parametrize(("version", "left"), [("1", ["1"]), ("2", ["1", "2"])])
def test_metadata_in_an_editable_project_is_the_installation_once_more(
    version: str, left: list[str]
) -> None:
    """Setuptools leaves it beside the sources; of another version it is told."""
    home = "usr/lib/python3/site-packages/app-1.dist-info"
    origin = b'{"url": "file:///srv/app", "dir_info": {"editable": true}}'
    found = view(
        {
            f"{home}/METADATA": b"Metadata-Version: 2.1\nName: app\nVersion: 1\n",
            f"{home}/direct_url.json": origin,
            "srv/app/src/app.egg-info/PKG-INFO": (
                f"Metadata-Version: 2.1\nName: app\nVersion: {version}\n".encode()
            ),
        }
    )
    assert [one.version for one in found.packages()] == left
