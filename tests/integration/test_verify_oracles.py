"""Packages are verified as `dpkg -V` and `rpm -V` verify them, on roots that the two made."""

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ocianalyze.inventory.assembly import observers, with_inventory
from ocianalyze.inventory.verify_digests import PROGRAMS
from ocianalyze.inventory.verify_digests import observers as digest_observers
from ocianalyze.model.verification import Verification
from tests.images import File, image

SCRIPT = "#!/bin/sh\necho tool\n"
FILES: Mapping[str, str] = {
    "usr/bin/tool": SCRIPT,
    "usr/lib/tool/data": "data\n",
    "usr/lib/tool/empty": "",
    "usr/share/doc/tool/README": "read me\n",
    "usr/share/tool/ä ö.txt": "name\n",
    "etc/tool.conf": "a=1\n",
}
TAMPERINGS: Mapping[str, Callable[[Path], object]] = {
    "nothing": lambda root: root,
    "program": lambda root: (root / "usr/bin/tool").write_text(SCRIPT + "evil\n"),
    "data": lambda root: (root / "usr/lib/tool/data").write_text("other"),
    "emptied": lambda root: (root / "usr/lib/tool/data").write_text(""),
    "filled": lambda root: (root / "usr/lib/tool/empty").write_text("x"),
    "conffile": lambda root: (root / "etc/tool.conf").write_text("a=2\n"),
    "removed": lambda root: (root / "usr/lib/tool/data").unlink(),
    "documentation": lambda root: shutil.rmtree(root / "usr/share/doc/tool"),
    "odd-name": lambda root: (root / "usr/share/tool/ä ö.txt").write_text("x"),
}
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}


def _run(*command: str, failing: bool = False) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert failing or not done.returncode, done.stderr
    return done.stdout


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (root / "usr/bin/tool").chmod(0o755)


def _verified(root: Path) -> Verification:
    """Return what we say of a root, every file digested."""
    layer = {}
    for path in sorted(root.rglob("*")):
        name, mode = str(path.relative_to(root)), path.lstat().st_mode
        if path.is_symlink():
            layer[name] = File(kind="l", link=str(path.readlink()))
        elif stat.S_ISREG(mode):
            layer[name] = File(path.read_bytes(), mode=mode & 0o7777)
        elif stat.S_ISDIR(mode):
            layer[name] = File(kind="d", mode=mode & 0o7777)
    others = tuple(each for each in observers() if each.name != PROGRAMS)
    found = with_inventory(
        image(layer, observers=(*others, *digest_observers(full=True)))
    ).verification
    assert not found.problems
    assert not found.unhashed
    return found


def _told(found: Verification) -> dict[str, str]:
    changed = {each.path: "changed" for each in found.changed}
    return changed | {each.path: "missing" for each in found.missing}


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root in which dpkg installed one package."""
    if not shutil.which("dpkg-deb") or os.geteuid():
        pytest.skip("needs dpkg and root")
    made = tmp_path_factory.mktemp("deb")
    tree, root = made / "tree", made / "root"
    _write(tree, FILES)
    control = "Package: tool\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.org>\n"
    control += "Description: tool\n"
    sums = (_run("md5sum", str(tree / name)).split()[0] for name in FILES)
    listed = [f"{digest}  {name}\n" for digest, name in zip(sums, FILES, strict=True)]
    (tree / "DEBIAN").mkdir(exist_ok=True)
    (tree / "DEBIAN/control").write_text(control)
    (tree / "DEBIAN/conffiles").write_text("/etc/tool.conf\n")
    (tree / "DEBIAN/md5sums").write_text("".join(x for x in listed if "etc/" not in x))
    _run("dpkg-deb", "--root-owner-group", "-b", str(tree), str(made / "tool.deb"))
    for name in ("var/lib/dpkg/info", "var/lib/dpkg/updates"):
        (root / name).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    _run("dpkg", f"--root={root}", "--log=/dev/null", "-i", str(made / "tool.deb"))
    return root


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_dpkg_agrees(debian: Path, tmp_path: Path, tampering: str) -> None:
    """Directories apart, of which dpkg tells when they are missing."""
    root = tmp_path / "root"
    shutil.copytree(debian, root, symlinks=True)
    TAMPERINGS[tampering](root)
    theirs = {}
    for line in _run("dpkg", f"--root={root}", "-V", failing=True).splitlines():
        path = line[11:].strip().removeprefix("c ").strip().lstrip("/")
        theirs[path] = "missing" if line.startswith("missing") else "changed"
    files = {path: word for path, word in theirs.items() if path in FILES}
    assert _told(_verified(root)) == files


def test_slim_roots_differ_by_documentation_alone(debian: Path, tmp_path: Path) -> None:
    """What dpkg calls missing is told as left out."""
    root = tmp_path / "root"
    shutil.copytree(debian, root, symlinks=True)
    TAMPERINGS["documentation"](root)
    assert [each.kind for each in _verified(root).missing] == ["documentation"]


def test_diverted_and_merged_files_are_found(debian: Path, tmp_path: Path) -> None:
    """Dpkg follows both, too."""
    root = tmp_path / "root"
    shutil.copytree(debian, root, symlinks=True)
    (root / "usr/lib").rename(root / "usr/lib64")
    (root / "usr/lib").symlink_to("lib64")
    _run("dpkg-divert", f"--root={root}", "--local", "--rename", "--add", "/usr/bin/tool")
    assert _run("dpkg", f"--root={root}", "-V", failing=True) == ""
    assert _told(_verified(root)) == {}


SPEC = """Name: tool
Version: 1
Release: 1
Summary: tool
License: MIT
BuildArch: noarch
%global __os_install_post %{{nil}}
%description
tool
%install
cp -a {tree}/. %{{buildroot}}
%files
/usr/bin/tool
/usr/lib/tool
%doc /usr/share/doc/tool/README
"/usr/share/tool/ä ö.txt"
%config(noreplace) /etc/tool.conf
%ghost /var/log/tool.log
"""


@pytest.fixture(scope="module")
def fedora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root in which rpm installed one package."""
    if not shutil.which("rpmbuild") or os.geteuid():
        pytest.skip("needs rpmbuild and root")
    made = tmp_path_factory.mktemp("rpm")
    tree, root = made / "tree", made / "root"
    _write(tree, {**FILES, "var/log/tool.log": "log\n"})
    (made / "tool.spec").write_text(SPEC.format(tree=tree))
    top = f"_topdir {made}/build"
    _run("rpmbuild", "-bb", "--quiet", "--define", top, str(made / "tool.spec"))
    (package,) = (made / "build/RPMS").rglob("*.rpm")
    root.mkdir()
    where = ("--root", str(root), "--dbpath", "/var/lib/rpm")
    _run("rpm", *where, "--initdb")
    _run("rpm", *where, "-i", "--nodeps", "--noscripts", "--ignoreos", str(package))
    return root


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_rpm_agrees(fedora: Path, tmp_path: Path, tampering: str) -> None:
    """About contents: `rpm -V` tells of sizes, modes and times, too."""
    root = tmp_path / "root"
    shutil.copytree(fedora, root, symlinks=True)
    TAMPERINGS[tampering](root)
    where = ("--root", str(root), "--dbpath", "/var/lib/rpm")
    theirs = {}
    for line in _run("rpm", *where, "-Va", "--nodeps", failing=True).splitlines():
        path = line[line.index("/") :].lstrip("/")
        if line.startswith("missing") or line[2] == "5":
            theirs[path] = "missing" if line.startswith("missing") else "changed"
    files = {path: word for path, word in theirs.items() if path in FILES}
    assert _told(_verified(root)) == files
