"""Who may change what a container starts or loads is told by owner and mode."""

from tests.controls.samples import Sample, Samples, absent, fails, holds, obeys, passes, unknown
from tests.images import File, Layer, directory, symlink

PASSWD = b"root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/app:/bin/sh\n"
GROUP = b"root:x:0:\napp:x:1000:\ntools:x:50:app\n"
ROOT: Layer = {
    "etc/passwd": PASSWD,
    "etc/group": GROUP,
    "usr/bin": directory(),
    "usr/bin/tool": File(b"x", mode=0o755),
    "app": File(b"#!/bin/sh\n", mode=0o755),
}
USER = {"User": "app", "Entrypoint": ["/app"]}


BEHIND: Layer = {**ROOT, "etc/passwd": symlink("/data/accounts"), "data/accounts": b"#\n" + PASSWD}
"""Account files that nobody keeps, for their names and beginnings."""
GROUPS_BEHIND: Layer = {
    **ROOT,
    "etc/group": symlink("/data/groups"),
    "data/groups": b"#\n" + GROUP,
}


OWN_PATH = {**USER, "Env": ["PATH=/opt/v/bin:/usr/bin"]}
OPEN: Layer = {**ROOT, "hc.sh": File(b"#!/bin/sh\n", mode=0o777), "bin/sh": File(b"s", mode=0o755)}


def _above(directory_: File) -> Layer:
    return {**ROOT, "opt/v": directory_, "opt/v/bin": directory()}


def _checked(*test: str) -> dict[str, object]:
    return {"Cmd": ["/app"], "Healthcheck": {"Test": list(test)}}


def _with(path: str, file: File) -> Layer:
    return {**ROOT, path: file}


SAMPLES: Samples = {
    "ocia-writable-by-runtime-user": (
        passes(ROOT, config=USER),
        fails(_with("app", File(b"x", mode=0o555, uid=1000)), config=USER),
        fails(_with("usr/bin/tool", File(b"x", mode=0o775, gid=50)), config=USER),
        fails(_with("usr/bin", File(kind="d", mode=0o777)), config=USER),
        fails(_with("etc/ld.so.conf", File(b"x", mode=0o666)), config=USER),
        passes(_with("srv/data", File(b"x", mode=0o777)), config=USER),
        absent(ROOT, config={"User": "root"}, reason="runs-as-root"),
        absent(ROOT, os="windows"),
        passes({**ROOT, "etc/passwd": symlink("/data/passwd"), "data/passwd": PASSWD}, config=USER),
        unknown(BEHIND, config=USER),
        unknown(GROUPS_BEHIND, config=USER),
        fails({**BEHIND, "app": File(b"x", mode=0o757)}, config={**USER, "User": "1000"}),
        absent({**BEHIND, "etc/passwd": symlink("/missing")}, config=USER, reason="runs-as-root"),
        unknown(ROOT, None, config=USER),
        unknown(ROOT, has_config=False),
    ),
    "ocia-path-writable-dir": (
        passes(ROOT, config=USER),
        passes(ROOT, config={"Env": ["PATH=/usr/bin:/missing"]}),
        unknown(BEHIND, config=USER),
        fails(ROOT, config={"Env": ["PATH=/usr/bin:"]}),
        fails(ROOT, config={"Env": ["PATH=.:/usr/bin"]}),
        fails(_with("usr/bin", File(kind="d", mode=0o777)), config={}),
        fails(_with("usr/bin", File(kind="d", mode=0o755, uid=1000)), config=USER),
        passes(_with("usr/bin", File(kind="d", mode=0o775)), config={}),
        fails(_above(File(kind="d", uid=1000)), config=OWN_PATH),
        fails(_above(File(kind="d", mode=0o777)), config=OWN_PATH),
        passes(_above(File(kind="d", mode=0o1777)), config=OWN_PATH),
        fails(_above(File(kind="d", mode=0o1777, uid=1000)), config=OWN_PATH),
        passes(_above(directory()), config=OWN_PATH),
        fails(
            {**_above(File(kind="d", mode=0o777)), "usr/lnk": symlink("/opt/v/bin")},
            config={**USER, "Env": ["PATH=/usr/lnk"]},
        ),
        absent(ROOT, os="windows"),
        unknown(ROOT, None),
    ),
    "ocia-world-writable-script-entrypoint": (
        passes(ROOT, config=USER),
        fails(_with("app", File(b"#!/bin/sh\n", mode=0o777)), config=USER),
        fails(_with("app", File(b"x", mode=0o775, gid=50)), config=USER),
        fails(
            _with("check", File(b"x", mode=0o757)),
            config={"Cmd": ["/app"], "Healthcheck": {"Test": ["CMD", "/check"]}},
        ),
        fails(OPEN, config=_checked("CMD-SHELL", "/hc.sh || exit 1")),
        fails(OPEN, config=_checked("CMD-SHELL", "set -e; A=1 exec /hc.sh")),
        fails(OPEN, config=_checked("CMD", "sh", "-c", "/hc.sh || exit 1")),
        fails(OPEN, config={"Entrypoint": ["sh", "-c", "exec /hc.sh"]}),
        fails(OPEN, config={"Cmd": ["/bin/sh", "-c", "exec tini -- gosu app /hc.sh"]}),
        fails(OPEN, config={"Entrypoint": ["tini", "--", "sh", "-c", "exec /hc.sh"]}),
        passes(OPEN, config=_checked("CMD-SHELL", "/app || exit 1")),
        absent(ROOT),
        absent(ROOT, os="windows"),
        unknown(ROOT, None, config=USER),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_what_passes_is_a_sentence() -> None:
    said = [holds(name, found[0]).summary for name, found in SAMPLES.items()]
    assert said == [
        "no path that the user may write",
        "no unsafe element of PATH",
        "no program that many may write",
    ]
