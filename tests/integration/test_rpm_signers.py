"""Who signed which package is told as rpm tells it, on a root that rpm and gpg made."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ocianalyze.controls.aspects.verification.signers import known_keys, of_signers
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.assembly import observers, with_inventory
from tests.images import image
from tests.inventory.catalogers.rpm_samples import SQLITE, genuine

pytestmark = pytest.mark.oracle
_SPEC = """Name: {name}
Version: 1
Release: 1
Summary: probe
License: MIT
BuildArch: noarch
%description
probe
%files
"""
_WHERE = ("--dbpath", "/var/lib/rpm", "--define", "_db_backend sqlite")
_QUERY = r"%{NAME} %{RSAHEADER:pgpsig}|%{DSAHEADER:pgpsig}|%{SIGPGP:pgpsig}\n"
Run = Callable[..., str]


@pytest.fixture(scope="module")
def run(tool: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Return a function that runs a program with a keyring of its own."""
    for name in ("rpm", "rpmbuild", "rpmsign", "gpg", "gpgconf"):
        tool(name)
    if os.geteuid():
        pytest.skip("needs root")
    home = tmp_path_factory.mktemp("g", numbered=True)
    home.chmod(0o700)
    environment = {**os.environ, "GNUPGHOME": str(home), "LC_ALL": "C"}

    def run(*command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert not done.returncode, done.stderr
        return done.stdout

    yield run
    subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=False)


def _key(run: Run, name: str, *more: str) -> str:
    """Make a key, and return its fingerprint."""
    batch = ("gpg", "--batch", "--quiet", "--passphrase", "")
    run(*batch, "--quick-gen-key", f"{name} <{name}@a.example>", "rsa2048", "sign", "never")
    listed = run("gpg", "--list-keys", "--with-colons", name).splitlines()
    print_ = next(line.split(":")[9] for line in listed if line.startswith("fpr"))
    for purpose in more:
        run(*batch, "--quick-add-key", print_, "rsa2048", purpose, "never")
    return print_


@pytest.fixture(scope="module")
def root(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root with four packages: by a known key, by its subkey, by a stranger, by nobody."""
    made = tmp_path_factory.mktemp("rpm")
    root = made / "root"
    _key(run, "known")
    _key(run, "parted", "sign")
    _key(run, "stranger")
    root.mkdir()
    run("rpm", "--root", str(root), *_WHERE, "--initdb")
    for name in ("known", "parted"):
        (made / f"{name}.asc").write_text(run("gpg", "--armor", "--export", name))
    run("rpm", "--root", str(root), *_WHERE, "--import", str(made / "known.asc"))
    (root / "etc/pki/rpm-gpg").mkdir(parents=True)
    shutil.copy(made / "parted.asc", root / "etc/pki/rpm-gpg/RPM-GPG-KEY-parted")
    for name in ("known", "parted", "stranger", "nobody"):
        (made / "a.spec").write_text(_SPEC.format(name=name))
        run("rpmbuild", "-bb", "--quiet", "--define", f"_topdir {made}/top", str(made / "a.spec"))
        file = next((made / "top/RPMS").rglob(f"{name}-*.rpm"))
        if name != "nobody":
            by = ("--define", f"_gpg_name {name}", "--define", f"__gpg {shutil.which('gpg')}")
            run("rpmsign", *by, "--addsign", str(file))
        run("rpm", "--root", str(root), *_WHERE, "-i", "--nodeps", "--noscripts", str(file))
    return root


@pytest.fixture
def view(root: Path) -> ImageView:
    """Return what the walk keeps of the root."""
    names = (SQLITE, "etc/pki/rpm-gpg/RPM-GPG-KEY-parted")
    layer = {name: (root / name).read_bytes() for name in names}
    return with_inventory(image(layer, observers=observers()))


def _theirs(run: Run, root: Path) -> dict[str, str]:
    """Return the ids of the keys that rpm tells, by package."""
    listed = run("rpm", "--root", str(root), *_WHERE, "-qa", "--qf", _QUERY)
    told: dict[str, str] = {}
    for line in listed.splitlines():
        name, _, rest = line.partition(" ")
        signed = [part for part in rest.split("|") if "Key ID" in part]
        if name != "gpg-pubkey":
            told[name] = signed[0].rpartition(" ")[2] if signed else ""
    return told


def test_every_package_names_the_key_that_rpm_names(run: Run, root: Path, view: ImageView) -> None:
    ours = {x.name: dict(x.found.properties).get("signed-by", "") for x in view.packages()}
    theirs = _theirs(run, root)
    assert ours == theirs
    assert sorted(map(len, theirs.values())) == [0, 16, 16, 16]


def test_only_strangers_and_unsigned_packages_are_told(
    run: Run, root: Path, view: ImageView
) -> None:
    theirs = _theirs(run, root)
    told = [(flaw.weight, flaw.evidence.reason, flaw.evidence.detail) for flaw in of_signers(view)]
    assert told == [
        ("fail", "unsigned", "nobody 1-1: no signature"),
        (
            "fail",
            "unknown-signer",
            f"stranger: key {theirs['stranger']} is not in the image",
        ),
    ]


def test_keys_are_those_that_gpg_lists(run: Run, view: ImageView) -> None:
    """Of rpm's database, short ids of primary keys, too."""
    listed = run("gpg", "--list-keys", "--with-colons", "known", "parted").splitlines()
    ids = {line.split(":")[4].lower() for line in listed if line[:3] in ("pub", "sub")}
    found = known_keys(view)
    assert {key for key in found if len(key) == 16} == ids
    assert {key for key in found if len(key) == 8} <= {key[-8:] for key in ids}


@pytest.mark.corpus
def test_a_real_database_has_the_signers_that_rpm_tells(
    corpus: Path, run: Run, tmp_path: Path
) -> None:
    """It holds no key: each of its packages is by a stranger, and all are in one line."""
    content = genuine(corpus, "cbl-mariner-2.0_rpmdb.sqlite")
    (tmp_path / SQLITE).parent.mkdir(parents=True)
    (tmp_path / SQLITE).write_bytes(content)
    view = with_inventory(image({SQLITE: content}, observers=observers()))
    theirs = _theirs(run, tmp_path)
    ours = {x.name: dict(x.found.properties).get("signed-by", "") for x in view.packages()}
    assert ours == theirs
    (told,) = of_signers(view)
    (signer,) = set(theirs.values())
    assert (told.weight, told.evidence.reason) == ("review", "unknown-signer")
    assert told.evidence.detail.endswith(f"(+{len(theirs) - 3}): key {signer} is not in the image")
