"""Roots that nobody put a secret into: what is found above `low` is true, and explained."""

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from ocianalyze import engine
from ocianalyze.engine import Options
from ocianalyze.model.secret import Secret

GRAVE = frozenset({"medium", "high", "critical"})
IMAGES = (
    "images/scancode.io/alpine_3_15_4.tar.gz",
    "images/trivy/alpine-311.tar.gz",
    "images/scancode.io/ubuntu.tar",
)


def _grave(image: Path) -> list[Secret]:
    analysis = engine.open_images(str(image), Options(keep_going=True))
    return [one for found in analysis.images for one in found.view.secrets if one.severity in GRAVE]


def _unexplained(found: list[Secret]) -> list[tuple[str, str]]:
    rows = tomllib.loads(Path(__file__).with_name("clean_secrets.toml").read_text())["finding"]
    return [
        (secret.rule, place.path)
        for secret in found
        for place in secret.places
        if not any(
            row["rule"] == secret.rule and fnmatchcase(place.path, row["path"]) for row in rows
        )
    ]


@pytest.mark.oracle
def test_a_minimal_debian_has_nothing_unexplained(minbase: Path) -> None:
    assert not _unexplained(_grave(minbase))


@pytest.mark.corpus
@pytest.mark.parametrize("name", IMAGES)
def test_images_of_others_have_nothing_unexplained(name: str, corpus: Path) -> None:
    assert not _unexplained(_grave(corpus / name))
