"""Vectors of the catalogue's section 1.8, "4.8 ... setuid and setgid permissions are removed"."""

import base64
import io
import struct
import tarfile
from typing import Any

import pytest

from ocianalyze.controls.aspects.setid.allowed import describes
from ocianalyze.controls.aspects.setid.capabilities import file_capabilities
from ocianalyze.controls.aspects.setid.defaults import NAMED
from ocianalyze.controls.aspects.setid.files import gather
from ocianalyze.controls.cis_docker.c4_08_setid import CONTROL, evaluate
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Status
from tests.images import File, Layer, directory, hardlink, image

ELF = b"\x7fELF"
GROUP = b"root:x:0:\ntty:x:5:\ndisk:x:6:\nmail:x:8:\nkmem:x:15:\nutmp:x:43:\nshadow:x:42:\n"
GROUP += b"docker:x:999:\n_ssh:x:101:\nmessagebus:x:102:\n"
NUMBERS = {"root": 0, "tty": 5, "disk": 6, "mail": 8, "kmem": 15, "shadow": 42, "utmp": 43}
NUMBERS |= {"docker": 999, "_ssh": 101, "messagebus": 102}
FAIL, PASS, REVIEW = Status.FAIL, Status.PASS, Status.NEEDS_REVIEW
BITS = {
    "chown": 0, "dac_override": 1, "dac_read_search": 2, "fowner": 3, "setgid": 6, "setuid": 7,
    "net_bind_service": 10, "net_admin": 12, "net_raw": 13, "sys_module": 16, "sys_rawio": 17,
    "sys_ptrace": 19, "sys_admin": 21, "setfcap": 31, "bpf": 39,
}  # fmt: skip
"""Numbers of `uapi/linux/capability.h`."""
LIKE_ROOT = sorted(set(BITS) - {"net_bind_service", "net_raw"})


def _file(mode: int, uid: int = 0, gid: int = 0, content: bytes = ELF) -> File:
    return File(content, mode=mode, uid=uid, gid=gid)


def _value(name: str, revision: int = 2) -> bytes:
    mask = 1 << BITS[name]
    head = struct.pack("<I", revision << 24 | 1)
    words = struct.pack("<II", mask & 0xFFFFFFFF, 0)
    words += struct.pack("<II", mask >> 32, 0) if revision > 1 else b""
    return head + words + (struct.pack("<I", 1000) if revision == 3 else b"")


@pytest.mark.parametrize("name", LIKE_ROOT)
def test_a_capability_like_root_fails_as_setuid_root_does(name: str) -> None:
    file = File(ELF, mode=0o755, xattrs={"security.capability": _value(name)})
    verdict = CONTROL.evaluate(image({"usr/bin/x": file}))
    assert (verdict.status, verdict.evidence[0].severity) == (FAIL, "high")
    assert f"cap_{name}" in verdict.evidence[0].detail


@pytest.mark.parametrize(
    ("name", "status", "severity"),
    [("net_bind_service", PASS, "info"), ("net_raw", REVIEW, "low")],
)
def test_a_minor_capability_is_less(name: str, status: Status, severity: str) -> None:
    file = File(ELF, mode=0o755, xattrs={"security.capability": _value(name)})
    verdict = CONTROL.evaluate(image({"usr/bin/x": file}))
    assert (verdict.status, verdict.evidence[0].severity) == (status, severity)


@pytest.mark.parametrize(
    ("value", "length"),
    [(_value("setuid", n), length) for n, length in ((1, 12), (2, 20), (3, 24))],
)
def test_each_revision_has_its_length(value: bytes, length: int) -> None:
    assert len(value) == length
    found = file_capabilities(value)
    assert found is not None
    assert (found.permitted, found.effective) == (("setuid",), True)
    assert file_capabilities(value + b"\0") is None
    assert file_capabilities(value[:-1]) is None


def test_the_attribute_is_read_as_libarchive_writes_it() -> None:
    """In base64, without padding."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("usr/bin/x")
        info.mode, info.size = 0o755, len(ELF)
        coded = base64.b64encode(_value("setuid")).decode().rstrip("=")
        info.pax_headers = {"LIBARCHIVE.xattr.security.capability": coded}
        archive.addfile(info, io.BytesIO(ELF))
    verdict = CONTROL.evaluate(image(buffer.getvalue()))  # type: ignore[arg-type]
    assert (verdict.status, verdict.reason) == (FAIL, "capabilities-like-setid")


@pytest.mark.parametrize(
    ("group", "severity"),
    [("root", "high"), ("docker", "high"), ("disk", "high"), ("kmem", "high"),
     ("shadow", "low"), ("utmp", "low"), ("tty", "low"), ("mail", "low")],
)  # fmt: skip
def test_setgid_is_as_grave_as_its_group(group: str, severity: str) -> None:
    layer: Layer = {"etc/group": GROUP, "bin/x": _file(0o2755, gid=NUMBERS[group])}
    verdict = CONTROL.evaluate(image(layer))
    assert (verdict.status, verdict.evidence[0].severity) == (FAIL, severity)


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"var/mail": directory(0o2775), "var/local": directory(0o2775)}, PASS),
        ({"bin/x": _file(0o2745)}, PASS),
        ({"bin/x": _file(0o4755, content=b"#!/bin/sh\n")}, PASS),
        ({"bin/x": _file(0o4644)}, PASS),
        ({"bin/x": File(kind="p", mode=0o4755)}, PASS),
        ({"bin/x": _file(0o4755, uid=33)}, FAIL),
    ],
    ids=["directories", "mandatory-locking", "script", "nobody-executes", "fifo", "other-uid"],
)
def test_only_what_the_kernel_heeds_fails(members: Layer, status: Status) -> None:
    assert CONTROL.evaluate(image(members)).status is status


DEFAULTS = [
    *((f"usr/bin/{x}", 0o4755, "root", "passwd") for x in ("chfn", "chsh", "gpasswd", "passwd")),
    *((f"usr/bin/{x}", 0o2755, "shadow", "passwd") for x in ("chage", "expiry")),
    ("usr/bin/newgrp", 0o4755, "root", "login"),
    ("usr/bin/mount", 0o4755, "root", "mount"),
    ("bin/mount", 0o4755, "root", "mount"),
    ("usr/bin/umount", 0o4755, "root", "mount"),
    ("usr/bin/su", 0o4755, "root", "util-linux"),
    ("bin/su", 0o4755, "root", "util-linux"),
    ("usr/sbin/unix_chkpwd", 0o2755, "shadow", "libpam-modules-bin"),
    ("sbin/unix_chkpwd", 0o2755, "shadow", "libpam-modules-bin"),
    ("usr/lib/openssh/ssh-keysign", 0o4755, "root", "openssh-client"),
    ("usr/bin/ssh-agent", 0o2755, "_ssh", "openssh-client"),
    ("usr/bin/newuidmap", 0o4755, "root", "uidmap"),
    ("usr/bin/newgidmap", 0o4755, "root", "uidmap"),
    ("usr/lib/dbus-1.0/dbus-daemon-launch-helper", 0o4754, "messagebus", "dbus"),
    ("usr/lib/polkit-1/polkit-agent-helper-1", 0o4755, "root", "polkitd"),
]


@pytest.mark.parametrize(
    ("path", "mode", "group", "package"), DEFAULTS, ids=[x[0] for x in DEFAULTS]
)
def test_each_default_of_debian_12_is_known(path: str, mode: int, group: str, package: str) -> None:
    def named(file: File) -> str:
        view = image({"etc/group": GROUP, path: file})
        (found,) = gather(view).found
        assert found.group == group
        fitting = (x for x in NAMED if describes(view, found, x._replace(distro="")))
        return next((x.package for x in fitting), "")

    assert named(_file(mode, gid=NUMBERS[group])) == package
    assert named(_file(mode | 0o6000, gid=NUMBERS[group])) == ""
    assert named(_file(mode, uid=1, gid=NUMBERS[group])) == ""


def _taken(verdict_view: ImageView) -> list[tuple[str, int | None, State, str]]:
    evidence = CONTROL.evaluate(verdict_view).evidence
    return [(e.path, e.layer, e.state, e.detail) for e in evidence if e.reason == "bit-was-set"]


def test_a_bit_that_a_later_layer_took_away_is_recorded() -> None:
    view = image({"bin/su": _file(0o4755)}, {"bin/su": _file(0o755)})
    verdict = CONTROL.evaluate(view)
    assert (verdict.status, verdict.reason) == (PASS, "no-setid-files")
    detail = "mode was 4755 in layer 0, is 0755 since layer 1"
    assert _taken(view) == [("bin/su", 0, State.OVERWRITTEN, detail)]
    assert {e.severity for e in verdict.evidence} == {"info"}


@pytest.mark.parametrize(
    "upper",
    [{"bin/.wh.su": b""}, {"bin/su": _file(0o4755)}, {"bin/x": b""}],
    ids=["deleted", "still-set", "untouched"],
)
def test_nothing_else_is_taken_back(upper: Layer) -> None:
    assert _taken(image({"bin/su": _file(0o4755)}, upper)) == []


def test_many_bits_taken_back_are_bounded() -> None:
    lower: Layer = {f"bin/{n}": _file(0o4755) for n in range(300)}
    upper: Layer = {f"bin/{n}": _file(0o755) for n in range(300)}
    assert len(_taken(image(lower, upper))) == 100


def test_a_hard_link_of_a_later_layer_keeps_the_bit() -> None:
    link = File(kind="h", link="bin/su", mode=0o4755)
    moved = CONTROL.evaluate(image({"bin/su": _file(0o4755)}, {"opt/x": link, "bin/.wh.su": b""}))
    assert (moved.status, [e.path for e in moved.evidence]) == (FAIL, ["opt/x"])
    one = CONTROL.evaluate(image({"bin/su": _file(0o4755), "bin/a": hardlink("bin/su")}))
    assert [e.path for e in one.evidence] == ["bin/a"]
    assert "also bin/su" in one.evidence[0].detail


@pytest.mark.parametrize(
    ("user", "hinted"),
    [("app", True), ("1000", True), ("1000:0", True), ("", False), ("root", False), ("0:0", False),
     ("00", False), ("root:app", False)],
)  # fmt: skip
def test_who_is_not_root_is_told_of_no_new_privileges(user: str, *, hinted: bool) -> None:
    verdict = evaluate(image({"bin/su": _file(0o4755)}, config={"User": user}))
    assert ("no-new-privileges" in verdict.remediation) is hinted


def test_modes_are_changed_while_root_runs_the_steps() -> None:
    """After USER nobody may change them."""
    history = ["ADD rootfs.tar / # buildkit", "USER app"]
    root: Layer = {"etc/os-release": b"ID=debian\n", "bin/su": _file(0o4755), "usr/bin/x": b""}
    view = image(root, config={"User": "app"}, history=[history[0], _empty("USER app")])
    assert evaluate(view).remediation.startswith("before USER app: RUN chmod a-s /bin/su; until")
    above = {"created_by": "RUN make", "created": "2025-09-01T00:00:00Z"}
    begun = {"created_by": history[0], "created": "2025-01-01T00:00:00Z"}
    inherited: list[dict[str, Any]] = [begun, _empty("USER app"), _empty('CMD ["x"]'), above]
    view = image(root, {"x": b""}, config={"User": "app"}, history=inherited)
    assert evaluate(view).remediation.startswith(
        "USER root; RUN chmod a-s /bin/su; USER app; until then"
    )


def _empty(line: str) -> dict[str, Any]:
    return {"created_by": line, "empty_layer": True, "created": "2025-01-01T00:00:00Z"}
