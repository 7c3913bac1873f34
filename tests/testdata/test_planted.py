"""The planted image: every place found, with its state, and no value in any output."""

from base64 import b64encode
from functools import cache
from pathlib import Path

import pytest

from ocianalyze import engine
from ocianalyze.cli.main import run
from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.engine import Options
from ocianalyze.model.secret import Place, Secret
from testdata.planted.image import archive
from testdata.planted.places import PLANTED, Planted

COMMANDS = [
    ("scan", "-f", "text"),
    ("scan", "-v"),
    ("scan", "-f", "json"),
    ("scan", "-f", "jsonl"),
    *(("secrets", "-f", form) for form in ("text", "json", "jsonl")),
    *(("inspect", "-f", form) for form in ("text", "json", "jsonl")),
    *(("files", "-f", form) for form in ("text", "json", "jsonl")),
    ("files", "--deleted"),
    *(("packages", "-f", form) for form in ("text", "json", "jsonl", "csv")),
    ("sbom", "-f", "cyclonedx"),
    ("sbom", "-f", "spdx"),
]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the image as an archive."""
    path = tmp_path_factory.mktemp("planted") / "planted.tar"
    path.write_bytes(archive())
    return path


@pytest.fixture(scope="module")
def found(planted: Path) -> dict[str, Secret]:
    """Return what is found by identity."""
    image = engine.open_images(str(planted), Options()).images[0]
    return {secret.id: secret for secret in image.view.secrets}


@cache
def known(one: Planted) -> str:
    return identity(one.value.strip().encode())


def fits(place: Place, one: Planted) -> bool:
    """Tell whether a place is the planted one."""
    path = place.path if one.path else ""
    there = (place.where, path, place.inner, place.pointer, place.layer, place.state or "")
    return there == (one.where, one.path, one.inner, one.pointer, one.layer, one.state)


@pytest.mark.parametrize("one", PLANTED, ids=lambda one: one.name)
def test_a_planted_secret_is_found_in_its_place_with_its_state(
    one: Planted, found: dict[str, Secret]
) -> None:
    secret = found[known(one)]
    assert secret.rule == one.rule
    assert secret.proven != "disproved"
    assert [place for place in secret.places if fits(place, one)], secret.places


def test_nothing_else_is_found_but_the_id_of_the_access_key(found: dict[str, Secret]) -> None:
    others = [found[name].rule for name in found.keys() - {known(one) for one in PLANTED}]
    assert others == ["aws-access-key-id"]


def test_no_value_is_in_two_places() -> None:
    assert len({one.value for one in PLANTED}) == len(PLANTED)
    assert len(PLANTED) >= 60


def test_the_recipe_gives_the_same_bytes_every_time() -> None:
    assert archive() == archive()


def spelled(one: Planted) -> list[bytes]:
    """Return a value plain and in base64, as it would be in each place of a text."""
    value = one.value.strip().encode()
    coded = [b64encode(bytes(shift) + value)[4:-4] for shift in range(3)]
    return [value, *(text for text in coded if len(text) > 20)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_output_or_error_tells_a_secret(
    words: tuple[str, ...], planted: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Whatever the format; files without a value of their own prove that something was told."""
    run([words[0], str(planted), *words[1:]])
    out, err = capfdbinary.readouterr()
    assert out or words[0] == "packages", "the image has none"
    told = [one.name for one in PLANTED if any(text in out + err for text in spelled(one))]
    assert not told


def test_a_broken_image_tells_no_secret_in_its_error(
    planted: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    data = planted.read_bytes()
    path = tmp_path / "cut.tar"
    path.write_bytes(data[: len(data) // 2])
    run(["scan", str(path), "--debug"])
    out, err = capfdbinary.readouterr()
    assert not [one.name for one in PLANTED if any(text in out + err for text in spelled(one))]


def test_the_owner_may_see_them_and_is_warned(
    planted: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """And nothing is kept of such a run."""
    store = tmp_path / "store"
    run(["secrets", str(planted), "--show-secrets", "-f", "json", "--store", str(store)])
    out, err = capfdbinary.readouterr()
    assert sum(one.value.strip().encode() in out for one in PLANTED) > len(PLANTED) * 0.9
    assert b"secrets whole" in err
    kept = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert not [one.name for one in PLANTED if one.value.encode() in kept]
