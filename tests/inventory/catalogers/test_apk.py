"""Packages, files and reasons of apk's database."""

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory.catalogers.apk import CATALOGER, joins, read
from ocianalyze.inventory.purl import purl
from ocianalyze.model.package import Distribution, Found
from tests.images import Layer
from tests.inventory.catalogers import walked
from tests.inventory.catalogers.walked import claims, found, kept, survives

ALPINE = Distribution(id="alpine", version="3.15.4")
DATABASE = """C:Q1bTtF5526tETKfL+lnigzIDvm+2o=
P:musl-utils
V:1.2.2-r7
A:x86_64
S:37944
I:151552
T:the musl c library (libc) implementation
L:MIT BSD GPL2+
o:musl
m:Timo Teräs <timo.teras@iki.fi>
D:scanelf so:libc.musl-x86_64.so.1
p:cmd:getconf libiconv=1.16 cmd:ldd
F:sbin
R:ldconfig
a:0:0:755
Z:Q1Kja2+POZKxEkUOZqwSjC6kmaED4=
F:tmp
M:0:0:1777
F:
R:top

P:busybox
V:1.34.1-r5
o:busybox
F:bin
R:busybox

P:.build-deps
V:20220101.000000
""".encode()
PLACE = "lib/apk/db/installed"


def packages(layer: Layer) -> dict[str, Found]:
    """Return packages by name, with reasons."""
    everything = kept(CATALOGER, layer)
    found = [one for each in everything for one in read(each, ALPINE)]
    return {one.name: one for one in joins(found, everything)}


@pytest.mark.parametrize("place", [PLACE, f"usr/{PLACE}"])
def test_a_package_is_what_its_lines_say(place: str) -> None:
    assert packages({place: DATABASE})["musl-utils"] == Found(
        type="apk",
        namespace="alpine",
        name="musl-utils",
        version="1.2.2-r7",
        arch="x86_64",
        source="musl",
        qualifiers=(("distro", "alpine-3.15.4"),),
        licenses=("MIT BSD GPL2+",),
        supplier="Timo Teräs <timo.teras@iki.fi>",
        depends=("scanelf so:libc.musl-x86_64.so.1",),
        provides=("cmd:getconf libiconv=1.16 cmd:ldd",),
        properties=(("installed-bytes", "151552"), ("provides", "libiconv")),
    )


def test_an_origin_of_the_same_name_is_none() -> None:
    assert packages({PLACE: DATABASE})["busybox"].source == ""


def test_files_belong_to_the_directory_above_them() -> None:
    by_name = {x.name: x.paths for x in claims(CATALOGER, {PLACE: DATABASE})}
    assert by_name == {"musl-utils": ("sbin/ldconfig", "top"), "busybox": ("bin/busybox",)}


def test_digests_owners_and_modes_are_kept_beside_the_files() -> None:
    (each,) = kept(CATALOGER, {PLACE: DATABASE})
    row = json.loads(each.value)["packages"][0]
    assert row["details"].split("\n") == ["0:0:755 Q1Kja2+POZKxEkUOZqwSjC6kmaED4=", ""]
    assert row["directories"] == "tmp/0:0:1777"
    assert row["checksum"] == "Q1bTtF5526tETKfL+lnigzIDvm+2o="


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(b"V:1\nF:d\nR:x\n", "", id="no-name"),
        pytest.param(b"P:a\n\nP:b\nV:1\n", "ab", id="no-version"),
        pytest.param(b"P:\xff\nV:1\n", "", id="name-of-no-text"),
        pytest.param(b"P:a\nV:\xff\n", "a", id="version-of-no-text"),
        pytest.param(b"P:a\nV:1\nC:Q1AAAA\n", "a", id="short-checksum"),
        pytest.param(b"P:a\nV:1\nC:Q1*\n", "a", id="checksum-of-no-base64"),
    ],
)
def test_damaged_packages_are_told(text: bytes, names: str) -> None:
    """What they name is listed, as far as it is sound; nothing is claimed without a name."""
    packages, problems = walked.read(CATALOGER, {PLACE: text})
    assert [x.name for x in packages] == list(names)
    assert problems == ["1 package is damaged: no sound name or version, or what is no field"]
    assert claims(CATALOGER, {PLACE: text}) == []


def test_odd_bytes_in_paths_stay() -> None:
    (claim,) = claims(CATALOGER, {PLACE: b"P:x\nV:1\nF:d\nR:\xff\n"})
    assert claim.paths == ("d/\udcff",)


@pytest.mark.parametrize(
    ("world", "manual"),
    [
        pytest.param(None, None, id="unknown-without-world"),
        pytest.param(b"\n", set(), id="empty"),
        pytest.param(b"busybox\n.build-deps=2022\n", {"busybox", ".build-deps"}, id="names"),
        pytest.param(b"busybox>=1.30 musl-utils@edge !x", {"busybox", "musl-utils"}, id="versions"),
        pytest.param(b"!busybox\n", set(), id="a-conflict-wants-nothing"),
        pytest.param(b"libiconv~1\n", {"musl-utils"}, id="by-what-it-provides"),
    ],
)
def test_world_tells_what_was_asked_for(world: bytes | None, manual: set[str] | None) -> None:
    layer: dict[str, bytes] = {PLACE: DATABASE}
    if world is not None:
        layer["etc/apk/world"] = world
    reasons = {name: one.reason for name, one in packages(layer).items()}
    if manual is None:
        assert set(reasons.values()) == {""}
    else:
        assert {name for name, reason in reasons.items() if reason == "manual"} == manual
        assert set(reasons.values()) <= {"manual", "automatic"}


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("multiple-1/lib/apk/db/installed", None),
        ("multiple-2/lib/apk/db/installed", None),
        ("single", None),
        ("base", None),
        ("extra-file-attributes", None),
        ("empty-deps-and-provides", None),
        # its first stanza has no P: line
        ("corrupt/lib/apk/db/installed", 1),
    ],
)
def test_syfts_samples_give_a_package_for_each_name(
    corpus: Path, path: str, count: int | None
) -> None:
    text = (corpus / "pkgdb/syft/alpine/testdata" / path).read_bytes()
    names = [line[2:].decode() for line in text.split(b"\n") if line.startswith(b"P:")]
    got = [x.name for x in found(CATALOGER, {PLACE: text})]
    assert got == names
    assert count is None or len(got) == count


@pytest.mark.corpus
def test_apkos_root_is_read_from_usr(corpus: Path) -> None:
    text = (corpus / "apk/root/usr/lib/apk/db/installed").read_bytes()
    assert len(found(CATALOGER, {f"usr/{PLACE}": text})) == text.count(b"\nP:") > 0


def _images(corpus: Path) -> Iterator[tuple[str, Layer]]:
    """Yield Alpine images with the two files that matter here."""
    for name in ("images/scancode.io/alpine_3_15_4.tar.gz", "images/trivy/alpine-311.tar.gz"):
        with tarfile.open(corpus / name) as outer:
            layer = next(x for x in outer if x.name.endswith((".tar", ".tar.gz")))
            with tarfile.open(fileobj=outer.extractfile(layer)) as inner:
                wanted = {PLACE, "etc/apk/world"}
                members = (x for x in inner if x.name.removeprefix("./") in wanted)
                files = {x.name.removeprefix("./"): inner.extractfile(x) for x in members}
                yield name, {path: file.read() for path, file in files.items() if file}


@pytest.mark.corpus
def test_alpine_images_have_the_packages_that_syft_finds(corpus: Path) -> None:
    listed = json.loads((corpus / "oracle-syft/syft-1.18.1-packages.json").read_text("utf-8"))
    theirs = {x["file"]: x for x in listed}
    for name, layer in _images(corpus):
        distro = Distribution(*theirs[name]["distro"].split())
        got = [one for each in kept(CATALOGER, layer) for one in read(each, distro)]
        purls = {x["purl"].partition("&upstream")[0] for x in theirs[name]["packages"]}
        ours = {purl(one) for one in got}
        # syft adds the origin as `upstream`, which purl-spec does not know
        assert len(ours) == len(got) == len(purls) == 14
        assert {x.partition("?")[0] for x in ours} == {x.partition("?")[0] for x in purls}
        assert {one.arch for one in got} == {"x86_64"}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(b"F:" + b"d" * 4000 + b"\n" + b"R:a\n" * 20_000, id="a-directory-repeated"),
        pytest.param(b"M:0\nF:" + b"d" * 4000 + b"\n" + b"M:0\n" * 20_000, id="its-modes"),
    ],
)
def test_a_database_cannot_grow_in_memory(lines: bytes) -> None:
    (each,) = kept(CATALOGER, {PLACE: b"P:x\nV:1\n" + lines})
    assert len(each.value) < 40 << 20
    packages = read(each, ALPINE)
    assert next(packages).name == "x"
    with pytest.raises(ValueError, match="limit"):
        next(packages)


def test_details_repeated_for_ever_are_read_in_linear_time() -> None:
    (each,) = kept(CATALOGER, {PLACE: b"P:x\nV:1\nR:f\n" + b"Z:aaaaaaaaaaaa\n" * 200_000})
    assert len(each.value) < 1000


@given(st.sampled_from([PLACE, "etc/apk/world"]), st.binary())
def test_no_bytes_make_it_raise(path: str, content: bytes) -> None:
    survives(CATALOGER, path, content)


@given(st.lists(st.tuples(st.sampled_from("PVAoLmFRZaMpCIx"), st.binary(max_size=9))))
def test_no_lines_make_it_raise(lines: list[tuple[str, bytes]]) -> None:
    text = b"\n".join(key.encode() + b":" + value for key, value in lines)
    survives(CATALOGER, PLACE, text)
