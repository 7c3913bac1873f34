"""Records kept between runs change nothing but the time, and hold no secret."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zstandard

from ocianalyze import engine
from ocianalyze.detectors.secrets import seeking
from ocianalyze.detectors.secrets.beside import Beside
from ocianalyze.detectors.secrets.ignore import Ignore
from ocianalyze.detectors.secrets.inside.inner import Unread
from ocianalyze.engine import Options, keeping
from ocianalyze.engine.keeping import Keeping
from ocianalyze.engine.record import Record
from ocianalyze.limits import DEFAULT
from ocianalyze.model.base import BaseImage
from ocianalyze.report._base import Style
from ocianalyze.report.formats import load
from ocianalyze.report.gate import gate
from tests import archives, tokens

List = Callable[[], list[Path]]
TOKEN = tokens.github_token("kept")
CORPUS = ("stereoscope", "go-containerregistry", "container-inspector")

pytestmark = pytest.mark.usefixtures("settled")


def told(path: Path, options: Options, profile: str = "l2") -> list[bytes]:
    """Return a scan in every format."""
    report = engine.scan(str(path), options, engine.chosen(profile))
    style = Style(verbose=True, colour=False, width=80, gate=gate(report, "fail"))
    pieces = (load(name).render(report, style) for name in ("text", "json", "jsonl"))
    return [b"".join(piece) for piece in pieces]


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[Record]:
    """Return the records that were read."""
    found: list[Record] = []
    original = Keeping.get

    def get(self: Keeping, *asked: Any) -> Record | None:
        record = original(self, *asked)
        found.extend([record] if record else [])
        return record

    monkeypatch.setattr(Keeping, "get", get)
    return found


@pytest.fixture
def secretive(tmp_path: Path) -> Path:
    """Return an image whose config, history, packages and files hold a secret."""
    package = f'{{"name": "app", "version": "1.0.0", "description": "{TOKEN}"}}'
    layer = archives.tar(
        {
            "app/node_modules/app/package.json": package.encode(),
            "app/.env": f"GITHUB_TOKEN={TOKEN}\n".encode(),
            "bin/su": (0o4755, b"#!/bin/sh\n"),
        }
    )
    config = {
        "config": {"Env": [f"GITHUB_TOKEN={TOKEN}"]},
        "history": [{"created_by": f"RUN curl -H 'Authorization: token {TOKEN}' https://a.test"}],
    }
    return archives.docker_archive(tmp_path / "secretive.tar", [archives.Image([layer], config)])


OPTIONS = pytest.mark.parametrize(
    "change",
    [
        {},
        {"skip": frozenset({"packages"})},
        {"verify": "full"},
        {"bases": (BaseImage("base", "operator", (f"sha256:{'0' * 64}",)),)},
        {"ignores": (Ignore("line 1", "made for tests", rule="github-pat"),)},
        {"limits": replace(DEFAULT, findings=3)},
        {"keep_going": True},
    ],
    ids=["plain", "skip", "verify", "base", "ignore", "limits", "keep-going"],
)


@OPTIONS
def test_a_record_changes_no_byte(
    change: dict[str, Any], demo: Path, store: Path, used: list[Record]
) -> None:
    bare = Options(jobs=1, **change)
    kept = replace(bare, store=store)
    for profile in ("l1", "l2", "all"):
        plain = told(demo, bare, profile)
        assert told(demo, kept, profile) == plain
    assert len(used) == 2
    assert told(demo, kept, "all") == plain
    assert used[-1].compared is not None


@pytest.mark.corpus
@pytest.mark.parametrize("folder", CORPUS)
def test_a_record_changes_no_byte_of_others_images(
    folder: str, corpus: Path, store: Path, used: list[Record]
) -> None:
    paths = (corpus / "images" / folder).rglob("*.tar*")
    sizes = {path: path.stat().st_size for path in paths if path.suffix in (".tar", ".gz")}
    found = sorted((path for path in sizes if sizes[path] < 8 << 20), key=sizes.__getitem__)
    bare = Options(jobs=1)
    for path in found[-4:]:
        plain = told(path, bare, "all")
        assert [told(path, replace(bare, store=store), "all") for _ in range(2)] == [plain] * 2
    assert used


def test_a_record_changes_nothing_that_commands_see(demo: Path, store: Path) -> None:
    options = Options(jobs=1, store=store)
    first, second = (engine.open_images(str(demo), options).images for _ in range(2))
    for was, now in zip(first, second, strict=True):
        for name in ("config", "platform", "history", "layers", "findings", "secrets", "bases"):
            assert getattr(was.view, name) == getattr(now.view, name), name
        assert was.view.inventory == now.view.inventory
        assert was.view.verification == now.view.verification
        assert list(was.view.tree.visible()) == list(now.view.tree.visible())


def test_rules_of_the_user_are_part_of_the_key(
    demo: Path, store: Path, tmp_path: Path, used: list[Record]
) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    options = Options(jobs=1, store=store, rules=(folder,))
    told(demo, options)
    plain = told(demo, options)
    (folder / "mine.toml").write_text(
        'id = "mine"\ntitle = "Mine"\nprovider = "me"\nkind = "token"\nseverity = "high"\n'
        "pattern = '''mine-[a-z]{12}'''\nremediation = \"Replace it\"\n"
    )
    assert len(used) == 1
    assert told(demo, replace(options, store=None)) == plain
    told(demo, options)
    assert len(used) == 1


def test_a_record_holds_no_secret(
    secretive: Path, store: Path, records: List, used: list[Record]
) -> None:
    bare = Options(jobs=1)
    plain = told(secretive, bare, "all")
    kept = replace(bare, store=store)
    assert [told(secretive, kept, "all") for _ in range(2)] == [plain, plain]
    assert used
    for path in records():
        data = path.read_bytes()
        whole = zstandard.ZstdDecompressor().decompress(data[24:-32])
        assert TOKEN.encode() not in data + whole
        assert TOKEN[8:20].encode() not in whole


@pytest.mark.parametrize("name", [f"srv/{TOKEN}/key", f"srv/{TOKEN}"], ids=["folder", "file"])
def test_nothing_is_kept_of_an_image_whose_names_hold_a_secret(
    name: str, store: Path, tmp_path: Path, used: list[Record]
) -> None:
    image = archives.Image([archives.tar({name: b"content"})])
    path = archives.docker_archive(tmp_path / "named.tar", [image])
    options = Options(jobs=1, store=store)
    assert told(path, options) == told(path, options)
    assert not used


@pytest.mark.parametrize("change", [{"show_secrets": True}, {"store": None}], ids=str)
def test_who_keeps_nothing_neither_reads_nor_writes_records(
    change: dict[str, Any], demo: Path, store: Path, records: List, used: list[Record]
) -> None:
    options = Options(jobs=1, store=store)
    kept = replace(options, **change)
    told(demo, kept)
    assert not records()
    told(demo, options)
    before = [(path, path.stat().st_mtime_ns) for path in records()]
    assert before
    told(demo, kept)
    assert not used
    assert [(path, path.stat().st_mtime_ns) for path in records()] == before


def _cut(data: bytes) -> bytes:
    return data[:-1]


def _flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes((data[middle] ^ 1,)) + data[middle + 1 :]


def _empty(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [_cut, _flip, _empty])
def test_damaged_records_are_made_again(
    damage: Callable[[bytes], bytes], demo: Path, store: Path, records: List, used: list[Record]
) -> None:
    options = Options(jobs=1, store=store)
    plain = told(demo, options)
    whole = {path: path.read_bytes() for path in records()}
    for path, data in whole.items():
        path.write_bytes(damage(data))
    assert told(demo, options) == plain
    assert not used
    assert {path: path.read_bytes() for path in records()} == whole


def test_records_of_swapped_keys_are_no_records(
    demo: Path, store: Path, records: List, used: list[Record]
) -> None:
    options = Options(jobs=1, store=store)
    plain = told(demo, options)
    paths = records()
    whole = [path.read_bytes() for path in paths]
    for path, data in zip(paths, [*whole[1:], whole[0]], strict=True):
        path.write_bytes(data)
    assert told(demo, options) == plain
    assert not used


def test_a_changed_program_uses_no_record(
    demo: Path, store: Path, used: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = Options(jobs=1, store=store)
    told(demo, options)
    monkeypatch.setattr(keeping, "stamp", lambda: "another")
    told(demo, options)
    assert not used


@pytest.mark.parametrize("reason", ["stamp", "plugin"])
def test_without_knowing_the_program_nothing_is_kept(
    reason: str, demo: Path, store: Path, records: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason == "stamp":
        monkeypatch.setattr(keeping, "stamp", lambda: "")
    else:
        monkeypatch.setattr(keeping, "is_offered", lambda _: True)
    told(demo, Options(jobs=1, store=store))
    assert not records()


def test_the_comparison_of_packages_is_added_when_a_control_asks(
    demo: Path, store: Path, used: list[Record]
) -> None:
    options = Options(jobs=1, store=store)
    for profile in ("cis-docker-4.1", "cis-docker-4.11", "cis-docker-4.11"):
        told(demo, options, profile)
    assert [record.compared is None for record in used] == [True, False]


def test_a_store_that_others_can_write_to_is_not_read(
    demo: Path, store: Path, used: list[Record]
) -> None:
    options = Options(jobs=1, store=store, warn=lambda _: None)
    told(demo, options)
    store.chmod(0o777)
    told(demo, options)
    assert not used


def test_an_ignore_list_counts_when_a_record_is_read(
    demo: Path, store: Path, used: list[Record]
) -> None:
    """Whether an entry has expired is a matter of the day."""
    options = Options(jobs=1, store=store)
    told(demo, options)
    secret = engine.open_images(str(demo), options).images[0].view.secrets[0]
    entry = Ignore("entry 1", "made for tests", id=secret.id, expires=date(2030, 1, 1))
    ignoring = replace(options, ignores=(entry,))
    assert told(demo, ignoring) == told(demo, replace(ignoring, store=None))
    assert len(used) == 2


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that lets a file beside the image be unread for a reason."""

    def tell(reason: str) -> None:
        found = Beside(unread=(("file", Unread(reason, 1, "")),))
        monkeypatch.setattr(seeking, "read_beside", lambda *_, **__: found)

    return tell


@pytest.mark.parametrize(
    "reason", ["limit layer_seconds (300) reached", "cannot be read: Input/output error"]
)
def test_what_another_run_may_not_meet_is_not_kept(
    reason: str, demo: Path, store: Path, used: list[Record], unread: Callable[[str], None]
) -> None:
    unread(reason)
    for _ in range(2):
        told(demo, Options(jobs=1, store=store))
    assert not used


def test_what_every_run_meets_is_kept(
    demo: Path, store: Path, used: list[Record], unread: Callable[[str], None]
) -> None:
    unread("is encrypted")
    for _ in range(2):
        told(demo, Options(jobs=1, store=store))
    assert used


HEAVY = (
    "ocianalyze.inventory.catalogers",
    "ocianalyze.detectors.secrets.engine",
    "ocianalyze.detectors.secrets.beside",
    "ocianalyze.detectors.secrets.inside",
    "ocianalyze.layers.read",
    "ocianalyze.layers.workers",
    "multiprocessing",
    "hyperscan",
)


def _imported(demo: Path, store: Path) -> Iterator[str]:
    code = (
        "import sys; from ocianalyze.cli.main import run;"
        f"run(['scan', {str(demo)!r}, '--store', {str(store)!r}, '-o', '/dev/null', '-q']);"
        "print(*sys.modules, sep='\\n')"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    yield from done.stdout.split()


def test_with_a_record_nothing_that_reads_layers_is_imported(demo: Path, store: Path) -> None:
    told(demo, Options(jobs=1, store=store))
    set(_imported(demo, store))
    found = set(_imported(demo, store))
    assert "ocianalyze.engine.record" in found
    assert found.isdisjoint(HEAVY)


@pytest.mark.parametrize(("most", "kept"), [(2, 1), (1, 0)])
def test_executables_without_an_owner_are_kept_unless_they_are_many(
    most: int, kept: int, tmp_path: Path, used: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocianalyze.engine.record._UNOWNED", most)
    files = dict.fromkeys(("opt/b", "opt/a"), (0o755, b"#!/bin/sh\n"))
    path = archives.docker_archive(
        tmp_path / "app.tar", [archives.Image([archives.tar({**files})])]
    )
    options = Options(store=tmp_path / "store")
    first = told(path, options)
    assert b'"path": "opt/a"' in first[1]
    assert told(path, options) == first
    assert len(used) == kept
