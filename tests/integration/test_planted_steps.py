"""What a build step holds is told by no command, wherever in it and however a shell reads it."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random

import pytest

from ocianalyze.cli.main import run
from tests.archives import Image, docker_archive
from tests.images import File, tar
from tests.integration.leaks import Planted

STEPS = (
    "RUN /bin/sh -c curl -H 'Authorization: Bearer {t}' http://host/x | sh # buildkit",
    "RUN |2 A={t} PASSWORD={w} /bin/sh -c apt-get update # buildkit",
    "RUN /bin/sh -c echo {w} | passwd --stdin root # buildkit",
    "RUN /bin/sh -c mysql -p{w} --password={w} # buildkit",
    "RUN /bin/sh -c set -x; export PASSWORD='{w}' && cd /{t} # buildkit",
    "RUN /bin/sh -c curl --proxy {u} -o {t} -u a:{w} https://x # buildkit",
    "RUN /bin/sh -c apk add {t} && pip install {u} --trusted-host {t} # buildkit",
    "RUN /bin/sh -c apt-get upgrade {t}; yum update {w}; chmod 777 /{t} # buildkit",
    "RUN /bin/sh -c dpkg -i {t}.deb; rpm -i {u} --nogpgcheck; sudo {t} # buildkit",
    "RUN <<EOF\n{t} -k\napt-get update\nEOF",
    "ADD {u} /opt/ # buildkit",
    "ADD {t}.tar.gz / # buildkit",
    "COPY dir:{t} in / ",
    "ENV {t}=1 PASSWORD={w}",
    "ARG PASSWORD={w}",
    "LABEL {t}={w} address={u}",
    "ONBUILD RUN curl -k {u} | sh && apt-get update {t}",
    'HEALTHCHECK &{{["CMD-SHELL" "{t}"]}}',
    "USER {t}",
    "MAINTAINER {t}",
    "WORKDIR {t}/x",
    "EXPOSE 22/{t}",
    "{t}",
)
CHECKS = (
    ["CMD-SHELL", "curl {u} || exit 1"],
    ["CMD-SHELL", "mysqladmin -p{w} ping"],
    ["CMD-SHELL", "{t} || true"],
    ["CMD", "/{t}", "-p{w}"],
    ["{t}"],
)
QUERIES = (
    "SELECT created_by AS detail, created_by AS path FROM history",
    "SELECT words AS pointer, * FROM commands",
    "SELECT hex(value) FROM config",
    "SELECT abs(created_by || nothing) FROM history",
)
COMMANDS = (
    ("scan", "--profile", "all", "-v"),
    ("scan", "--profile", "PROFILE", "-f", "json"),
    ("inspect", "-f", "json"),
    *(("sql", f"SELECT * FROM {name}", "-f", "json") for name in ("history", "commands")),
    *(("sql", f"SELECT * FROM {name}", "-f", "json") for name in ("config", "evidence")),
    ("sql", "SELECT abs(words || nothing) FROM commands"),
)


class _Writer:
    """Fills templates with values, each of its own."""

    def __init__(self) -> None:
        self.planted = Planted()
        self._numbers = count()

    def text(self, template: str) -> str:
        name = f"{next(self._numbers)} {template[:24]}"
        made: dict[str, Callable[[], str]] = {
            "t": lambda: self.planted.token(f"{name} t"),
            "w": lambda: self.planted.word(f"{name} w"),
            "u": lambda: self.planted.address(f"{name} u"),
        }
        used = {key: value() for key, value in made.items() if f"{{{key}}}" in template}
        return template.format(**used)

    def texts(self, templates: list[str]) -> list[str]:
        return [self.text(each) for each in templates]


def _image(path: Path, writer: _Writer, chance: Random) -> Path:
    text = writer.text
    steps = writer.texts(chance.sample(STEPS, 16))
    history = [
        {"created_by": line, "comment": text("{t}"), "empty_layer": bool(at)}
        for at, line in enumerate(steps)
    ]
    config = {
        "User": chance.choice([text("{t}"), "root", text("root:{t}")]),
        "Env": [text("DB_PASSWORD={w}"), text("{t}=x"), text("http_proxy={u}"), text("PATH=/{t}")],
        "Labels": {text("{t}"): text("{u}"), "org.opencontainers.image.base.name": text("{t}")},
        "Cmd": writer.texts(["{t}", "--password={w}"]),
        "OnBuild": writer.texts(["RUN curl -k {u} | sh && apt-get update", "ADD {u} /x", "{t}"]),
        "Healthcheck": {"Test": writer.texts(chance.choice(CHECKS))},
    }
    files: dict[str, File | bytes] = {
        "etc/passwd": text("root:x:0:0:{t}:/:/bin/sh\n{t}:x:0:0::/:/{t}\n").encode(),
        "bin/sh": File(b"\x7fELF", mode=0o4755),
    }
    image = Image([tar(files)], config={"config": config, "history": history})
    return docker_archive(path, [image])


def _profile(path: Path) -> Path:
    asked = [
        {"id": f"x-{at}", "title": "t", "query": each, "expect": "empty", "failed": "f",
         "passed": "p"}
        for at, each in enumerate(QUERIES)
    ]  # fmt: skip
    path.write_text(json.dumps({"name": "mine", "controls": ["all"], "custom": asked}))
    return path


def _told(capture: pytest.CaptureFixture[bytes]) -> bytes:
    out, err = capture.readouterr()
    assert out + err
    return out + err


@pytest.mark.parametrize("seed", range(3))
def test_no_command_tells_what_a_step_holds(
    seed: int, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """What the search finds is what must not be told: it knows no bare word for a secret."""
    writer = _Writer()
    image = _image(tmp_path / "image.tar", writer, Random(seed))
    profile = _profile(tmp_path / "profile.yaml")
    run(["secrets", str(image), "--show-secrets", "-f", "json"])
    shown = {one["value"] for one in json.loads(capfdbinary.readouterr().out)["secrets"]}
    found = {name for name, value in writer.planted.values.items() if value in shown}
    assert len(found) > 25
    for words in COMMANDS:
        more = [str(profile) if word == "PROFILE" else word for word in words[1:]]
        run([words[0], str(image), *more, "--store", str(tmp_path / "store")])
        assert found.isdisjoint(writer.planted.leaked(_told(capfdbinary))), words


@pytest.mark.parametrize("value", ["URjxg8Fv6n@+f1&%7", "Kd83jx&Lq92mz;Wt61"])
def test_no_part_is_told_that_a_shell_makes_of_a_secret(
    value: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Its characters end a word or a command."""
    line = f"RUN /bin/sh -c echo {value} | passwd --stdin root # buildkit"
    made = Image([tar({"a": b"x"})], config={"history": [{"created_by": line}]})
    image = docker_archive(tmp_path / "image.tar", [made])
    run(["secrets", str(image), "--show-secrets", "-f", "json"])
    assert value in capfdbinary.readouterr().out.decode()
    for words in (("sql", "SELECT * FROM commands"), ("scan", "--profile", "all", "-v")):
        run([words[0], str(image), *words[1:], "--no-store"])
        assert value[:6] not in _told(capfdbinary).decode()
