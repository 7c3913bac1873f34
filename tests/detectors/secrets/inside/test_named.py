"""Names, link targets and comments of members are looked at as those of a layer's files are."""

import gzip
import hashlib
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping

import pytest

from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.detectors.secrets.by_name import by_name
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.inside.allowance import Allowance
from ocianalyze.detectors.secrets.inside.inner import Inside, unpacked
from ocianalyze.detectors.secrets.inside.observer import observer
from ocianalyze.detectors.secrets.rule_files import by_id, shipped
from ocianalyze.layers.observer import Seen
from tests.detectors.secrets.inside.conftest import (
    TEXT,
    TOKEN,
    Look,
    arred,
    cpioed,
    rpm,
    tarred,
    zipped,
)

KEY = b"something that no rule knows"
NAME = TOKEN.decode()


def linked(form: int, kind: bytes, target: str, path: str = "app/link") -> bytes:
    """Return a tar with one link."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        member = tarfile.TarInfo(path)
        member.type, member.linkname = kind, target
        archive.addfile(member)
    return file.getvalue()


def tgz(data: bytes) -> bytes:
    return gzip.compress(tarred({"inner": data}))


def told(found: Inside) -> list[tuple[str, str, str]]:
    return sorted((one.rule, one.inner, one.where) for one in found.hits)


ARCHIVES: Mapping[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "deflated.zip": zipped,
    "stored.zip": lambda files: zipped(files, zipfile.ZIP_STORED),
    "bzip2.zip": lambda files: zipped(files, zipfile.ZIP_BZIP2),
    "x.tar": tarred,
    "gnu.tar": lambda files: tarred(files, tarfile.GNU_FORMAT),
    "x.tar.gz": lambda files: gzip.compress(tarred(files)),
    "x.cpio.gz": lambda files: gzip.compress(cpioed(files)),
}
BEFORE = {"x.tar.gz": "x.tar!/", "x.cpio.gz": "x.cpio!/"}


@pytest.mark.parametrize("step", [7, 1 << 20])
@pytest.mark.parametrize("name", ARCHIVES)
def test_a_member_is_a_credential_by_its_name(look: Look, name: str, step: int) -> None:
    files = {"a.txt": b"text", "root/.ssh/id_rsa": KEY, "id_dsa": b"", "home/.git-credentials": KEY}
    found = look(name, ARCHIVES[name](files), step=step)
    before = BEFORE.get(name, "")
    assert told(found) == [
        ("file-git-credentials", f"{before}home/.git-credentials", "path"),
        ("file-ssh-private-key", f"{before}root/.ssh/id_rsa", "path"),
    ]
    assert not found.unread


def test_it_is_the_same_secret_as_a_file_of_the_layer(look: Look) -> None:
    (found,) = look("x.zip", zipped({"id_rsa": KEY})).hits
    digest = hashlib.sha256(KEY).hexdigest()
    assert found.id == identity(f"file-ssh-private-key {digest}".encode())


@pytest.mark.parametrize("name", ARCHIVES)
def test_no_name_speaks_where_a_secret_does(look: Look, name: str) -> None:
    found = look(name, ARCHIVES[name]({"id_rsa": TEXT}))
    assert {one.rule for one in found.hits} <= {"acme"}


def test_an_ar_member_and_a_compressed_file_have_names_too(look: Look) -> None:
    assert told(look("x.deb", arred({"debian-binary": b"2.0", "id_rsa": KEY}))) == [
        ("file-ssh-private-key", "id_rsa", "path")
    ]
    assert told(look("id_rsa.gz", gzip.compress(KEY))) == [
        ("file-ssh-private-key", "id_rsa", "path")
    ]


def test_a_place_is_that_in_its_archive(look: Look) -> None:
    found = look("x.jar", zipped({"rootfs.tar": tarred({"./run/secrets/db": KEY})}))
    assert told(found) == [("file-run-secrets", "rootfs.tar!/run/secrets/db", "path")]


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_secret_in_a_path_is_found(look: Look, name: str) -> None:
    path = f"backup/{NAME}.txt"
    found = look(name, ARCHIVES[name]({"a": b"a" * 99, path: b"text", "z": b"z"}))
    assert told(found) == [("acme", BEFORE.get(name, "") + path, "path")]


def test_the_paths_of_folders_and_empty_members_are_looked_at(look: Look) -> None:
    paths = {f"{NAME}/": b"", f"x/{NAME}": b""}
    assert len(look("x.zip", zipped(paths)).hits) == 2


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
@pytest.mark.parametrize("folder", ["", "d/" * 60], ids=["short", "long"])
def test_the_target_of_a_link_is_looked_at(look: Look, form: int, kind: bytes, folder: str) -> None:
    if folder and form == tarfile.USTAR_FORMAT:
        pytest.skip("ustar holds no target of that length")
    data = gzip.compress(linked(form, kind, f"{folder}{NAME}"))
    assert told(look("x.tgz", data)) == [("acme", "x.tar!/app/link", "link")]


def test_a_link_of_a_cpio_archive_is_looked_at(look: Look) -> None:
    data = cpioed({"link": TOKEN}).replace(b"%08X" % 0o644, b"%08X" % 0o120777, 1)
    assert told(look("x.cpio", data)) == [("acme", "link", "link")]


def commented(member: bytes, archive: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for number in range(3):
            info = zipfile.ZipInfo(f"{number}")
            info.comment = member if number == 1 else b""
            made.writestr(info, b"text")
        made.comment = archive
    return file.getvalue()


@pytest.mark.parametrize("step", [5, 1 << 20])
def test_comments_of_a_packed_archive_are_looked_at(look: Look, step: int) -> None:
    assert told(look("x.tgz", tgz(commented(TOKEN, b"")), step=step)) == [
        ("acme", "x.tar!/inner!/1", "header")
    ]
    assert told(look("x.tgz", tgz(commented(b"", TOKEN)), step=step)) == [
        ("acme", "x.tar!/inner", "header")
    ]


def test_a_long_comment_and_a_cut_directory_end_the_archive(look: Look) -> None:
    data = commented(b"c" * 60_000, b"x" * 60_000 + b" " + TOKEN)
    assert len(look("x.tgz", tgz(data)).hits) == 1
    for end in range(data.index(b"PK\1\2"), len(data), 7_001):
        look("x.tgz", tgz(data[:end]))


def test_other_parts_of_packed_headers_are_looked_at(look: Look) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for number, records in enumerate(({"SCHILY.xattr.user.key": NAME}, {})):
            member = tarfile.TarInfo(f"{number}")
            member.pax_headers = records
            member.uname = "root" if records else NAME
            archive.addfile(member)
    found = look("x.tgz", gzip.compress(file.getvalue()))
    assert {one.where for one in found.hits} == {"header"}
    assert len(found.hits) == 2


def test_headers_of_packed_gzip_and_rpm_are_looked_at(look: Look) -> None:
    header = b"\x1f\x8b\x08\x14" + bytes(6)
    member = header + struct.pack("<H", 4) + b"xxxx" + TOKEN + b"\0" + gzip.compress(b"text")[10:]
    assert told(look("x.tgz", tgz(member))) == [("acme", "x.tar!/inner", "header")]
    package = rpm(gzip.compress(cpioed({})))
    blob = b"\x8e\xad\xe8\1" + bytes(8) + struct.pack(">I", len(TEXT)) + TEXT
    package = package[:112] + blob + package[128:]
    assert ("acme", "x.tar!/inner!/header", "content") in told(look("x.tgz", tgz(package)))


def test_rules_for_small_files_ask_members_of_their_names(made: Engine) -> None:
    rule = by_id(shipped())["pgpass-password"]
    data = zipped({rule.files[0]: rule.matches[0].encode()})
    opening = observer(made, Allowance(), small=by_name((rule,))).open
    tap = opening(Seen(b"x.zip", len(data), 0o644), memoryview(data))
    assert tap is not None
    tap.feed(data)
    value = tap.close()
    assert value is not None
    assert {one.inner for one in unpacked(value).hits} == {rule.files[0]}


def test_so_many_are_told_and_no_more(look: Look) -> None:
    found = look("x.zip", zipped({f"{number}/id_rsa": b"%d" % number for number in range(5_010)}))
    assert len(found.hits) == 5_000
    assert [one.reason for one in found.unread] == ["has more than 5000 secrets"]
