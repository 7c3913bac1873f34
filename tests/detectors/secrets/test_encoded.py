"""Files in UTF-16 and texts in base64, whatever rule finds them."""

import base64

import pytest

from ocianalyze.detectors.secrets._engine import Engine, engine
from ocianalyze.detectors.secrets._rules import SHIPPED, read_rules
from ocianalyze.detectors.secrets.encoded import base64_secrets, base64_texts, utf16_secrets
from tests.tokens import github_token

PLAIN = {
    "github-pat": github_token(),
    "generic-password-variable": "DB_PASSWORD=Vf9-kq2LmTx0\n",
    "postgresql-url": "DATABASE_URL=postgres://app:Vf9-kq2LmTx0@db.corp:5432/app\n",
}
RULES = tuple(rule for rule in read_rules(SHIPPED) if rule.id in PLAIN)
CODED = [pytest.param(text, id=rule) for rule, text in PLAIN.items()]


@pytest.fixture(scope="module")
def shipped() -> Engine:
    """Return an engine for the rules of the examples."""
    return engine(RULES)


@pytest.mark.parametrize("text", CODED)
@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_utf16_hides_no_secret(shipped: Engine, text: str, mark: str) -> None:
    """And its place is that of its first byte."""
    before = "größer\n"
    data = ("\ufeff" + before + text).encode(mark)
    found = list(utf16_secrets(shipped, b"app/settings.reg", data))
    assert len(found) == 1
    at = 2 + 2 * (len(before) + text.index(found[0].secret.decode()))
    assert (found[0].start, found[0].coding) == (at, "utf-16")


def test_places_in_utf16_are_those_of_its_units(shipped: Engine) -> None:
    tokens = [github_token(f"number {number}") for number in range(300)]
    data = ("\ufeff" + "\n".join(f"ü 🔑 {token}" for token in tokens)).encode("utf-16-le")
    found = list(utf16_secrets(shipped, b"a.txt", data))
    told = [data[one.start : one.end].decode("utf-16-le") for one in found]
    assert told == [one.secret.decode() for one in found] == tokens


@pytest.mark.parametrize("text", CODED)
@pytest.mark.parametrize("code", [base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes])
@pytest.mark.parametrize("before", ["", "x", "yz"])
def test_base64_hides_no_secret(shipped: Engine, text: str, code: object, before: str) -> None:
    """Whatever alphabet, phase and lines."""
    assert callable(code)
    data = b"data:\n  value: " + code(f"# {before}\n{text}".encode()) + b"\nother: x\n"
    found = list(base64_secrets(shipped, b"app/secret.yaml", data))
    assert [one.coding for one in found] == ["base64"]
    assert found[0].secret.decode() in text


def test_place_of_a_coded_secret_is_where_its_digits_begin(shipped: Engine) -> None:
    data = b"x = " + base64.b64encode(b"abc" + github_token().encode())
    (found,) = base64_secrets(shipped, b"x.conf", data)
    assert base64.b64decode(data[found.start :] + b"==") == github_token().encode()


@pytest.mark.parametrize(
    "data",
    [
        b"integrity: sha512-" + base64.b64encode(bytes(range(64))),
        b"/usr/share/ca-certificates/mozilla/one.crt",
        b"=" * 100,
        b"A" * 17,
        b"",
    ],
)
def test_what_decodes_to_no_text_is_none(data: bytes) -> None:
    assert not list(base64_texts(data))


def test_word_inside_a_longer_one_is_not_taken_for_it() -> None:
    word = base64.b64encode(b"made up, made up, ")
    data = b"x" + word + b" " + word + b" y" + word + b"\n" + word
    assert [data.index(b" " + word) + 1, data.rindex(word)] == [
        one.start for one in base64_texts(data) if one.text == b"made up, made up, "
    ]


def test_many_different_words_are_all_decoded() -> None:
    words = [base64.b64encode(b"made up %06d" % number) for number in range(60_000)]
    assert len(list(base64_texts(b" ".join(words)))) == len(words)


def test_text_behind_a_wrapped_one_does_not_join_it() -> None:
    lines = base64.encodebytes(b"made up, " * 12)
    assert [x.text for x in base64_texts(lines + b"kind: Secret\n")] == [b"made up, " * 12]
