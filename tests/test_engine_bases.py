"""Bases: what the operator, the same input and the image's own documents name."""

from pathlib import Path

import pytest

from ocianalyze import engine
from ocianalyze.engine import Options
from ocianalyze.errors import UsageError
from ocianalyze.limits import DEFAULT
from tests.archives import Image, docker_archive, rootfs_archive, tar

BASE = tar({"bin/su": (0o4755, b"\x7fELF su")})
OWN = tar({"app/run": (0o4755, b"\x7fELF run")})


def _origins(path: Path, options: Options) -> dict[str | None, str]:
    report = engine.scan(str(path), options)
    setid = next(one for one in report.controls if one.id == "CIS-4.8")
    return {item.path: item.origin for item in setid.evidence}


def test_what_a_named_base_holds_is_the_bases(tmp_path: Path) -> None:
    base = docker_archive(tmp_path / "base.tar", [Image([BASE], names=["base:1"])])
    app = docker_archive(tmp_path / "app.tar", [Image([BASE, OWN], names=["app:1"])])
    given = engine.given_bases(str(base), DEFAULT)
    assert _origins(app, Options(jobs=1)) == {"bin/su": "unknown", "app/run": "unknown"}
    told = _origins(app, Options(jobs=1, bases=given))
    assert told == {"bin/su": "base", "app/run": "author"}


def test_an_image_of_the_same_input_may_be_the_base(tmp_path: Path) -> None:
    images = [Image([BASE], names=["base:1"]), Image([BASE, OWN], names=["app:1"])]
    both = docker_archive(tmp_path / "both.tar", images)
    report = engine.scan(str(both), Options(jobs=1))
    assert [image.base is not None for image in report.images] == [False, True]


def test_a_base_without_layers_is_refused(tmp_path: Path) -> None:
    path = rootfs_archive(tmp_path / "root.tar", Image([BASE]))
    with pytest.raises(UsageError, match="name no layers"):
        engine.given_bases(str(path), DEFAULT)


def test_a_base_that_does_not_fit_is_told(tmp_path: Path) -> None:
    other = docker_archive(tmp_path / "other.tar", [Image([OWN], names=["other:1"])])
    app = docker_archive(tmp_path / "app.tar", [Image([BASE, OWN], names=["app:1"])])
    given = engine.given_bases(str(other), DEFAULT)
    report = engine.scan(str(app), Options(jobs=1, bases=given))
    (told,) = [one for one in report.findings if one.code == "image.base-differs"]
    assert "other:1" in told.detail
