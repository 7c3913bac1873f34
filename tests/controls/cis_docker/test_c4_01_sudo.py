"""A user that can regain root by a rule of sudo or doas needs review (4.1)."""

import pytest

from ocianalyze.controls.cis_docker.c4_01_user import CONTROL
from ocianalyze.model.finding import Status
from tests.images import File, Layer, directory, image, symlink

PASSWD = b"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/:\n"
GROUP = b"root:x:0:\napp:x:1000:\n"
ACCOUNTS: Layer = {"etc/passwd": PASSWD, "etc/group": GROUP}
PROGRAM = File(b"\x7fELF", mode=0o755)
SUDO: Layer = {
    **ACCOUNTS,
    "usr/bin/sudo": PROGRAM,
    "etc/sudoers": b"@includedir /etc/sudoers.d\n",
}


@pytest.mark.parametrize(
    "path", ["etc/passwd", "etc/group", "etc/sudoers", "etc/sudoers.d/app", "etc/sudoers.d/link"]
)
def test_file_that_was_not_kept_takes_a_pass_back(path: str) -> None:
    layer: Layer = {**SUDO, path: b"#" * (1 << 20) + b"\n"}
    if path.endswith("link"):
        layer = {**layer, path: symlink("/opt/rules"), "opt/rules": b"app ALL=NOPASSWD: ALL\n"}
    assert CONTROL.evaluate(image({**layer, path: b""}, config={"User": "1000"})).status == "pass"
    verdict = CONTROL.evaluate(image(layer, config={"User": "1000"}))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "accounts-unread")
    assert verdict.evidence[-1].path == path


def test_more_rule_files_than_are_read_take_a_pass_back() -> None:
    layer: Layer = {f"etc/sudoers.d/{n:04}": b"# none\n" for n in range(300)}
    view = image({**SUDO, **layer}, config={"User": "1000"})
    assert CONTROL.evaluate(view).reason == "accounts-unread"


def test_directory_of_rules_is_passed_over_as_sudo_does() -> None:
    layer: Layer = {**SUDO, "etc/sudoers.d/old": directory()}
    assert CONTROL.evaluate(image(layer, config={"User": "1000"})).status is Status.PASS


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        (b"app ALL=(ALL) NOPASSWD: ALL", Status.NEEDS_REVIEW),
        (b"%app ALL=(ALL:ALL) \\\n NOPASSWD:ALL", Status.NEEDS_REVIEW),
        (b"#1000 ALL = NOPASSWD: ALL", Status.NEEDS_REVIEW),
        (b"ALL ALL=(ALL) NOPASSWD: ALL", Status.NEEDS_REVIEW),
        (b"bob , app ALL=(ALL) NOPASSWD: ALL", Status.NEEDS_REVIEW),
        (b"User_Alias OPS = bob, app : X = eve\nOPS ALL = NOPASSWD: ALL", Status.NEEDS_REVIEW),
        (b"ALL, !app ALL=(ALL) NOPASSWD: ALL", Status.PASS),
        (b"app ALL=(ALL) ALL", Status.PASS),
        (b"other ALL=(ALL) NOPASSWD: ALL", Status.PASS),
        (b"# app ALL=(ALL) NOPASSWD: ALL", Status.PASS),
    ],
)
@pytest.mark.parametrize("path", ["etc/sudoers", "etc/sudoers.d/app"])
def test_sudo_rule_without_password_needs_review(rule: bytes, status: Status, path: str) -> None:
    layer: Layer = {**SUDO, path: rule + b"\n"}
    assert CONTROL.evaluate(image(layer, config={"User": "app"})).status is status


def test_rules_that_sudo_does_not_read_give_nothing() -> None:
    """Without a main file sudo refuses everybody; it reads the directory if that file says so."""
    rule: Layer = {"etc/sudoers.d/app": b"app ALL=NOPASSWD: ALL\n"}
    for main in ({}, {"etc/sudoers": b"root ALL=ALL\n"}):
        layer: Layer = {**ACCOUNTS, "usr/bin/sudo": PROGRAM, **rule, **main}
        assert CONTROL.evaluate(image(layer, config={"User": "app"})).status is Status.PASS


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        (b"permit nopass app", Status.NEEDS_REVIEW),
        (b"permit nopass keepenv setenv { A=b } :app as root", Status.NEEDS_REVIEW),
        (b"permit nopass 1000 cmd sh", Status.NEEDS_REVIEW),
        (b"permit nopass app as other", Status.PASS),
        (b"permit persist app", Status.PASS),
        (b"deny app", Status.PASS),
        (b"permit nopass other", Status.PASS),
    ],
)
def test_doas_rule_without_password_needs_review(rule: bytes, status: Status) -> None:
    layer: Layer = {**ACCOUNTS, "etc/doas.conf": rule + b"\n", "usr/bin/doas": PROGRAM}
    assert CONTROL.evaluate(image(layer, config={"User": "app"})).status is status


@pytest.mark.parametrize(
    ("path", "env", "status"),
    [
        ("usr/local/bin/sudo", [], Status.NEEDS_REVIEW),
        ("bin/sudo", ["PATH=/nowhere"], Status.NEEDS_REVIEW),
        ("opt/bin/sudo", ["PATH=/opt/bin"], Status.NEEDS_REVIEW),
        ("etc/pam.d/sudo", [], Status.PASS),
    ],
)
def test_sudo_rule_counts_only_where_sudo_is(path: str, env: list[str], status: Status) -> None:
    layer: Layer = {**ACCOUNTS, "etc/sudoers": b"app ALL=NOPASSWD: ALL\n", path: PROGRAM}
    assert CONTROL.evaluate(image(layer, config={"User": "app", "Env": env})).status is status
