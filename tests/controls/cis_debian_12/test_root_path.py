"""PATH of root."""

import pytest

from ocianalyze.controls.cis_debian_12.root_path import CONTROL
from tests.controls.samples import Sample, Samples, absent, fails, holds, obeys, passes, unknown
from tests.images import File, directory, symlink

ALPINE_PROFILE = b"""append_path () {
	if ! echo "$PATH" | /bin/grep -Eq "(^|:)$1($|:)" ; then
		PATH="${PATH:+$PATH:}$1"
	fi
}
append_path "/usr/local/sbin"
export PATH
"""
DIRECTORIES = {"usr/sbin": directory(), "usr/bin": directory(), "bin": symlink("usr/bin")}
PATH = "PATH=/usr/sbin:/usr/bin:/bin"


def env(path: str) -> dict[str, list[str]]:
    return {"Env": [f"PATH={path}"]}


SAMPLES: Samples = {
    "cis-debian-12-5.4.2.5": (
        passes(DIRECTORIES, config={"Env": [PATH]}),
        passes(DIRECTORIES),
        passes(DIRECTORIES, config=env("/usr/bin:/missing")),
        passes({**DIRECTORIES, "etc/profile": ALPINE_PROFILE}),
        passes({**DIRECTORIES, "root/.profile": b"# PATH=.\nPATH=$HOME/bin:~/bin:$PATH\n"}),
        passes({**DIRECTORIES, "etc/login.defs": b"ENV_SUPATH PATH=/usr/sbin:/usr/bin\n"}),
        fails(DIRECTORIES, config=env("/usr/bin:")),
        fails(DIRECTORIES, config=env(":/usr/bin")),
        fails(DIRECTORIES, config=env("/usr/bin::/bin")),
        fails(DIRECTORIES, config=env(".:/usr/bin")),
        fails(DIRECTORIES, config=env("bin:/usr/bin")),
        fails({"app": directory(0o777)}, config=env("/app")),
        fails({"app": directory(0o1777)}, config=env("/app")),
        fails({"app": directory(0o775)}, config=env("/app")),
        fails({"app": File(kind="d", mode=0o755, uid=1000)}, config=env("/app")),
        fails({"app": b"a file"}, config=env("/app")),
        fails({"x": symlink("app"), "app": directory(0o777)}, config=env("/x")),
        fails({"root/.profile": b"export PATH=/usr/bin:.\n"}),
        fails({"etc/profile.d/x.sh": b'PATH="$PATH:"\n'}),
        fails({"etc/login.defs": b"ENV_SUPATH PATH=/usr/sbin:.\n"}),
        absent(DIRECTORIES, os="windows"),
        unknown(DIRECTORIES, has_config=False),
        unknown(DIRECTORIES, None),
        unknown({"etc/profile": b"#" * (1 << 18) + b"#"}),
    )
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize("line", [b'PATH="' * 10_000, b"PATH=${" * 9_000, b" PATH=" * 10_000])
def test_hostile_profiles_are_judged_at_once(line: bytes) -> None:
    verdict = CONTROL.evaluate(passes({"etc/profile": line + b"\n"}).view())
    assert len(verdict.summary) <= 60
