"""Secrets in documents: each with its pointer, in whatever JSON runtimes take."""

from functools import cache

import pytest

from ocianalyze.detectors.secrets.documents import Document, read
from ocianalyze.detectors.secrets.engine import Engine, engine
from ocianalyze.detectors.secrets.rule_files import shipped

TOKEN = "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"


@cache
def _engine() -> Engine:
    names = {"github-pat", "generic-password-variable", "generic-password-option"}
    return engine([rule for rule in shipped() if rule.id in names])


def _pointers(data: bytes) -> list[tuple[str, str]]:
    found = read(_engine(), Document("config", data), {})
    return [(one.pointer, one.secret.decode()) for one in found]


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        pytest.param(b'{"config": {"Env": ["A=1", "T=%b"]}}', "/config/Env/1", id="variable"),
        pytest.param(b'{"config": {"Labels": {"a/b": "%b"}}}', "/config/Labels/a~1b", id="label"),
        pytest.param(b'{"container_config": {"x": ["%b"]}}', "/container_config/x/0", id="other"),
        pytest.param(
            b'{"config": {"Env": ["A=\\ud800", "T=%b"]}}', "/config/Env/1", id="surrogate"
        ),
        pytest.param(b'{"broken": "%b"', "", id="no JSON"),
    ],
)
def test_a_secret_has_the_pointer_of_its_text(data: bytes, pointer: str) -> None:
    assert _pointers(data % TOKEN.encode()) == [(pointer, TOKEN)]


def test_words_of_a_command_belong_together() -> None:
    data = b'{"config": {"Cmd": ["run", "--password", "v8Kq2xTz91mRw4"]}}'
    assert ("/config/Cmd", "v8Kq2xTz91mRw4") in _pointers(data)


@pytest.mark.parametrize("key", ["Cmd", "Entrypoint", "Test"])
def test_a_secret_in_one_word_of_a_command_has_one_place(key: str) -> None:
    data = b'{"config": {"%b": ["run", "%b", "-v"]}}' % (key.encode(), TOKEN.encode())
    assert _pointers(data) == [(f"/config/{key}/1", TOKEN)]


def test_a_variable_that_is_called_password_is_one() -> None:
    data = b'{"config": {"Env": ["PASSWORD=v8Kq2xTz91mRw4"]}}'
    assert _pointers(data) == [("/config/Env/0", "v8Kq2xTz91mRw4")]


def test_deep_nesting_is_survived() -> None:
    _pointers(b"[" * 100_000 + TOKEN.encode())


def test_a_flood_of_beginnings_hides_nothing() -> None:
    flood = b"-----BEGIN RSA PRIVATE KEY-----\\n" * 25_000
    data = b'{"config": {"Env": ["A=%b", "T=%b"]}}' % (flood, TOKEN.encode())
    assert ("/config/Env/1", TOKEN) in _pointers(data)


@pytest.mark.parametrize("value", [b"{}", b"null", b"[]"])
def test_keys_are_texts_too(value: bytes) -> None:
    data = b'{"config": {"Volumes": {"/v/%b": %b}}}' % (TOKEN.encode(), value)
    assert _pointers(data) == [(f"/config/Volumes/~1v~1{TOKEN}", TOKEN)]
