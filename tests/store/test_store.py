"""The store between runs: facts come back whole or not at all, and trouble never stops anybody."""

import errno
import os
import pickle
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ocianalyze.errors import UsageError
from ocianalyze.limits import Limits
from ocianalyze.model.facts import FACTS_VERSION
from ocianalyze.store import Pruned, Store, default_directory, files, local
from ocianalyze.store.codec import encode
from ocianalyze.store.header import CODEC_VERSION
from tests.facts import digest_of, large

FACTS = large(30, "one")
OTHER = large(20, "two")
DAY = 86_400


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store", "observers 1")
    yield made
    made.close()


def file_of(store: Store, name: str = "one") -> Path:
    key = store.key(digest_of(name))
    return store.directory / "facts" / key[:2] / f"{key[2:]}.facts"


def test_facts_come_back(store: Store) -> None:
    assert store.get(FACTS.digest) is None
    store.put(FACTS)
    assert store.get(FACTS.digest) == FACTS
    assert store.get(OTHER.digest) is None
    assert store.problems == []


def test_looking_makes_no_directory(store: Store) -> None:
    assert store.get(FACTS.digest) is None
    assert store.known("1:2") is None
    assert store.info().files == 0
    assert store.prune(everything=True) == Pruned(0, 0)
    assert not store.directory.exists()


def test_partial_facts_are_never_kept(store: Store) -> None:
    store.put(replace(FACTS, partial="limit of entries"))
    assert store.get(FACTS.digest) is None
    assert store.info().files == 0


def test_facts_too_large_are_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", "", Limits(facts_bytes=1_000))
    store.put(FACTS)
    assert store.info().files == 0
    assert "too large" in store.problems[0]
    store.close()


def test_other_observers_see_other_facts(store: Store) -> None:
    store.put(FACTS)
    other = Store(store.directory, "observers 2")
    assert other.get(FACTS.digest) is None
    assert store.get(FACTS.digest) == FACTS


@pytest.mark.parametrize("name", ["FACTS_VERSION", "CODEC_VERSION"])
def test_another_version_sees_nothing(
    store: Store, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(FACTS)
    monkeypatch.setattr(local, name, 99)
    assert store.get(FACTS.digest) is None


def test_a_file_of_another_version_under_the_key_is_removed(store: Store) -> None:
    store.put(FACTS)
    path = file_of(store)
    data = bytearray(path.read_bytes())
    data[10] += 1
    path.write_bytes(data)
    assert store.get(FACTS.digest) is None
    assert not path.exists()


@pytest.mark.parametrize("part", [0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_damaged_file_is_nothing_and_removed(store: Store, part: float) -> None:
    store.put(FACTS)
    path = file_of(store)
    data = bytearray(path.read_bytes())
    data[int(part * len(data))] ^= 0x10
    path.write_bytes(data)
    assert store.get(FACTS.digest) is None
    assert not path.exists()
    store.put(FACTS)
    assert store.get(FACTS.digest) == FACTS


@pytest.mark.parametrize("part", [0.0, 0.2, 0.99])
def test_a_truncated_file_is_nothing(store: Store, part: float) -> None:
    store.put(FACTS)
    path = file_of(store)
    os.truncate(path, int(part * path.stat().st_size))
    assert store.get(FACTS.digest) is None


@pytest.mark.parametrize(
    ("name", "fingerprint"),
    [
        pytest.param("two", "observers 1", id="another-layer"),
        pytest.param("one", "observers 0", id="other-observers"),
    ],
)
def test_a_sound_file_under_the_wrong_key_is_nothing(
    store: Store, name: str, fingerprint: str
) -> None:
    store.put(FACTS)
    file_of(store).write_bytes(b"".join(encode(large(30, name), fingerprint)))
    assert store.get(FACTS.digest) is None


@pytest.mark.parametrize("kind", ["link", "pipe", "directory"])
def test_what_is_no_file_is_nothing_and_blocks_nobody(store: Store, kind: str) -> None:
    store.put(FACTS)
    path = file_of(store)
    moved = path.rename(path.with_suffix(".moved"))
    if kind == "link":
        path.symlink_to(moved)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert store.get(FACTS.digest) is None


def test_everything_is_for_its_owner_only(store: Store) -> None:
    store.put(FACTS)
    store.remember("1:2", FACTS.digest)
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700
    for path in store.directory.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777, 0o702])
def test_a_directory_that_others_write_to_is_refused(store: Store, mode: int) -> None:
    store.put(FACTS)
    store.directory.chmod(mode)
    again = Store(store.directory, "observers 1")
    again.put(OTHER)
    again.remember("1:2", FACTS.digest)
    assert again.get(FACTS.digest) is None
    assert again.known("1:2") is None
    assert again.info().files == 0
    assert len(again.problems) == 1
    assert "others can write to it" in again.problems[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give directories away")
def test_a_directory_of_another_user_is_refused(store: Store) -> None:
    store.put(FACTS)
    os.chown(store.directory, 65534, 65534)
    again = Store(store.directory, "observers 1")
    assert again.get(FACTS.digest) is None
    assert "belongs to user 65534" in again.problems[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give links away")
def test_a_link_that_another_user_made_is_refused(store: Store, tmp_path: Path) -> None:
    store.put(FACTS)
    link = tmp_path / "link"
    link.symlink_to(store.directory)
    os.lchown(link, 65534, 65534)
    again = Store(link, "observers 1")
    assert again.get(FACTS.digest) is None
    assert "belongs to user 65534" in again.problems[0]


def test_a_file_in_place_of_the_directory_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"")
    store = Store(tmp_path / "store", "")
    for _ in range(3):
        store.put(FACTS)
    assert store.get(FACTS.digest) is None
    assert len(store.problems) == 1


def test_a_place_where_nothing_can_be_made_is_said_once() -> None:
    store = Store(Path("/proc/self/none/store"), "")
    for _ in range(3):
        store.put(FACTS)
        store.remember("1:2", FACTS.digest)
    assert store.get(FACTS.digest) is None
    assert len(store.problems) == 1


def test_a_store_removed_under_way_is_made_again(store: Store) -> None:
    store.put(FACTS)
    shutil.rmtree(store.directory)
    store.put(FACTS)
    store.put(FACTS)
    assert store.get(FACTS.digest) == FACTS
    assert store.problems == []


def test_facts_that_cannot_be_read_are_said_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(FACTS)

    def broken(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(files, "read_whole", broken)
    assert store.get(FACTS.digest) is None
    assert store.get(FACTS.digest) is None
    assert len(store.problems) == 1
    assert "Input/output error" in store.problems[0]


def test_a_directory_that_cannot_be_looked_at_is_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / ("x" * 300), "")
    assert store.get(FACTS.digest) is None
    store.put(FACTS)
    assert len(store.problems) == 1


def test_byte_ranges_are_remembered(store: Store) -> None:
    store.remember("fe01:17:100:5:6:0", FACTS.digest)
    store.remember("odd \udcff\0", OTHER.digest)
    assert store.known("fe01:17:100:5:6:0") == FACTS.digest
    assert store.known("odd \udcff\0") == OTHER.digest
    assert store.known("fe01:17:100:5:7:0") is None


def test_an_unknown_identity_is_never_known(store: Store) -> None:
    store.remember("", FACTS.digest)
    assert store.known("") is None
    assert store.info().verified == 0


def test_a_damaged_row_vouches_for_nothing(store: Store) -> None:
    store.remember("1:2", FACTS.digest)
    store.close()
    with sqlite3.connect(store.directory / "catalogue.sqlite") as db:
        db.execute("UPDATE verified SET digest=?", (str(OTHER.digest),))
    db.close()
    assert store.known("1:2") is None


def test_info_counts(store: Store) -> None:
    store.put(FACTS)
    store.put(OTHER)
    store.remember("1:2", FACTS.digest)
    info = store.info()
    assert (info.files, info.layers, info.verified) == (2, 2, 1)
    assert info.bytes == sum(file_of(store, name).stat().st_size for name in ("one", "two"))
    assert info.directory == store.directory
    assert info.version == f"{CODEC_VERSION}.{FACTS_VERSION}"


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(time, "time", lambda: seconds)


def test_pruning_by_size_keeps_what_was_used_last(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 10 * DAY)
    store.put(FACTS)
    at(monkeypatch, 11 * DAY)
    store.put(OTHER)
    at(monkeypatch, 12 * DAY)
    assert store.get(FACTS.digest) == FACTS
    size = file_of(store, "two").stat().st_size
    assert store.prune(keep_bytes=store.info().bytes - 1) == Pruned(1, size)
    assert store.get(FACTS.digest) == FACTS
    assert store.get(OTHER.digest) is None
    assert store.info().layers == 1


def test_pruning_by_age_counts_from_the_last_use(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, 10 * DAY)
    store.put(FACTS)
    store.put(OTHER)
    store.remember("1:2", FACTS.digest)
    at(monkeypatch, 15 * DAY)
    store.get(OTHER.digest)
    store.remember("3:4", FACTS.digest)
    at(monkeypatch, 16 * DAY)
    assert store.prune(older_than_days=2).files == 1
    assert store.get(OTHER.digest) == OTHER
    assert (store.known("1:2"), store.known("3:4")) == (None, FACTS.digest)


def test_pruning_everything_leaves_nothing(store: Store) -> None:
    store.put(FACTS)
    store.put(OTHER)
    store.remember("1:2", FACTS.digest)
    (file_of(store).parent / ".left.tmp").write_bytes(b"half")
    assert store.prune(everything=True).files == 3
    info = store.info()
    assert (info.files, info.bytes, info.layers, info.verified) == (0, 0, 0, 0)
    assert [path for path in store.directory.rglob("*.*") if path.parent != store.directory] == []


def test_pruning_without_bounds_takes_rubbish_only(store: Store) -> None:
    store.put(FACTS)
    fresh, left = (file_of(store).parent / name for name in (".fresh.tmp", ".left.tmp"))
    old = file_of(store).with_name("0" * 62 + ".facts")
    for path in (fresh, left, old):
        path.write_bytes(b"ocifacts of another time")
    os.utime(left, (0, 0))
    assert store.prune().files == 2
    assert fresh.exists()
    assert not left.exists()
    assert not old.exists()
    assert store.get(FACTS.digest) == FACTS


def test_foreign_files_are_left_alone(store: Store) -> None:
    store.put(FACTS)
    foreign = [store.directory / "notes.txt", file_of(store).parent / "notes.txt"]
    for path in foreign:
        path.write_text("mine")
    store.prune(everything=True)
    assert all(path.exists() for path in foreign)


def test_a_store_travels_to_another_process(store: Store) -> None:
    store.put(FACTS)
    again = pickle.loads(pickle.dumps(store))
    assert again.get(FACTS.digest) == FACTS
    again.close()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"OCIANALYZE_STORE": "/a/b", "XDG_CACHE_HOME": "/c"}, "/a/b"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/ocianalyze"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "/h/.cache/ocianalyze"),
        ({"OCIANALYZE_STORE": "", "HOME": "/h"}, "/h/.cache/ocianalyze"),
    ],
    ids=["named", "xdg", "xdg-must-be-absolute", "home"],
)
def test_the_default_directory(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OCIANALYZE_STORE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert default_directory() == Path(expected)


def test_no_home_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OCIANALYZE_STORE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(UsageError, match="OCIANALYZE_STORE"):
        default_directory()
