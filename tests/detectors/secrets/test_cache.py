"""Compiled rules that were kept, and what happens to them."""

from pathlib import Path

import pytest

from ocianalyze.detectors.secrets import _cache
from ocianalyze.detectors.secrets._cache import load
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.errors import UsageError

RULE = """
id = "{id}"
title = "A token"
provider = "Acme"
kind = "token"
severity = "high"
pattern = '{pattern}'
remediation = "Revoke it"
near = ["acme"]
"""


def write(folder: Path, name: str = "acme", pattern: str = r"acme_\d{9}") -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(RULE.format(id=name, pattern=pattern))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "rules")
    return tmp_path / "rules"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    path.mkdir(mode=0o700)
    return path


def kept(store: Path) -> list[Path]:
    return sorted((store / "secrets").glob("*"))


def ends(engine: Engine) -> list[int]:
    return [end for _, end in engine.scan(b"acme_123456789")[0]]


def refuse(*_: object) -> None:
    raise AssertionError("compiled again")


def test_a_second_load_compiles_nothing(
    folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, bool]] = []
    made = load([folder], store, told=lambda *compiled: told.append(compiled)).engine
    assert told == [(1, True)]
    monkeypatch.setattr(_cache, "engine", refuse)
    again = load([folder], store).engine
    assert (again.rules, again.expressions) == (made.rules, made.expressions)
    assert ends(again) == ends(made) != []
    stream = again.stream()
    assert stream.feed(b"acme_123456789") + stream.close()


@pytest.mark.parametrize("place", range(0, 100, 9))
def test_damage_is_made_again(place: int, folder: Path, store: Path) -> None:
    load([folder], store)
    (file,) = kept(store)
    data = bytearray(file.read_bytes())
    data[len(data) * place // 100] ^= 0x20
    file.write_bytes(data)
    assert ends(load([folder], store).engine)
    assert file.read_bytes() != data


@pytest.mark.parametrize("size", [0, 1, 31, 40, 1000])
def test_a_file_that_ends_early_is_made_again(size: int, folder: Path, store: Path) -> None:
    load([folder], store)
    (file,) = kept(store)
    file.write_bytes(file.read_bytes()[:size])
    assert ends(load([folder], store).engine)
    assert file.stat().st_size > 1000


def test_a_link_in_its_place_is_not_followed(folder: Path, store: Path, tmp_path: Path) -> None:
    load([folder], store)
    (file,) = kept(store)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    load([folder], store)
    assert not file.is_symlink()


def test_other_rules_are_another_file(folder: Path, store: Path) -> None:
    load([folder], store)
    write(folder, pattern=r"acme_\d{8}")
    assert ends(load([folder], store).engine) == [13]
    assert len(kept(store)) == 2


def test_another_processor_is_another_file(
    folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load([folder], store)
    monkeypatch.setattr(_cache, "_processor", lambda: ("vax", "none"))
    load([folder], store)
    assert len(kept(store)) == 2


def test_old_files_go(folder: Path, store: Path) -> None:
    for count in range(1, 8):
        write(folder, pattern=rf"acme_\d{{{count}}}")
        load([folder], store)
    assert len(kept(store)) == 4


def test_a_folder_that_others_may_write_is_not_read(folder: Path, store: Path) -> None:
    load([folder], store)
    (store / "secrets").chmod(0o777)
    (file,) = kept(store)
    before = file.stat()
    assert ends(load([folder], store).engine)
    assert file.stat() == before


def test_nothing_is_written_without_a_folder(folder: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert ends(load([folder]).engine)
    assert ends(load([folder], kind="re").engine)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_cannot_be_made_does_no_harm(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert ends(load([folder], tmp_path / "file" / "store").engine)


def test_later_folders_replace_rules(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "own", pattern=r"acme_\d{4}")
    (rule,) = load([folder, tmp_path / "own"]).engine.rules
    assert rule.pattern == r"acme_\d{4}"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("kind", '"wish"'), ("severity", '"grave"'), ("pattern", "5"), ("near", '"word"')),
        *(("near", "[5]"), ("checks", '["oracle"]'), ("entropy", '"high"'), ("colour", '"red"')),
        *(("pattern", '"a("'), ("paths", '"["'), ("title", None)),
    ],
)
def test_a_rule_that_is_none_is_refused(key: str, value: str | None, tmp_path: Path) -> None:
    write(tmp_path)
    file = tmp_path / "acme.toml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith(f"{key} =")]
    file.write_text("\n".join([*lines, f"{key} = {value}" if value else ""]))
    with pytest.raises(UsageError, match="acme"):
        load([tmp_path])
