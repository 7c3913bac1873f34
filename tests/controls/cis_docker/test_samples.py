"""One small image for each status of the controls of section 4; their laws have their own tests."""

from ocianalyze.model.finding import Finding
from tests.controls.samples import Sample, Samples, absent, fails, holds, obeys, passes, unknown
from tests.images import File, Layer

ROOT: Layer = {"etc/passwd": b"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/app:/bin/sh\n"}
ELF = b"\x7fELF\2\1\1" + bytes(57)
GCC: Layer = {"usr/bin/gcc": File(ELF + b"gcc driver version %s %s\0", mode=0o755)}
APP: Layer = {"app": File(ELF, mode=0o755)}
BROKEN = Finding("integrity.diff-id", "critical", "uncompressed layer differs", layer=0)
IMPORT = "ADD rootfs.tar / # buildkit"
ALONE = "RUN /bin/sh -c apt-get update # buildkit"
APKO = {"created_by": "apko", "comment": "This is an apko single-layer image"}
WHOLE = "RUN /bin/sh -c apt-get update && apt-get install -y x # buildkit"

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
    "cis-docker-4.2": (unknown(ROOT),),
    "cis-docker-4.4": (unknown(ROOT),),
    "cis-docker-4.5": (unknown(ROOT),),
    "cis-docker-4.10": (unknown(ROOT),),
    "cis-docker-4.11": (unknown(ROOT),),
    "cis-docker-4.12": (fails(ROOT, findings=(BROKEN,)), unknown(ROOT)),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
