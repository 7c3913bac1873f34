"""The rpm cataloger, against rpm itself, other tools' lists and databases that others made."""

import csv
import sqlite3
import struct
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from ocianalyze.inventory._base import Claim, Kept
from ocianalyze.inventory.catalogers._rpm_value import files_of
from ocianalyze.inventory.catalogers.rpm import CATALOGER
from ocianalyze.inventory.purl import purl
from ocianalyze.model.package import Distribution, Found
from tests.inventory.catalogers.rpm_samples import (
    BDB,
    MANIFEST,
    NDB,
    SQLITE,
    found,
    genuine,
    header,
    kept,
    ndb,
    package,
    releases,
    sqlite,
)

Rpm = Callable[..., str]
_SPEC = """\
Name: probe
Epoch: 2
Version: 1.5
Release: 3
Summary: a package for tests
License: MIT and ASL 2.0
Vendor: Example
ModularityLabel: probe:1:20240101:abcdef
BuildArch: noarch
%description
none
%package -n libprobe
Version: 7~rc1
Summary: its library
License: BSD
%description -n libprobe
none
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc %{buildroot}/usr/share/doc/probe
echo a > %{buildroot}/usr/bin/probe
ln -s probe %{buildroot}/usr/bin/probe-link
echo c > %{buildroot}/etc/probe.conf
echo d > "%{buildroot}/usr/share/doc/probe/a name é"
echo l > %{buildroot}/usr/bin/libprobe
%files
%dir /usr/share/doc/probe
/usr/bin/probe
/usr/bin/probe-link
%config(noreplace) /etc/probe.conf
%doc "/usr/share/doc/probe/a name é"
%ghost /var/log/probe.log
%files -n libprobe
/usr/bin/libprobe
"""


@pytest.fixture(scope="module")
def rpm(tool: Callable[[str], str]) -> Rpm:
    """Return a function that runs rpm on the database of a folder."""
    program = tool("rpm")

    def run(root: Path, *arguments: str) -> str:
        options = ["--dbpath", str(root / "var/lib/rpm"), "--define", "_db_backend sqlite"]
        command = [program, *options, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return run


@pytest.fixture(scope="module")
def root(rpm: Rpm, tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a database where rpm installed packages that rpmbuild made."""
    rpmbuild, work = tool("rpmbuild"), tmp_path_factory.mktemp("rpm")
    spec = work / "probe.spec"
    spec.write_text(_SPEC, "utf-8")
    command = [rpmbuild, "-bb", "--define", f"_topdir {work}/top", str(spec)]
    subprocess.run(command, capture_output=True, check=True)
    (work / "var/lib/rpm").mkdir(parents=True)
    rpm(work, "--initdb")
    made = map(str, work.glob("top/RPMS/noarch/*.rpm"))
    rpm(work, "-i", "--justdb", "--nodeps", "--noscripts", *made)
    return work


def _claims(values: list[Kept]) -> list[Claim]:
    assert CATALOGER.claims is not None
    return [claim for value in values for claim in CATALOGER.claims(value, Distribution())]


def _told(packages: list[Found]) -> list[tuple[str, ...]]:
    return sorted(
        (
            one.name,
            one.epoch or "(none)",
            one.version,
            one.arch,
            dict(one.qualifiers).get("upstream", "(none)"),
            one.supplier or "(none)",
            *one.licenses,
            dict(one.properties).get("rpmmod", "(none)"),
            dict(one.properties)["install-time"],
            dict(one.properties)["size"],
        )
        for one in packages
    )


_QUERY = (
    r"%{NAME}\t%{EPOCH}\t%{VERSION}-%{RELEASE}\t%{ARCH}\t%{SOURCERPM}\t%{VENDOR}\t%{LICENSE}\t"
    r"%{MODULARITYLABEL}\t%{INSTALLTIME}\t%{SIZE}\n"
)


@pytest.mark.oracle
def test_a_database_that_rpm_wrote_is_read_as_rpm_reads_it(root: Path, rpm: Rpm) -> None:
    """It comes with an empty log, which says nothing."""
    names = ("rpmdb.sqlite", "rpmdb.sqlite-wal", "rpmdb.sqlite-shm")
    there = (root / "var/lib/rpm" / name for name in names)
    layer = {f"var/lib/rpm/{path.name}": path.read_bytes() for path in there if path.exists()}
    lines = rpm(root, "-qa", "--qf", _QUERY).splitlines()
    assert _told(found(layer)) == sorted(tuple(line.split("\t")) for line in lines)


@pytest.fixture(scope="module")
def hashed(
    root: Path, tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a folder with the same headers as rpm 4.15 and older keep them, in Berkeley DB."""
    load, work = tool("db5.3_load"), tmp_path_factory.mktemp("bdb")
    with closing(sqlite3.connect(root / "var/lib/rpm/rpmdb.sqlite")) as database:
        rows = list(database.execute("SELECT hnum, blob FROM Packages ORDER BY hnum"))
    text = "VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=4096\nHEADER=END\n"
    text += f" 00000000\n {struct.pack('<I', rows[-1][0]).hex()}\n"
    text += "".join(f" {struct.pack('<I', key).hex()}\n {blob.hex()}\n" for key, blob in rows)
    (work / "var/lib/rpm").mkdir(parents=True)
    command = [load, str(work / "var/lib/rpm/Packages")]
    subprocess.run(command, input=f"{text}DATA=END\n", text=True, check=True)
    return work


@pytest.mark.oracle
def test_a_database_in_berkeley_db_is_read_as_rpm_reads_it(hashed: Path, rpm: Rpm) -> None:
    """Both halves are others': Berkeley DB wrote the file, and rpm's own reader lists it."""
    try:
        text = rpm(hashed, "--define", "_db_backend bdb_ro", "-qa", "--qf", _QUERY)
    except subprocess.CalledProcessError:
        pytest.skip("this rpm has no reader of Berkeley DB")
    layer = {BDB: (hashed / "var/lib/rpm/Packages").read_bytes()}
    assert text
    assert _told(found(layer)) == sorted(tuple(line.split("\t")) for line in text.splitlines())


@pytest.mark.oracle
def test_files_are_claimed_as_rpm_lists_them_without_directories(root: Path, rpm: Rpm) -> None:
    claims = _claims(kept({SQLITE: (root / SQLITE).read_bytes()}))
    for claim in claims:
        listed = set(rpm(root, "-ql", claim.name).splitlines())
        assert {f"/{path}" for path in claim.paths} == listed - {"/usr/share/doc/probe"}
    assert [claim.arch for claim in claims] == ["noarch", "noarch"]


@pytest.mark.oracle
@pytest.mark.corpus
def test_every_file_of_a_real_database_is_claimed_as_rpm_lists_it(
    corpus: Path, rpm: Rpm, tmp_path: Path
) -> None:
    content = genuine(corpus, "cbl-mariner-2.0_rpmdb.sqlite")
    (tmp_path / SQLITE).parent.mkdir(parents=True)
    (tmp_path / SQLITE).write_bytes(content)
    query = r"[%{=NAME}\t%{FILENAMES}\t%{FILEMODES:perms}\t%{FILESTATES:fstate}\n]"
    rows = [line.split("\t") for line in rpm(tmp_path, "-qa", "--qf", query).splitlines()]
    wanted = {
        (name, path.lstrip("/"))
        for name, path, mode, state in rows
        if not mode.startswith("d") and state == "normal"
    }
    claims = _claims(kept({SQLITE: content}))
    assert {(claim.name, path) for claim in claims for path in claim.paths} == wanted
    assert len(wanted) > 6_000


@pytest.mark.corpus
def test_packages_equal_the_list_that_rpm_made_of_the_same_database(corpus: Path) -> None:
    """What is absent is `(none)` there; no row is left over on either side."""
    folder = corpus / "pkgdb/rpm/cbl-mariner-2.0"
    with (folder / "rpm-qa.golden.tsv").open(newline="", encoding="utf-8") as file:
        golden = [
            (name, epoch, f"{version}-{release}", arch, source, vendor, license_)
            for name, epoch, version, release, arch, source, vendor, license_ in csv.reader(
                file, delimiter="\t", quoting=csv.QUOTE_NONE
            )
        ]
    packages = found({SQLITE: (folder / "rpmdb.sqlite").read_bytes()})
    assert [row[:7] for row in _told(packages)] == sorted(golden)
    assert len(golden) == 129


class Genuine(NamedTuple):
    """What others count in a database of the corpus."""

    name: str
    path: str
    packages: int
    files: int
    signed: str
    key: str


@pytest.mark.corpus
@pytest.mark.parametrize(
    "real",
    [
        Genuine("cbl-mariner-2.0_rpmdb.sqlite", SQLITE, 129, 7_269, "bash", "0cd9fed33135ce90"),
        Genuine("sle15-bci_Packages.db", NDB, 35, 2_837, "bash", "70af9e8139db7c82"),
        Genuine("libuuid_Packages", BDB, 1, 7, "libuuid", "199e2f91fd431d51"),
    ],
    ids=["sqlite", "ndb", "bdb"],
)
def test_each_format_has_as_many_packages_as_others_count(corpus: Path, real: Genuine) -> None:
    """The key is the distributor's: Microsoft's, SUSE's, Red Hat's.

    Counts of files are with directories, which are not claimed.
    """
    layer = {real.path: genuine(corpus, real.name)}
    packages = found(layer)
    assert len(packages) == real.packages
    signed = {package.name: dict(package.properties).get("signed-by") for package in packages}
    assert signed[real.signed] == real.key
    listed = [files for value in kept(layer) for _, files in files_of(value.value)]
    assert sum(len(files.get("bases", [])) for files in listed) == real.files


@pytest.mark.corpus
def test_a_manifest_lists_the_packages_of_an_image_without_database(corpus: Path) -> None:
    content = (corpus / "pkgdb/syft/redhat/testdata/container-manifest-2").read_bytes()
    packages = found({MANIFEST: content}, Distribution(id="mariner", version="2.0"))
    assert releases(packages) == [
        ("filesystem", "1.1-9.cm2"),
        ("glibc", "2.35-2.cm2"),
        ("mariner-release", "2.0-12.cm2"),
        ("openssl-libs", "1.1.1k-15.cm2"),
        ("vim", "9.0-1.cm2"),
    ]
    by_name = {package.name: package for package in packages}
    assert by_name["vim"].epoch == "2"
    assert by_name["openssl-libs"].source == "openssl"
    assert by_name["glibc"].epoch == ""
    assert purl(by_name["vim"]) == (
        "pkg:rpm/mariner/vim@9.0-1.cm2"
        "?arch=x86_64&distro=mariner-2.0&epoch=2&upstream=vim-9.0-1.cm2.src.rpm"
    )


@pytest.mark.corpus
def test_a_database_of_another_tool_with_one_package_is_read(corpus: Path) -> None:
    content = (corpus / "pkgdb/syft/redhat/testdata/Packages").read_bytes()
    assert releases(found({BDB: content})) == [("dive", "0.9.2-1")]


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (
            Distribution(id="rhel", version="8.6"),
            "pkg:rpm/redhat/a@1-1.el9?arch=x86_64&distro=rhel-8.6",
        ),
        (
            Distribution(id="fedora", version="40"),
            "pkg:rpm/fedora/a@1-1.el9?arch=x86_64&distro=fedora-40",
        ),
        (
            Distribution(id="opensuse-leap", version="15.6"),
            "pkg:rpm/opensuse/a@1-1.el9?arch=x86_64&distro=opensuse-leap-15.6",
        ),
        (
            Distribution(id="sles", version="15.4"),
            "pkg:rpm/suse/a@1-1.el9?arch=x86_64&distro=sles-15.4",
        ),
        (Distribution(), "pkg:rpm/a@1-1.el9?arch=x86_64"),
    ],
    ids=["rhel", "fedora", "opensuse", "sles", "unknown"],
)
def test_the_namespace_is_the_vendor(distribution: Distribution, expected: str) -> None:
    packages = found({SQLITE: sqlite([package("a")])}, distribution)
    assert [purl(one) for one in packages] == [expected]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", sqlite([package("a", size=9_000)])),
        ("usr/share/rpm/rpmdb.sqlite", sqlite([package("a")])),
        ("var/lib/rpm/Packages.db", ndb([package("a", size=33)])),
    ],
    ids=["sysimage", "share", "ndb"],
)
def test_databases_are_found_where_distributions_put_them(path: str, content: bytes) -> None:
    assert releases(found({path: content})) == [("a", "1-1.el9")]


@pytest.mark.parametrize(
    "path", ["srv/rpmdb.sqlite", "var/lib/rpm/Basenames", "var/lib/apt/lists/Packages"]
)
def test_files_elsewhere_are_not_read(path: str) -> None:
    assert kept({path: sqlite([package("a")])}) == []


def test_a_package_says_what_its_header_says() -> None:
    blob = package("a", epoch=0, source="b-2-3.src.rpm", rpmmod="m:1:2:c")
    (one,) = found({SQLITE: sqlite([blob])})
    assert (one.epoch, one.source, one.source_version) == ("0", "b", "2-3")
    assert dict(one.properties)["rpmmod"] == "m:1:2:c"


@pytest.mark.parametrize("source", ["", "(none)"])
def test_keys_that_rpm_trusts_are_no_packages(source: str) -> None:
    """The second is what `rpm --import` writes."""
    key = header({1000: "gpg-pubkey", 1001: "352c64e5", 1002: "52ae6884", 1044: source})
    assert releases(found({SQLITE: sqlite([key, package("a")])})) == [("a", "1-1.el9")]


def test_a_package_named_like_a_key_is_a_package() -> None:
    blob = package("gpg-pubkey")
    assert releases(found({SQLITE: sqlite([blob])})) == [("gpg-pubkey", "1-1.el9")]


def test_files_replaced_or_left_out_are_not_claimed() -> None:
    blob = header(
        {
            1000: "a",
            1022: "noarch",
            1116: [0, 0, 1, 0, 9],
            1117: ["kept", "replaced", "shared", "folder", "nowhere"],
            1118: ["/", "/opt/"],
            1029: [0, 1, 3, 0, 0],
            1030: [0o100644, 0o100644, 0o100644, 0o040755, 0o100644],
        }
    )
    claims = _claims(kept({SQLITE: sqlite([blob])}))
    assert claims == [Claim("rpm", "a", "noarch", paths=("kept", "opt/shared"))]


def test_names_that_are_not_utf8_stay_what_they_are() -> None:
    blob = package("a").replace(b"/usr/bin/\0", b"/usr/b\xffn/\0")
    (claim,) = _claims(kept({SQLITE: sqlite([blob])}))
    assert claim.paths[0].encode("utf-8", "surrogateescape") == b"usr/b\xffn/a"


def test_damage_is_told_after_what_could_be_read() -> None:
    values = kept({SQLITE: sqlite([package("a"), b"\0\0\0\1\xff\xff\xff\xff", package("b")])})
    reading = iter(CATALOGER.read(values[0], Distribution()))
    assert [next(reading).name, next(reading).name] == ["a", "b"]
    with pytest.raises(ValueError, match=r"^record 2: header's lengths do not fit its record$"):
        next(reading)


@pytest.mark.parametrize("path", [SQLITE, NDB, BDB])
def test_a_file_that_is_no_database_is_a_problem(path: str) -> None:
    (value,) = kept({path: b"bogus"})
    with pytest.raises(ValueError, match="not a Berkeley DB"):
        list(CATALOGER.read(value, Distribution()))


def test_needs_and_provided_names_are_told_without_those_of_the_format() -> None:
    requires = ["/bin/sh", "libc.so.6(X)", "libc.so.6(X)", "rpmlib(PayloadIsZstd)"]
    more = header({1000: "a", 1001: "1", 1002: "1", 1022: "noarch", 1049: requires, 1047: ["a"]})
    (one,) = found({SQLITE: sqlite([more])})
    assert one.depends == ("/bin/sh", "libc.so.6(X)")
    assert one.provides == ("a",)
