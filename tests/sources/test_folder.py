"""A folder that is no image stands for the images in it."""

from pathlib import Path

import pytest

from ocianalyze.errors import LimitExceeded, NotAnImage
from ocianalyze.limits import Limits
from ocianalyze.sources import inputs, open_source
from tests import archives

IMAGE = archives.Image([archives.tar({"x": b"x"})])


def _filled(folder: Path) -> Path:
    """Fill a folder with every kind of image, and with what is none."""
    folder.mkdir()
    archives.docker_archive(folder / "saved", [IMAGE])
    archives.oci_layout(folder / "layout", [IMAGE])
    archives.directory(folder / "copied", IMAGE)
    (folder / "packed.bin").write_bytes(b"\x1f\x8b cut")
    (folder / "cut.TAR.GZ").touch()
    (folder / "list.json").write_text("{}")
    (folder / "empty").mkdir()
    (folder / "gone").symlink_to("nowhere")
    return folder


def test_a_folder_is_its_images_by_name(tmp_path: Path) -> None:
    """What should be an archive and is broken is told as one, not passed over."""
    folder = _filled(tmp_path / "images")
    found = [Path(each).name for each in inputs(str(folder))]
    assert found == ["copied", "cut.TAR.GZ", "layout", "packed.bin", "saved"]
    with pytest.raises(NotAnImage, match=r"name one, as .*copied; .* reads all 5"):
        open_source(str(folder))
    with pytest.raises(LimitExceeded, match="5 images, limit images"):
        inputs(str(folder), Limits(images=4))


@pytest.mark.parametrize("inner", ["manifest.json", "etc/passwd"])
def test_a_folder_of_an_image_or_a_root_filesystem_is_itself(inner: str, tmp_path: Path) -> None:
    """Even where archives lie in it."""
    folder = _filled(tmp_path / "images")
    (folder / inner).parent.mkdir(exist_ok=True)
    (folder / inner).write_text("[]")
    assert inputs(str(folder)) == (str(folder),)


@pytest.mark.parametrize("reference", ["", "-", "oci:x", "nowhere", "x\0y"])
def test_any_other_reference_stands_for_itself(reference: str) -> None:
    assert inputs(reference) == (reference,)
