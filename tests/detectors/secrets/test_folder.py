"""Plain files: read as if they were a layer, links not followed."""

import gzip
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ocianalyze.detectors.secrets.folder import read_folder
from ocianalyze.detectors.secrets.rule_files import SHIPPED
from ocianalyze.detectors.secrets.seeking import Seeking
from ocianalyze.detectors.secrets.unread import why_unread
from ocianalyze.limits import DEFAULT
from testdata.planted import tokens

TOKEN = tokens.github("folder")
SEEKING = Seeking((SHIPPED,), None, DEFAULT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    return root


def places(root: Path, seeking: Seeking = SEEKING) -> list[tuple[str, str, str]]:
    return [
        (place.where, place.path, place.inner)
        for secret in read_folder(root, seeking).secrets
        for place in secret.places
    ]


def test_every_file_below_is_read(folder: Path) -> None:
    (folder / "a").write_text(TOKEN)
    (folder / "sub" / ".env").write_text(f"T={TOKEN}\n")
    found = read_folder(folder, SEEKING)
    (secret,) = found.secrets
    assert [place.path for place in secret.places] == ["a", "sub/.env"]
    assert (secret.rule, secret.places[1].offset) == ("github-pat", 2)
    assert all(place.layer is None and place.state is None for place in secret.places)
    assert (found.files, found.size, found.problems) == (2, 2 * len(TOKEN) + 3, ())


def test_a_single_file_is_read(folder: Path) -> None:
    path = folder / "a.txt"
    path.write_text(TOKEN)
    assert places(path) == [("content", "a.txt", "")]


def test_archives_are_entered(folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/x", f"x{'y' * 100}\n{TOKEN}\n")
    assert places(folder) == [("content", "a.zip", "inner/x")]


def test_names_and_targets_are_looked_at_and_links_not_followed(folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.write_text(tokens.github("outside"))
    (folder / "link").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "dead").symlink_to(f"to/{TOKEN}")
    (folder / tokens.github("name")).touch()
    assert sorted(where for where, _, _ in places(folder)) == ["link", "path"]


def test_a_secret_across_pieces_is_found(folder: Path) -> None:
    (folder / "large").write_bytes(b"." * ((1 << 20) - 20) + TOKEN.encode() + b"." * (1 << 20))
    assert places(folder) == [("content", "large", "")]


def test_what_cannot_be_opened_is_told_and_pipes_are_not_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "a").write_text(TOKEN)
    found = read_folder(folder, SEEKING)
    assert (found.files, found.problems) == (1, ())


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        (replace(DEFAULT, layer_entries=1), "limit layer-entries"),
        (replace(DEFAULT, layer_bytes=10), "limit layer-bytes"),
        (replace(DEFAULT, path_depth=0), "limit path-depth"),
    ],
)
def test_a_bound_is_told(limits: object, problem: str, folder: Path) -> None:
    for name in ("a", "b", "sub/c"):
        (folder / name).write_bytes(b"x" * 3_000_000)
    found = read_folder(folder, replace(SEEKING, limits=limits))  # type: ignore[arg-type]
    assert any(problem in line for line in found.problems)


def test_limits_on_insides_hold_and_what_they_close_is_told(folder: Path) -> None:
    (folder / "a.gz").write_bytes(gzip.compress(bytes(3_000_000)))
    found = read_folder(folder, Seeking((SHIPPED,), None, replace(DEFAULT, inner_bytes=1000)))
    assert [why_unread(one) for one in found.unread] == ["limit"]
    assert "limit inner_bytes (1000)" in found.unread[0].detail
    assert found.unread[0].layer is None


@pytest.mark.parametrize("name", ["readlink", "scandir"])
def test_what_went_away_is_a_problem(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = getattr(os, name)

    def gone(place: str) -> object:
        if str(place).startswith(str(folder)):
            raise FileNotFoundError(2, "No such file or directory")
        return usual(place)

    (folder / "link").symlink_to("x")
    monkeypatch.setattr(os, name, gone)
    assert "No such file" in read_folder(folder, SEEKING).problems[0]


def test_a_root_that_went_away_is_a_problem(folder: Path) -> None:
    found = read_folder(folder / "none", SEEKING)
    assert (found.files, len(found.problems)) == (0, 1)
