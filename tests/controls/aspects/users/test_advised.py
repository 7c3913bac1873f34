"""An image that runs as root is told to name an account that it has, if that one can start."""

import pytest

from ocianalyze.controls.aspects.users.advised import ADVISED, advised, unused
from ocianalyze.controls.cis_docker import c4_01_user
from tests.images import Layer, image

_SPARE: Layer = {"etc/passwd": b"root:x:0:0::/:/x\nmail:x:8:8::/:/x\napp:x:1000:1001::/:/x\n"}


def test_the_first_account_that_is_no_system_user_is_advised() -> None:
    view = image(_SPARE)
    assert [account.name for account in unused(view)] == [b"app"]
    assert advised(view) == (1000, 1001)
    assert c4_01_user.evaluate(view).remediation == "USER 1000:1001"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("nobody:x:65534:65534::/:/x", id="nobody"),
        pytest.param("app:x:999:999::/:/x", id="system"),
        pytest.param("app:x:1000:4294967295::/:/x", id="no group has that number"),
        pytest.param("app:x:1000:-1::/:/x", id="below zero"),
        pytest.param("app", id="no fields"),
    ],
)
def test_no_other_account_is(line: str) -> None:
    view = image({"etc/passwd": f"root:x:0:0::/:/x\n{line}\n".encode()})
    assert not unused(view)
    assert advised(view) == (ADVISED, ADVISED)
    assert f"USER {ADVISED}" in c4_01_user.evaluate(view).remediation
