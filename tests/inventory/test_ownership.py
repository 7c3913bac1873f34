"""Who owns which file: aliases, links, inodes, databases of all kinds together."""

import shutil
import subprocess
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.inventory import canonical, ownership
from ocianalyze.inventory.canonical import Canonical, links_of
from ocianalyze.inventory.ownership import Owning
from ocianalyze.model.entry import Kind
from ocianalyze.model.package import OS_TYPES
from tests.images import File, Layer, directory, hardlink, symlink, tree
from tests.inventory.owned import ELF, dpkg, owners, view

SITE = "usr/lib/python3/dist-packages"
PACKAGES = ("coreutils", "bash", "dash", "libc6:amd64", "perl-base", "dpkg", "util-linux", "login")
"""Of this machine, compared with dpkg."""


def test_a_path_behind_a_linked_directory_is_owned_where_it_lies() -> None:
    """usr-merge: packages claim /bin/ls, the file is /usr/bin/ls."""
    merged: Layer = {"bin": symlink("usr/bin"), "usr/bin/ls": ELF, **dpkg(coreutils=["bin/ls"])}
    found = view(merged)
    assert owners(found, "bin/ls") == owners(found, "usr/bin/ls") == ["deb coreutils"]
    assert not found.inventory.unowned


def test_all_names_of_an_inode_have_the_same_owners() -> None:
    lower: Layer = {"usr/bin/perl": ELF, **dpkg(perl=["usr/bin/perl"])}
    found = view(lower, {"tmp/x": hardlink("usr/bin/perl"), "usr/bin/.wh.perl": b""})
    assert owners(found, "tmp/x") == ["deb perl"]


def test_a_diverted_file_belongs_to_the_one_that_diverted_it_and_its_twin_to_the_other() -> None:
    diversions = b"/usr/bin/sh\n/usr/bin/sh.distrib\nmine\n"
    layer: Layer = {
        "usr/bin/sh": ELF,
        "usr/bin/sh.distrib": ELF,
        "var/lib/dpkg/diversions": diversions,
        **dpkg(mine=["usr/bin/sh"], theirs=["usr/bin/sh"]),
    }
    found = view(layer)
    assert owners(found, "usr/bin/sh") == ["deb mine"]
    assert owners(found, "usr/bin/sh.distrib") == ["deb theirs"]


def test_a_language_package_comes_before_the_distributions_package_that_ships_it() -> None:
    info = f"{SITE}/six-1.dist-info"
    layer: Layer = {
        f"{SITE}/six.py": b"x = 1\n",
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: six\nVersion: 1\n",
        f"{info}/RECORD": b"six.py,,\nsix-1.dist-info/METADATA,,\n",
        **dpkg(python3_six=[f"{SITE}/six.py", f"{info}/METADATA"]),
    }
    found = view(layer)
    assert owners(found, f"{SITE}/six.py") == ["pypi six", "deb python3-six"]
    six = next(one for one in found.packages() if one.type == "pypi")
    assert six.owner.startswith("pkg:deb/debian/python3-six@1")


def test_a_tree_owns_what_is_below_and_the_nearest_tree_counts() -> None:
    layer: Layer = {
        "app/node_modules/a/package.json": b'{"name":"a","version":"1"}',
        "app/node_modules/a/bin/x": File(ELF, mode=0o755),
        "app/node_modules/a/node_modules/b/package.json": b'{"name":"b","version":"2"}',
        "app/node_modules/a/node_modules/b/y.node": ELF,
        "app/y.node": ELF,
    }
    found = view(layer)
    assert owners(found, "app/node_modules/a/bin/x") == ["npm a"]
    assert owners(found, "app/node_modules/a/node_modules/b/y.node") == ["npm b"]
    assert [one.path for one in found.inventory.unowned] == ["app/y.node"]


def test_a_runtime_owns_its_library_but_not_what_others_install_into_it() -> None:
    """Official images have Python below /usr/local without package data."""
    program = ELF + b"\x003.11.9\x00" + b"Python 3.11.9\0" + bytes(64)
    layer: Layer = {
        "usr/local/bin/python3.11": File(program, mode=0o755),
        "usr/local/lib/python3.11/lib-dynload/_ssl.so": ELF,
        "usr/local/lib/python3.11/site-packages/stray.so": ELF,
    }
    found = view(layer)
    assert owners(found, "usr/local/lib/python3.11/lib-dynload/_ssl.so") == ["generic python"]
    assert [one.path for one in found.inventory.unowned] == [
        "usr/local/lib/python3.11/site-packages/stray.so"
    ]


def test_files_of_removed_packages_are_owned_by_nobody() -> None:
    lower: Layer = {"usr/bin/x": ELF, **dpkg(x=["usr/bin/x"])}
    upper: Layer = {**dpkg(), "var/lib/dpkg/info/.wh.x.list": b""}
    assert [one.path for one in view(lower, upper).inventory.unowned] == ["usr/bin/x"]


@pytest.mark.parametrize(
    ("recorded", "real"),
    [
        ("bin/ls", "usr/bin/ls"),
        ("/bin/ls", "usr/bin/ls"),
        ("bin", "bin"),
        ("a/b/x", "usr/bin/x"),
        ("loop/x", "loop/x"),
        ("dead/x", "dead/x"),
        ("nothing/at/all", "nothing/at/all"),
        ("usr/bin/../lib/x", "usr/lib/x"),
        ("usr/./bin//x", "usr/bin/x"),
        ("../../etc/passwd", "etc/passwd"),
        ("up/x", "x"),
        ("odd\udcff/x", "usr/bin/x"),
        ("hard/x", "usr/bin/x"),
        ("", ""),
    ],
)
def test_links_above_a_name_are_followed_inside_the_root(recorded: str, real: str) -> None:
    layer: Layer = {
        "usr/bin": directory(),
        "bin": symlink("usr/bin"),
        "a": directory(),
        "a/b": symlink("/bin"),
        "loop": symlink("loop"),
        "dead": symlink("nowhere"),
        "up": symlink("../../.."),
        "odd\udcff": symlink("usr/bin"),
        "hard": hardlink("bin"),
    }
    made = tree(layer)
    assert Canonical(made).path(recorded) == real
    assert Canonical(made, links_of(made, [0])).path(recorded) == real


def test_where_too_many_links_are_every_directory_is_looked_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = tree({"usr/bin": directory(), "bin": symlink("usr/bin"), "a": symlink("b")})
    assert links_of(made, [0]) == {"bin", "a"}
    monkeypatch.setattr(canonical, "_LINKS", 1)
    assert links_of(made, [0]) is None


def test_links_of_what_nobody_owns_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """An image may have a million."""
    made = tree({"a": b"1"} | {f"d/f{number:04d}": hardlink("a") for number in range(3_000)})
    monkeypatch.setattr(canonical, "_LINKS", 10)
    assert sum(1 for _ in made.hard_links()) == 3_000
    tracemalloc.start()
    Owning(made, (), Canonical(made, links_of(made, [0]))).share_inodes()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak / 3_000 < 20


def test_absurd_paths_are_taken_as_they_are() -> None:
    deep = "/".join(["a"] * 3_000)
    assert Canonical(tree({"x": b""})).path(f"{deep}/x") == f"{deep}/x"


def test_claims_beyond_the_bound_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "_CLAIMED", 20)
    found = view({"usr/bin/b": ELF, **dpkg(x=["usr/bin/a", "usr/bin/b"], y=["usr/bin/c"])})
    assert found.inventory.problems == ("packages claim more paths than are taken",)


@pytest.mark.oracle
def test_owners_are_those_of_dpkg_for_packages_of_this_machine(
    tool: Callable[[str], str], tmp_path: Path
) -> None:
    """Every file and link of some packages, with the links that merge /bin into /usr/bin."""
    query, database = tool("dpkg-query"), tmp_path / "dpkg"
    layer = _installed(database)
    command = [query, f"--admindir={database}", "-S", "*"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    theirs, found, compared = _owned(listed), view(layer), 0
    for entry in found.tree.visible():
        if entry.kind is Kind.DIRECTORY or not entry.path.startswith(("usr/", "etc/")):
            continue  # dpkg knows the links for usr-merge as directories, and no script of its own
        aliases = (entry.path, entry.path.removeprefix("usr/"))
        expected = {name for alias in aliases for name in theirs.get(alias, ())}
        mine = {one.name for one in found.inventory.owners(entry.path) if one.type in OS_TYPES}
        assert mine == expected, entry.path
        compared += bool(mine)
    assert compared > 500


def _installed(database: Path) -> dict[str, File | bytes]:
    """Return names of files of some packages of this machine; copy their part of the database."""
    home = Path("/var/lib/dpkg")
    (database / "info").mkdir(parents=True)
    lists = [f"info/{name}.list" for name in PACKAGES]
    if not all((home / name).is_file() for name in lists):
        pytest.skip("packages that every Debian has are not installed")
    layer: dict[str, File | bytes] = {
        name: symlink(f"usr/{name}") for name in ("bin", "sbin", "lib", "lib64")
    }
    for name in ("status", "diversions", "info/format", *lists):
        shutil.copy(home / name, database / name)
        layer[f"var/lib/dpkg/{name}"] = (home / name).read_bytes()
    for name in lists:
        for path in map(Path, (home / name).read_text().splitlines()):
            real = path.parent.resolve() / path.name
            if real.is_symlink():
                layer[str(real)[1:]] = symlink(str(real.readlink()))
            elif real.is_file():
                layer[str(real)[1:]] = b""
    return layer


def _owned(listed: str) -> dict[str, set[str]]:
    """Return packages by path as `dpkg-query -S` prints them."""
    found: dict[str, set[str]] = {}
    for line in listed.splitlines():
        names, _, path = line.partition(": ")
        if not line.startswith("diversion"):
            found.setdefault(path[1:], set()).update(
                name.strip().partition(":")[0] for name in names.split(",")
            )
    return found


@pytest.mark.parametrize("path", ["usr/bin/a", "/usr/bin/a", "bin/a", "/bin/a", "lib/../bin/a"])
def test_a_view_knows_the_owners_of_a_file_by_any_way_to_it(path: str) -> None:
    merged: Layer = {**dpkg(a=["bin/a"]), "bin": symlink("usr/bin"), "lib": symlink("usr/lib"),
                     "usr/lib/x": b"", "usr/bin/a": ELF}  # fmt: skip
    assert [one.name for one in view(merged).owners(path)] == ["a"]
    assert view(merged).owners("none/a") == ()


def test_packages_of_an_unknown_scope_are_refused() -> None:
    with pytest.raises(ValueError, match="'ALL' is no scope: visible or all"):
        view(dpkg(a=[])).packages("ALL")  # type: ignore[arg-type] # as a caller without types
