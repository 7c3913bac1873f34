"""What a control says of an image is the same whether its secrets are told, hidden or kept."""

import json
from pathlib import Path

import pytest

from ocianalyze.cli.main import run
from testdata.planted import tokens
from tests.archives import Image, docker_archive
from tests.images import File, tar

PASSWORD = f"{tokens.letters('masked verdicts', 12)}7"
FILES: dict[str, File | bytes] = {
    "etc/passwd": f"root:x:0:0::/:/bin/sh\n{PASSWORD}:x:1000:1000::/:/bin/sh\n".encode(),
    "usr/bin/mysqladmin": File(b"#!/bin/sh\n", mode=0o755),
    "bin/sh": File(b"\x7fELF", mode=0o755),
}
CONFIG = {
    "config": {
        "User": PASSWORD,
        "Cmd": ["mysql", f"-p{PASSWORD}"],
        "Env": [f"MYSQL_PASSWORD={PASSWORD}"],
        "Healthcheck": {"Test": ["CMD-SHELL", f"mysqladmin ping -p{PASSWORD}"]},
        "OnBuild": [f"ADD http://{PASSWORD}.example/x /srv/", f"RUN {PASSWORD}.sh"],
    },
    "history": [
        {"created_by": f"ADD {PASSWORD}.tar.gz / # buildkit"},
        *(
            {"created_by": line, "empty_layer": True}
            for line in (
                f"USER {PASSWORD}",
                "USER root",
                f"WORKDIR {PASSWORD}",
                f"ONBUILD ADD http://{PASSWORD}.example/x /srv/",
                f"ONBUILD RUN {PASSWORD}.sh",
                f"RUN /bin/sh -c {PASSWORD}/run && apt-get install {PASSWORD} # buildkit",
                f"RUN /bin/sh -c curl http://{PASSWORD}.example/a | sh # buildkit",
                f"RUN |1 TOKEN={PASSWORD} /bin/sh -c apt-get update # buildkit",
            )
        ),
    ],
}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("masked") / "image.tar"
    return docker_archive(path, [Image([tar(FILES)], config=CONFIG)])


def test_masks_change_no_verdict(
    image: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    words = ["scan", str(image), "--profile", "all", "-f", "json"]
    ignores = tmp_path / "ignores.toml"
    ignores.write_text('[[ignore]]\nrule = "jwt"\nreason = "of a test"\n')
    store = ["--store", str(tmp_path / "store")]
    kept = [store, store, [*store, "--ignore", str(ignores)]]
    said = []
    for more in (["--no-store", "--show-secrets"], ["--no-store"], *kept):
        run([*words, *more])
        out = capfdbinary.readouterr().out
        assert (PASSWORD.encode() in out) == ("--show-secrets" in more)
        said.append({x["control"]: x["status"] for x in json.loads(out)["controls"]})
    assert (said[0]["cis-docker-4.1"], said[0]["cis-docker-4.6"]) == ("pass", "pass")
    assert said == [said[0]] * 5
