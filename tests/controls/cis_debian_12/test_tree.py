"""Questions about every file: writable by all, of unknown owners, set-id."""

from tests.controls.samples import (
    Sample,
    Samples,
    absent,
    fails,
    holds,
    obeys,
    passes,
    review,
    unknown,
)
from tests.images import File, Layer, directory, hardlink, symlink

ELF = b"\x7fELF\2\1\1" + bytes(57)
DPKG = b"Package: login\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
SHIPPED: Layer = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "var/lib/dpkg/status": DPKG,
    "var/lib/dpkg/info/login.list": b"/.\n/usr\n/usr/bin\n/usr/bin/su\n",
    "usr/bin/su": File(ELF, mode=0o4755),
}
KNOWN: Layer = {
    "etc/passwd": b"root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n",
    "etc/group": b"root:x:0:\napp:x:1000:\n",
}
SAMPLES: Samples = {
    "cis-debian-12-7.1.11": (
        passes({"tmp": directory(0o1777), "app": directory(), "app/x": b"x"}),
        passes({"app": symlink("x"), "pipe": File(kind="p", mode=0o666)}),
        passes({"dev/null": File(kind="c", mode=0o666), "proc/x": File(b"x", mode=0o666)}),
        passes({"x": File(b"x", mode=0o666)}, {"x": b"x"}),
        passes({"x": File(b"x", mode=0o666)}, {".wh.x": b""}),
        passes({"tmp": symlink("var/tmp"), "var/tmp": directory(0o1777)}),
        fails({"x": File(b"x", mode=0o666)}),
        fails({"x": File(b"x", mode=0o1666)}),
        fails({"x": directory(0o777)}),
        fails({"tmp": directory(0o777)}),
        fails({"a": File(b"x", mode=0o666), "b": hardlink("a")}, {".wh.a": b""}),
        fails({"x\udcff": File(b"x", mode=0o666)}),
        review({"tmp": directory(0o755)}),
        absent({"x": File(b"x", mode=0o666)}, os="windows"),
        unknown({"x": b"x"}, None),
        fails({"x": File(b"x", mode=0o666)}, None),
    ),
    "cis-debian-12-7.1.12": (
        passes({**KNOWN, "x": File(b"x", uid=1000, gid=1000)}),
        passes({**KNOWN, "x": File(b"x", uid=7)}, {"x": b"x"}),
        passes({**KNOWN, "x": File(kind="l", link="y", uid=7)}),
        passes({"etc/passwd": KNOWN["etc/passwd"], "x": File(b"x", gid=7)}),
        passes({"etc/passwd": b"nobody:x:65534:65534::/:\n", "x": b"x"}),
        fails({**KNOWN, "x": File(b"x", uid=1001)}),
        fails({**KNOWN, "x": File(b"x", gid=1001)}),
        fails({**KNOWN, "x": File(kind="d", mode=0o755, uid=7)}),
        absent({"x": File(b"x", uid=7)}, reason="file-absent"),
        absent({"etc/passwd": b"", "x": File(b"x", uid=7)}, reason="no-accounts"),
        absent(KNOWN, os="windows"),
        unknown({**KNOWN, "etc/passwd": b"#" * (1 << 20) + b"#"}),
        unknown(KNOWN, None),
    ),
    "cis-debian-12-7.1.13": (
        passes({"x": File(ELF, mode=0o755)}),
        review(SHIPPED),
        fails({"x": File(ELF, mode=0o4755)}),
        fails({**SHIPPED, "opt/x": File(ELF, mode=0o4755)}),
        absent(SHIPPED, os="windows"),
        unknown({"x": b"x"}, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_every_pair_of_owner_and_group_is_told_once() -> None:
    files = {f"x{n}": File(b"x", uid=7 + n % 2) for n in range(100)}
    verdict = holds("cis-debian-12-7.1.12", fails({**KNOWN, **files}))
    assert [x.detail for x in verdict.evidence] == [
        "uid 7 unknown: 50 files and directories",
        "uid 8 unknown: 50 files and directories",
    ]


def test_what_others_run_or_trust_weighs_more() -> None:
    files = {"srv/data": File(b"x", mode=0o666), "usr/lib/x.so": File(b"x", mode=0o666)}
    verdict = holds("cis-debian-12-7.1.11", fails({**files, "srv/run": File(b"x", mode=0o777)}))
    severities = {x.path: x.severity for x in verdict.evidence}
    assert severities == {"srv/data": "medium", "usr/lib/x.so": "high", "srv/run": "high"}
