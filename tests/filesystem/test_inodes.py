"""Hard links: whose content they are, and whose header counts."""

import pytest

from ocianalyze.filesystem.index import MergedTree
from ocianalyze.model.entry import Entry, Kind
from tests.images import File, directory, hardlink, symlink, tree

Members = list[tuple[str, File | bytes]]
_A = b"content of a"


def _entry(merged: MergedTree, path: str) -> Entry:
    entry = merged.get(path)
    assert entry is not None
    return entry


def _codes(merged: MergedTree) -> list[str]:
    return [anomaly.code for _, anomaly in merged.merged.anomalies]


CONTENT: dict[str, list[Members]] = {
    "same-layer": [[("a", _A), ("h", hardlink("a"))]],
    "absolute-target": [[("a", _A), ("h", hardlink("/./a"))]],
    "lower-layer": [[("a", _A)], [("h", hardlink("a"))]],
    "chain": [[("a", _A)], [("b", hardlink("a"))], [("h", hardlink("b"))]],
    "target-overwritten-later": [[("a", _A), ("h", hardlink("a"))], [("a", b"new")]],
    "target-overwritten-in-the-same-layer": [[("a", _A), ("h", hardlink("a")), ("a", b"new")]],
    "target-deleted-later": [[("a", _A), ("h", hardlink("a"))], [(".wh.a", b"")]],
    "target-deleted-in-the-same-layer": [[("a", _A)], [("h", hardlink("a")), (".wh.a", b"")]],
    "directory-of-the-target-deleted": [[("d/a", _A)], [("h", hardlink("d/a")), (".wh.d", b"")]],
    "middle-of-a-chain-deleted": [
        [("a", _A), ("b", hardlink("a"))],
        [("h", hardlink("b")), (".wh.b", b""), (".wh.a", b"")],
    ],
    "the-link-takes-its-directory": [[("h/a", _A)], [("h", hardlink("h/a"))]],
}
ITSELF: list[Members] = [[("h", _A)], [("h", hardlink("h"))]]
"""Runtimes remove what bears the name before they link, and find nothing; GNU tar keeps it."""


@pytest.mark.parametrize("layers", [*CONTENT.values(), ITSELF], ids=[*CONTENT, "itself"])
def test_a_hard_link_keeps_the_content_that_it_named(layers: list[Members]) -> None:
    merged = tree(*layers)
    [file] = [x for x in merged.layer(0) if x.size == len(_A) and x.kind is Kind.FILE]
    link = _entry(merged, "h")
    assert (link.kind, link.size, link.sha256, link.file_type) == (
        Kind.HARDLINK,
        len(_A),
        file.sha256,
        file.file_type,
    )
    assert ("tar.link-missing" in _codes(merged)) == (layers is ITSELF)


MISSING: dict[str, list[Members]] = {
    "never-there": [[("h", hardlink("a"))]],
    "in-no-directory": [[("h", hardlink("no/such/a"))]],
    "only-later": [[("h", hardlink("a")), ("a", _A)]],
    "only-in-a-later-layer": [[("h", hardlink("a"))], [("a", _A)]],
    "deleted-before": [[("a", _A)], [(".wh.a", b"")], [("h", hardlink("a"))]],
    "directory": [[("a", directory()), ("h", hardlink("a"))]],
    "itself": [[("h", hardlink("h"))]],
    "hidden-by-a-file-of-its-layer": [[("d/a", _A)], [("d", b""), ("h", hardlink("d/a"))]],
    "hidden-by-a-file": [[("d/a", _A)], [("d", b"")], [("h", hardlink("d/a"))]],
}


@pytest.mark.parametrize("layers", MISSING.values(), ids=MISSING)
def test_a_hard_link_to_nothing_is_reported_and_shown_without_content(
    layers: list[Members],
) -> None:
    merged = tree(*layers)
    link = _entry(merged, "h")
    assert (link.kind, link.sha256, link.size) == (Kind.HARDLINK, "", 0)
    assert "tar.link-missing" in _codes(merged)


def test_a_hard_link_to_a_link_is_followed_like_one() -> None:
    merged = tree({"d/a": _A, "l": symlink("d"), "h": hardlink("l")})
    assert merged.get("h/a") == merged.get("d/a")
    assert merged.resolve("h") == merged.get("d")


def _writer(mode: int, link: str = "a", **fields: object) -> File:
    return File(kind="h", link=link, mode=mode, **fields)  # type: ignore[arg-type]


def test_the_last_header_that_reached_an_inode_counts_for_all_its_names() -> None:
    merged = tree(
        {"a": File(_A, mode=0o644), "b": _writer(0o4755, uid=3), "c": _writer(0o711, gid=4)}
    )
    assert {(x.mode, x.uid, x.gid) for x in merged.visible()} == {(0o711, 0, 4)}
    assert _codes(merged) == ["merge.link-metadata"]


def test_a_set_id_bit_that_only_a_link_has_is_found() -> None:
    merged = tree({"a": File(_A, mode=0o644)}, {"b": _writer(0o4755)})
    assert [x.path for x in merged.files(mode=0o6000)] == ["a", "b"]
    assert [x.path for x in merged.files(mode=0o6000, names=frozenset({b"a"}))] == ["a"]


def test_what_a_link_did_to_an_inode_outlives_the_link() -> None:
    merged = tree({"a": File(_A, mode=0o644), "b": _writer(0o4755)}, {".wh.b": b""})
    assert _entry(merged, "a").is_setid
    assert [x.mode for x in merged.versions("b")] == [0o644]


def test_attributes_of_all_headers_that_reached_an_inode_add_up() -> None:
    merged = tree(
        {
            "a": File(_A, xattrs={"user.a": b"1", "user.b": b"1"}),
            "b": _writer(0o644, xattrs={"user.b": b"2"}),
            "c": _writer(0o644, xattrs={"user.c": b"3"}),
        }
    )
    expected = {"user.a": b"1", "user.b": b"2", "user.c": b"3"}
    assert [x.xattrs for x in merged.visible()] == [expected] * 3
    assert [x.path for x in merged.files(xattrs=True)] == ["a", "b", "c"]


def test_a_header_that_repeats_its_inode_is_no_anomaly() -> None:
    target = File(_A, mode=0o4755, uid=3, gid=4, xattrs={"user.a": b"1"})
    merged = tree({"a": target, "b": hardlink("a"), "c": _writer(0o4755, uid=3, gid=4)})
    assert _codes(merged) == []


_KEPT = ".wh..wh.plnk/1.2"


@pytest.mark.parametrize(("of_file", "of_link"), [(0o4755, 0o755), (0o755, 0o4755)])
def test_a_link_to_a_file_that_aufs_kept_has_every_set_id_bit(of_file: int, of_link: int) -> None:
    """Overlay drivers give it the link's header, all others that of the file."""
    merged = tree([(_KEPT, File(_A, mode=of_file)), ("bin/x", _writer(of_link, _KEPT))])
    assert _entry(merged, "bin/x").mode == 0o4755
    assert "merge.odd-whiteout" in _codes(merged)


def test_attributes_of_such_a_link_add_up_and_take_nothing_away() -> None:
    link = _writer(0o755, _KEPT, xattrs={"user.b": b"2"})
    merged = tree([(_KEPT, File(_A, mode=0o4755, xattrs={"user.a": b"1"})), ("x", link)])
    found = _entry(merged, "x")
    assert (found.mode, found.xattrs) == (0o4755, {"user.a": b"1", "user.b": b"2"})


@pytest.mark.parametrize("detour", [[], [("l", symlink("d")), ("l/z", b"")]], ids=["", "replayed"])
@pytest.mark.parametrize("above", [".wh..wh.plnk/a", ".wh..wh.plnk/none", ".wh..wh.plnkX"])
def test_of_a_file_that_aufs_kept_the_last_name_alone_counts(above: str, detour: Members) -> None:
    files = [
        (".wh..wh.plnk/a/1.2", File(b"harmless")),
        (".wh..wh.plnk/b/1.2", File(_A, mode=0o4755)),
    ]
    merged = tree([*files, *detour, ("x", _writer(0o755, f"{above}/1.2"))])
    found = _entry(merged, "x")
    assert (found.mode, found.size) == (0o4755, len(_A))


def test_a_folder_of_that_name_elsewhere_is_any_folder() -> None:
    other = tree([("d/" + _KEPT, File(_A, mode=0o4755)), ("x", _writer(0o755, "d/" + _KEPT))])
    assert _entry(other, "x").mode == 0o755
    assert _codes(other) == ["merge.link-metadata"]
