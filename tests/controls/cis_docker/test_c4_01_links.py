"""Account files that are links are what the links lead to, inside the root, as for a runtime."""

import pytest

from ocianalyze.controls.cis_docker.c4_01_user import CONTROL
from ocianalyze.model.finding import Status
from tests.images import File, Layer, directory, hardlink, image, symlink

PASSWD = b"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:\n"
GROUP = b"root:x:0:\napp:x:1000:\n"


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ({"etc/passwd": File(kind="c")}, "is no file but a character device"),
        ({"etc/passwd": File(kind="p")}, "is no file but a fifo"),
        ({"etc/passwd": directory()}, "is no file but a directory"),
        (
            {"etc/passwd": symlink("/dev/users"), "dev/users": File(kind="b")},
            "is a link to dev/users, not read",
        ),
    ],
    ids=["device", "pipe", "directory", "link-to-a-device"],
)
@pytest.mark.parametrize("user", ["app", "1000"])
def test_accounts_that_are_no_file_are_not_evaluated(layer: Layer, said: str, user: str) -> None:
    verdict = CONTROL.evaluate(image({**layer, "etc/group": GROUP}, config={"User": user}))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "accounts-unread")
    assert len(verdict.summary) <= 60
    assert user == "1000" or verdict.summary == f"not evaluated: etc/passwd {said}"


@pytest.mark.parametrize("link", [symlink("/data/passwd"), hardlink("data/passwd")])
@pytest.mark.parametrize("below", [True, False], ids=["layer-below", "same-layer"])
def test_accounts_behind_a_link_are_read_as_a_runtime_does(link: File, *, below: bool) -> None:
    first: Layer = {"data/passwd": PASSWD, "etc/group": GROUP}
    layers = (first, {"etc/passwd": link}) if below else ({**first, "etc/passwd": link},)
    verdict = CONTROL.evaluate(image(*layers, config={"User": "app"}))
    assert (verdict.status, verdict.reason) == (Status.PASS, "not-root")


@pytest.mark.parametrize("target", ["/gone", "passwd", "../../../etc/nothing"])
def test_a_link_to_nothing_is_no_account_file(target: str) -> None:
    """A runtime finds nobody there, as without the file: a name cannot start, a number can."""
    layer: Layer = {"etc/passwd": symlink(target), "etc/group": GROUP}
    named = CONTROL.evaluate(image(layer, config={"User": "app"}))
    assert (named.status, named.reason) == (Status.FAIL, "unresolvable-user")
    assert CONTROL.evaluate(image(layer, config={"User": "1000"})).status is Status.PASS


@pytest.mark.parametrize("target", ["../../data/pw", "/data/a-much-longer-name/than-fits/here/pw"])
def test_accounts_behind_a_link_are_said_to_be_behind_a_link(target: str) -> None:
    real = "data/pw" if ".." in target else target.lstrip("/")
    layer: Layer = {"etc/passwd": symlink(target), real: b"# ours\n" + PASSWD, "etc/group": GROUP}
    verdict = CONTROL.evaluate(image(layer, config={"User": "app"}))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "accounts-unread")
    assert verdict.summary.startswith("not evaluated: etc/passwd is a link to ")
    assert len(verdict.summary) <= 60
    assert verdict.evidence[-1].path == real
    number = CONTROL.evaluate(image(layer, config={"User": "1000"}))
    assert {x.reason for x in number.evidence}.isdisjoint({"no-passwd-entry", "gid-0"})
