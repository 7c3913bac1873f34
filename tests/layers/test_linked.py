"""Contents that only the name of a hard link makes wanted."""

import gzip
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from ocianalyze.layers import linked
from ocianalyze.layers.observer import Interest
from ocianalyze.model.facts import LayerFacts
from tests.archives import compress
from tests.images import Bytes, File, Layer, facts, hardlink, symlink, tar
from tests.tars import codes, keeper

NAMED = keeper("eye", Interest(names=frozenset({b"wanted"})))
LARGE = bytes(range(256)) * 3_000


def seen(layer: Layer | bytes) -> list[tuple[bytes, bytes, bool]]:
    """Return path, value and completeness of what an observer of the name `wanted` keeps."""
    return list(kept(facts(layer, (NAMED,))))


def kept(found: LayerFacts) -> Iterator[tuple[bytes, bytes, bool]]:
    """Yield what an observer kept of a layer."""
    for one in found.observations["eye"]:
        yield found.entries.path(one.entry), one.value, one.complete


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd", "xz", "bzip2"])
@pytest.mark.parametrize("content", [b"x", LARGE], ids=["small", "large"])
def test_a_link_shows_the_content_of_its_target(compression: str, content: bytes) -> None:
    layer: Layer = {"store/12": content, "a/wanted": hardlink("store/12"), "b": LARGE}
    blob = compress(tar(layer), compression)  # type: ignore[arg-type]
    assert seen(blob) == [(b"a/wanted", content, True)]


def test_all_names_of_a_content_are_told_in_the_order_of_the_tar() -> None:
    layer: Layer = {
        "a/wanted": b"1",
        "b/wanted": hardlink("a/wanted"),
        "c": b"2",
        "d/wanted": hardlink("c"),
        "e": hardlink("d/wanted"),
        "f/wanted": hardlink("e"),
        "g/wanted": b"3",
    }
    values = [(path[:1], value) for path, value, _ in seen(layer)]
    assert values == [(b"a", b"1"), (b"b", b"1"), (b"d", b"2"), (b"f", b"2"), (b"g", b"3")]


def test_the_content_at_the_time_of_the_link_counts() -> None:
    members: list[tuple[str, File | bytes]] = [
        ("x", b"old"),
        ("wanted", hardlink("x")),
        ("x", b"new"),
        ("y/wanted", hardlink("x")),
    ]
    assert seen(tar(members)) == [(b"wanted", b"old", True), (b"y/wanted", b"new", True)]


@pytest.mark.parametrize("target", [None, File(kind="p"), symlink("z")], ids=str)
def test_a_content_that_lies_elsewhere_is_told_as_unseen(target: File | None) -> None:
    layer: Layer = {"wanted": hardlink("x")} if target is None else {"x": target}
    assert seen({**layer, "wanted": hardlink("x")}) == [(b"wanted", b"", False)]


def test_what_is_empty_has_nothing_to_show() -> None:
    assert seen({"x": b"", "wanted": hardlink("x")}) == []


def test_a_cut_layer_is_as_far_as_it_goes() -> None:
    blob = gzip.compress(tar({"x": LARGE, "wanted": hardlink("x"), "y": LARGE}))[:-100]
    found = facts(blob, (NAMED,))
    assert found.partial
    assert list(kept(found)) == [(b"wanted", LARGE, True)]


def test_a_layer_without_such_links_is_read_once() -> None:
    blob = tar({"x": b"1", "wanted": b"2", "y": hardlink("x"), "z": hardlink("wanted")})
    with patch.object(Bytes, "open", autospec=True, side_effect=Bytes.open) as opened:
        facts(blob, (NAMED,))
    assert opened.call_count == 1


def test_links_beyond_the_bound_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linked, "_MOST", 2)
    layer: Layer = {"x": b"1", **{f"{n}/wanted": hardlink("x") for n in range(3)}}
    found = facts(layer, (NAMED,))
    assert len(list(kept(found))) == 2
    assert "hard links" in found.partial
    assert codes(found) == ["tar.limit"]


def test_time_ends_the_second_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocianalyze.layers.progress.Progress.is_late", lambda _: True)
    layer: Layer = {"x": b"1", "wanted": hardlink("x")}
    assert list(kept(facts(layer, (NAMED,)))) == []
