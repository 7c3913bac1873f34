"""4.8 calls a file the distribution's, or a package's, only where a record proves its bytes."""

import hashlib
from typing import Any

import pytest

from ocianalyze.controls.cis_docker.c4_08_setid import evaluate
from ocianalyze.engine import observers
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status
from tests.images import File, Layer, directory, image

ELF = b"\x7fELF"
GROUP = b"root:x:0:\nshadow:x:42:\ndocker:x:999:\napp:x:1000:\n"


def _file(mode: int, uid: int = 0, gid: int = 0, content: bytes = ELF) -> File:
    return File(content, mode=mode, uid=uid, gid=gid)


STATUS = b"Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"


def _debian(content: bytes, *, recorded: bytes = ELF, package: str = "passwd") -> Layer:
    """Return a root whose package records one set-id file."""
    digest = hashlib.md5(recorded, usedforsecurity=False).hexdigest()
    info = f"var/lib/dpkg/info/{package}"
    return {
        "etc/os-release": b"ID=debian\n",
        "etc/group": GROUP,
        "usr/bin/passwd": _file(0o4755, content=content),
        "var/lib/dpkg/status": STATUS.replace(b"tool", package.encode()),
        f"{info}.list": b"/.\n/usr/bin/passwd\n",
        f"{info}.md5sums": f"{digest}  usr/bin/passwd\n".encode(),
    }


def _full(*layers: Layer, **about: Any) -> ImageView:
    return with_inventory(image(*layers, observers=observers(), **about))


SHIPPED = "as package passwd ships and records it"
CHANGED = "changed: package passwd records other bytes"


@pytest.mark.parametrize(
    ("layer", "status", "reason", "word"),
    [
        (_debian(ELF), Status.NEEDS_REVIEW, "distribution-default", SHIPPED),
        (_debian(ELF + b"!"), Status.FAIL, "setuid", CHANGED),
        (_debian(ELF, package="other"), Status.FAIL, "setuid", "gid 0"),
    ],
    ids=["unchanged", "changed", "another-package"],
)
def test_accepted_defaults_must_be_their_packages_own_bytes(
    layer: Layer, status: Status, reason: str, word: str
) -> None:
    view = _full(layer)
    verdict = evaluate(view, accept_defaults=True)
    assert (verdict.status, verdict.evidence[0].reason) == (status, reason)
    assert verdict.evidence[0].detail.endswith(word)
    assert evaluate(view).status is Status.FAIL
    shipped = "1 set-id file, as the distribution ships" in evaluate(view).summary
    assert shipped is (reason == "distribution-default")


PASSWD = "usr/bin/passwd"
FORGED = _file(0o4755, content=ELF + b"!")
INFO = "var/lib/dpkg/info"


@pytest.mark.parametrize(
    "layers",
    [
        [{**_debian(ELF), "etc/os-release": b"ID=alpine\n"}],
        [{**_debian(ELF), PASSWD: _file(0o6755)}],
        [{**_debian(ELF), PASSWD: _file(0o4755, uid=1000)}],
        [{"etc/os-release": b"ID=debian\n", "etc/group": GROUP, PASSWD: FORGED}],
        [_debian(ELF), {PASSWD: FORGED}],
        [_debian(ELF), {PASSWD: FORGED, f"{INFO}/.wh.passwd.md5sums": b""}],
        [_debian(ELF), _debian(FORGED.content, recorded=FORGED.content)],
        [_debian(ELF), *[_debian(FORGED.content, recorded=FORGED.content)] * 2],
    ],
    ids=["other-distribution", "other-mode", "other-owner", "no-database", "changed",
         "record-removed", "record-rewritten", "rewritten-and-written-again"],
)  # fmt: skip
def test_only_what_a_record_proves_is_as_the_distribution_ships(layers: list[Layer]) -> None:
    verdict = evaluate(_full(*layers))
    assert verdict.status is Status.FAIL
    assert verdict.evidence[0].reason != "distribution-default"
    assert "distribution" not in verdict.summary


@pytest.mark.parametrize(
    ("layers", "rule", "status"),
    [
        ([_debian(ELF)], "package=passwd", Status.PASS),
        ([_debian(ELF + b"!")], "path=/usr/bin/* package=passwd", Status.FAIL),
        (
            [_debian(ELF), {PASSWD: FORGED, f"{INFO}/.wh.passwd.md5sums": b""}],
            "package=passwd",
            Status.NEEDS_REVIEW,
        ),
        (
            [_debian(ELF), _debian(FORGED.content, recorded=FORGED.content)],
            "package=passwd",
            Status.NEEDS_REVIEW,
        ),
        (
            [_debian(ELF + b"!")],
            f"package=passwd sha256={hashlib.sha256(ELF + b'!').hexdigest()}",
            Status.PASS,
        ),
    ],
    ids=["as-recorded", "changed", "record-removed", "record-rewritten", "digest-given"],
)
def test_a_package_allows_only_the_bytes_that_it_records(
    layers: list[Layer], rule: str, status: Status
) -> None:
    verdict = evaluate(_full(*layers), allow=(rule,))
    assert verdict.status is status
    assert bool(verdict.evidence[0].allowed) is (status is Status.PASS)
    if status is Status.NEEDS_REVIEW:
        assert verdict.reason == "allowed-unproved"
        assert f"no record proves that it is as {rule!r} allows" in verdict.evidence[0].detail


@pytest.mark.parametrize(
    ("mode", "status"),
    [(0o755, Status.NEEDS_REVIEW), (0o777, Status.FAIL), (0o775, Status.FAIL)],
)
def test_a_default_in_a_writable_directory_is_none(mode: int, status: Status) -> None:
    """Whoever may write there replaces the file."""
    view = _full({"usr/bin": directory(mode), **_debian(ELF)})
    assert evaluate(view, accept_defaults=True).status is status


def test_without_a_record_a_file_is_one_step_worse_than_its_rule_says() -> None:
    """A default needs the recorded hash to be left to people (controls.md 1.8)."""
    view = _full(_debian(ELF), {f"{INFO}/.wh.passwd.md5sums": b""})
    assert evaluate(view).status is Status.FAIL
    accepted = evaluate(view, accept_defaults=True)
    assert accepted.status is Status.FAIL
    assert "no record proves that it is as 'passwd' allows" in accepted.evidence[0].detail
    allowed = evaluate(view, allow=("package=passwd",))
    assert (allowed.status, allowed.reason) == (Status.NEEDS_REVIEW, "allowed-unproved")


def test_a_rule_goes_before_what_the_distribution_ships() -> None:
    verdict = evaluate(_full(_debian(ELF)), allow=("/usr/bin/passwd",), accept_defaults=True)
    assert (verdict.status, verdict.evidence[0].allowed) == (Status.PASS, "/usr/bin/passwd")


def test_defaults_that_the_author_installed_are_none() -> None:
    rootfs = f"/bin/sh -c #(nop) ADD file:{'0' * 64} in / "
    base: Layer = {"etc/hostname": b"", "bin/x": b""}
    view = _full(base, _debian(ELF), history=[rootfs, "RUN apt-get install -y passwd # buildkit"])
    verdict = evaluate(view, accept_defaults=True)
    assert (verdict.status, verdict.origin) == (Status.FAIL, "author")


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("/usr/bin/passwd", True),
        ("path=/usr/bin/*", True),
        ("usr/bin/pass??", True),
        ("/usr/sbin/*", False),
        ("package=passwd", True),
        ("package=other", False),
        ("distro=debian mode=4755 owner=root:root", True),
        ("distro=alpine", False),
        ("mode=2755", False),
        ("mode=04755", True),
        ("owner=0:0", True),
        ("owner=root", True),
        ("owner=root:shadow", False),
        (f"sha256={hashlib.sha256(ELF).hexdigest()}", True),
        (f"sha256={'0' * 64}", False),
    ],
)
def test_rules_allow_what_they_describe(text: str, *, holds: bool) -> None:
    verdict = evaluate(_full(_debian(ELF)), allow=(text,))
    assert verdict.status is (Status.PASS if holds else Status.FAIL)
    assert [e.allowed for e in verdict.evidence] == [text if holds else ""]
    assert verdict.reason == ("allowed" if holds else "setid-files")


@pytest.mark.parametrize("text", ["", "mode=x", "sha256=1", "what=1", "path=", "/a /b", "mode=99"])
def test_rule_that_is_none_decides_nothing(text: str) -> None:
    verdict = evaluate(_full(_debian(ELF)), allow=(text,))
    assert (verdict.status, verdict.reason) == (Status.NOT_EVALUATED, "bad-rule")
