"""What a developer leaves behind fails; what a package ships is left to people."""

import pytest

from tests.controls.roots import STATUS
from tests.controls.samples import Sample, Samples, fails, holds, obeys, passes, review, unknown
from tests.images import Layer, directory

ROOT: Layer = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/base.list": b"/usr/share/base/Dockerfile\n",
}
SAMPLES: Samples = {
    "dockle-DKL-LI-0003": (
        passes(ROOT),
        passes({"app/.cache": directory(), "app/Dockerfile.txt": b"", "app/.gitignore": b""}),
        passes({"app/Dockerfile": b"x"}, {"app/.wh.Dockerfile": b""}),
        fails({"app/Dockerfile": b"FROM x"}),
        fails({"root/.npm": directory(), "root/.npm/x": b"x"}),
        review({**ROOT, "usr/share/base/Dockerfile": b"FROM x"}),
        unknown({"x": b""}, None),
    ),
}


@obeys(SAMPLES)
def test_samples(name: str, sample: Sample) -> None:
    holds(name, sample)


@pytest.mark.parametrize(
    "path",
    [
        "Dockerfile",
        "srv/docker-compose.yml",
        "root/.vimrc",
        "srv/.DS_Store",
        "root/.cache/x",
        "root/.aws/x",
        "root/.azure/x",
        "root/.gcp/x",
        "srv/.git/x",
        "srv/.vscode/x",
        "srv/.idea/x",
        "root/.npm/x",
    ],
)
def test_every_name_of_the_list(path: str) -> None:
    above = path.rpartition("/")[0]
    parents: Layer = {above: directory()} if above else {}
    holds("dockle-DKL-LI-0003", fails({**parents, path: b"x"}))
