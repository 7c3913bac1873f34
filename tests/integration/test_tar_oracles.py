"""Our entries against Python's tarfile, GNU tar and bsdtar."""

import hashlib
import io
import os
import subprocess
import sysconfig
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.model.facts import LayerFacts
from tests.integration import tar_readers
from tests.integration.tar_readers import Listed
from tests.tars import Row, by_head, read, rows

Tool = Callable[[str], str]

DIFFERENCES = {
    "go/gnu-incremental.tar": ("python", "takes atime and ctime of a GNU header for a prefix"),
    "go/pax-nil-sparse-data.tar": ("python", "counts the sparse map as content"),
    "go/pax-nil-sparse-hole.tar": ("python", "counts the sparse map as content"),
    "go/pax-nul-path.tar": ("python", "keeps a NUL in a path; we say that there is one"),
    "go/pax-nul-xattrs.tar": ("gnu bsd", "refuse an attribute with a NUL in its name; Go ignores"),
    "go/pax-sparse-big.tar": ("python", "shows the stored size"),
    "libarchive/test_compat_lz4_2.tar.lz4": ("python gnu bsd", "lz4 is no compression of layers"),
    "libarchive/test_compat_lz4_3.tar.lz4": ("python gnu bsd", "lz4 is no compression of layers"),
    "libarchive/test_compat_mac-2.tar.Z": ("python gnu bsd", "nor is compress"),
    "libarchive/test_compat_star_acl_posix1e.tar": ("bsd", "puts the ACL's mask into the mode"),
    "libarchive/test_compat_zstd_2.tar.zst": ("python gnu", "have no zstd without its program"),
    "libarchive/test_pax_filename_encoding.tar": ("bsd", "warns of a name that is no UTF-8"),
    "libarchive/test_read_filter_lzop.tar.lzo": ("python gnu bsd", "nor is lzop"),
    "libarchive/test_read_filter_lzop_multiple_parts.tar.lzo": ("python gnu bsd", "nor is lzop"),
    "libarchive/test_read_format_gtar_sparse_length.tar.Z": ("python gnu bsd", "nor is compress"),
    "libarchive/test_read_format_gtar_sparse_skip_entry.tar.Z": (
        "python gnu bsd",
        "nor is compress",
    ),
    "libarchive/test_read_format_tar_filename_koi8r.tar.Z": ("python gnu bsd", "nor is compress"),
    "libarchive/test_read_format_ustar_filename_koi8r.tar.Z": ("python gnu bsd", "nor is compress"),
    "libarchive/test_read_format_tar_pax_g_large.tar": (
        "python gnu bsd",
        "give up at the cut header; we say that it is too large and that nothing follows",
    ),
    "libarchive/test_read_pax_empty_val_no_nl.tar": (
        "gnu bsd",
        "refuse a record without its newline; we say that it is wrong and list the entry",
    ),
}
"""File to the readers that do not say what we say, and why."""
_WITHOUT_OWNER = frozenset({b"gnu/regtype-gnu-uid"})
"""Its uid is the largest: chown(2) takes it as none, and runtimes leave the file root's."""
_AFTER_GLOBAL_HEADERS = frozenset({b"pax/regtype1", b"pax/regtype2", b"pax/bad-pax-\xe4\xf6\xfc"})
"""Members whose owner tarfile takes from a global header, which runtimes do not."""
_FOREIGN = (".lz4", ".Z", ".lzo")
TREES = ("/usr/bin", "/etc")
_PACKERS = {
    "gnu-gnu": ("tar", ["--format=gnu", "-cf"]),
    "gnu-oldgnu": ("tar", ["--format=oldgnu", "-cf"]),
    "gnu-pax": ("tar", ["--format=posix", "-cf"]),
    "gnu-ustar": ("tar", ["--format=ustar", "-cf"]),
    "gnu-v7": ("tar", ["--format=v7", "-cf"]),
    "gnu-sparse": ("tar", ["--sparse", "--format=gnu", "-cf"]),
    "gnu-pax-sparse": ("tar", ["--sparse", "--format=posix", "-cf"]),
    "bsd-pax": ("bsdtar", ["--format=pax", "-cf"]),
    "bsd-ustar": ("bsdtar", ["--format=ustar", "-cf"]),
    "bsd-gnutar": ("bsdtar", ["--format=gnutar", "-cf"]),
}


def _archives() -> list[str]:
    """Return the names of the corpus's tars, none where it is absent."""
    root = Path(__file__).resolve().parents[2]
    folder = root / os.environ.get("OCIANALYZE_CORPUS", "../shared/corpus") / "tars"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _readers(tool: Tool) -> dict[str, Callable[[Path], list[Listed] | None]]:
    gnu, bsd = tool("tar"), tool("bsdtar")
    return {
        "python": tar_readers.python,
        "gnu": lambda path: tar_readers.gnu(gnu, path),
        "bsd": lambda path: tar_readers.bsd(bsd, path),
    }


@pytest.mark.corpus
@pytest.mark.oracle
@pytest.mark.parametrize("name", _archives() or ["absent"])
def test_odd_archives_are_listed_as_other_readers_list_them(
    corpus: Path, tool: Tool, name: str
) -> None:
    path = corpus / "tars" / name
    found = tar_readers.ours(rows(read(path.read_bytes()).entries))
    said = {reader: lists(path) for reader, lists in _readers(tool).items()}
    different, _ = DIFFERENCES.get(name, ("", ""))
    for reader, listed in said.items():
        assert (listed == found) is (reader not in different.split()), reader
    if path.suffix in _FOREIGN:
        assert read(path.read_bytes()).partial


@pytest.mark.corpus
def test_the_table_of_differences_names_files_that_exist(corpus: Path) -> None:
    assert not [name for name in DIFFERENCES if not (corpus / "tars" / name).is_file()]


@pytest.mark.oracle
def test_the_archive_that_python_tests_tarfile_with() -> None:
    """It has a member of every kind in every format; hashes are compared too."""
    tests = Path(sysconfig.get_path("stdlib")) / "test"
    found = [*tests.glob("testtar.tar"), *tests.glob("archivetestdata/testtar.tar")]
    if not found:
        pytest.skip("this Python came without its tests")
    facts = read(found[0].read_bytes())
    compare_with_tarfile(found[0], facts, _AFTER_GLOBAL_HEADERS | _WITHOUT_OWNER)
    assert [row.uname for row in rows(facts.entries) if row.path in _AFTER_GLOBAL_HEADERS] == [
        b"tarfile",
        b"tarfile",
        b"lars",
    ]


def compare_with_tarfile(
    path: Path, facts: LayerFacts, different: frozenset[bytes] = frozenset()
) -> None:
    """Compare every entry with what tarfile reads, contents included."""
    with tarfile.open(path, errors="surrogateescape") as archive:
        theirs = [_whole(archive, member) for member in archive]
    mine = [_comparable(row) for row in rows(facts.entries)]
    assert len(mine) == len(theirs)
    unlike = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    assert {pair[0][0].path for pair in unlike} == different, unlike


Whole = tuple[Listed, int, int, int, bytes, str]


def _comparable(row: Row) -> Whole:
    return tar_readers.ours([row])[0], row.uid, row.gid, row.mtime, row.uname, row.sha256


def _whole(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Whole:
    listed = tar_readers.listed_by_python(member)
    content = archive.extractfile(member) if member.isreg() else None
    digest = hashlib.sha256(content.read()).hexdigest() if content else ""
    seconds = int(member.mtime // 1)
    uname = os.fsencode(member.uname)
    return listed, member.uid, member.gid, seconds, uname, digest


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tree with long names, links, holes and odd names beside real files."""
    root = tmp_path_factory.mktemp("tree")
    (root / "sparse").write_bytes(b"")
    with (root / "sparse").open("r+b") as file:
        for at in range(0, 40 << 16, 1 << 16):
            file.seek(at)
            file.write(b"data" * 1024)
        file.truncate(50 << 16)
    (root / "hard").hardlink_to(root / "sparse")
    (root / "soft").symlink_to("../../somewhere/else")
    deep = root / "/".join(["directory-with-a-name"] * 9)
    deep.mkdir(parents=True)
    (deep / ("long-name" * 12)).write_bytes(b"long")
    (root / "caf\u00e9").write_bytes(b"utf-8")
    os.mkfifo(root / "fifo")
    (root / "set-id").write_bytes(b"x")
    (root / "set-id").chmod(0o6755)
    os.utime(root / "set-id", ns=(0, 1_234_567_890_123_456_789))
    return root


@pytest.mark.oracle
@pytest.mark.parametrize("packer", _PACKERS)
def test_real_trees_are_read_as_tarfile_reads_them(
    tool: Tool, tree: Path, tmp_path: Path, packer: str
) -> None:
    """What GNU tar and bsdtar write in all their formats, /etc and /usr/bin included."""
    program, flags = _PACKERS[packer]
    path = tmp_path / "tree.tar"
    command = [tool(program), *flags, str(path), "-C", "/", str(tree)[1:]]
    if packer in ("gnu-gnu", "gnu-pax", "bsd-pax"):
        command += [folder[1:] for folder in TREES]
    subprocess.run(command, check=packer.endswith(("gnu", "pax")), capture_output=True)
    facts = read_layer(_File(path), Reading((), by_head))
    assert not facts.partial
    compare_with_tarfile(path, facts)


@pytest.mark.oracle
@pytest.mark.parametrize(
    "form",
    [
        pytest.param(tarfile.GNU_FORMAT, id="gnu"),
        pytest.param(tarfile.PAX_FORMAT, id="pax"),
        pytest.param(tarfile.USTAR_FORMAT, id="ustar"),
    ],
)
def test_real_trees_packed_by_python(tree: Path, tmp_path: Path, form: int) -> None:
    path = tmp_path / "tree.tar"
    with tarfile.open(path, "w", format=form) as archive:
        archive.add("/etc", arcname="etc")
        if form != tarfile.USTAR_FORMAT:
            archive.add(tree, arcname="tree")
    facts = read_layer(_File(path), Reading((), by_head))
    assert not facts.partial
    compare_with_tarfile(path, facts)


class _File:
    """A blob in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.size = path.stat().st_size

    def open(self) -> io.BufferedReader:
        return self._path.open("rb")
