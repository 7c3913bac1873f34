"""Vectors of the catalogue's section 1.10, "4.10 Ensure secrets are not stored in Dockerfiles".

One image, analysed whole, has all of them; places that no rule of names explains (deleted files,
archives, annotations, provenance) are those of `tests/testdata/test_planted.py`.
"""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocianalyze import engine
from ocianalyze.controls.cis_docker.c4_10_secrets import CONTROL
from ocianalyze.engine import Options
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status
from ocianalyze.model.secret import Secret
from tests import archives

_NOT_REAL = "v8Kq2xTz91mRw4Lp"
"""Made up, with letters and digits as a generator would mix them."""
_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzKEYaa"
FINGERPRINT = "A035C8C19219BA821ECEA86B64E628F8D684696D"
NAMES = [
    "DB_PASSWORD",
    "DB_PASSWD",
    "DB_PASS",
    "MY_SECRET",
    "AUTH_TOKEN",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "MY_CREDENTIAL",
]
SECRETS = [f"{name}={_NOT_REAL}{number:02}" for number, name in enumerate(NAMES)]
NO_SECRETS = [
    f"GPG_KEY={FINGERPRINT}",
    f"GPG_KEYS={FINGERPRINT} {FINGERPRINT}",
    "DB_PASSWORD_FILE=/run/secrets/db",
    "SECRET_PATH=/etc/secret",
    "TOKEN_URL=https://login.acme-corp.net/token",
    "APT_KEYRING=/usr/share/keyrings/a.gpg",
    "SSH_AUTH_SOCK=/run/ssh-agent",
    "X_TOKEN=$OTHER",
    "Y_TOKEN=${OTHER}",
    "EMPTY_PASSWORD=",
]
PLACEHOLDERS = ["MYSQL_ROOT_PASSWORD=changeme", "ADMIN_PASSWORD=password"]
ENV = [*SECRETS, *NO_SECRETS, *PLACEHOLDERS]
HISTORY = [
    f"RUN |1 NPM_TOKEN={_NOT_REAL}a1 /bin/sh -c npm ci # buildkit",
    f"|1 DEPLOY_PASSWORD={_NOT_REAL}a2 /bin/sh -c make",
    f"ENV APP_PASSWORD={_NOT_REAL}a3",
    f"ARG A_TOKEN={_NOT_REAL}a4",
    f"RUN /bin/sh -c curl -u user:{_NOT_REAL}a5 https://acme-corp.net/x # buildkit",
    f"RUN /bin/sh -c curl -H 'Authorization: Bearer {_NOT_REAL}a6' acme-corp.net # buildkit",
    f"RUN /bin/sh -c git clone https://user:{_NOT_REAL}a7@git.acme-corp.net/x # buildkit",
    f"RUN /bin/sh -c tool --password {_NOT_REAL}a8 # buildkit",
    f"RUN /bin/sh -c mysql -uroot -p{_NOT_REAL}a9 app # buildkit",
    f"RUN /bin/sh -c AWS_SECRET_ACCESS_KEY={_KEY} aws s3 ls # buildkit",
    f"RUN /bin/sh -c echo //registry.acme-corp.net/:_authToken={_NOT_REAL}b1 > .npmrc # buildkit",
    f"RUN /bin/sh -c docker login -u bob -p {_NOT_REAL}b2 reg.acme-corp.net # buildkit",
]
_AUTH = base64.b64encode(f"bob:{_NOT_REAL}c7".encode()).decode()
_HASH = "x7Zr2Kp9Vw4Xs8Lt3Mn6Bc1Df5Gh0JyQ" * 2 + "abcdefghijklmnopqrstuv"
FILES = {
    "app/.env": f"DB_PASSWORD={_NOT_REAL}c1\n",
    "root/.netrc": f"machine git.acme-corp.net login bob password {_NOT_REAL}c2\n",
    "root/.git-credentials": f"https://bob:{_NOT_REAL}c3@git.acme-corp.net\n",
    "root/.pgpass": f"db.acme-corp.net:5432:app:bob:{_NOT_REAL}c4\n",
    "root/.npmrc": f"//registry.acme-corp.net/:_authToken={_NOT_REAL}c5\n",
    "root/.pypirc": f"[pypi]\nusername = bob\npassword = {_NOT_REAL}c6\n",
    "root/.docker/config.json": f'{{"auths":{{"reg.acme-corp.net":{{"auth":"{_AUTH}"}}}}}}',
    "etc/shadow": f"bob:$6$saltsalt${_HASH}:19000:0:99999:7:::\n",
    "var/www/wp-config.php": f"<?php define('DB_PASSWORD', '{_NOT_REAL}c9');\n",
    "app/terraform.tfstate": '{"version":4,"terraform_version":"1.5.0","serial":1,"lineage":"a",'
    f'"resources":[{{"instances":[{{"attributes":{{"password":"{_NOT_REAL}d1"}}}}]}}]}}',
    "root/.kube/config": f"users:\n- name: bob\n  user:\n    token: {_NOT_REAL * 3}\n",
}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> ImageView:
    """Return the image that has all of it."""
    layer = archives.tar({path: text.encode() for path, text in FILES.items()})
    steps = [{"created_by": line, "empty_layer": True} for line in HISTORY]
    config = {"config": {"Env": ENV}, "history": [*steps, {"created_by": "COPY . /"}]}
    path = tmp_path_factory.mktemp("image") / "image.tar"
    archives.docker_archive(path, [archives.Image([layer], config, ["vectors:1"])])
    return engine.open_images(str(path), Options()).images[0].view


def _at(view: ImageView, *, pointer: str = "", path: str = "") -> Iterator[Secret]:
    for secret in view.secrets:
        if any(x.path == path if path else x.pointer.startswith(pointer) for x in secret.places):
            yield secret


@pytest.mark.parametrize("number", range(len(ENV)), ids=ENV)
def test_variables_by_their_names(number: int, view: ImageView) -> None:
    found = [x for x in _at(view, pointer="/config/Env/") if _is_at(x, f"/config/Env/{number}")]
    if ENV[number] in NO_SECRETS:
        assert not found
    elif ENV[number] in PLACEHOLDERS:
        assert {x.proven for x in found} == {"disproved"}
    else:
        assert {x.kind for x in found} == {"password"}
        assert all(ENV[number].partition("=")[2] not in x.masked for x in found)


def _is_at(secret: Secret, pointer: str) -> bool:
    return any(place.pointer == pointer for place in secret.places)


@pytest.mark.parametrize("number", range(len(HISTORY)), ids=HISTORY)
def test_lines_of_the_history(number: int, view: ImageView) -> None:
    found = list(_at(view, pointer=f"/history/{number}/"))
    assert found
    assert {x.severity for x in found} <= {"medium", "high", "critical"}


@pytest.mark.parametrize("path", FILES)
def test_files_of_known_forms(path: str, view: ImageView) -> None:
    assert list(_at(view, path=path))


def test_the_image_fails_and_shows_no_value(view: ImageView) -> None:
    verdict = CONTROL.evaluate(view)
    assert verdict.status is Status.FAIL
    assert len(verdict.summary) <= 60
    assert _NOT_REAL not in repr(verdict)
    assert _KEY not in repr(verdict)


@pytest.mark.parametrize(
    ("env", "status", "reason"),
    [
        ([], Status.PASS, "no-secrets"),
        (NO_SECRETS, Status.PASS, "no-secrets"),
        (PLACEHOLDERS, Status.NEEDS_REVIEW, "possible-secrets"),
        (SECRETS[:1], Status.NEEDS_REVIEW, "possible-secrets"),
    ],
    ids=["nothing", "no-secrets", "placeholders", "by-name-alone"],
)
def test_how_sure_it_is_decides(
    env: list[str], status: Status, reason: str, tmp_path: Path
) -> None:
    layer = archives.tar({"etc/hostname": b"x"})
    config = {"config": {"Env": env}, "history": [{"created_by": "COPY . /"}]}
    path = tmp_path / "image.tar"
    archives.docker_archive(path, [archives.Image([layer], config, ["vectors:1"])])
    verdict = CONTROL.evaluate(engine.open_images(str(path), Options()).images[0].view)
    assert (verdict.status, verdict.reason) == (status, reason)
    if status is Status.PASS:
        assert "bytes" in verdict.summary
