"""What packages of each ecosystem need is found where their own tools would look for it."""

import pytest

from ocianalyze.inventory.dependencies import dependencies
from ocianalyze.inventory.purl import purl
from ocianalyze.model.package import Found, Package, Presence

GEMS = "usr/local/bundle"
DEFAULTS = "usr/local/lib/ruby/gems/3.2.0"


def gem(name: str, version: str, home: str, *depends: str) -> Found:
    """Return an installed gem."""
    location = f"{home}/specifications/{name}-{version}.gemspec"
    return Found("gem", name, version, location=location, depends=depends)


def jar(location: str, coordinates: str, *depends: str) -> Found:
    """Return what an archive is."""
    group, name, version = coordinates.split(":")
    return Found("maven", name, version, group, location=location, depends=depends)


def cran(name: str, library: str, *depends: str) -> Found:
    """Return an installed R package."""
    return Found("cran", name, "1", location=f"{library}/{name}", depends=depends)


def edges(*found: Found, evidence: str = "x") -> dict[str, list[str]]:
    """Return the needs of packages, which have `name@version` or their locations."""
    packages = [
        Package(one, purl(one), "x", Presence.VISIBLE, (evidence,), number)
        for number, one in enumerate(found)
    ]
    made = dependencies(packages, str, lambda _: ())
    named = [f"{one.name}@{one.version} {one.location}" for one in found]
    return {named[one]: [named[other] for other in others] for one, others in made.edges.items()}


def targets(*found: Found) -> list[int]:
    """Return which packages the first one needs."""
    packages = [Package(x, purl(x), "x", Presence.VISIBLE, ("x",), 0) for x in found]
    return list(dependencies(packages, str, lambda _: ()).edges[0])


def test_of_several_versions_of_a_gem_the_newest_that_is_taken_counts() -> None:
    others = (gem("racc", version, GEMS) for version in ("1.9.0", "1.10.0", "2.0.0", "1.11.0.pre"))
    assert targets(gem("nokogiri", "1", GEMS, "racc ~> 1.4, != 1.12"), *others) == [2]


def test_a_gem_finds_those_of_ruby_itself_and_not_those_of_another_bundle() -> None:
    needs = ("json >= 0", "rake")
    others = (gem("json", "2", f"{DEFAULTS}"), gem("rake", "1", "app/vendor/bundle/ruby/3.2.0"))
    assert targets(gem("a", "1", "srv/vendor/bundle/ruby/3.2.0", *needs), *others) == [1]


def test_gems_of_all_homes_are_compared() -> None:
    others = (gem("json", "2.6", GEMS), gem("json", "2.9", DEFAULTS))
    assert targets(gem("a", "1", GEMS, "json ~> 2"), *others) == [2]


def test_a_default_gem_is_in_the_same_home() -> None:
    default = Found("gem", "json", "2", location=f"{GEMS}/specifications/default/json-2.gemspec")
    assert targets(gem("a", "1", GEMS, "json"), default) == [1]


@pytest.mark.parametrize(
    ("here", "there", "is_found"),
    [
        ("app/lib/a.jar", "app/lib/b.jar", True),
        ("app/a.jar", "app/a.jar!/BOOT-INF/lib/b.jar", True),
        ("app/a.jar!/BOOT-INF/lib/x.jar", "app/a.jar!/BOOT-INF/lib/b.jar", True),
        ("app/a.jar", "app/lib/b.jar", True),
        ("app/lib/a.jar", "app/b.jar", True),
        ("opt/one/lib/a.jar", "opt/two/lib/b.jar", False),
        ("app/a.jar", "app/other.jar!/BOOT-INF/lib/b.jar", False),
        ("a.jar", "opt/two/lib/b.jar", False),
        ("root/.m2/repository/g/h/a/1/a-1.jar", "root/.m2/repository/k/b/2/b-2.jar", True),
        ("root/.m2/repository/g/h/a/1/a-1.jar", "other/k/b/2/b-2.jar", False),
    ],
    ids=[
        *("beside", "inside", "beside-inside", "below", "above", "other-application"),
        *("other-archive", "root-directory", "one-repository", "other-repository"),
    ],
)
def test_an_archive_finds_what_is_on_its_class_path(
    here: str, there: str, *, is_found: bool
) -> None:
    made = targets(jar(here, "g.h:a:1", "k:b:2"), jar(there, "k:b:2"))
    assert made == ([1] if is_found else [])


def test_an_archive_of_the_group_and_version_comes_first() -> None:
    others = (jar(f"lib/{x}.jar", f"{x}:b:{x}") for x in ("", "k", "l"))
    assert targets(jar("lib/a.jar", "g:a:1", "k:b:9"), *others) == [2]
    versions = (jar(f"lib/b-{x}.jar", f"k:b:{x}") for x in ("1", "2"))
    assert targets(jar("lib/a.jar", "g:a:1", "k:b:2"), *versions) == [2]
    assert targets(jar("lib/a.jar", "g:a:1", "k:b:2"), jar("lib/b.jar", ":b:3")) == [1]


def test_r_finds_its_own_packages_from_every_library() -> None:
    others = (cran("stats", "usr/lib/R/library"), cran("Rcpp", "home/u/R/4.2"))
    assert targets(cran("x", "srv/renv", "stats", "Rcpp"), *others) == [1]


def test_libraries_of_one_program_need_each_other() -> None:
    found = [
        Found("nuget", "A", "1", location="app/x.deps.json", depends=("B@2",)),
        Found("nuget", "B", "2", location="app/x.deps.json"),
        Found("nuget", "B", "2", location="app/y.deps.json"),
    ]
    assert targets(*found) == [1]


def test_composers_packages_need_those_of_the_same_list_and_what_replaces_them() -> None:
    found = [
        Found("composer", "a", "1", "V", location="v/V/a", depends=("v/B", "psr/log", "no/ne")),
        Found("composer", "b", "1", "v", location="v/v/b"),
        Found("composer", "c", "1", "v", location="v/v/c", provides=("psr/log",)),
    ]
    assert targets(*found) == [1, 2]
    assert set(edges(*found, evidence="v/composer/installed.json")) == {"a@1 v/V/a"}


def test_conda_needs_packages_of_the_same_environment() -> None:
    found = [
        Found("conda", "numpy", "1", location="opt/conda", depends=("python >=3.8,<4", "__glibc")),
        Found("conda", "python", "3", location="opt/other"),
        Found("conda", "python", "3", location="opt/conda"),
    ]
    assert targets(*found) == [2]


def test_pacmans_needs_and_provisions_have_versions() -> None:
    found = [
        Found("alpm", "a", "1", arch="x86_64", depends=("glibc>=2.3", "libz.so=1-64", "sh")),
        Found("alpm", "glibc", "2", arch="x86_64"),
        Found("alpm", "zlib", "1", arch="x86_64", provides=("libz.so=1-64",)),
        Found("alpm", "bash", "5", arch="x86_64", provides=("sh",)),
    ]
    assert targets(*found) == [1, 2, 3]


def test_kegs_need_the_version_they_were_linked_with() -> None:
    cellar = "home/linuxbrew/.linuxbrew/Cellar"
    found = [
        Found("brew", "a", "1", location=f"{cellar}/a/1", depends=("b 2",)),
        Found("brew", "b", "1", location=f"{cellar}/b/1"),
        Found("brew", "b", "2", location=f"{cellar}/b/2"),
    ]
    assert targets(*found) == [2]


def test_applications_of_hex_and_of_erlang_need_each_other() -> None:
    found = [
        Found("hex", "cowboy", "2", location="opt/x/lib/cowboy-2", depends=("kernel", "ranch")),
        Found("otp", "kernel", "8", location="usr/lib/erlang/lib/kernel-8"),
        Found("hex", "ranch", "2", location="opt/x/lib/ranch-2"),
        Found("hex", "ranch", "1", location="opt/y/lib/ranch-1"),
    ]
    assert targets(*found) == [1, 2]
