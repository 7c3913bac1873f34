"""Digests that dh_md5sums wrote are read at once, with the same result as line by line."""

from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.inventory._base import Records
from ocianalyze.inventory.catalogers._dpkg_records import _odd_sums, _sums
from ocianalyze.inventory.catalogers._paths import deflated

_DIGEST = "d41d8cd98f00b204e9800998ecf8427e"
_LINES = st.builds(
    lambda digest, gap, path, end: f"{digest}{gap}{path}{end}",
    st.sampled_from([_DIGEST, _DIGEST.upper(), _DIGEST[1:], ""]),
    st.sampled_from(["  ", "  ", "  ", " *", " ", "\t"]),
    st.one_of(
        st.sampled_from(["usr/bin/a", "usr/share/doc/a/b", "bin/sh", "./usr/x", "/usr/x"]),
        st.text("a/. *\udcff\x0b\u2028", max_size=5),
    ),
    st.sampled_from(["\n", "\n", "\n", "\r\n", "/\n", "\n\n", ""]),
)
_MOVES = {"bin/sh": ("bin/sh.distrib", "dash")}


@given(st.lists(_LINES, max_size=4).map("".join), st.sampled_from(["dash", "bash"]))
def test_reading_at_once_is_reading_line_by_line(text: str, package: str) -> None:
    value = deflated(text.encode("utf-8", "surrogateescape"))
    for moves in ({}, _MOVES):
        found = _sums(Records("deb", package), value, moves)
        kinds = [found.kinds[number] for number in range(len(found.paths))]
        one_by_one = list(_odd_sums(value, package, moves))
        assert list(zip(found.paths, found.digests, kinds, strict=True)) == one_by_one
