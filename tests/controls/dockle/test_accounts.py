"""dockle's questions about accounts are those of CIS Debian Linux."""

from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, unknown
from tests.images import File, Layer

PASSWD = b"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/app:/bin/sh\n"
GROUP = b"root:x:0:\napp:x:1000:\n"
SHADOW = b"root:*:1::::::\napp:!:1::::::\n"
SHADOW_FILE = File(SHADOW, mode=0o640, gid=42)
ROOT: Layer = {"etc/passwd": PASSWD, "etc/group": GROUP, "etc/shadow": SHADOW_FILE}


def _shadow(content: bytes) -> Layer:
    return {**ROOT, "etc/shadow": File(content, mode=0o640, gid=42)}


SAMPLES: Samples = {
    "dockle-DKL-LI-0001": (
        passes(ROOT),
        fails(_shadow(b"root::1::::::\napp:!:1::::::\n")),
        fails({**ROOT, "etc/passwd": PASSWD.replace(b"app:x", b"app:")}),
        unknown(ROOT, None),
    ),
    "dockle-DKL-LI-0002": (
        passes(ROOT),
        fails({**ROOT, "etc/passwd": PASSWD + b"two:x:1000:1000::/:/bin/sh\n"}),
        fails({**ROOT, "etc/group": GROUP + b"two:x:1000:\n"}),
        fails({**ROOT, "etc/passwd": PASSWD + b"app:x:1001:1000::/:/bin/sh\n"}),
        unknown(ROOT, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
