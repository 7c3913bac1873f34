"""From what layers keep to secrets and to what was not looked at."""

import gzip
import json
from base64 import b64encode
from dataclasses import replace

import pytest
import zstandard
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ocianalyze.detectors import filetype
from ocianalyze.detectors.secrets import encoded, names
from ocianalyze.detectors.secrets.engine import Engine, engine
from ocianalyze.detectors.secrets.gather import gather
from ocianalyze.detectors.secrets.ignore import Ignore
from ocianalyze.detectors.secrets.inside.allowance import Allowance
from ocianalyze.detectors.secrets.inside.observer import observer
from ocianalyze.detectors.secrets.rule_files import shipped
from ocianalyze.detectors.secrets.sieve import sieving
from ocianalyze.detectors.secrets.unread import UNREAD, unread, why_unread
from ocianalyze.filesystem.index import MergedTree
from ocianalyze.filesystem.view import ImageView
from ocianalyze.layers.read import Reading, read_layer
from ocianalyze.limits import DEFAULT
from ocianalyze.model.entry import State
from tests.detectors.secrets.inside.conftest import zipped
from tests.images import Bytes, File, image, tar
from tests.tokens import github_token

KEY = b"acme_0123456789ab"
PACKED = gzip.compress(KEY)


def view(engine: Engine, *layers: dict[str, bytes]) -> ImageView:
    seen = (observer(engine, Allowance()), names.observer())
    files = [{path: File(data) for path, data in layer.items()} for layer in layers]
    return image(*files, observers=seen)


def sifted(engine: Engine, layer: dict[str, bytes]) -> ImageView:
    """Return an image of one layer, every byte of which was looked at as well."""
    seen = (observer(engine, Allowance()), names.observer())
    reading = Reading(seen, filetype.classify, DEFAULT, sieving(engine, "1"))
    facts = read_layer(Bytes(tar(layer)), reading)
    return replace(image(layer), tree=MergedTree([facts], filetype.TYPES, DEFAULT))


def test_one_value_in_two_files_is_one_secret_with_two_places(engines: dict[str, Engine]) -> None:
    engine = engines["hyperscan"]
    seen = view(engine, {"a.gz": PACKED}, {"b.log.gz": PACKED, "a.gz": b"gone"})
    (found,) = gather(seen, (), engine, DEFAULT).secrets
    assert [(x.path, x.inner, x.layer, x.state, x.offset) for x in found.places] == [
        ("a.gz", "a", 0, State.OVERWRITTEN, 0),
        ("b.log.gz", "b.log", 1, State.VISIBLE, 0),
    ]


def test_what_a_file_holds_as_it_is_and_inside_is_one_place(engines: dict[str, Engine]) -> None:
    """A short content of zstd, a name in a zip archive: the inner place is told."""
    engine = engines["hyperscan"]
    packed = zstandard.compress(KEY)
    named = zipped({f"{KEY.decode()}.txt": b"x", "y": b"y"})
    assert KEY in packed
    assert named.count(KEY) == 2
    made = sifted(engine, {"a.zst": packed, "b.zip": named, "c": KEY})
    (found,) = gather(made, (), engine, DEFAULT).secrets
    assert [(x.path, x.inner, x.where) for x in found.places] == [
        ("a.zst", "a", "content"),
        ("b.zip", f"{KEY.decode()}.txt", "path"),
        ("c", "", "content"),
    ]


def test_a_value_that_is_base64_itself_is_not_told_decoded_too() -> None:
    rules = {one.id: one for one in shipped()}
    wanted = rules["kubeconfig-client-key"], rules["pem-ec-private-key"], rules["github-pat"]
    one = engine(wanted)
    text = wanted[0].matches[0] + "\nother: "
    data = text.encode() + b64encode(github_token().encode()) + b"\n"
    seen = (observer(one, Allowance()), names.observer(), encoded.observer(one, bare=False))
    reading = Reading(seen, filetype.classify, DEFAULT, sieving(one, "1"))
    facts = read_layer(Bytes(tar({"root/.kube/config": data})), reading)
    tree = MergedTree([facts], filetype.TYPES, DEFAULT)
    made = replace(image({"root/.kube/config": data}), tree=tree)
    found = gather(made, (), one, DEFAULT).secrets
    assert sorted(x.rule for x in found) == ["github-pat", "kubeconfig-client-key"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_tells_each_of_its_secrets_once(codec: str) -> None:
    one = engine([rule for rule in shipped() if rule.id == "github-pat"])
    data = f'\ufeffk="{github_token()}"\n'.encode(codec)
    seen = (encoded.observer(one, bare=False),)
    reading = Reading(seen, filetype.classify, DEFAULT, sieving(one, "1"))
    facts = read_layer(Bytes(tar({"a.js": data, "b.html": data[2:]})), reading)
    assert len(facts.observations[encoded.NAME]) == 1
    made = replace(image({}), tree=MergedTree([facts], filetype.TYPES, DEFAULT))
    (found,) = gather(made, (), one, DEFAULT).secrets
    assert [x.path for x in found.places] == ["a.js", "b.html"]
    assert found.places[0].offset == len('?k="'.encode(codec))


def test_the_name_of_a_whiteout_is_no_path_that_can_be_seen(engines: dict[str, Engine]) -> None:
    engine = engines["hyperscan"]
    made = sifted(engine, {f"etc/.wh.{KEY.decode()}": b""})
    (found,) = gather(made, (), engine, DEFAULT).secrets
    assert [(x.where, x.state) for x in found.places] == [("header", None)]


def test_equally_grave_secrets_come_in_the_order_of_their_places(
    engines: dict[str, Engine],
) -> None:
    """Layer, path and offset: never what a keyed hash makes of a value."""
    engine = engines["hyperscan"]
    one, two, three, four = (b"acme_0123456789%02x" % n for n in range(4))
    lower = {"z.gz": gzip.compress(one), "b.gz": gzip.compress(three + b"\n" + two)}
    seen = view(engine, lower, {"a.gz": gzip.compress(four), "z.gz": gzip.compress(two)})
    found = gather(seen, (), engine, DEFAULT).secrets
    grave = [x for x in found if x.severity == found[0].severity]
    firsts = [(x.places[0].layer, x.places[0].path, x.places[0].offset) for x in grave]
    assert firsts == sorted(firsts, key=str)
    assert {len(x.places) for x in found} == {1, 2}
    assert all(list(x.places) == sorted(x.places, key=lambda p: (p.layer, p.path)) for x in found)


def test_a_secret_is_visible_under_the_hard_link_that_is_left(engines: dict[str, Engine]) -> None:
    engine = engines["hyperscan"]
    seen = (observer(engine, Allowance()), names.observer())
    lower = {"a.gz": File(PACKED), "b": File(kind="h", link="a.gz")}
    (found,) = gather(
        image(lower, {".wh.a.gz": File()}, observers=seen), (), engine, DEFAULT
    ).secrets
    assert [(x.path, x.state) for x in found.places] == [
        ("a.gz", State.DELETED),
        ("b", State.VISIBLE),
    ]


def test_a_file_is_told_by_its_name_where_nothing_else_was_found(
    engines: dict[str, Engine],
) -> None:
    engine = engines["hyperscan"]
    seen = view(engine, {"root/.netrc": b"made up", "root/.pgpass": PACKED})
    told = {one.rule: one for one in gather(seen, (), engine, DEFAULT).secrets}
    assert set(told) == {"file-netrc", "prefix"}
    (place,) = told["file-netrc"].places
    assert (place.where, place.path, place.offset) == ("path", "root/.netrc", None)


def test_equal_files_of_a_name_are_one(engines: dict[str, Engine]) -> None:
    engine = engines["hyperscan"]
    seen = view(engine, {"a/.netrc": b"same", "b/.netrc": b"same"}, {"a/.netrc": b"other"})
    found = gather(seen, (), engine, DEFAULT).secrets
    assert sorted(len(one.places) for one in found) == [1, 2]


def test_what_was_not_looked_at_is_told(engines: dict[str, Engine]) -> None:
    seen = view(engines["hyperscan"], {"a.gz": PACKED[:-9], "b.7z": b"7z\xbc\xaf" + bytes(99)})
    found = unread(seen, DEFAULT)
    assert {(one.path, one.detail) for one in found} == {
        ("a.gz", "it is cut off"),
        ("b.7z", "it is packed as 7z, which is not read"),
    }
    assert {one.code for one in found} == {UNREAD}
    assert [why_unread(one) for one in found] == ["closed", "damaged"]


def test_what_is_beyond_a_limit_is_counted(engines: dict[str, Engine]) -> None:
    engine = engines["hyperscan"]
    packed = {f"{one}.7z": b"7z\xbc\xaf" + bytes(99) for one in range(3)}
    seen = view(engine, {"root/.netrc": b"a", "x/.netrc": b"b", **packed})
    found = gather(seen, (), engine, replace(DEFAULT, secrets=1))
    assert (len(found.secrets), found.left_out) == (1, 1)
    told = unread(seen, replace(DEFAULT, findings=1), left_out=found.left_out)
    assert [(why_unread(one), one.detail.partition(" ")[0]) for one in told] == [
        ("limit", "1"),
        ("closed", "it"),
        ("closed", "2"),
    ]


def test_a_place_of_the_author_stays_where_samples_leave_no_room(
    engines: dict[str, Engine],
) -> None:
    engine = engines["hyperscan"]
    made = sifted(engine, {f"docs/{n}.md": KEY for n in range(5)} | {"srv/a.conf": KEY})
    (found,) = gather(made, (), engine, replace(DEFAULT, secret_places=3)).secrets
    assert "srv/a.conf" in [place.path for place in found.places]
    assert (len(found.places), found.more_places) == (3, 3)


def test_what_a_container_in_base64_holds_is_told_beside_the_value_that_it_is() -> None:
    rules = {one.id: one for one in shipped()}
    one = engine([rules["kubernetes-secret-value"], rules["github-pat"]])
    coded = b64encode(gzip.compress(f"{github_token()}\n".encode())).decode()
    cut = b64encode(gzip.compress(bytes(range(256)))[:60]).decode()
    data = f"kind: Secret\ntype: Opaque\ndata:\n  token: {coded}\n  other: {cut}\n".encode()
    seen = (encoded.observer(one, bare=False),)
    reading = Reading(seen, filetype.classify, DEFAULT, sieving(one, "1"))
    facts = read_layer(Bytes(tar({"secret.yaml": data})), reading)
    made = replace(image({}), tree=MergedTree([facts], filetype.TYPES, DEFAULT))
    found = gather(made, (), one, DEFAULT).secrets
    places = {x.rule: (x.places[0].offset, x.places[0].coding, x.places[0].inner) for x in found}
    at = data.index(coded.encode())
    assert places["kubernetes-secret-value"] == (at, "", "")
    assert places["github-pat"] == (at, "base64", "content")
    (told,) = unread(made, DEFAULT)
    assert told.detail == f"base64 at byte {data.index(cut.encode())} is cut off"


def test_the_form_of_a_provider_says_more_than_words() -> None:
    """The same value under a generic rule of equal or more weight, first."""
    key = "AIza" + "Sy0123456789abcdefghijklmnopqrstuvw"[:35]
    rules = [
        rule for rule in shipped() if rule.id in ("google-api-key", "generic-secret-assignment")
    ]
    firebase = f'apiKey: "{key}",\nauthDomain: "acme.firebaseapp.com"'
    seeking = engine(rules, "hyperscan")
    seen = sifted(seeking, {"a.js": firebase.encode(), "b.js": f"x = {key}".encode()})
    (found,) = gather(seen, (), seeking, DEFAULT).secrets
    assert (found.rule, found.form, len(found.places)) == ("google-api-key", "own", 2)


@pytest.mark.parametrize("name", ["a.pem", "z.pem"])
def test_whom_a_key_belongs_to_says_more_than_that_it_is_one(name: str) -> None:
    """A service account's file, and its key alone before and behind it."""
    rules = {rule.id: rule for rule in shipped()}
    account = rules["gcp-service-account-key"]
    pem = json.loads(account.matches[0])["private_key"]
    seeking = engine([account, rules["pem-private-key"]], "hyperscan")
    seen = sifted(seeking, {name: pem.encode(), "sa.json": account.matches[0].encode()})
    (found,) = gather(seen, (), seeking, DEFAULT).secrets
    assert (found.rule, found.facts["project"], len(found.places)) == (account.id, "acme-shop", 2)


def test_a_private_key_in_several_writings_is_one_secret() -> None:
    """As PEM, as DER, and in a kubeconfig, which says what it opens."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem, der = (
        key.private_bytes(way, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        for way in (serialization.Encoding.PEM, serialization.Encoding.DER)
    )
    config = f"users:\n- name: a\n  user:\n    client-key-data: {b64encode(pem).decode()}\n"
    wanted = {"pem-private-key", "der-private-key", "kubeconfig-client-key"}
    one = engine([rule for rule in shipped() if rule.id in wanted])
    seen = sifted(one, {"a.pem": pem, "b/key.der": der, "root/.kube/config": config.encode()})
    (found,) = gather(seen, (), one, DEFAULT).secrets
    assert found.rule == "kubeconfig-client-key"
    assert [place.path for place in found.places] == ["a.pem", "b/key.der", "root/.kube/config"]
    assert len({found.id, *(writing.id for writing in found.writings)}) == 3
    assert Ignore("here", "mine", id=found.writings[0].id).fits(found)
    (found,) = gather(seen, (), one, replace(DEFAULT, secret_places=2)).secrets
    assert (len(found.places), found.more_places) == (2, 1)
