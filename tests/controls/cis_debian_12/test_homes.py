"""Homes of people, and what is hidden in them."""

from tests.controls.samples import Sample, Samples, absent, fails, holds, obeys, passes, unknown
from tests.images import File, Layer, directory

BASE: Layer = {
    "bin/sh": File(b"\x7fELF", mode=0o755),
    "root": directory(0o700),
    "etc/passwd": b"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n",
}
HOME: Layer = {**BASE, "home/app": File(kind="d", mode=0o750, uid=1000, gid=1000)}


def home(**kind: int) -> Layer:
    return {**BASE, "home/app": File(kind="d", **kind)}  # type: ignore[arg-type]


def hidden(name: str, mode: int = 0o644, uid: int = 1000) -> Layer:
    return {**HOME, f"home/app/{name}": File(b"x", mode=mode, uid=uid)}


SAMPLES: Samples = {
    "cis-debian-12-7.2.9": (
        passes(HOME),
        passes({**BASE, "etc/passwd": b"root:x:0:0::/root:/bin/sh\nweb:x:33:33::/x:/bin/sh\n"}),
        passes({**BASE, "etc/passwd": b"app:x:1000:1000::/x:/sbin/nologin\n"}),
        passes({"etc/passwd": BASE["etc/passwd"]}),
        passes({**BASE, "etc/passwd": b"app:x:1000:1000::/:/bin/sh\n"}),
        fails(BASE),
        fails(home(mode=0o755, uid=1000)),
        fails(home(mode=0o770, uid=1000)),
        fails(home(mode=0o750)),
        fails({**BASE, "home/app": b"a file"}),
        absent({"app": b"x"}),
        absent(BASE, os="windows"),
        unknown(HOME, None),
        unknown({**HOME, "etc/passwd": b"#" * (1 << 20) + b"#"}),
    ),
    "cis-debian-12-7.2.10": (
        passes(hidden(".bashrc")),
        passes(hidden(".profile", uid=0)),
        passes(hidden("notes", 0o666)),
        passes(hidden(".netrc", 0o600)),
        fails(hidden(".netrc")),
        fails(hidden(".rhosts", 0o600)),
        fails(hidden(".forward", 0o600)),
        fails(hidden(".bashrc", 0o664)),
        fails(hidden(".bashrc", uid=7)),
        absent({"app": b"x"}),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
