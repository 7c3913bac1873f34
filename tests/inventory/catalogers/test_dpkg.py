"""Packages, files and reasons of dpkg's database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from ocianalyze.inventory._base import Kept
from ocianalyze.inventory.catalogers import _table
from ocianalyze.inventory.catalogers._dpkg_records import digests
from ocianalyze.inventory.catalogers.dpkg import CATALOGER, joins, places, read
from ocianalyze.inventory.purl import purl
from ocianalyze.model.package import Distribution, Found
from tests.images import Layer
from tests.inventory.catalogers import walked
from tests.inventory.catalogers.walked import claims, found, kept, observe, survives

BOOKWORM = Distribution(id="debian", version="12")
STATUS = b"""Package: libc6
Status: install ok installed
Priority: optional
Section: libs
Installed-Size: 12987
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Architecture: amd64
Multi-Arch: same
Source: glibc
Version: 2.36-9+deb12u4
Conffiles:
 /etc/ld.so.conf.d/x86_64-linux-gnu.conf d4e7a7b88a71b5ffd9e2644e71a0cfab
Description: GNU C Library: Shared libraries
 Package: not-a-package
 .
 more

Package: attr
Status: hold ok half-configured
Essential: yes
Architecture: amd64
Source: attr (1:2.4.47-2)
Version: 1:2.4.47-2+b1

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1

Package: never
Status: unknown ok not-installed

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2024a-0+deb12u1
"""


def status(text: bytes) -> Layer:
    """Return a layer with a status file."""
    return {"var/lib/dpkg/status": text}


def packages(layer: Layer, distro: Distribution = BOOKWORM) -> dict[str, Found]:
    """Return packages by name, completed by what lies beside them."""
    everything = kept(CATALOGER, layer)
    found = [one for each in everything for one in read(each, distro)]
    return {one.name: one for one in joins(found, everything)}


def test_a_package_is_what_its_stanza_says() -> None:
    assert packages(status(STATUS))["libc6"] == Found(
        type="deb",
        namespace="debian",
        name="libc6",
        version="2.36-9+deb12u4",
        arch="amd64",
        source="glibc",
        qualifiers=(("distro", "debian-12"),),
        supplier="GNU Libc Maintainers <debian-glibc@lists.debian.org>",
        properties=(("installed-bytes", "13298688"), ("priority", "optional"), ("section", "libs")),
    )


def test_the_epoch_and_a_source_version_of_its_own_are_told_apart() -> None:
    attr = packages(status(STATUS))["attr"]
    assert (attr.epoch, attr.version) == ("1", "2.4.47-2+b1")
    assert (attr.source, attr.source_version) == ("", "1:2.4.47-2")


def test_what_is_left_of_a_removed_package_is_no_package() -> None:
    assert list(packages(status(STATUS))) == ["libc6", "attr", "tzdata"]


def test_a_package_that_is_not_wholly_installed_says_so() -> None:
    assert dict(packages(status(STATUS))["attr"].properties) == {
        "essential": "yes",
        "status": "half-configured",
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(
            b"Package: a\r\nVersion: 1\r\n\r\nPackage: b\r\nVersion: 2\r\n", "ab", id="crlf"
        ),
        pytest.param(b"pAcKaGe : A\nVERSION\t\r\v\f: 1\n", "a", id="any-case-and-blanks"),
        pytest.param(b"\nPackage: a\nVersion: 1\n\n\n", "a", id="newlines-around"),
        pytest.param(
            b"\n\n\nPackage: a\nVersion: 1\n\n\n\nPackage: b\nVersion: 1\n", "ab", id="gaps"
        ),
        pytest.param(b" lost\nPackage: a\nVersion: 1\nFoo:\n bar\n", "a", id="lost-lines"),
        pytest.param(b"Package: a\n\nPackage: b\nVersion: 2\n", "b", id="a-name-alone-is-none"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_stanzas_are_parted_by_empty_lines(text: bytes, names: str) -> None:
    assert [x.name for x in found(CATALOGER, status(text))] == list(names)


@pytest.mark.parametrize(
    ("text", "names", "problem"),
    [
        pytest.param(b"Package: a\nVersion: 1", "a", "ends in the middle", id="cut-in-a-line"),
        pytest.param(
            b"Package: a\nVersion: 1\n\nPackage: b\nStatus: install ok installed\n",
            "ab",
            "1 package is",
            id="cut-before-the-version",
        ),
        pytest.param(b"Package:\nVersion: 1\n", "", "1 package is", id="no-name"),
        pytest.param(b"no\n more\nPackage: a\nVersion: 1\n", "a", "1 package is", id="rubbish"),
        pytest.param(b"Package: a\nVersion: 1\n\nno\n", "a", "1 package is", id="rubbish-alone"),
        pytest.param(b"Status: install ok installed\n", "", "1 package is", id="status-alone"),
        pytest.param(b"Package: \xff\nVersion: 1\n", "", "1 package is", id="name-of-no-text"),
        pytest.param(b"Package: a\nVersion: 1\xff\n", "a", "1 package is", id="version-of-no-text"),
        pytest.param(
            b"Package: a\nVersion: " + b"1" * 100_000 + b"\n",
            "a",
            "1 package is",
            id="long-version",
        ),
    ],
)
def test_damaged_paragraphs_are_told(text: bytes, names: str, problem: str) -> None:
    """What they name is listed, as far as it is sound."""
    packages, problems = walked.read(CATALOGER, status(text))
    assert [x.name for x in packages] == list(names)
    assert all(len(x.version) < 2 for x in packages)
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_a_part_of_a_distroless_database_may_end_without_a_newline() -> None:
    layer: Layer = {"var/lib/dpkg/status.d/a": b"Package: a\nVersion: 1"}
    assert [x.name for x in found(CATALOGER, layer)] == ["a"]


def test_without_a_distribution_the_vendor_is_debian() -> None:
    assert {x.namespace for x in found(CATALOGER, status(STATUS))} == {"debian"}


def test_purls_are_of_the_deb_type() -> None:
    package = packages(status(STATUS))["libc6"]
    parsed = PackageURL.from_string(purl(package))
    assert (parsed.type, parsed.namespace, parsed.name) == ("deb", "debian", "libc6")
    assert parsed.qualifiers == {"arch": "amd64", "distro": "debian-12"}


INFO: Layer = {
    "var/lib/dpkg/info/libc6:amd64.list": b"/.\n/lib\n/lib/libc.so.6\n/usr\n/usr/empty\n",
    "var/lib/dpkg/info/attr.list": b"/.\n/usr\n/usr/bin\n/usr/bin/attr\n/etc/x\xff\n",
    "var/lib/dpkg/info/attr.md5sums": b"0123456789abcdef0123456789abcdef  usr/bin/attr\n",
    "var/lib/dpkg/info/attr.postinst": b"#!/bin/sh\n",
    "var/lib/dpkg/info/format": b"1\n",
}


def test_lists_claim_files_and_links_without_the_directories_above() -> None:
    by_name = {(x.name, x.arch): x for x in claims(CATALOGER, INFO)}
    assert by_name.keys() == {("libc6", "amd64"), ("attr", "")}
    assert by_name["libc6", "amd64"].paths[:2] == ("lib/libc.so.6", "usr/empty")
    assert by_name["attr", ""].paths[:2] == ("usr/bin/attr", "etc/x\udcff")


def test_maintainer_scripts_belong_to_their_package() -> None:
    attr = next(x for x in claims(CATALOGER, INFO) if x.name == "attr")
    assert "var/lib/dpkg/info/attr.postinst" in attr.paths


def test_digests_are_kept() -> None:
    values = [x.value for x in kept(CATALOGER, INFO) if x.observer == "dpkg-digests"]
    assert [list(digests(value)) for value in values] == [
        [("usr/bin/attr", "0123456789abcdef0123456789abcdef")]
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"/.\n/usr\n/usr/bin\n/usr/bin/x\n",
        b"/.\r\n/usr\r\n/usr/bin\r\n/usr/bin/x\r\n",
        b"./usr\n./usr/bin/\n./usr/bin/x\n",
        b"usr/bin/x\n",
        b"\n\n/usr/bin/x\n\n",
        b"//usr/bin//\n/usr/bin/x",
        b"/.\n/usr/bin/\n/usr/bin/x\n/\n",
    ],
)
def test_odd_lists_name_the_same_files(content: bytes) -> None:
    (claim,) = claims(CATALOGER, {"var/lib/dpkg/info/x.list": content})
    assert claim.paths[0] == "usr/bin/x"


def test_distroless_images_keep_one_file_a_package() -> None:
    layer: Layer = {
        "var/lib/dpkg/status.d/tzdata": b"Package: tzdata\nVersion: 1\nArchitecture: all\n",
        "var/lib/dpkg/status.d/tzdata.md5sums": b"0" * 32 + b"  usr/share/zoneinfo/UTC\n",
        "var/lib/dpkg/status.d/tzdata.preinst": b"Package: trap\nVersion: 1\n",
    }
    assert [x.name for x in found(CATALOGER, layer)] == ["tzdata"]
    assert [(x.name, x.paths) for x in claims(CATALOGER, layer)] == [
        ("tzdata", ("usr/share/zoneinfo/UTC",))
    ]


@pytest.mark.parametrize(
    ("states", "reasons"),
    [
        pytest.param(None, ["", "", ""], id="unknown-without-the-file"),
        pytest.param(b"", ["manual", "manual", "manual"], id="nothing-is-automatic"),
        pytest.param(
            b"Package: tzdata\nArchitecture: amd64\nAuto-Installed: 1\n\n"
            b"Package: attr\nArchitecture: i386\nAuto-Installed: 1\n\n"
            b"Package: libc6\nArchitecture: amd64\nAuto-Installed: 1\n",
            ["automatic", "manual", "automatic"],
            id="all-is-recorded-as-native-and-others-by-architecture",
        ),
        pytest.param(
            b"Package: libc6\nArchitecture: amd64\nAuto-Installed: 0\n",
            ["manual", "manual", "manual"],
            id="zero",
        ),
    ],
)
def test_apt_says_why_a_package_is_there(states: bytes | None, reasons: list[str]) -> None:
    layer = dict(status(STATUS))
    if states is not None:
        # an empty file has no content to observe
        layer["var/lib/apt/extended_states"] = states or b"\n"
    assert [x.reason for x in packages(layer).values()] == reasons


DEP5 = b"""Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: attr

Files: *
License: GPL-2+ or LGPL-2.1+
 text
License: see above

License: GPL-2+ or LGPL-2.1+
"""


@pytest.mark.parametrize(
    ("path", "text", "licenses"),
    [
        pytest.param(
            "usr/share/doc/attr/copyright",
            DEP5,
            ("GPL-2+ or LGPL-2.1+", "see above"),
            id="machine-readable",
        ),
        pytest.param("usr/share/doc/attr/copyright", b"License: MIT\n", (), id="prose"),
        pytest.param("usr/share/doc/attr/sub/copyright", DEP5, (), id="elsewhere"),
    ],
)
def test_licences_come_from_machine_readable_files_alone(
    path: str, text: bytes, licenses: tuple[str, ...]
) -> None:
    assert packages({**status(STATUS), path: text})["attr"].licenses == licenses


def test_a_diverted_file_lies_elsewhere_except_for_who_diverted_it() -> None:
    layer: Layer = {
        "var/lib/dpkg/info/dash.list": b"/bin/sh\n",
        "var/lib/dpkg/info/bash.list": b"/bin/sh\n/bin/bash\n",
        "var/lib/dpkg/info/local.list": b"/usr/bin/l\n",
        "var/lib/dpkg/diversions": b"/bin/sh\n/bin/sh.distrib\ndash\n"
        b"/usr/bin/l\n/usr/bin/l.real\n:\n/cut\n",
    }
    everything = kept(CATALOGER, layer)
    placed = {x.name: x.paths[:-5] for x in places(claims(CATALOGER, layer), everything)}
    assert placed == {
        "dash": ("bin/sh",),
        "bash": ("bin/sh.distrib", "bin/bash"),
        "local": ("usr/bin/l.real",),
    }


def test_a_database_that_is_too_long_yields_what_was_read_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_table, "PACKAGES", 2)
    (value,) = kept(CATALOGER, status(STATUS))
    rows = read(value, BOOKWORM)
    assert [next(rows).name, next(rows).name] == ["libc6", "attr"]
    with pytest.raises(ValueError, match="limit"):
        next(rows)


@pytest.mark.parametrize("value", [b"", b"[]", b"{}", b'{"packages": 3}', b"\xff"])
def test_a_damaged_value_is_a_value_error(value: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the JSON reader's
        list(read(Kept("dpkg", "var/lib/dpkg/status", value, complete=True), BOOKWORM))


_PLACES = st.sampled_from(
    [
        "var/lib/dpkg/status",
        "var/lib/dpkg/status.d/x",
        "var/lib/dpkg/status.d/x.md5sums",
        "var/lib/dpkg/info/x:amd64.list",
        "var/lib/dpkg/info/x.md5sums",
        "var/lib/dpkg/diversions",
        "var/lib/apt/extended_states",
        "usr/share/doc/x/copyright",
    ]
)


@given(_PLACES, st.binary())
def test_no_bytes_make_it_raise(path: str, content: bytes) -> None:
    survives(CATALOGER, path, content)


@given(st.data())
def test_no_damage_makes_it_raise(data: st.DataObject) -> None:
    text = bytearray(STATUS)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=3))
    survives(CATALOGER, data.draw(_PLACES), bytes(text))


def test_a_long_file_is_cut_and_says_so() -> None:
    (observer,) = (x for x in CATALOGER.observers if x.name == "dpkg")
    text = b"Package: a\nVersion: 1\n\n" + b"x" * (_table.DATABASE_BYTES + 1)
    value = observe(observer, "var/lib/dpkg/status", text)
    assert value is not None
    each = read(Kept("dpkg", "var/lib/dpkg/status", value, complete=True), BOOKWORM)
    assert replace(next(each), qualifiers=()) == Found("deb", "a", "1", "debian")
    with pytest.raises(ValueError, match="limit"):
        next(each)


def test_needs_and_virtual_names_are_told_as_recorded() -> None:
    text = b"""Package: a
Status: install ok installed
Architecture: all
Version: 1
Provides: mta (= 1), x
Pre-Depends: init-system-helpers (>= 1.54~)
Depends: libc6 (>= 2.34),
 exim4 | mta
Recommends: b
"""
    (one,) = found(CATALOGER, status(text))
    assert one.depends == ("init-system-helpers (>= 1.54~)", "libc6 (>= 2.34),\nexim4 | mta")
    assert one.provides == ("mta (= 1), x",)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ({"libfoo": "dash"}, ("BSD-3-clause",)),
        ({"libfoo": "../doc/dash"}, ("BSD-3-clause",)),
        ({"libfoo": "/usr/share/doc/x", "x": "dash"}, ("BSD-3-clause",)),
        ({"libfoo": "libfoo"}, ()),
        ({"libfoo": "x", "x": "libfoo"}, ()),
        ({"libfoo": "../dash"}, ()),
        ({}, ()),
    ],
    ids=["name", "path", "chain", "itself", "loop", "elsewhere", "none"],
)
def test_a_package_that_shares_anothers_documentation_has_its_licences(
    links: dict[str, str], expected: tuple[str, ...]
) -> None:
    copyright_ = Kept(
        "dpkg-licenses", "usr/share/doc/dash/copyright", b'["BSD-3-clause"]', complete=True
    )
    linked = [
        Kept("dpkg-paths", f"usr/share/doc/{name}", to.encode(), complete=True)
        for name, to in links.items()
    ]
    (foo,) = joins([Found("deb", "libfoo", "1", arch="amd64")], [copyright_, *linked])
    assert foo.licenses == expected
