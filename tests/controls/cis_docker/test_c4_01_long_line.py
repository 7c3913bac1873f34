"""4.1: an account file that runtimes cannot read to its end."""

import pytest

from ocianalyze.controls.cis_docker.c4_01_user import CONTROL
from ocianalyze.model.finding import Status
from tests.images import image


@pytest.mark.parametrize("user", ["", "app", "1000", "x" * 40])
def test_nobody_is_found_behind_a_line_that_runtimes_cannot_read(user: str) -> None:
    """Not even a number: the whole file is read for the user's group."""
    passwd = b"app:x:1000:1000:::/bin/sh\nlong:x:5:5:" + b"x" * 70_000 + b"::\n"
    verdict = CONTROL.evaluate(image({"etc/passwd": passwd}, config={"User": user}))
    assert (verdict.status, verdict.reason) == (Status.FAIL, "unresolvable-user")
    assert verdict.evidence[0].path == "etc/passwd"
    assert verdict.evidence[0].layer == 0
    assert len(verdict.summary) <= 60
