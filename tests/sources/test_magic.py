"""libmagic is asked where it is, and nobody misses it where it is not."""

import sys
from pathlib import Path

import pytest

from ocianalyze.errors import NotAnImage
from ocianalyze.sources import open_source
from ocianalyze.sources._magic import described

_PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"


@pytest.fixture
def _libmagic() -> None:
    if not described(_PICTURE):
        pytest.skip("libmagic is not installed")


def test_without_libmagic_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "magic", None)
    assert described(_PICTURE) == ""


@pytest.mark.usefixtures("_libmagic")
def test_what_has_no_type_of_its_own_is_not_named() -> None:
    assert described(b"plain words\n") == ""


@pytest.mark.usefixtures("_libmagic")
def test_what_is_no_image_is_named(tmp_path: Path) -> None:
    path = tmp_path / "logo.tar"
    path.write_bytes(_PICTURE)
    with pytest.raises(NotAnImage, match=r"image/png, not a tar"):
        open_source(str(path))
