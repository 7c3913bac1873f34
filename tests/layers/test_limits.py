"""Every limit of the pass over a layer: what reaches it is said to be read in part."""

import gzip
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from ocianalyze.layers.observer import Interest
from ocianalyze.limits import DEFAULT, MIB, Limits
from tests.tars import END, header, keeper, member, padded, pax, read, record

_FILES = b"".join(member(b"file%d" % at, b"content") for at in range(3))
_SPARSE = pax({b"GNU.sparse.size": b"99", b"GNU.sparse.map": b"0,1"}) + member(b"sparse", b"x")
_SQUEEZED = gzip.compress(bytes(4 * MIB))
_REACHED: dict[str, tuple[float, bytes]] = {
    "layer_bytes": (1024, _FILES),
    "inflate_ratio": (9, _SQUEEZED),
    "layer_seconds": (0, _FILES),
    "layer_entries": (2, _FILES),
    "path_bytes": (100, pax({b"path": b"p" * 101}) + header()),
    "path_depth": (2, header(b"one/two/three/file")),
    "header_bytes": (100, pax({b"comment": b"c" * 100}) + header()),
    "hole_bytes": (10, _SPARSE),
    "xattr_bytes": (20, pax({b"SCHILY.xattr.user.x": b"v" * 20}) + header()),
    "capture_bytes": (9, _FILES),
    "facts_bytes": (1, _FILES),
}
"""A value, and a layer that exceeds it and no default."""
_LOSES_NOTHING = {
    "inflate_free_bytes": "bounds nothing by itself: it says from where `inflate_ratio` counts",
    "anomalies": "the entries are read all the same; how many more there are is said",
}
_OF_HISTORY = {"history_chars", "shell_chars"}
_SEES_ALL = keeper("eye", Interest(directories=frozenset({b""})))


def _limits(name: str, value: float) -> Limits:
    free = {"inflate_free_bytes": MIB} if name == "inflate_ratio" else {}
    return replace(DEFAULT, **free, **{name: value})  # type: ignore[arg-type] # by name


def test_every_limit_that_the_pass_names_is_reached_here(root: Path) -> None:
    folders = (root / "ocianalyze" / "layers", root / "ocianalyze" / "blobs")
    code = "\n".join(path.read_text("utf-8") for folder in folders for path in folder.glob("*.py"))
    named = {
        field.name
        for field in fields(Limits)
        if re.search(rf'limits\.{field.name}\b|reached\("{field.name}"\)', code)
    }
    assert named == {*_REACHED, *_LOSES_NOTHING, *_OF_HISTORY}


@pytest.mark.parametrize(("name", "value", "data"), [(x, *y) for x, y in _REACHED.items()])
def test_a_layer_that_reaches_a_limit_is_partial(name: str, value: float, data: bytes) -> None:
    """No control passes on such a layer, and the exit status is 4."""
    assert not read(data + END, (_SEES_ALL,)).partial
    found = read(data + END, (_SEES_ALL,), _limits(name, value))
    assert f"limit {name} (" in found.partial


@pytest.mark.parametrize(
    "name", sorted({"path_bytes", "path_depth", "header_bytes", "xattr_bytes"})
)
def test_what_follows_is_read_though_the_layer_is_partial(name: str) -> None:
    value, data = _REACHED[name]
    found = read(data + member(b"next", b"x") + END, limits=_limits(name, value))
    assert found.entries.path(len(found.entries) - 1) == b"next"


@pytest.mark.parametrize("lost", [1, 3])
def test_a_loss_that_is_only_counted_is_a_loss(lost: int) -> None:
    """More anomalies than are kept do not hide that something was not read."""
    odd = pax({b"mtime": b"none"}) + header()
    found = read(header(b"/../a") * 5 + odd * lost + END, limits=replace(DEFAULT, anomalies=2))
    assert len(found.anomalies) == 2
    assert found.partial == "numeric field cannot be read"


@pytest.mark.parametrize("flag", [b"x", b"L"])
def test_a_long_header_in_a_chunk_is_no_plain_one(flag: bytes) -> None:
    """What is read must not depend on where chunks end."""
    data = record(b"path", b"p" * 200) if flag == b"x" else b"p" * 200
    layer = header() * 3 + member(b"x", data, flag=flag) + header(b"short") + END
    found = read(layer, limits=replace(DEFAULT, header_bytes=100))
    assert found.entries.path(3) == b"short"
    assert "header_bytes" in found.partial


def test_a_sparse_map_of_too_many_numbers_is_not_known() -> None:
    records = {b"GNU.sparse.major": b"1", b"GNU.sparse.minor": b"0", b"GNU.sparse.realsize": b"9"}
    layer = pax(records) + member(b"sparse", padded(b"%d\n" % MIB + b"0\n" * 2 * MIB)) + END
    assert read(layer).partial == "sparse map cannot be read"
