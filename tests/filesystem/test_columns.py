"""Columns say what entries say, for every kind of member."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.detectors import filetype
from ocianalyze.filesystem.columns import FIELDS
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.limits import DEFAULT
from ocianalyze.model.entry import Entry, Kind, State
from ocianalyze.model.facts import LayerFacts
from ocianalyze.model.spelling import spelled
from tests.facts import large, layer_facts
from tests.images import File, Layer, directory, hardlink, symlink, tree

ODD = b"caf\xe9\x1b[2J".decode("utf-8", "surrogateescape")
LOWER: Layer = {
    "etc": directory(),
    "etc/passwd": b"root:x:0:0::/:/bin/sh\n",
    "etc/gone": b"x",
    "dev/null": File(kind="c", mode=0o666),
    f"srv/{ODD}": b"odd",
    "srv/caf\\xe9": b"literal",
    "bin/su": File(b"\x7fELF", mode=0o4755, uid=7, mtime=-5),
    "bin/sudo": hardlink("bin/su"),
    "lib": symlink(f"usr/{ODD}"),
}
UPPER: Layer = {
    "etc/passwd": b"other",
    "etc/.wh.gone": b"",
    "srv/.wh..wh..opq": b"",
    "bin/su-again": File(kind="h", link="bin/su", mode=0o755, uid=3),
}
_INT = (1 << 63) - 1
ABSENT = (Kind.WHITEOUT, Kind.OPAQUE, Kind.UNKNOWN)


def _values(entry: Entry, *, is_spelled: bool) -> dict[str, object]:
    """Return what each field must be, straight from the entry."""
    name = spelled if is_spelled else str
    return {
        "path": name(entry.path),
        "name": name(entry.path).rpartition("/")[2],
        "layer": entry.layer,
        "member": entry.member,
        "state": None if entry.kind in ABSENT else entry.state.value,
        "ended_by": entry.ended_by,
        "kind": entry.kind.name.lower().replace("_", "-"),
        "mode": entry.mode,
        "uid": entry.uid,
        "gid": entry.gid,
        "uname": name(entry.uname),
        "gname": name(entry.gname),
        "size": min(entry.size, _INT),
        "mtime": entry.mtime_ns // 1_000_000_000,
        "mtime_nanos": entry.mtime_ns % 1_000_000_000,
        "sha256": entry.sha256 or None,
        "type": entry.file_type or None,
        "link": name(entry.link) or None,
        "device": f"{entry.device[0]}:{entry.device[1]}" if entry.device else None,
    }


def _expected(
    merged: MergedTree, layer: int, *, visible: bool = False, is_spelled: bool = False
) -> list[dict[str, object]]:
    entries = (e for e in merged.layer(layer))
    if visible:
        entries = (e for e in entries if e.state is State.VISIBLE and e.kind not in ABSENT)
    return [_values(entry, is_spelled=is_spelled) for entry in entries]


@pytest.mark.parametrize("visible", [False, True], ids=["all", "visible"])
@pytest.mark.parametrize("is_spelled", [False, True], ids=["as-stored", "spelled"])
@pytest.mark.parametrize("layer", [0, 1])
def test_columns_are_what_the_entries_are(layer: int, *, visible: bool, is_spelled: bool) -> None:
    merged = tree(LOWER, UPPER)
    names = [name for name in FIELDS if name != "name"]
    rows = merged.table(layer, names, visible=visible, is_spelled=is_spelled)
    found = [dict(zip(names, row, strict=True)) for row in rows]
    expected = _expected(merged, layer, visible=visible, is_spelled=is_spelled)
    assert found == [{name: one[name] for name in names} for one in expected]
    assert len(found) == len(expected) >= 2


def test_a_link_that_writes_its_inode_counts_for_all_its_names() -> None:
    """As `Entry` has it: the last header's owner and mode are the inode's."""
    merged = tree(LOWER, UPPER)
    rows = [row for layer in (0, 1) for row in merged.table(layer, ("path", "uid", "mode"))]
    owners = {row[1:] for row in rows if str(row[0]).startswith("bin/su")}
    assert owners == {(3, 0o755)}


def test_odd_names_are_valid_text() -> None:
    rows = tree(LOWER).table(0, ("path", "name", "link"), is_spelled=True)
    paths = [str(row[0]) for row in rows]
    assert {"srv/caf\\xe9\x1b[2J", "srv/caf\\\\xe9"} <= set(paths)
    assert all(path.encode() for path in paths)


@settings(max_examples=40)
@given(st.lists(layer_facts(), min_size=1, max_size=3))
def test_random_columns_agree_too(layers: list[LayerFacts]) -> None:
    """But for names, of which an opaque whiteout has none, and times, which are made at random."""
    types = [str(code) for code in range(256)]
    merged = MergedTree(layers, types, DEFAULT)
    names = [name for name in FIELDS if name not in ("name", "mtime", "mtime_nanos")]
    for index in range(len(layers)):
        for said in (False, True):
            rows = merged.table(index, names, is_spelled=said)
            made = _expected(merged, index, is_spelled=said)
            found = [dict(zip(names, row, strict=True)) for row in rows]
            assert found == [{name: one[name] for name in names} for one in made]


def test_a_layer_longer_than_a_piece_has_every_row_once() -> None:
    merged = MergedTree([large(70_000)], filetype.TYPES, DEFAULT)
    rows = list(merged.table(0, ("member", "path", "link")))
    assert [row[0] for row in rows] == list(range(70_000))
    assert len({row[1] for row in rows}) == 70_000
    assert sum(row[2] is not None for row in rows) == len(range(0, 70_000, 12))


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("within", ["etc", "bin", "", f"srv/{ODD}", "nowhere"])
def test_no_row_of_a_directory_that_is_asked_for_is_left_out(index: int, within: str) -> None:
    merged = tree(LOWER, UPPER)
    rows = list(merged.table(index, ("path",), visible=True))
    found = list(merged.table(index, ("path",), visible=True, within=frozenset({within})))
    assert set(found) <= set(rows)
    assert {row for row in rows if str(row[0]).rpartition("/")[0] == within} <= set(found)


def test_far_directories_are_passed_over_and_ranges_come_in_order() -> None:
    far = {f"usr/lib/x/{number}": b"" for number in range(200)}
    merged = tree({"a/one": b"", **far, "b/two": b"", **{f"z/{n}": b"" for n in range(9)}})
    paths = [row[0] for row in merged.table(0, ("path",), within=frozenset({"a", "b"}))]
    assert [path for path in paths if path in ("a/one", "b/two")] == ["a/one", "b/two"]
    assert len(paths) < 100


def test_specials_are_what_the_table_has_beside_files_and_directories() -> None:
    made = tree(LOWER, UPPER)
    for layer in (0, 1):
        rows = made.table(layer, ("kind", "path"), visible=True)
        others = [path for kind, path in rows if kind not in ("file", "directory")]
        assert list(made.specials(layer)) == others
    assert f"srv/{ODD}" not in made.specials(0)
