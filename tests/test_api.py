"""The public API: its names, its errors, what it leaves unimported."""

import subprocess
import sys
import typing
from importlib.metadata import version
from pathlib import Path

import pytest

import ocianalyze
from ocianalyze import (
    ImageNotFound,
    LimitExceeded,
    Limits,
    MalformedImage,
    NotAnImage,
    OcianalyzeError,
    SourceError,
    UsageError,
    analyze,
    open_image,
)
from tests import archives
from tests.archives import Image

LAYER = archives.tar({"etc/": None, "etc/os-release": b"ID=test\n", "bin/su": (0o4755, b"#!")})
IMAGES = [
    Image([LAYER], {"config": {"User": "app"}}, ["app:1"]),
    Image([LAYER], {"architecture": "arm64"}, ["app:2", "app:latest"]),
]


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Return an archive of two images."""
    return archives.docker_archive(tmp_path / "two.tar", IMAGES)


LAZY = {"Control", "Evidence", "ImageView", "Recommendation", "Report", "Status", "Verdict"}
"""Types that are imported when they are asked for."""


def test_every_name_is_there_and_no_other_is_public() -> None:
    """`__all__` is the API; what is imported only for types stays out of it."""
    for name in ocianalyze.__all__:
        assert getattr(ocianalyze, name) is not None
    own = {
        name
        for name, value in vars(ocianalyze).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("ocianalyze")
    }
    assert own | LAZY == set(ocianalyze.__all__)
    assert sorted(ocianalyze.__all__) == list(ocianalyze.__all__)


def test_annotations_of_the_api_can_be_resolved() -> None:
    """With the types that are imported when they are asked for."""
    lazy = {"Report": ocianalyze.Report, "ImageView": ocianalyze.ImageView}
    for function in (analyze, open_image):
        assert typing.get_type_hints(function, localns=lazy)["return"] in lazy.values()
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = ocianalyze.nothing_such
    assert ocianalyze.__version__ == version("ocianalyze")


def test_every_error_is_one_of_ours() -> None:
    values = [getattr(ocianalyze, name) for name in ocianalyze.__all__]
    errors = [x for x in values if isinstance(x, type) and issubclass(x, Exception)]
    assert len(errors) >= 9
    ours = [error for error in errors if issubclass(error, OcianalyzeError)]
    assert len(ours) == len(errors)
    assert {error.exit_status for error in ours} == {2, 3, 4}


def test_importing_the_package_imports_no_work() -> None:
    """Neither pydantic nor hyperscan nor a room of ours."""
    code = (
        "import sys, ocianalyze; ocianalyze.Limits(), ocianalyze.NotAnImage;"
        "print(*sorted(x for x in sys.modules if x.startswith(('ocianalyze.', 'pydantic', 'hyper',"
        " 'orjson', 'typer', 'rich'))))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    first = ("dataclass", "errors", "limits", "version")
    assert told.stdout.split() == [f"ocianalyze.{name}" for name in first]


def test_analyze_takes_paths_and_references(two: Path) -> None:
    """All images, or the one that is named in any way."""
    assert len(analyze(two).images) == 2
    for report in (
        analyze(two, image="app:2"),
        analyze(f"{two}!app:latest"),
        analyze(f"docker-archive:{two}:app:2"),
        analyze(two, image="#1"),
        analyze(two, platform="linux/arm64"),
    ):
        assert [image.names for image in report.images] == [("app:2", "app:latest")]
    assert {control.level for control in analyze(two, profile="l1").controls} == {1}


def test_open_image_needs_to_know_which(two: Path) -> None:
    with pytest.raises(UsageError, match=r"holds 2 images; name one with image= or platform="):
        open_image(two)
    view = open_image(two, image="app:1")
    assert view.config is not None
    assert view.config.config.user == "app"
    assert [str(entry.path) for entry in view.tree.files(mode=0o6000)] == ["bin/su"]
    assert view.read("etc/os-release") == b"ID=test\n"
    assert open_image(two, platform="linux/arm64").platform.architecture == "arm64"


def _not_there(path: Path) -> Path:
    return path / "nothing"


def _empty(path: Path) -> Path:
    (path / "empty").touch()
    return path / "empty"


def _text(path: Path) -> Path:
    (path / "text").write_text("no image\n" * 300)
    return path / "text"


def _empty_folder(path: Path) -> Path:
    return path


def _manifest(data: bytes) -> typing.Callable[[Path], Path]:
    return lambda path: archives.write_tar(path / "app.tar", {"manifest.json": data})


def _index(data: bytes) -> typing.Callable[[Path], Path]:
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}', "index.json": data}
    return lambda path: archives.write_folder(path / "layout", files)


def _blobs_alone(path: Path) -> Path:
    files = archives.files_oci(IMAGES)
    return archives.write_tar(
        path / "app.tar", {name: data for name, data in files.items() if name.startswith("blobs/")}
    )


@pytest.mark.parametrize(
    ("make", "error"),
    [
        pytest.param(_not_there, SourceError, id="nothing-there"),
        pytest.param(_empty, NotAnImage, id="empty-file"),
        pytest.param(_text, NotAnImage, id="text"),
        pytest.param(_empty_folder, NotAnImage, id="empty-folder"),
        pytest.param(_manifest(b""), MalformedImage, id="empty-manifest"),
        pytest.param(_manifest(b"{}"), MalformedImage, id="manifest-is-no-list"),
        pytest.param(_manifest(b"[]"), NotAnImage, id="no-images"),
        pytest.param(_manifest(b"[" * 100_000), LimitExceeded, id="deep-manifest"),
        pytest.param(_index(b"{"), MalformedImage, id="broken-index"),
        pytest.param(_index(b'{"manifests": []}'), NotAnImage, id="empty-index"),
        pytest.param(_index(b'{"manifests": 7}'), MalformedImage, id="index-of-a-number"),
        pytest.param(_blobs_alone, MalformedImage, id="blobs-without-documents"),
    ],
)
@pytest.mark.parametrize("function", [analyze, open_image], ids=["analyze", "open_image"])
def test_what_is_no_image_is_one_clear_line(
    function: typing.Callable[..., object],
    make: typing.Callable[[Path], Path],
    error: type[OcianalyzeError],
    tmp_path: Path,
) -> None:
    path = make(tmp_path)
    with pytest.raises(error) as caught:
        function(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("reference", ["", "nothing\0here", "\ud800", "x" * 10_000, "oci:", "!"])
def test_odd_references_are_one_clear_line(reference: str) -> None:
    with pytest.raises(OcianalyzeError) as caught:
        analyze(reference)
    assert "\n" not in str(caught.value)


def test_an_image_that_is_not_there_is_told_with_those_that_are(two: Path) -> None:
    with pytest.raises(ImageNotFound, match="app:1"):
        analyze(two, image="other:1")
    with pytest.raises(ImageNotFound, match="linux/amd64"):
        analyze(two, platform="windows/amd64")
    with pytest.raises(UsageError, match="not a platform"):
        analyze(two, platform="amd64")


def test_limits_reach_the_documents(two: Path) -> None:
    with pytest.raises(LimitExceeded):
        analyze(two, limits=Limits(archive_members=1))
    with pytest.raises(LimitExceeded):
        analyze(two, limits=Limits(document_bytes=10))
