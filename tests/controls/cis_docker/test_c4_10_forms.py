"""Forms and places of the catalogue's section 1.10 that `test_c4_10_vectors.py` leaves out.

Each form is shown by an example of its rule; the image is analysed whole.
"""

from pathlib import Path

import pytest

from ocianalyze import engine
from ocianalyze.controls.cis_docker.c4_10_secrets import CONTROL
from ocianalyze.detectors.secrets.rule_files import shipped
from ocianalyze.engine import Options
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Status
from tests import archives
from tests.tokens import ec_key, github_token

FORMS = {
    "AKIA-with-its-secret": "aws-key-pair",
    "GCP-service-account": "gcp-service-account-key",
    "Azure": "azure-storage-key",
    "ghp_": "github-pat",
    "gho_": "github-oauth-token",
    "ghs_": "github-server-to-server-token",
    "github_pat_": "github-fine-grained-pat",
    "glpat-": "gitlab-pat",
    "xoxb-": "slack-bot-token",
    "sk_live_": "stripe-secret-key",
    "npm_": "npm-access-token",
    "pypi-": "pypi-token",
    "JWT": "jwt",
    "PEM": "pem-private-key",
    "PEM-encrypted": "pem-encrypted-private-key",
    "PuTTY": "putty-private-key",
    "age": "age-secret-key",
    "ssh-host-key": "pem-openssh-private-key",
}
LESS = {"JWT", "PEM-encrypted"}
"""Forms that do not say by themselves that they open something."""
_NOT_REAL = "v8Kq2xTz91mRw4Lp"


def _view(folder: Path, *layers: dict[str, bytes], **config: object) -> ImageView:
    history = [{"created_by": "COPY . /"} for _ in layers]
    steps = [{"created_by": line, "empty_layer": True} for line in _lines(config.pop("steps", ()))]
    made = archives.Image(
        [archives.tar(layer) for layer in layers], {**config, "history": [*history, *steps]}
    )
    path = archives.docker_archive(folder / "image.tar", [made])
    return engine.open_images(str(path), Options()).images[0].view


def _lines(steps: object) -> tuple[str, ...]:
    return tuple(map(str, steps)) if isinstance(steps, tuple) else ()


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> ImageView:
    """Return an image with one file for each form."""
    examples = {rule.id: rule.matches[0] for rule in shipped() if rule.matches}
    files = {f"srv/{name}.txt": examples[rule].encode() for name, rule in FORMS.items()}
    return _view(tmp_path_factory.mktemp("forms"), files)


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_found(name: str, view: ImageView) -> None:
    path = f"srv/{name}.txt"
    found = [x for x in view.secrets if any(place.path == path for place in x.places)]
    assert found
    if name not in LESS:
        assert {x.severity for x in found} & {"high", "critical"}


def test_an_encrypted_key_says_that_it_is(view: ImageView) -> None:
    kinds = {x.kind for x in view.secrets for p in x.places if p.path == "srv/PEM-encrypted.txt"}
    assert kinds == {"encrypted"}


@pytest.mark.parametrize("later", [b"nothing\n", None], ids=["overwritten", "deleted"])
def test_what_a_later_layer_hides_is_recoverable(later: bytes | None, tmp_path: Path) -> None:
    token = {"app/.env": f"GITHUB_TOKEN={github_token()}\n".encode()}
    above = {"app/.wh..env": b""} if later is None else {"app/.env": later}
    view = _view(tmp_path, token, above)
    verdict = CONTROL.evaluate(view)
    assert (verdict.status, verdict.reason) == (Status.FAIL, "recoverable")
    (place,) = {place for secret in view.secrets for place in secret.places}
    assert place.state is (State.DELETED if later is None else State.OVERWRITTEN)
    assert "gone since layer 1" in verdict.evidence[0].detail
    assert verdict.evidence[0].layer == 0
    assert verdict.evidence[0].severity == "critical"


@pytest.mark.parametrize(
    ("config", "pointer"),
    [
        ({"config": {"Labels": {"token": github_token()}}}, "/config/Labels/token"),
        (
            {"config": {"Env": [f"REPO_URL=https://bob:{_NOT_REAL}@git.acme-corp.net"]}},
            "/config/Env/0",
        ),
        ({"config": {"Env": [f"BASIC_AUTH={_NOT_REAL}77"]}}, "/config/Env/0"),
        ({"steps": (f"LABEL token={github_token()}",)}, "/history/1/"),
        ({"steps": (f"/bin/sh -c #(nop)  ENV A_PASSWORD={_NOT_REAL}78",)}, "/history/1/"),
    ],
    ids=["label", "address-with-user", "auth", "history-label", "classic-variable"],
)
def test_places_outside_of_files(config: dict[str, object], pointer: str, tmp_path: Path) -> None:
    view = _view(tmp_path, {"etc/hostname": b"x"}, **config)
    verdict = CONTROL.evaluate(view)
    assert verdict.status in (Status.FAIL, Status.NEEDS_REVIEW)
    assert any(fact.pointer.startswith(pointer) for fact in verdict.evidence)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("etc/ssl/private/key.pem", Status.FAIL),
        ("usr/share/doc/acme/examples/key.pem", Status.NEEDS_REVIEW),
        ("usr/lib/python3/dist-packages/acme/tests/key.pem", Status.NEEDS_REVIEW),
    ],
    ids=["in-use", "documentation", "tests"],
)
def test_where_a_private_key_lies_decides(path: str, status: Status, tmp_path: Path) -> None:
    assert CONTROL.evaluate(_view(tmp_path, {path: ec_key()})).status is status


def test_excerpts_are_masked_with_their_length(view: ImageView) -> None:
    for secret in view.secrets:
        assert "****" in secret.masked
        assert secret.masked.endswith(")")
