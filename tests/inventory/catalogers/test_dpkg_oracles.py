"""dpkg's database against what others say of the same files."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.inventory.catalogers.dpkg import CATALOGER, joins, places, read
from ocianalyze.inventory.distro import distribution
from ocianalyze.model.package import Distribution, Found
from tests.images import Layer, image
from tests.inventory.catalogers import walked
from tests.inventory.catalogers.walked import claims, folder, found, kept

BOOKWORM = Distribution(id="debian", version="12")


def packages(layer: Layer, distro: Distribution = BOOKWORM) -> dict[str, Found]:
    """Return packages by name, completed by what lies beside them."""
    everything = kept(CATALOGER, layer)
    found = [one for each in everything for one in read(each, distro)]
    return {one.name: one for one in joins(found, everything)}


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("single", {("apt", "1.8.2", "apt-dev")}),
        ("installed-size-4KB", {("apt", "1.8.2", "apt-dev")}),
        ("corrupt", set()),
        ("empty", set()),
        ("libpam-runtime", {("libpam-runtime", "1.5.2-6+deb12u1", "pam")}),
        (
            "coreutils-relationships",
            {
                ("coreutils", "9.1-1", ""),
                ("libacl1", "2.3.1-3", "acl"),
                ("libattr1", "2.5.1-4", "attr"),
                ("libc6", "2.36-9+deb12u1", "glibc"),
                ("libgmp10", "6.2.1+dfsg1-1.1", "gmp"),
                ("libselinux1", "3.4-1+b6", "libselinux"),
            },
        ),
    ],
)
def test_syfts_samples_name_their_packages(
    corpus: Path, file: str, expected: set[tuple[str, str, str]]
) -> None:
    root = corpus / "pkgdb/syft/debian/testdata"
    got, problems = walked.read(CATALOGER, folder(root, f"var/lib/dpkg/status.d/{file}"))
    assert bool(problems) == (file == "corrupt")
    assert {(x.name, x.version, x.source) for x in got} >= expected
    assert bool(got) == bool(expected)


@pytest.mark.corpus
def test_a_distroless_sample_claims_its_library(corpus: Path) -> None:
    layer = folder(corpus / "pkgdb/syft/debian/testdata/image-distroless-deb", "var/**/*")
    assert [(x.name, x.version) for x in found(CATALOGER, layer)] == [("libsqlite3-0", "3.34.1-3")]
    (claim,) = claims(CATALOGER, layer)
    assert claim.name == "libsqlite3-0"
    assert "usr/lib/aarch64-linux-gnu/libsqlite3.so.0.8.6" in claim.paths


def _here() -> Layer:
    """Return this machine's dpkg database."""
    patterns = ("var/lib/dpkg/status", "var/lib/dpkg/info/*.list", "var/lib/dpkg/diversions")
    layer = dict(folder(Path("/"), *patterns, "var/lib/apt/extended_states"))
    release = Path("/etc/os-release")
    return layer | ({"etc/os-release": release.read_bytes()} if release.is_file() else {})


@pytest.mark.oracle
def test_this_machines_packages_are_dpkg_querys(tool: Callable[[str], str]) -> None:
    form = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\n"
    command = [tool("dpkg-query"), "-W", f"-f={form}"]
    rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    theirs = {tuple(row.split("\t")[1:]) for row in rows if row.startswith("installed\t")}
    layer = _here()
    got = found(CATALOGER, layer)
    ours = {
        (
            x.name,
            f"{x.epoch}:{x.version}" if x.epoch else x.version,
            x.arch,
            x.source or x.name,
        )
        for x in got
    }
    assert ours == theirs
    assert len(got) == len(theirs)


_REST = "Architecture: amd64\nMaintainer: a\nDescription: x\n"


@pytest.mark.oracle
@pytest.mark.parametrize(
    "stanza",
    [
        "Package : CURL\nStatus \t: install ok installed\nVersion\r: 1\n",
        "Package\v: a\nStatus\f: Install OK Installed\nVersion: 1\n",
        "Package: A\nStatus: deinstall ok CONFIG-files\nVersion: 1\n",
        "Package: a\nStatus: install ok Half-Configured\nVersion : 1\n",
        "Package: a\nStatus: install ok installed\nVersion: 1\nDepends: LibC6:any (>= 2) | B\n",
        "Package: a\nStatus: install ok installed\nVersion: 1\nProvides: Httpd (= 1)\n",
    ],
    ids=["blanks", "control-blanks", "removed", "half", "needs", "provides"],
)
def test_odd_spellings_are_read_as_dpkg_query_reads_them(
    tool: Callable[[str], str], tmp_path: Path, stanza: str
) -> None:
    text = f"{stanza}{_REST}\n".encode()
    (tmp_path / "info").mkdir()
    (tmp_path / "updates").mkdir()
    (tmp_path / "status").write_bytes(text)
    form = "${db:Status-Status}\t${Package}\t${Version}\t${Depends}\t${Provides}\n"
    command = [tool("dpkg-query"), f"--admindir={tmp_path}", "-W", f"-f={form}"]
    rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    theirs = [row.split("\t") for row in rows if not row.startswith("config-files\t")]
    ours = [
        [
            dict(x.properties).get("status", "installed"),
            *(x.name, x.version, ", ".join(x.depends), ", ".join(x.provides)),
        ]
        for x in found(CATALOGER, {"var/lib/dpkg/status": text})
    ]
    assert ours == theirs


@pytest.mark.oracle
def test_this_machines_reasons_are_apt_marks(tool: Callable[[str], str]) -> None:
    listed = [tool("apt-mark"), "showmanual"]
    manual = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split()
    ours = {x.name for x in packages(_here()).values() if x.reason == "manual"}
    assert ours == {name.partition(":")[0] for name in manual}


@pytest.mark.oracle
@pytest.mark.parametrize("package", ["bash", "dash", "dpkg", "libc6"])
def test_this_machines_files_are_dpkg_querys(tool: Callable[[str], str], package: str) -> None:
    command = [tool("dpkg-query"), "-L", package]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    theirs = {line.strip("/") for line in lines if line.startswith("/")} - {"."}
    everything = kept(CATALOGER, _here())
    claimed = places(
        (x for each in everything for x in CATALOGER.claims(each, BOOKWORM)),  # type: ignore[misc]
        everything,
    )
    ours = {path for x in claimed if x.name == package for path in x.paths}
    ours -= {path for path in ours if path.startswith("var/lib/dpkg/info/")}
    above = {path.rpartition("/")[0] for path in theirs}
    assert ours == theirs - above - {"."}


@pytest.mark.oracle
def test_the_distribution_of_this_machine_namespaces_its_packages() -> None:
    layer = _here()
    distro = distribution(image(layer).tree)
    if not distro.id:
        pytest.skip("this machine has no os-release")
    assert {x.namespace for x in packages(layer, distro).values()} == {distro.id}
