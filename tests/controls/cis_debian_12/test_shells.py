"""Shells of system accounts; an image without the shell lets nobody in by it."""

from tests.controls.samples import Sample, Samples, absent, fails, holds, obeys, passes, unknown
from tests.images import File, Layer, symlink

SHELLS: Layer = {
    "etc/shells": b"# shells\n/bin/sh\n/usr/bin/odd\n",
    "bin": symlink("usr/bin"),
    "usr/bin/sh": symlink("busybox"),
    "usr/bin/busybox": File(b"\x7fELF", mode=0o755),
    "usr/bin/odd": File(b"\x7fELF", mode=0o755),
    "usr/sbin/nologin": File(b"\x7fELF", mode=0o755),
}


def account(uid: int, shell: bytes, name: bytes = b"web") -> Layer:
    return {
        **SHELLS,
        "etc/passwd": b"root:x:0:0::/:/bin/sh\n%b:x:%d:1::/:%b\n" % (name, uid, shell),
    }


SAMPLES: Samples = {
    "cis-debian-12-5.4.2.7": (
        passes(account(33, b"/usr/sbin/nologin")),
        passes(account(4, b"/bin/sync", b"sync")),
        passes(account(1000, b"/bin/sh")),
        passes(account(33, b"/bin/missing/sh")),
        passes({"etc/passwd": b"root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/sh\n"}),
        fails(account(33, b"/bin/sh")),
        fails(account(33, b"/usr/bin/sh")),
        fails(account(33, b"/usr/bin/odd")),
        fails(account(33, b"")),
        fails(account(65534, b"/bin/sh", b"nobody")),
        fails({**account(1100, b"/bin/sh"), "etc/login.defs": b"UID_MIN 2000\n"}),
        absent({"app": b"x"}),
        absent(account(33, b"/bin/sh"), os="windows"),
        unknown(account(33, b"/bin/false"), None),
        unknown({**account(33, b"/bin/false"), "etc/shells": b"#" * (1 << 18) + b"#"}),
    ),
    "cis-debian-12-5.4.3.1": (
        passes(SHELLS),
        fails({"etc/shells": b"/bin/sh\n/usr/sbin/nologin\n"}),
        passes({"etc/shells": b"#/sbin/nologin\n"}),
        absent({"app": b"x"}),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
