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


def _package(name: str) -> bytes:
    fields = {"Package": name, "Status": "install ok installed", "Version": "5"}
    lines = [f"{key}: {x}" for key, x in (fields | {"Architecture": "all"}).items()]
    return "\n".join(lines).encode() + b"\n"


def test_a_package_is_named_and_not_its_database() -> None:
    said = holds("ocia-shell-present", fails({**BARE, "var/lib/dpkg/status": _package("dash")}))
    assert said.summary == "shell: package dash 5"
    assert [x.path for x in said.evidence] == ["var/lib/dpkg/status"]


def test_a_tool_that_only_its_package_makes_sure_stands_at_its_own_path() -> None:
    layer: Layer = {
        **BARE,
        "bin/dash": File(HEAD, mode=0o755),
        "var/lib/dpkg/status": _package("dash"),
        "var/lib/dpkg/info/dash.list": b"/bin/dash\n",
    }
    said = holds("ocia-shell-present", fails(layer))
    assert said.summary == "shell: bin/dash"
    assert said.evidence[0].detail == "dash of package dash 5"


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)
