"""Log files that an image brings, and the lists of cron and at."""

import pytest

from ocianalyze.controls.cis_debian_12 import logs
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
from tests.images import File, Layer, symlink

GROUP = b"root:x:0:\nadm:x:4:\nutmp:x:43:\napp:x:1000:\n"
CRONTAB: Layer = {"usr/bin/crontab": File(b"\x7fELF", mode=0o2755)}
AT: Layer = {"usr/bin/at": File(b"\x7fELF", mode=0o6755)}
ALLOW = File(b"root\n", mode=0o640)


def log(name: str, mode: int, gid: int = 0, content: bytes = b"x") -> Layer:
    return {"etc/group": GROUP, f"var/log/{name}": File(content, mode=mode, gid=gid)}


SAMPLES: Samples = {
    "cis-debian-12-6.1.4.1": (
        passes(log("term.log", 0o640, 4)),
        passes(log("lastlog", 0o664, 43)),
        passes(log("app/dpkg.log", 0o644, content=b"")),
        review(log("dpkg.log", 0o644)),
        fails(log("app.log", 0o666)),
        fails(log("app/deep/app.log", 0o660, 1000)),
        fails(log("auth.log", 0o644)),
        absent({"var/log/x": symlink("/dev/stdout")}, reason="no-logs"),
        absent(log("x", 0o666), os="windows"),
        unknown(log("x", 0o640), None),
    ),
    "cis-debian-12-2.4.1.8": (
        passes({**CRONTAB, "etc/cron.allow": ALLOW}),
        passes(
            {
                **CRONTAB,
                "etc/cron.allow": File(b"", mode=0o640, gid=101),
                "etc/group": b"crontab:x:101:\n",
            }
        ),
        fails(CRONTAB),
        fails({**CRONTAB, "etc/cron.allow": File(b"", mode=0o644)}),
        fails({**CRONTAB, "etc/cron.allow": ALLOW, "etc/cron.deny": File(b"", mode=0o666)}),
        absent({"usr/bin/crontab": File(b"\x7fELF", mode=0o755)}, reason="not-setid"),
        absent({"app": b"x"}, reason="program-absent"),
        unknown({**CRONTAB, "etc/cron.allow": ALLOW}, None),
    ),
    "cis-debian-12-2.4.2.1": (
        passes({**AT, "etc/at.allow": ALLOW}),
        fails({**AT, "etc/at.deny": ALLOW}),
        absent({"app": b"x"}),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


def test_more_logs_than_are_looked_at_are_not_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_MOST", 2)
    files = {f"var/log/{n}": File(b"x", mode=0o600) for n in range(3)}
    holds("cis-debian-12-6.1.4.1", unknown(files, reason="too-many"))
