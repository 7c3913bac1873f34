"""Records: whole or not at all, sealed, bounded, and looked after with the facts."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from ocianalyze.store import records
from ocianalyze.store.local import Store
from ocianalyze.store.records import Records
from tests.facts import large

KEY, OTHER = "ab" + "0" * 62, "cd" + "1" * 62
DATA = b'{"a": 1}' * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a place for a store."""
    return tmp_path / "store"


def _file(folder: Path) -> Path:
    return next(folder.glob("records/*/*.records"))


def test_a_record_comes_back(folder: Path) -> None:
    Records(folder).put(KEY, DATA)
    assert Records(folder).get(KEY) == DATA
    assert Records(folder).get(OTHER) is None
    assert folder.stat().st_mode & 0o077 == 0


def test_nothing_is_made_to_look(folder: Path) -> None:
    assert Records(folder).get(KEY) is None
    assert not folder.exists()


@pytest.mark.parametrize("at", [0, 8, 10, 20, 30, -33, -1])
def test_a_damaged_record_is_removed(at: int, folder: Path) -> None:
    Records(folder).put(KEY, DATA)
    data = bytearray(_file(folder).read_bytes())
    data[at] ^= 1
    _file(folder).write_bytes(data)
    assert Records(folder).get(KEY) is None
    assert not list(folder.glob("records/*/*"))


@pytest.mark.parametrize("size", [0, 1, 23, 24, 40])
def test_a_cut_record_is_none(size: int, folder: Path) -> None:
    Records(folder).put(KEY, DATA)
    path = _file(folder)
    path.write_bytes(path.read_bytes()[:size])
    assert Records(folder).get(KEY) is None


def test_what_inflates_to_more_than_it_says_is_none(folder: Path) -> None:
    """Its seal holds: somebody made it on purpose."""
    Records(folder).put(KEY, DATA)
    path = _file(folder)
    body = path.read_bytes()[:-32]
    body = body[:16] + (len(DATA) - 1).to_bytes(8, "little") + body[24:]
    path.write_bytes(body + sha256(KEY.encode() + body).digest())
    assert Records(folder).get(KEY) is None


def test_a_record_above_the_bound_is_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "RECORD_BYTES", len(DATA) - 1)
    Records(folder).put(KEY, DATA)
    assert not folder.exists()


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    Records(folder).put(KEY, DATA)
    path = _file(folder)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert Records(folder).get(KEY) is None


def test_a_folder_that_others_can_write_to_is_not_used(folder: Path) -> None:
    Records(folder).put(KEY, DATA)
    folder.chmod(0o777)
    assert Records(folder).get(KEY) is None
    Records(folder).put(OTHER, DATA)
    assert len(list(folder.glob("records/*/*"))) == 1


def test_writers_at_once_do_no_harm(folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: Records(folder).put(KEY, DATA), range(40)))
    assert Records(folder).get(KEY) == DATA
    assert len(list(folder.glob("records/*/*"))) == 1


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    Records(tmp_path / "file").put(KEY, DATA)
    assert Records(tmp_path / "file").get(KEY) is None


def test_records_are_counted_and_survive_facts(folder: Path) -> None:
    Records(folder).put(KEY, DATA)
    store = Store(folder, "observers 1")
    store.put(large(3))
    assert store.prune().files == 0
    info = store.info()
    assert (info.files, info.records) == (1, 1)
    assert info.bytes == sum(path.stat().st_size for path in folder.glob("*/*/*"))


def test_prune_takes_records_too(folder: Path) -> None:
    Records(folder).put(KEY, DATA)
    Records(folder).put(OTHER, DATA)
    old = time.time() - 10 * 86_400
    os.utime(_file(folder), (old, old))
    store = Store(folder, "")
    assert store.prune(older_than_days=5).files == 1
    assert store.prune(everything=True).files == 1
    assert store.info().records == 0


def test_prune_takes_records_of_other_versions(folder: Path) -> None:
    Records(folder).put(KEY, DATA)
    path = _file(folder)
    path.write_bytes(b"ocirecrd\xff\xff" + path.read_bytes()[10:])
    assert Store(folder, "").prune().files == 1


def test_the_record_used_last_stays(folder: Path) -> None:
    for key in (KEY, OTHER):
        Records(folder).put(key, DATA)
    old = time.time() - 86_400
    for path in folder.glob("records/*/*"):
        os.utime(path, (old, old))
    assert Records(folder).get(OTHER) == DATA
    size = _file(folder).stat().st_size
    assert Store(folder, "").prune(keep_bytes=size).files == 1
    assert Records(folder).get(OTHER) == DATA
