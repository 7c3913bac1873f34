"""Files are compared with the digests of their packages' records, wherever they really are."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any

import pytest

from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory import verify as module
from ocianalyze.inventory.assembly import observers, with_inventory
from ocianalyze.inventory.verify_digests import PROGRAMS
from ocianalyze.inventory.verify_digests import observers as digest_observers
from ocianalyze.model.verification import Verification
from tests.images import File, Layer, hardlink, image, symlink
from tests.inventory.catalogers.rpm_samples import header, sqlite

SITE = "usr/lib/python3.12/site-packages"
STATUS = b"Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
FULL = (*(x for x in observers() if x.name != PROGRAMS), *digest_observers(full=True))


def _view(*layers: Layer, **about: Any) -> ImageView:
    return with_inventory(image(*layers, observers=FULL, **about))


def _verified(*layers: Layer) -> Verification:
    return _view(*layers).verification


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _dpkg(**files: bytes) -> Layer:
    sums = "".join(f"{_md5(data)}  {path.replace('__', '/')}\n" for path, data in files.items())
    return {"var/lib/dpkg/status": STATUS, "var/lib/dpkg/info/a.md5sums": sums.encode()}


def _q1(content: bytes) -> str:
    digest = hashlib.sha1(content, usedforsecurity=False).digest()
    return "Q1" + base64.b64encode(digest).decode()


def _apk(*lines: str) -> bytes:
    return "\n".join(["P:a", "V:1-r0", "A:x86_64", *lines, "", ""]).encode()


def _record(content: bytes) -> str:
    digest = hashlib.sha256(content).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _counts(found: Verification) -> tuple[int, int, int, int]:
    return found.recorded, found.matched, len(found.changed), len(found.missing)


def test_every_kind_of_record_is_compared() -> None:
    apk = _apk("F:usr/bin", "R:b", f"Z:{_q1(b'b')}", "R:l", f"Z:{_q1(b'b')}", "F:etc", "R:c",
               "a:0:0:600", f"Z:{_q1(b'c')}")  # fmt: skip
    layer: Layer = {
        **_dpkg(usr__bin__a=b"a"),
        "lib/apk/db/installed": apk,
        "usr/bin/a": b"a",
        "usr/bin/b": b"b",
        "usr/bin/l": symlink("b"),
        "etc/c": b"edited",
        f"{SITE}/p.py": b"p",
        f"{SITE}/p-1.dist-info/METADATA": b"Metadata-Version: 2.1\nName: p\nVersion: 1\n",
        f"{SITE}/p-1.dist-info/RECORD": f"p.py,{_record(b'p')},1\np.pyc,,\n".encode(),
    }
    found = _verified(layer)
    assert found.types == {"apk": 3, "deb": 1, "pypi": 1}
    assert _counts(found) == (5, 4, 1, 0)
    assert [(x.path, x.kind) for x in found.changed] == [("etc/c", "configuration")]


def test_the_target_of_a_link_is_what_apk_records() -> None:
    apk = _apk("F:bin", "R:sh", f"Z:{_q1(b'/bin/busybox')}", "R:ls", f"Z:{_q1(b'/bin/busybox')}")
    layer: Layer = {
        "lib/apk/db/installed": apk,
        "bin/sh": symlink("/bin/busybox"),
        "bin/ls": symlink("/tmp/evil"),
    }
    assert [x.path for x in _verified(layer).changed] == ["bin/ls"]


@pytest.mark.parametrize("digest", [b"e" * 20, hashlib.sha256(b"x").digest()])
def test_newer_apk_records_sha256(digest: bytes) -> None:
    mark = "Q1" if len(digest) == 20 else "Q2"
    apk = _apk("F:bin", "R:x", f"Z:{mark}{base64.b64encode(digest).decode()}")
    found = _verified({"lib/apk/db/installed": apk, "bin/x": b"x"})
    assert found.matched == (1 if mark == "Q2" else 0)


def test_usr_merge_links_and_diversions_are_followed() -> None:
    layer: Layer = {
        **_dpkg(bin__a=b"a", usr__bin__b=b"b", lib__deep__c=b"c"),
        "var/lib/dpkg/diversions": b"/usr/bin/b\n/usr/bin/b.real\nother\n",
        "bin": symlink("usr/bin"),
        "lib": symlink("usr/lib"),
        "usr/lib/deep": symlink("deeper"),
        "usr/lib/deeper/c": b"c",
        "usr/bin/a": b"a",
        "usr/bin/b.real": b"b",
        "usr/bin/b": b"another package's",
    }
    found = _verified(layer)
    assert _counts(found) == (3, 3, 0, 0)
    assert [one.path for one in found.unrecorded] == ["usr/bin/b"]


@pytest.mark.parametrize(
    ("by", "sums", "instead", "told"),
    [
        ("other", "", b"another package's", 1),
        (":", "", b"evil", 1),
        ("other", "usr/bin/b", b"another package's", 0),
        (":", "", symlink("a"), 0),
        (":", "", symlink("c"), 1),
        (":", "", b"", 0),
    ],
)
def test_what_is_in_the_place_of_a_diverted_file_needs_a_record(
    by: str, sums: str, instead: File | bytes, told: int
) -> None:
    """A link to a recorded file is one."""
    layer: Layer = {
        **_dpkg(usr__bin__a=b"a", usr__bin__b=b"b"),
        "var/lib/dpkg/diversions": f"/usr/bin/b\n/usr/bin/b.real\n{by}\n".encode(),
        "var/lib/dpkg/info/other.md5sums": f"{_md5(bytes(instead))}  {sums}\n".encode()
        if sums and isinstance(instead, bytes)
        else b"",
        "usr/bin/a": b"a",
        "usr/bin/c": b"c",
        "usr/bin/b.real": b"b",
        "usr/bin/b": instead,
    }
    found = _verified(layer)
    assert [one.path for one in found.unrecorded] == ["usr/bin/b"] * told


def test_hard_links_are_compared_by_their_content() -> None:
    layer: Layer = {
        **_dpkg(usr__bin__a=b"a", usr__bin__b=b"a"),
        "usr/bin/a": b"a",
        "usr/bin/b": hardlink("usr/bin/a"),
    }
    assert _counts(_verified(layer)) == (2, 2, 0, 0)
    assert _counts(_verified(layer, {"usr/bin/c": hardlink("usr/bin/a")})) == (2, 2, 0, 0)


def test_only_the_final_filesystem_counts() -> None:
    lower: Layer = {
        **_dpkg(usr__bin__a=b"a", usr__bin__b=b"b"),
        "usr/bin/a": b"a",
        "usr/bin/b": b"b",
    }
    assert _counts(_verified(lower, {"usr/bin/a": b"x"})) == (2, 1, 1, 0)
    assert _counts(_verified(lower, {"usr/bin/.wh.a": b""})) == (2, 1, 0, 1)
    renewed = _dpkg(usr__bin__a=b"x")
    assert _counts(_verified(lower, {**renewed, "usr/bin/a": b"x"})) == (1, 1, 0, 0)


def test_empty_files_need_no_observer() -> None:
    layer: Layer = {**_dpkg(usr__x=b"", usr__y=b"y"), "usr/x": b"", "usr/y": b""}
    assert _counts(_verified(layer)) == (2, 1, 1, 0)


def test_a_directory_or_a_dead_link_in_the_place_of_a_file_is_missing() -> None:
    layer: Layer = {
        **_dpkg(usr__x=b"x", usr__y=b"y"),
        "usr/x": File(kind="d", mode=0o755),
        "usr/y": symlink("nowhere"),
    }
    assert _counts(_verified(layer)) == (2, 0, 0, 2)


def test_content_of_another_record_names_its_package() -> None:
    layer: Layer = {
        **_dpkg(**{f"{SITE.replace('/', '__')}__p.py": b"old"}),
        f"{SITE}/p.py": b"new",
        f"{SITE}/p-2.dist-info/METADATA": b"Metadata-Version: 2.1\nName: p\nVersion: 2\n",
        f"{SITE}/p-2.dist-info/RECORD": f"p.py,{_record(b'new')},3\n".encode(),
    }
    (found,) = _verified(layer).changed
    assert found.package is not None
    assert found.replaced_by is not None
    assert (found.package.type, found.replaced_by.purl) == ("deb", "pkg:pypi/p@2")


def test_odd_names_are_found() -> None:
    raw = b"usr/share/\xff\xe4.txt"
    name = raw.decode("utf-8", "surrogateescape")
    sums = _md5(b"x").encode() + b"  " + raw + b"\n"
    layer: Layer = {
        "var/lib/dpkg/status": STATUS,
        "var/lib/dpkg/info/a.md5sums": sums,
        name: b"x",
    }
    assert _counts(_verified(layer)) == (1, 1, 0, 0)
    assert _counts(_verified({**layer, name: b"y"})) == (1, 0, 1, 0)


def test_without_a_digest_of_their_kind_files_are_counted_apart() -> None:
    layer: Layer = {**_dpkg(usr__x=b"x"), "usr/x": b"x"}
    found = with_inventory(image(layer, observers=observers())).verification
    assert (found.matched, found.unhashed, found.changed) == (0, 1, [])


HOSTILE: Sequence[bytes] = [
    b"x" * 40_000,
    b"zz  usr/x\n" * 100,
    _md5(b"x").encode() + b"  ../../etc/passwd\n",
    _md5(b"x").encode() + b"  " + b"a/" * 2_000 + b"\n",
    _md5(b"x").encode() + b"\n" * 1_000,
    bytes(range(256)) * 64,
]


@pytest.mark.parametrize("sums", HOSTILE)
def test_hostile_records_break_nothing(sums: bytes) -> None:
    found = _verified({"var/lib/dpkg/status": STATUS, "var/lib/dpkg/info/a.md5sums": sums})
    assert found.matched == 0


@pytest.mark.parametrize(
    "record",
    [b"p.py,sha256=x,1\n", b"p.py,sha256=" + b"A" * 43, b"p.py,md5=abc,1", b'"', b"\xff\xfe,,"],
)
def test_hostile_record_files_break_nothing(record: bytes) -> None:
    layer: Layer = {f"{SITE}/p-1.dist-info/RECORD": record, f"{SITE}/p.py": b"p"}
    assert _verified(layer).matched == 0


def test_differences_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    names = {f"usr__f{number}": b"x" for number in range(10)}
    layer: Layer = {**_dpkg(**names), **{f"usr/f{number}": b"y" for number in range(10)}}
    found = _verified(layer)
    assert (len(found.changed), found.unlisted) == (3, 7)
    gone = _verified(_dpkg(**names))
    assert (len(gone.missing), gone.unlisted) == (3, 7)


def test_records_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATHS", 20)
    found = _verified({**_dpkg(**{f"usr__f{number}": b"x" for number in range(10)})})
    assert found.recorded == 3
    assert found.problems == ["packages record more paths than are compared"]


def test_records_without_a_digest_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATHS", len(f"{SITE}/a.py") + 5)
    rows = f"a.py,{_record(b'a')},1\n" + "".join(f"b{number}.py,,\n" for number in range(9))
    found = _verified({
        f"{SITE}/q-1.dist-info/METADATA": b"Name: q\nVersion: 1\n",
        f"{SITE}/q-1.dist-info/RECORD": rows.encode(),
        f"{SITE}/b1.py": b"b",
    })  # fmt: skip
    assert found.problems == ["packages record more paths than are compared"]
    assert found.unrecorded == []


MISLED: Layer = {"etc/apk/world": b"busybox\n"}
"""What makes a layer lack MD5."""
PROGRAM = b"\x7fELF" + bytes(60)


@pytest.mark.parametrize(
    ("above", "matched", "changed", "unhashed"),
    [
        pytest.param({"usr/bin/a": PROGRAM + b"evil"}, 0, 1, 0, id="replaced"),
        pytest.param({"usr/bin/a": PROGRAM}, 1, 0, 0, id="the-same"),
        pytest.param({"usr/bin/b": PROGRAM}, 1, 0, 0, id="another"),
    ],
)
def test_a_layer_that_looks_like_another_distributions_hides_no_change(
    above: Layer, matched: int, changed: int, unhashed: int
) -> None:
    base: Layer = {**_dpkg(usr__bin__a=PROGRAM), "usr/bin/a": PROGRAM}
    view = with_inventory(image(base, {**MISLED, **above}, observers=observers()))
    found = view.verification
    assert (found.matched, len(found.changed), found.unhashed) == (matched, changed, unhashed)


def test_a_program_without_the_recorded_digest_anywhere_is_not_compared() -> None:
    layer: Layer = {**MISLED, "usr/bin/a": PROGRAM, **_dpkg(usr__bin__a=PROGRAM)}
    found = with_inventory(image(layer, observers=observers())).verification
    assert (found.matched, len(found.changed), found.unhashed) == (0, 0, 1)
    assert [one.path for one in found.undigested] == ["usr/bin/a"]


def test_programs_without_a_row_are_told_whatever_way_their_list_names_them() -> None:
    elf = b"\x7fELF"
    layer: Layer = {
        **_dpkg(usr__bin__a=elf, lib__deep__c=elf),
        "var/lib/dpkg/info/a.list": b"/bin/a\n/bin/b\n/bin/l\n/lib/deep/c\n/etc/d\n",
        "bin": symlink("usr/bin"),
        "lib": symlink("usr/lib"),
        "usr/lib/deep": symlink("deeper"),
        "usr/lib/deeper/c": elf,
        "usr/bin/a": elf,
        "usr/bin/b": elf,
        "usr/bin/l": hardlink("usr/bin/a"),
        "etc/d": elf,
    }
    found = _verified(layer)
    assert [(x.path, x.package and x.package.name) for x in found.unrecorded] == [
        ("usr/bin/b", "a")
    ]


def test_a_program_of_apk_without_a_digest_is_told() -> None:
    apk = _apk("F:bin", "R:x", f"Z:{_q1(b'x')}", "R:y")
    found = _verified({"lib/apk/db/installed": apk, "bin/x": b"x", "bin/y": b"y"})
    assert [x.path for x in found.unrecorded] == ["bin/y"]


def _odd_of_python(record: str, **files: bytes) -> list[tuple[str, str | None]]:
    """Return the files that nothing vouches for of a package `q`, and whose they are."""
    found = _verified({
        f"{SITE}/q-1.dist-info/METADATA": b"Name: q\nVersion: 1\n",
        f"{SITE}/q-1.dist-info/RECORD": record.encode(),
        **{f"{SITE}/{name}": content for name, content in files.items()},
    })  # fmt: skip
    return [(x.path, x.package.name if x.package else None) for x in found.unrecorded]


@pytest.mark.parametrize("digest", ["", "sha512=abc"])
def test_files_of_python_packages_without_a_sha256_are_told(digest: str) -> None:
    record = f"q/a.py,{digest},\nq/b.py,{_record(b'b')},1\nq/a.pyc,,\nq/e.py,,\nq-1.dist-info/x,,"
    files = {"q-1.dist-info/x": b"x", "q/a.py": b"a", "q/a.pyc": b"a", "q/b.py": b"b"}
    assert _odd_of_python(record, **files, **{"q/e.py": b""}) == [(f"{SITE}/q/a.py", "q")]


def test_modules_among_a_python_package_that_no_record_names_are_told() -> None:
    """A row that was taken out, or a module put there; beside packages anybody may put one."""
    others = ("q/more.py", "q/more.pyc", "q/own/more.py", "q/text", "more.py")
    files = {"q/b.py": b"b", **dict.fromkeys(others, b"x")}
    record = f"q/b.py,{_record(b'b')},1\nq/c/d.py,,"
    assert _odd_of_python(record, **files) == [(f"{SITE}/q/more.py", "q")]


def test_a_program_in_the_place_of_a_link_of_rpm_is_told() -> None:
    """What is no program may be a setting, and a ghost is nobody's."""
    blob = header({
        1000: "a",
        1022: "noarch",
        1116: [0] * 5,
        1117: ["same", "program", "text", "ghost", "file"],
        1118: ["/bin/"],
        1030: [0o120777] * 4 + [0o100755],
        1037: [0, 0, 0, 64, 0],
    })  # fmt: skip
    elf = File(b"\x7fELF", mode=0o755)
    found = _verified({
        "var/lib/rpm/rpmdb.sqlite": sqlite([blob]),
        "bin/file": elf,
        "bin/same": symlink("file"),
        "bin/program": elf,
        "bin/ghost": elf,
        "bin/text": b"x",
        **_dpkg(usr__bin__a=b"a"),
        "usr/bin/a": b"a",
    })  # fmt: skip
    assert not found.problems
    assert [(x.path, x.package and x.package.type) for x in found.unrecorded] == [
        ("bin/program", "rpm")
    ]


@pytest.mark.parametrize(
    ("target", "told"), [("a", []), ("/opt/evil", ["usr/bin/l"]), ("/opt/text", []), ("gone", [])]
)
def test_a_packages_link_to_a_program_that_no_package_brought_is_told(
    target: str, told: list[str]
) -> None:
    elf = b"\x7fELF"
    found = _verified({
        **_dpkg(usr__bin__a=elf),
        "var/lib/dpkg/info/a.list": b"/usr/bin/a\n/usr/bin/l\n",
        "usr/bin/a": elf,
        "usr/bin/l": symlink(target),
        "opt/evil": elf,
        "opt/text": b"text",
    })  # fmt: skip
    assert [one.path for one in found.unrecorded] == told
