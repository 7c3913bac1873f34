"""Files in UTF-16 and texts in base64, whatever rule finds them."""

import base64

import pytest

from ocianalyze.detectors.secrets.encoded import base64_secrets, marked_secrets
from ocianalyze.detectors.secrets.engine import Engine, engine
from ocianalyze.detectors.secrets.rule_files import SHIPPED, read_rules
from ocianalyze.detectors.secrets.search import Search
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
@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_marked_coding_hides_no_secret(shipped: Engine, text: str, mark: str) -> None:
    """And its place is that of its first byte."""
    before = "größer\n"
    data = ("\ufeff" + before + text).encode(mark)
    found = list(marked_secrets(shipped, b"app/settings.reg", data, {}))
    assert len(found) == 1
    at = len(("\ufeff" + before + text[: text.index(found[0].secret.decode())]).encode(mark))
    assert (found[0].start, found[0].coding) == (at, mark[:6])


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-32-be"])
def test_places_are_those_of_the_units(shipped: Engine, mark: str) -> None:
    tokens = [github_token(f"number {number}") for number in range(300)]
    data = ("\ufeff" + "\n".join(f"ü 🔑 {token}" for token in tokens)).encode(mark)
    found = list(marked_secrets(shipped, b"a.txt", data, {}))
    told = [data[one.start : one.end].decode(mark) for one in found]
    assert told == [one.secret.decode() for one in found] == tokens


@pytest.mark.parametrize("text", CODED)
@pytest.mark.parametrize("code", [base64.b64encode, base64.urlsafe_b64encode, base64.encodebytes])
@pytest.mark.parametrize("before", ["", "x", "yz"])
def test_base64_hides_no_secret(shipped: Engine, text: str, code: object, before: str) -> None:
    """Whatever alphabet, phase and lines."""
    assert callable(code)
    data = b"data:\n  value: " + code(f"# {before}\n{text}".encode()) + b"\nother: x\n"
    found = list(base64_secrets(shipped, b"app/secret.yaml", data, {}))
    assert [one.coding for one in found] == ["base64"]
    assert found[0].secret.decode() in text


IN_THE_MIDDLE = {
    "google-api-key": "AIzaSyFrAyaQkBEqhTQP-oMlce8btrbvczWuWdP",
    "generic-password-variable": "x = 1\nDB_PASSWORD=Vf9-kq2LmTx0\n",
    "generic-secret-variable": "export WEBHOOK_SECRET=faGqzMvheCcVfry8YbHu8lDR9ysgROHG\n",
    "postgresql-url": "DATABASE_URL=postgres://app:Vf9-kq2LmTx0@db.corp:5432/app\n",
}


@pytest.fixture(scope="module")
def everywhere() -> Engine:
    """Return an engine for rules of which one has four bytes to begin with, the others none."""
    return engine([rule for rule in read_rules(SHIPPED) if rule.id in IN_THE_MIDDLE])


@pytest.mark.parametrize("rule", IN_THE_MIDDLE)
@pytest.mark.parametrize("path", [b"a.py", b"a.js", b"a.md", b"a.html", b"bin/x", b""])
@pytest.mark.parametrize("before", ["", "x", "yz"])
def test_a_coded_text_is_decoded_in_files_of_every_kind(
    everywhere: Engine, rule: str, path: bytes, before: str
) -> None:
    text = f"# {before}\n{IN_THE_MIDDLE[rule]}\n"
    for coding, coded in (
        ("base64", base64.b64encode(text.encode())),
        ("base64", base64.urlsafe_b64encode(text.encode())),
        ("base64", base64.encodebytes(text.encode() * 3)),
        ("utf-16", text.encode("utf-16-le")),
        ("utf-16", text.encode("utf-16-be")),
    ):
        found = Search(everywhere, path).find(b"BLOB = '" + coded + b"'\n" + b"-" * 70_000)
        assert {(one.rule.id, one.coding) for one in found} == {(rule, coding)}
        assert all(one.secret in text.encode() for one in found)


def test_a_long_coded_text_is_decoded_to_its_end(everywhere: Engine) -> None:
    lines = "".join(f"password: see vault {number}\n" for number in range(9_000))
    secret = "DB_PASSWORD=Vf9-kq2LmTx0\n"
    data = base64.b64encode((lines + secret + lines + secret.replace("Vf9", "Wg8")).encode())
    search = Search(everywhere, b"app.js.map")
    pieces = (data[at : at + 65_536] for at in range(0, len(data), 65_536))
    found = [*(one for piece in pieces for one in search.feed(piece)), *search.close()]
    assert [one.secret for one in found] == [b"Vf9-kq2LmTx0", b"Wg8-kq2LmTx0"]
    assert not search.exhausted


def test_a_place_counts_the_ends_of_lines_as_the_sieve_does(shipped: Engine) -> None:
    """So that both tell one place of it."""
    data = b"x:\n" + base64.encodebytes(b"made up\n" * 20 + github_token().encode()) + b"\n"
    (found,) = base64_secrets(shipped, b"x.conf", data, {})
    (known,) = Search(shipped, b"x.conf").find(data)
    assert (found.start, found.secret) == (known.start, known.secret)


def test_place_of_a_coded_secret_is_where_its_digits_begin(shipped: Engine) -> None:
    data = b"x = " + base64.b64encode(b"abc" + github_token().encode())
    (found,) = base64_secrets(shipped, b"x.conf", data, {})
    assert base64.b64decode(data[found.start :] + b"==") == github_token().encode()
