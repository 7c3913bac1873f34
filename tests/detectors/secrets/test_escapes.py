"""Values as they are meant, whatever a writer of JSON or XML made of them."""

import json
from itertools import pairwise
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.detectors.secrets._escapes import joined, meant, nested, plain, unquoted
from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.detectors.secrets.engine import Engine, engine
from ocianalyze.detectors.secrets.rule_files import shipped
from ocianalyze.detectors.secrets.search import Search
from ocianalyze.limits import MIB

CACHE = b"root/.azure/msal_token_cache.json"
PAGE = "&<>'+="
VALUES = st.text(
    alphabet=st.characters(codec="ascii", exclude_characters='\\"\x7f', min_codepoint=32)
)


def for_pages(value: str) -> str:
    """Return a value as Go and .NET write it, with slashes as PHP does."""
    text = "".join(f"\\u{ord(one):04x}" if one in PAGE else one for one in value)
    return text.replace("/", "\\/")


@given(value=VALUES)
def test_what_a_writer_for_pages_escapes_is_meant_as_json_has_it(value: str) -> None:
    written = for_pages(value)
    assert json.loads(f'"{written}"') == value
    assert meant(written.encode()).data == value.encode()


@given(value=VALUES.filter(lambda text: "&" not in text), times=st.integers(1, 3))
def test_escapes_of_escapes_are_meant_the_same(value: str, times: int) -> None:
    written = for_pages(value)
    for _ in range(times - 1):
        written = json.dumps(written)[1:-1]
    assert meant(written.encode()).data == value.encode()


@given(
    parts=st.lists(st.sampled_from([b"a", b"/", rb"\/", rb"\u0026", rb"\\u003c", b"\\", b"xyz"]))
)
def test_every_byte_has_its_place(parts: list[bytes]) -> None:
    written = b"".join(parts)
    found = meant(written)
    places = [found.place(at) for at in range(len(found.data) + 1)]
    assert places == sorted(places)
    assert places[-1] == len(written)
    ends = pairwise(places)
    assert b"".join(meant(written[a:b]).data for a, b in ends) == found.data


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (rb"a\/b\u0026c", b"a/b&c"),
        (b"a&amp;b&lt;c&#38;d", b"a&b<c&d"),
        (rb"-----BEGIN KEY-----\nAB\/C\r\n-----END", b"-----BEGIN KEY-----\nAB/C\n-----END"),
        *((same, same) for same in (rb"a\nb", rb"C:\new\table", rb"a\u0022b", b"a&b;c", b"a&ampb")),
    ],
)
def test_only_what_is_an_escape_is_one(value: bytes, wanted: bytes) -> None:
    assert plain(value) == wanted


@given(value=VALUES)
def test_a_value_of_xml_is_meant_as_it_was(value: str) -> None:
    written = escape(value, {"'": "&apos;"})
    assert plain(written.encode()) in {value.encode(), plain(value.encode())}


@pytest.fixture(scope="module")
def made() -> Engine:
    names = {
        *("http-url-password", "postgresql-url", "generic-password-assignment", "slack-webhook"),
        *("aws-secret-access-key", "xml-password-element", "pem-private-key", "github-pat"),
    }
    return engine([one for one in shipped() if one.id in names])


@pytest.fixture(scope="module")
def popular() -> Engine:
    names = {"kubeconfig-password", "azure-msal-cache"}
    return engine([one for one in shipped() if one.id in names])


def ids(made: Engine, text: str) -> set[str]:
    return {identity(one.secret) for one in Search(made).find(text.encode()) if not one.coding}


@pytest.mark.parametrize(
    ("document", "value"),
    [
        ('{"dsn":"postgres://app:%s@db1.corp.io/x"}', "aB&cD9xQ7+w"),
        ('{"dsn":"https://app:%s@db1.corp.io/x"}', "aBcD9xQ7w"),
        ('{"password":"%s"}', "Tr0ub4dor&3<x9"),
        (
            '{"url":"https://hooks.slack.com/services/%s"}',
            "T02AB3CD4/B02AB3CD5/aKZ3mZ8qW1xY6vB4nT0pR5sD",
        ),
        ('{"secretAccessKey":"%s"}', "kJ3v/Qm8TzR1/wXc5Yb7NdLp2Hs9GfVaE4Ku6MoB"),
    ],
    ids=["address", "slashes alone", "page", "webhook", "key"],
)
def test_a_secret_is_the_same_however_json_has_it(made: Engine, document: str, value: str) -> None:
    (wanted,) = ids(made, document % value)
    before, after = (for_pages(part) for part in document.split("%s"))
    assert ids(made, before + for_pages(value) + after) == {wanted}


def test_a_secret_of_json_in_json_is_the_same(made: Engine) -> None:
    value = "Tr0ub4dor&3<x9"
    (wanted,) = ids(made, f'{{"password":"{value}"}}')
    inside = f'{{"password":"{for_pages(value)}"}}'
    assert ids(made, json.dumps({"data": inside})) == {wanted}


@pytest.mark.parametrize("indent", [None, 1], ids=["compact", "indented"])
@pytest.mark.parametrize(
    ("rule", "document"),
    [
        ("kubeconfig-password", {"users": [{"name": "a", "user": {"password": "vESXz7OScnEy3m"}}]}),
        (
            "azure-msal-cache",
            {"credential_type": "RefreshToken", "secret": f"1.A{'XoLSE4Df' * 12}"},
        ),
    ],
)
def test_a_document_in_a_string_is_read_as_one(
    popular: Engine, rule: str, document: object, indent: int | None
) -> None:
    """Rules that know nothing of escaped quotes find what is in it."""
    plain = json.dumps(document, indent=indent)
    (wanted,) = Search(popular, CACHE).find(plain.encode())
    data = json.dumps({"data": plain}).encode()
    (found,) = Search(popular, CACHE).find(data)
    assert (found.rule.id, found.secret, found.coding) == (rule, wanted.secret, "")
    assert data[found.start : found.end] == wanted.secret


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="\b\f")))
def test_a_string_says_what_was_written_into_it(text: str) -> None:
    """Of characters that no text has, the codes stay."""
    readable = "".join(char for char in text if char.isprintable() or char in "\n\r\t")
    written = json.dumps(readable)[1:-1].encode()
    said = nested(written)
    assert said.data == readable.encode()
    assert said.place(len(said.data)) == len(written)


def test_a_flood_of_escapes_is_no_flood_of_beginnings(made: Engine) -> None:
    text = rb'"\u003cp\u003eA \u0026amp; B \u003c/p\u003e",' * 60_000
    search = Search(made)
    found = search.find(text + rb'"password":"Tr0ub4dor\u00263\u003cx9"' + text)
    assert [one.secret for one in found] == [b"Tr0ub4dor&3<x9"]
    assert not search.exhausted


def test_a_password_of_xml_is_that_of_settings(made: Engine) -> None:
    value = "Tr0ub4dor&3<x9"
    (wanted,) = ids(made, f'password: "{value}"')
    assert ids(made, f"<password>{escape(value)}</password>") == {wanted}


def test_a_value_without_its_escapes_stands_where_it_is_written(made: Engine) -> None:
    data = rb'{"a":"\u003cb\u003e","dsn":"postgres:\/\/app:aB\u0026cD9xQ7@db1.corp.io\/x"}'
    (one,) = Search(made).find(data)
    assert data[one.start : one.end] == rb"aB\u0026cD9xQ7"
    assert (one.secret, one.coding) == (b"aB&cD9xQ7", "")


TOKEN = "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"  # ocianalyze:allow, made up


@pytest.mark.parametrize("written", ["\\u%04x", "\\u%04X"])
@pytest.mark.parametrize("line", ['{"a":"%s"}', "token = %s\n", "x=1;\n" * 9_000 + 'k="%s";'])
def test_a_value_of_nothing_but_escapes_is_read(made: Engine, line: str, written: str) -> None:
    coded = "".join(written % ord(char) for char in TOKEN)
    data = (line % coded).encode()
    (one,) = Search(made).find(data)
    assert (one.secret.decode(), one.coding) == (TOKEN, "")
    assert data[one.start : one.end].decode() == coded


@pytest.mark.parametrize("value", ["Tr0ub4dorX3x9q", "Tr0ub4%40dorX3x9"])
def test_an_address_in_another_is_read(made: Engine, value: str) -> None:
    address = f"https://app:{value}@db1.corp.io/x"
    (wanted,) = ids(made, address)
    data = f"login?next={quote(address, safe='')}&a=b".encode()
    (one,) = Search(made).find(data)
    assert (identity(one.secret), one.coding) == (wanted, "")
    assert data[one.start : one.end].decode() == quote(value, safe="")


@pytest.mark.parametrize("between", ['", "x": "', " ", "&back="])
def test_signs_of_an_address_beside_a_part_keep_their_meaning(between: str, made: Engine) -> None:
    """Both orders: what is undone for one is not for the other."""
    whole = "https://deploy:Tr0ub4%40d%2BorX3x@git.acme.dev/a"
    part = quote("https://other:9kQz%40mW2vLp7x@git.acme.dev/b", safe="")
    for text in (f"{whole}{between}{part}", f"{part}{between}{whole}"):
        found = {one.secret for one in Search(made).find(text.encode())}
        assert {b"Tr0ub4%40d%2BorX3x"} <= found, text


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_value_that_goes_on_in_the_next_line_is_one(made: Engine, end: str) -> None:
    written = f"{TOKEN[:20]}\\{end}{TOKEN[20:]}"
    data = f"#!/bin/sh{end}export GH={written}{end}".encode()
    (one,) = Search(made).find(data)
    assert one.secret.decode() == TOKEN
    assert data[one.start : one.end].decode() == written


def test_a_token_that_is_cut_by_nothing_known_is_none(made: Engine) -> None:
    assert not ids(made, f"GH={TOKEN[:20]} \\\n{TOKEN[20:]}\n")
    assert not ids(made, "next=https%3A%2F%2Fdb1.corp.io%3A8080%2Fx%40y")


@given(text=st.text(alphabet=st.characters(codec="ascii", min_codepoint=32)))
def test_a_part_of_an_address_says_what_was_written(text: str) -> None:
    written = quote(text, safe="").encode()
    assert unquoted(written).data == text.encode()


@given(lines=st.lists(st.sampled_from(["a", "bc", "\\"]), min_size=1))
def test_continued_lines_are_joined(lines: list[str]) -> None:
    written = "\\\n".join(lines).encode()
    found = joined(written)
    assert found.data == "".join(lines).encode()
    assert found.place(len(found.data)) == len(written)


@pytest.mark.parametrize("unit", ['x\\u0041"', f"a%3A%2F%2F{'b' * 48}%3Accc%40", f"{'A' * 63}\\\n"])
def test_no_flood_of_escapes_ends_a_search(made: Engine, unit: str) -> None:
    run = "\\u0041" * 16
    text = (unit.replace("\\u0041", run) * 200_000)[: 4 << 20].encode()
    search = Search(made)
    text += b'\n"password":"Tr0ub4dor\\u00263x9q"'
    found = [one for at in range(0, len(text), MIB) for one in search.feed(text[at : at + MIB])]
    found += search.close()
    assert [one.secret for one in found] == [b"Tr0ub4dor&3x9q"]
    assert not search.exhausted
