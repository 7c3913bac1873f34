"""A purl is what the field's own library writes, whichever way it is made."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

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
