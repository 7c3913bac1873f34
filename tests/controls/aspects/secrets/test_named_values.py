"""A literal value counts by its name, whatever it is; what only looks like a secret does not."""

from dataclasses import replace
from typing import Any

import pytest

from ocianalyze.controls.aspects.secrets.named_values import is_named_secret, named_values
from ocianalyze.controls.cis_docker.c4_10_secrets import CONTROL
from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.model.finding import Status
from ocianalyze.model.secret import Place, Secret
from tests.images import image

SECRETS = [
    "MYSQL_ROOT_PASSWORD=root",
    "POSTGRES_PASSWORD=postgres",
    "ADMIN_PASSWORD=admin",
    "RABBITMQ_DEFAULT_PASS=guest",
    "JWT_SECRET=mysecret",
    "TOKEN=abcd1234",
    "SECRET_KEY=abc",
    "API_KEY=changeme",
    "API_KEY=aegQLcnC",
    "NPM_TOKEN=npm_" + "aB3x" * 9,
    "db_password=hunter2",
    "dbPassword=hunter2",
    "spring.datasource.password=hunter2",
    "REDIS_AUTH=b7",
    "MYSQL_PWD=x1",
    "PGPASSWORD=x1",
    "DB_PASS_2=12ab",
    "PASSWORD=123456",
    "AWS_SECRET_ACCESS_KEY=/bPxRfiCY",
    "NEXT_PUBLIC_DB_PASSWORD=hunter2",
    "VITE_CLIENT_SECRET=abcd1234",
    "TOKEN=argon2",
    "SIGNING_KEY=HS256",
]
NOT_SECRETS = [
    "PASSWORD=",
    "PASSWORD=${OTHER}",
    "PASSWORD=$OTHER",
    'PASSWORD="${OTHER}"',
    "TOKEN=$(cat /run/secrets/token)",
    "DB_PASSWORD_FILE=/run/secrets/db",
    "TOKEN_TTL=300",
    "TOKEN_EXPIRES_IN=30m",
    "PASSWORD_MIN_LENGTH=8",
    "MAX_TOKENS=4096",
    "AUTH=none",
    "AUTH=true",
    "AUTH=basic",
    "MYSQL_ALLOW_EMPTY_PASSWORD=yes",
    "POSTGRES_HOST_AUTH_METHOD=trust",
    "SSH_AUTH_SOCK=/run/agent",
    "TLS_PRIVATE_KEY=/etc/tls/key.pem",
    "GOOGLE_APPLICATION_CREDENTIALS=/app/gcp.json",
    "GIT_AUTHOR_NAME=Bob",
    "org.opencontainers.image.authors=Bob",
    "BYPASS=hello",
    "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
    "KEYBOARD=us",
    "PATH=/usr/bin",
    "OLDPWD=/srv",
    "PASSWORD_HASHER=argon2",
    "PASSWORD_HASHER=acme.hashers.Peppered",
    "PASSWORD_ENCRYPTION=scram-sha-256",
    "JWT_SECRET_SIGNED_WITH=HS256",
    "NEXT_PUBLIC_MAPS_API_KEY=AIzaSyFrAyaQkBEqhTQP",
    "VITE_ANALYTICS_TOKEN=81bd02c4",
    "REACT_APP_API_KEY=81bd02c4",
]


def _split(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return name, value


@pytest.mark.parametrize("pair", SECRETS)
def test_a_literal_value_counts_by_its_name(pair: str) -> None:
    assert is_named_secret(*_split(pair))


@pytest.mark.parametrize("pair", NOT_SECRETS)
def test_references_switches_and_measures_are_no_secrets(pair: str) -> None:
    assert not is_named_secret(*_split(pair))


@pytest.mark.parametrize(
    "about",
    [
        {"config": {"Env": ["JWT_SECRET=mysecret"]}},
        {"config": {"Labels": {"api_key": "Zq81"}}},
        {"history": ["RUN |1 API_KEY=aegQLcnC /bin/sh -c make # buildkit"]},
        {"history": [f"|1 NPM_TOKEN=npm_{'aB3x' * 9} /bin/sh -c npm ci"]},
        {"history": ["ENV db_password=hunter2"]},
        {"history": ["/bin/sh -c #(nop)  ENV A=b DB_PASS=hunter2"]},
        {"history": ["ARG A_TOKEN=abcd1234"]},
        {"history": ["LABEL api_key=Zq81"]},
        {"history": ["RUN /bin/sh -c cd /x && export DB_PASSWORD=root && ./setup # buildkit"]},
    ],
)
def test_every_place_of_a_name_needs_review(about: dict[str, Any]) -> None:
    told = CONTROL.evaluate(image({"app": b"x"}, **about))
    assert told.status is Status.NEEDS_REVIEW
    assert told.reason in ("secret-by-name", "weak-default")
    assert 0 < len(told.summary) <= 60
    for value in ("mysecret", "Zq81", "aegQLcnC", "hunter2", "abcd1234", "aB3x"):
        assert value not in repr(told.evidence)


@pytest.mark.parametrize(
    "line",
    [
        'RUN /bin/sh -c token="$(curl -s https://x.example)" && use "$token" # buildkit',
        "RUN /bin/sh -c sed -i 's/password=.*/password=x/' /etc/x # buildkit",
        "RUN /bin/sh -c DB_PASSWORD=$DB_PASSWORD ./x # buildkit",
        "ARG A_TOKEN",
        "ENV PASSWORD_FILE /run/secrets/x",
    ],
)
def test_lines_without_a_literal_value_pass(line: str) -> None:
    assert not named_values(image({"app": b"x"}, history=[line]))


def test_one_value_is_told_once_however_many_lines_repeat_it() -> None:
    lines = ["ARG TOKEN=abcd1234", *["RUN |1 TOKEN=abcd1234 /bin/sh -c true # buildkit"] * 9]
    assert len(named_values(image({"app": b"x"}, history=lines))) == 1


@pytest.mark.parametrize(
    ("value", "reason"), [("root", "weak-default"), ("v8Kq2xTz91", "secret-by-name")]
)
def test_a_default_that_everybody_knows_is_called_weak(value: str, reason: str) -> None:
    (told,) = named_values(image(config={"Env": [f"DB_PASSWORD={value}"]}))
    assert told.reason == reason


WEB_KEY = "AIza" + "Sy4kQ2Zr9" * 4


@pytest.mark.parametrize("is_masked", [False, True], ids=["as-it-is", "masked"])
@pytest.mark.parametrize(
    ("place", "is_told"),
    [
        (Place("config", pointer="/config/Env/0"), False),
        (Place("history", step=0), False),
        (Place("config", pointer="/config/Env/1"), True),
    ],
    ids=["there", "in-the-history", "elsewhere"],
)
def test_what_the_search_knows_to_be_public_is_no_secret(
    place: Place, *, is_told: bool, is_masked: bool
) -> None:
    masked = f"AIza**** ({len(WEB_KEY)})"
    found = Secret(
        rule="firebase-web-key",
        id=identity(WEB_KEY.encode()),
        provider="Google",
        kind="identity",
        title="Firebase key",
        masked=masked,
        proven="well-formed",
        severity="info",
        form="own",
        places=(place,),
        remediation="None",
    )
    pair = f"FIREBASE_API_KEY={masked if is_masked else WEB_KEY}"
    about = (
        {"history": [f"ENV {pair}"]} if place.where == "history" else {"config": {"Env": [pair]}}
    )
    view = replace(image({"app": b"x"}, **about), secrets=(found,))
    assert bool(named_values(view)) is is_told
