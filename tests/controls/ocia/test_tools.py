"""A tool that is there fails, one that the image needs to start is left to people."""

from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, review, unknown
from tests.images import File, Layer

HEAD = b"\x7fELF\2\1\1" + bytes(57)
BARE: Layer = {"app": File(HEAD + b"an ordinary program\0", mode=0o755)}
TEXTS = {
    "ocia-shell-present": ("bin/bash", b"GNU bash, version %s"),
    "ocia-package-manager-present": ("usr/bin/apt-get", b"Usage: apt-get [options] command"),
    "ocia-compiler-present": ("usr/bin/gcc", b"gcc driver version %s %s"),
    "ocia-network-tool-present": ("usr/bin/curl", b"Usage: curl [options...] <url>"),
}


def _with(path: str, text: bytes) -> Layer:
    return {**BARE, path: File(HEAD + text + b"\0", mode=0o755)}


SAMPLES: Samples = {
    **{
        name: (
            passes(BARE),
            fails(_with(path, text)),
            review(_with(path, text), config={"Entrypoint": [f"/{path}"]}),
            unknown(BARE, None),
        )
        for name, (path, text) in TEXTS.items()
    },
    "ocia-debug-tool-present": (
        passes(BARE),
        review({**BARE, "usr/bin/strace": File(HEAD, mode=0o755)}, reason="name-only"),
        fails(
            {
                "usr/bin/strace": File(HEAD, mode=0o755),
                "var/lib/dpkg/status": b"Package: strace\nStatus: install ok installed\n"
                b"Version: 6\nArchitecture: amd64\n",
                "var/lib/dpkg/info/strace.list": b"/usr/bin/strace\n",
            }
        ),
        unknown(BARE, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
