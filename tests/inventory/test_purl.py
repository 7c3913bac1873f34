"""A purl is what the field's own suite and library say, whichever way it is made."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from packageurl import PackageURL

from ocianalyze.inventory import purl as module
from ocianalyze.inventory.purl import purl
from ocianalyze.model.package import Found

_TYPES = st.sampled_from(
    [*sorted(module._PLAIN_TYPES), "composer", "cpan", "hex", "swift", "no type"]
)
_TEXTS = st.one_of(
    st.from_regex(r"[a-z0-9]{1,4}([.-][a-z0-9]{1,3}){0,3}", fullmatch=True),
    st.from_regex(r"@?[a-z0-9]{1,4}([._/+-][a-z0-9]{1,3}){0,3}", fullmatch=True),
    st.text("aZ09.-_~+:/@% é", max_size=8),
)
_QUALIFIERS = st.dictionaries(st.sampled_from(["distro", "arch", "type"]), _TEXTS, max_size=2)
_FOUND = st.builds(
    Found,
    type=_TYPES,
    name=_TEXTS,
    version=_TEXTS,
    namespace=st.one_of(st.just(""), _TEXTS),
    epoch=st.sampled_from(["", "1"]),
    arch=st.one_of(st.just(""), _TEXTS),
    qualifiers=_QUALIFIERS.map(lambda some: tuple(some.items())),
    subpath=st.sampled_from(["", "a/b"]),
)


@given(_FOUND)
def test_the_short_way_writes_what_the_library_writes(found: Found) -> None:
    assert purl(found) == module._by_library(found)


def test_most_packages_take_the_short_way() -> None:
    plain = Found("deb", "libc6", "2.36-9", namespace="debian", arch="amd64",
                  qualifiers=(("distro", "debian-12"),))  # fmt: skip
    assert module._plain(plain) == "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12"
    assert not module._plain(replace(plain, epoch="1"))


def test_a_name_of_slashes_alone_is_no_name() -> None:
    assert purl(Found("deb", "//", "1", namespace="debian")) == "pkg:deb/debian/unnamed@1"


def _built(folder: Path) -> list[dict[str, Any]]:
    """Return what the specification's suite builds and that is a purl."""
    files = [
        folder / "spec" / "specification-test.json",
        *sorted((folder / "types").glob("*.json")),
    ]
    tests = [test for file in files for test in json.loads(file.read_text())["tests"]]
    return [x for x in tests if x["test_type"] == "build" and not x["expected_failure"]]


@pytest.mark.corpus
def test_purls_are_those_of_the_specifications_suite(corpus: Path) -> None:
    """Its tests of `git` take a path for a name, which no cataloger finds."""
    built = _built(corpus / "purl")
    assert len(built) > 100
    wrong = []
    for test in built:
        given_ = test["input"]
        found = Found(
            given_["type"],
            given_["name"],
            given_["version"] or "",
            namespace=given_["namespace"] or "",
            qualifiers=tuple((given_["qualifiers"] or {}).items()),
            subpath=given_["subpath"] or "",
        )
        if purl(found) != test["expected_output"] and found.type != "git":
            wrong.append((purl(found), test["expected_output"]))
    assert wrong == []


@given(_TEXTS, _TEXTS)
@example("/ 0", "")
@example(" / /a/b / ", " 1")
def test_a_purl_is_read_back_as_what_it_was_made_of(name: str, version: str) -> None:
    bare = re.sub(r"\A[\s/]+|[\s/]+\Z", "", name)
    assume(bare)
    written = purl(Found("deb", name, version, namespace="debian"))
    read = PackageURL.from_string(written)
    assert (read.type, read.namespace, read.name) == ("deb", "debian", bare)
    assert (read.version or "") == version.strip()
    assert purl(Found("deb", read.name, read.version or "", namespace="debian")) == written


@given(_FOUND)
def test_escapes_have_capital_digits_in_every_type(found: Found) -> None:
    assert all(hexes.isupper() or hexes.isdigit() for hexes in re.findall("%(..)", purl(found)))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Found("deb", "a/b", "1", "debian"), "pkg:deb/debian/a%2Fb@1"),
        (Found("npm", "é=1", "1"), "pkg:npm/%C3%A9%3D1@1"),
        (Found("maven", "boot", "1.0"), "pkg:generic/boot@1.0"),
        (Found("maven", "boot", "1.0", "boot"), "pkg:maven/boot/boot@1.0"),
        (Found("composer", "x", "1"), "pkg:generic/x@1"),
        (Found("golang", "stdlib", "1.22"), "pkg:golang/stdlib@1.22"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_purls_of_odd_packages(found: Found, expected: str) -> None:
    assert purl(found) == expected
