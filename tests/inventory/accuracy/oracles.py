"""Lists that other programs give of what is installed; none of them is ours."""

import json
import os
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.inventory.accuracy.comparison import Absent, Release
from tests.inventory.accuracy.ours import normalized

_QUERY_RPM = r"%{NAME}\t%{VERSION}-%{RELEASE}\t%{EPOCH}\t%{ARCH}\n"
_QUERY_DEB = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n"
_QUERY_GEM = 'Gem::Specification.each{|s| puts [s.name,s.version,s.platform].join("\\t")}'
_QUERY_CRAN = 'write.table(installed.packages()[,c("Package","Version")],sep="\\t",quote=F,col=F)'
_ENVIRONMENT = {"COMPOSER_ALLOW_SUPERUSER": "1", "COMPOSER_HOME": "/tmp/composer", "HOME": "/tmp"}
_GO_MAGIC = b"\xff Go buildinf:"
_GO_HEADER = 32
_GO_BEGIN = bytes.fromhex("3077af0c9274080241e1c107e6d618e6")
_GO_END = bytes.fromhex("f932433186182072008242104116d8f2")
_FIELDS = {"mod", "dep", "=>"}


def tool(name: str) -> str:
    """Return where a program is.

    Raises:
        Absent: it is not installed.

    """
    path = shutil.which(name)
    if path is None:
        raise Absent(f"{name} is not installed")
    return path


def told(*command: str, where: Path | None = None) -> str:
    """Return what a program prints.

    Raises:
        Absent: it fails.

    """
    environment = {**os.environ, **_ENVIRONMENT}
    done = subprocess.run(
        command, cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        name = Path(command[0]).name
        raise Absent(f"{name} does not work here: {done.stderr.strip()[-200:]}")
    return done.stdout


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of lines that tabulators divide."""
    yield from (line.split("\t") for line in text.splitlines() if line)


def dpkg_query(root: Path) -> frozenset[Release]:
    """Return installed packages of a Debian root."""
    database = f"--admindir={root}/var/lib/dpkg"
    listed = rows(told(tool("dpkg-query"), database, "-W", f"-f={_QUERY_DEB}"))
    return frozenset(tuple(row) for state, *row in listed if state == "installed")


def rpm_qa(root: Path) -> frozenset[Release]:
    """Return installed packages of an SQLite database of rpm, without its trusted keys."""
    options = ("--dbpath", f"{root}/var/lib/rpm", "--define", "_db_backend sqlite")
    listed = rows(told(tool("rpm"), *options, "-qa", "--qf", _QUERY_RPM))
    return frozenset(tuple(row) for row in listed if row[0] != "gpg-pubkey")


def pip_list(pip: Iterable[str], folders: Iterable[Path]) -> frozenset[Release]:
    """Return distributions in some folders; of several in one call pip tells only the first."""
    command = (*pip, "--disable-pip-version-check", "list", "--format", "json", "--path")
    listed = (json.loads(told(*command, str(folder))) for folder in folders)
    return frozenset((normalized(x["name"]), x["version"]) for some in listed for x in some)


def npm_ls(top: Path, *options: str) -> frozenset[Release]:
    """Return installed packages below a folder: name, version, directory."""
    listed = told(tool("npm"), "ls", "--all", "--parseable", "--long", *options, where=top)
    return frozenset(_npm(line, top) for line in listed.splitlines() if "node_modules/" in line)


def _npm(line: str, top: Path) -> Release:
    """Read `PATH:NAME@VERSION`; an alias is `NAME@npm:REAL@VERSION`, the real name counts."""
    path, _, named = line.partition(":")
    words = [part for part in named.split(":") if part.rpartition("@")[0]]
    own = words[-1] if words[0].endswith("@npm") else words[0]
    name, _, version = own.rpartition("@")
    return name, version, str(Path(path).relative_to(top))


def gem_list(*ruby: str) -> frozenset[Release]:
    """Return gems that RubyGems knows: name, version with a platform that is not Ruby's."""
    listed = rows(told(*ruby, "-e", _QUERY_GEM))
    return frozenset(
        (name, version if platform == "ruby" else f"{version}-{platform}")
        for name, version, platform in listed
    )


def composer_show(*composer: str) -> frozenset[Release]:
    """Return packages that Composer installed."""
    listed = json.loads(told(*composer, "show", "--format=json", "--no-plugins"))
    return frozenset((each["name"], each["version"]) for each in listed["installed"])


def installed_packages(*rscript: str) -> frozenset[Release]:
    """Return R packages."""
    return frozenset((row[1], row[2]) for row in rows(told(*rscript, "-e", _QUERY_CRAN)))


def go_version(go: str, programs: Iterable[Path]) -> frozenset[Release]:
    """Return modules of Go programs; a replaced one is what replaced it."""
    return frozenset(
        (name, version, path.name)
        for path in programs
        for name, version in _modules(told(go, "version", "-m", str(path)))
    )


def build_information(programs: Iterable[Path]) -> frozenset[Release]:
    """Return the same from the text in each program, without the toolchain.

    The text stands between two marks of 16 bytes; the toolchain's version is before it, behind the
    header of 32 bytes and its length (Go 1.18 and later).
    """
    return frozenset(
        (name, version, path.name)
        for path in programs
        for name, version in _modules(_information(path.read_bytes()))
    )


def _information(program: bytes) -> str:
    at = program.index(_GO_MAGIC) + _GO_HEADER
    version = program[at + 1 : at + 1 + program[at]].decode()
    begin = program.index(_GO_BEGIN) + len(_GO_BEGIN)
    lines = program[begin : program.index(_GO_END, begin)].decode().splitlines()
    return "\n\t".join((f"x: {version}", *lines))


def _modules(text: str) -> Iterator[tuple[str, str]]:
    first, *lines = text.splitlines()
    yield "stdlib", first.rpartition(": ")[2].removeprefix("go")
    listed = [line.lstrip("\t").split("\t") for line in lines]
    listed = [cells for cells in listed if cells[0] in _FIELDS]
    for cells, after in zip(listed, [*listed, [""]][1:], strict=True):
        if after[0] != "=>":
            yield cells[1], cells[2]


def dep_v0(programs: Iterable[Path], scratch: Path) -> frozenset[Release]:
    """Return crates in the section that binutils cuts out of programs."""
    return frozenset(
        (crate["name"], crate["version"], path.name)
        for path in programs
        for crate in _crates(path, scratch / "dep-v0")
    )


def _crates(program: Path, section: Path) -> list[dict[str, str]]:
    section.unlink(missing_ok=True)
    told(tool("objcopy"), "--dump-section", f".dep-v0={section}", str(program), os.devnull)
    crates: list[dict[str, str]] = json.loads(zlib.decompress(section.read_bytes()))["packages"]
    return crates


def maven_local(repository: Path) -> frozenset[Release]:
    """Return jars that Maven keeps, by its layout: artifact, version, path."""
    paths = (path.relative_to(repository) for path in repository.rglob("*.jar") if _is_zip(path))
    return frozenset((*path.parts[-3:-1], str(path)) for path in paths)


def _is_zip(path: Path) -> bool:
    """Tell a jar from what a stopped download left."""
    return zipfile.is_zipfile(path)


def maven_repository(root: Path) -> dict[str, frozenset[Release]]:
    """Return what Debian's Maven repository calls each jar: artifact, version, group.

    A jar is known there by one or several coordinates; the version `debian` is another name of
    the real one.
    """
    repository = root / "usr/share/maven-repo"
    named: dict[str, set[Release]] = {}
    for link in repository.rglob("*.jar"):
        *group, artifact, version, _ = link.relative_to(repository).parts
        if version != "debian":
            jar = str(link.resolve().relative_to(root.resolve()))
            named.setdefault(jar, set()).add((artifact, version, ".".join(group)))
    return {jar: frozenset(names) for jar, names in named.items()}
