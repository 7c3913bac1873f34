"""One small image for each status of the controls of section 4; their laws have their own tests."""

import hashlib

from ocianalyze.model.base import BaseImage
from ocianalyze.model.finding import Finding
from tests.controls.roots import APKO, IMPORT
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
from tests.images import File, Layer

ROOT: Layer = {"etc/passwd": b"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/app:/bin/sh\n"}
ELF = b"\x7fELF\2\1\1" + bytes(57)
GCC: Layer = {"usr/bin/gcc": File(ELF + b"gcc driver version %s %s\0", mode=0o755)}
APP: Layer = {"app": File(ELF, mode=0o755)}
BROKEN = Finding("integrity.diff-id", "critical", "uncompressed layer differs", layer=0)
ALONE = "RUN /bin/sh -c apt-get update # buildkit"
TOOL = ELF + b"GLIBC_2.36"
STATUS = b"Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
MD5 = hashlib.md5(TOOL, usedforsecurity=False).hexdigest()
DEBIAN: Layer = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "usr/bin/tool": File(TOOL, mode=0o755),
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/tool.list": b"/.\n/usr\n/usr/bin\n/usr/bin/tool\n",
    "var/lib/dpkg/info/tool.md5sums": f"{MD5}  usr/bin/tool\n".encode(),
}
MAKE = "RUN /bin/sh -c make install # buildkit"
WHOLE = "RUN /bin/sh -c apt-get update && apt-get install -y x # buildkit"

OTHER = (BaseImage("other:1", "annotation"),)

SAMPLES: Samples = {
    "cis-docker-4.1": (
        passes(ROOT, config={"User": "1000"}),
        fails(ROOT, config={"User": "root"}),
        unknown(ROOT, None, config={"User": "app"}),
    ),
    "cis-docker-4.3": (
        passes(APP, config={"Entrypoint": ["/app"]}),
        fails({**APP, **GCC}, config={"Entrypoint": ["/app"]}),
        unknown(None, config={"Entrypoint": ["/app"]}),
    ),
    "cis-docker-4.6": (
        passes(APP, config={"Healthcheck": {"Test": ["CMD", "/app"]}}),
        fails(APP),
        absent(APP, set={"orchestrator": "kubernetes"}),
        unknown(APP, has_config=False),
    ),
    "cis-docker-4.7": (
        passes(ROOT, {"x": b""}, history=[IMPORT, WHOLE]),
        fails(ROOT, {"x": b""}, history=[IMPORT, ALONE]),
        absent(ROOT, os="windows"),
        unknown(ROOT),
    ),
    "cis-docker-4.8": (
        passes(ROOT),
        fails({"bin/su": File(ELF, mode=0o4755)}),
        absent(ROOT, os="windows"),
        unknown(ROOT, None),
    ),
    "cis-docker-4.9": (
        passes(ROOT, history=["COPY x /x # buildkit"]),
        fails(ROOT, {"x": b""}, history=[IMPORT, "ADD x /x # buildkit"]),
        absent(ROOT, history=[APKO]),
        unknown(ROOT),
    ),
    "cis-docker-4.2": (
        passes(
            {"app": ELF},
            history=["COPY app /app # buildkit"],
            reason="scratch",
            set={"trusted": ("docker.io/library/*",)},
        ),
        review({"app": ELF}, history=["COPY app /app # buildkit"], reason="no-policy"),
        fails(DEBIAN, config={}, history=[IMPORT], set={"trusted": ["x"]}, bases=OTHER),
        review(DEBIAN, reason="no-policy"),
        review(DEBIAN, reason="base-unknown", set={"trusted": ["debian:*"]}),
        unknown(DEBIAN, None, set={"trusted": ["debian:*"]}),
    ),
    "cis-docker-4.4": (
        fails(
            {"etc/os-release": b"ID=debian\nVERSION_ID=8\n"},
            set={"now": "2026-01-01"},
            reason="no-vendor-fixes",
        ),
        review(
            ROOT,
            history=[{"created_by": WHOLE, "created": "2026-01-01T00:00:00Z"}],
            set={"now": "2026-03-01"},
            reason="rebuild-due",
        ),
        unknown(ROOT),
    ),
    "cis-docker-4.5": (unknown(ROOT),),
    "cis-docker-4.10": (unknown(ROOT),),
    "cis-docker-4.11": (
        passes(DEBIAN, history=[IMPORT], reason="as-recorded"),
        fails({**DEBIAN, "usr/bin/tool": File(TOOL + b"!", mode=0o755)}, reason="tampered"),
        fails(DEBIAN, {"usr/bin/tool": File(TOOL + b"!", mode=0o755)}, history=[IMPORT, WHOLE]),
        review(DEBIAN, {"usr/bin/tool": File(TOOL + b"!", mode=0o755)}, history=[IMPORT, MAKE]),
        absent(ROOT, history=["COPY app /app"]),
        absent(ROOT, os="windows"),
        unknown(DEBIAN, None, reason="layers-unread"),
        unknown(DEBIAN, reason="history-absent"),
    ),
    "cis-docker-4.12": (fails(ROOT, findings=(BROKEN,)), unknown(ROOT)),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
