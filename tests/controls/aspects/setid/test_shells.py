"""A setuid shell that no package brought is the worst of all set-id files, and is said first."""

import pytest

from ocianalyze.controls.aspects.setid.files import gather
from ocianalyze.controls.cis_docker.c4_08_setid import CONTROL
from ocianalyze.detectors import tools
from ocianalyze.filesystem.view import ImageView
from tests.images import File, Layer, image

BASH = b"\x7fELF\2\1\1" + bytes(57) + b"GNU bash, version %s\0"
OTHER = BASH.replace(b"bash", b"mash")


def _view(content: bytes, uid: int = 0, mode: int = 0o4755) -> ImageView:
    root: Layer = {"etc/x": b"", "bin/su": File(OTHER, mode=0o4755)}
    own: Layer = {
        "usr/local/bin/zz": File(content, mode=mode, uid=uid),
        "usr/local/bin/aa": File(OTHER, mode=0o4755),
    }
    history = ["ADD rootfs.tar / # buildkit", "COPY . / # buildkit"]
    return image(root, own, history=history, observers=(tools.OBSERVER,))


def test_a_setuid_copy_of_a_shell_is_critical_and_first() -> None:
    view = _view(BASH)
    first = CONTROL.evaluate(view).evidence[0]
    assert (first.path, first.severity, first.origin) == ("usr/local/bin/zz", "critical", "author")
    assert "is the shell bash, of no package" in first.detail
    assert "setuid-shell" in first.reason


def test_of_one_severity_the_authors_files_stand_first() -> None:
    found = [(x.names[0], x.severity) for x in gather(_view(OTHER)).found]
    assert found == [
        ("usr/local/bin/aa", "high"),
        ("usr/local/bin/zz", "high"),
        ("bin/su", "high"),
    ]


@pytest.mark.parametrize(
    ("uid", "mode", "severity"), [(1000, 0o4755, "medium"), (0, 0o4644, "info")]
)
def test_a_shell_that_makes_nobody_root_is_not_critical(uid: int, mode: int, severity: str) -> None:
    found = {x.names[0]: x.severity for x in gather(_view(BASH, uid, mode)).found}
    assert found["usr/local/bin/zz"] == severity
