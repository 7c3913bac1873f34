"""Evidence names the digest of the full value that it shortens."""

from hashlib import sha256
from typing import Any

import pytest

from ocianalyze.controls.proof import proved
from ocianalyze.model.finding import Evidence
from tests.images import image

VIEW = image(
    {"etc/x": b"lower"},
    {"etc/x": b"upper"},
    config={"User": "app", "Env": ["A=1", "B=2"], "Labels": {"a/b~c": "text"}},
    history=["RUN one", "RUN two"],
)


@pytest.mark.parametrize(
    ("evidence", "value"),
    [
        (Evidence("x", "config", pointer="/config/User"), b"app"),
        (Evidence("x", "config", pointer="/config/Env/1"), b"B=2"),
        (Evidence("x", "config", pointer="/config/Env"), b'["A=1","B=2"]'),
        (Evidence("x", "config", pointer="/config/Labels/a~1b~0c"), b"text"),
        (Evidence("x", "history", step=1), b"RUN two"),
        (Evidence("x", path="etc/x", layer=1), b"upper"),
        (Evidence("x", path="etc/x", layer=0), b"lower"),
    ],
    ids=["text", "element", "list", "escaped", "step", "file", "overwritten"],
)
def test_the_full_value_is_hashed(evidence: Evidence, value: bytes) -> None:
    assert proved(VIEW, evidence).sha256 == sha256(value).hexdigest()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "config", "pointer": "/config/Nothing"},
        {"kind": "config", "pointer": "/config/Env/9"},
        {"kind": "config", "pointer": "/config/Env/99999999999999999999"},
        {"kind": "config", "pointer": "/config/User/deeper"},
        {"kind": "config", "pointer": "config"},
        {"kind": "config", "pointer": "/"},
        {"kind": "history", "step": 7},
        {"path": "etc/none", "layer": 0},
        {"path": "etc/x"},
        {"kind": "layer", "layer": 0},
    ],
    ids=str,
)
def test_what_has_no_value_has_no_digest(fields: dict[str, Any]) -> None:
    assert not proved(VIEW, Evidence("x", **fields)).sha256


def test_a_digest_that_is_given_stays() -> None:
    given = Evidence("x", "config", pointer="/config/User", sha256="ab")
    assert proved(VIEW, given) is given


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence("x", "config", pointer="/config/Env/0"),
        Evidence("x", "config", pointer="/config/Env"),
        Evidence("x", "config", pointer="/config"),
        Evidence("x", "config", pointer="/config/Labels/a.password"),
        Evidence("x", "history", step=0),
    ],
    ids=["variable", "variables", "all", "label", "step"],
)
def test_no_digest_lets_a_short_password_be_found_by_trying(evidence: Evidence) -> None:
    view = image(
        {},
        {},
        config={"Env": ["DB_PASSWORD=1234", "B=2"], "Labels": {"a.password": "hunter"}},
        history=["ENV DB_PASSWORD=1234", "RUN two"],
    )
    assert not proved(view, evidence).sha256
    assert proved(view, Evidence("x", "config", pointer="/config/Env/1")).sha256
    assert proved(view, Evidence("x", "history", step=1)).sha256
