"""Archives, compressed contents and key stores that settings hold in base64."""

import gzip
import json
import tarfile
import zlib
from base64 import b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from ocianalyze.detectors.secrets.documents import Document, read
from ocianalyze.detectors.secrets.encoded import base64_secrets, observer
from ocianalyze.detectors.secrets.engine import Engine, engine
from ocianalyze.detectors.secrets.gather import gather
from ocianalyze.detectors.secrets.hits import Hit
from ocianalyze.detectors.secrets.inside.inner import Inside, unpacked
from ocianalyze.detectors.secrets.rule_files import by_id, shipped
from ocianalyze.detectors.secrets.seeking import Seeking
from ocianalyze.detectors.secrets.unread import UNREAD
from ocianalyze.layers.observer import Seen
from ocianalyze.limits import DEFAULT, Limits
from tests.detectors.secrets.inside.conftest import STORES, tarred, zipped
from tests.detectors.secrets.inside.test_stores import PRIVATE, TRUSTED, jks, p12
from tests.images import image
from tests.taps import fed
from tests.tokens import github_token

TEXT = f"token: {github_token()}\n".encode()
PACKED = {
    "gzip": gzip.compress(TEXT, mtime=0),
    "gzip with a name": gzip.compress(TEXT, mtime=77),
    "zlib": zlib.compress(TEXT),
    "zstd": zstandard.compress(TEXT),
    "zip": zipped({"a/b.txt": TEXT}),
    "stored zip": zipped({"a/b.txt": TEXT}, method=0),
    "gzip in zip": zipped({"a.gz": gzip.compress(TEXT)}),
    "tar": tarred({"a": TEXT}),
    "tar of GNU": tarred({"./etc/app/token.txt": TEXT}, form=tarfile.GNU_FORMAT),
    "tar with a long name": tarred({"etc/application/" * 5 + "token": TEXT}),
    "gzip in tar": tarred({"a.gz": gzip.compress(TEXT)}),
}
KEYS: dict[str, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey] = {
    "RSA": rsa.generate_private_key(65537, 1024),
    "EC": ec.generate_private_key(ec.SECP256R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
}
FORMS = {"PKCS#8": PrivateFormat.PKCS8, "its own": PrivateFormat.TraditionalOpenSSL}
DER = {
    f"{name} {form}": key.private_bytes(Encoding.DER, FORMS[form], NoEncryption())
    for name, key in KEYS.items()
    for form in FORMS
    if (name, form) != ("Ed25519", "its own")
}
STORED = {
    "java-keystore-key": jks(PRIVATE, TRUSTED),
    "pkcs12-key": p12(BestAvailableEncryption(b"changeit")),
    **{f"der-private-key of {name}": data for name, data in DER.items()},
}


def text(data: bytes) -> str:
    return b64encode(data).decode()


def helm(release: object) -> str:
    """Return what Kubernetes writes of a release of Helm."""
    return text(b64encode(gzip.compress(json.dumps(release).encode())))


WRITTEN: Mapping[str, Callable[[str], str]] = {
    "app.env": lambda x: f"A=1\nSTORE={x}\nB=2\n",
    "app.properties": lambda x: f"a=1\nstore={x.replace('=', chr(92) + '=')}\nb=2\n",
    "secret.yaml": lambda x: f"kind: Secret\ndata:\n  store.bin: {x}\n  other: YQ==\n",
    "list.yaml": lambda x: f"stores:\n- {x}\n- other\n",
    "config.json": lambda x: json.dumps({"auths": {"a": {"store": x}}}),
    "data.json": lambda x: json.dumps({"url": f"data:application/octet-stream;base64,{x}"}),
    "terraform.tfstate": lambda x: json.dumps({"resources": [{"content_base64": x}]}, indent=2),
    "store.b64": lambda x: x,
    "store.xml": lambda x: f"<store>{x}</store>",
    "deep.toml": lambda x: f'store = "{x}"',
}


@pytest.fixture(scope="module")
def made() -> Engine:
    rules = by_id(shipped())
    return engine([rules[name] for name in (*STORES, "github-pat", "pem-ec-private-key")])


def look(made: Engine, data: str, path: str = "app.yaml", *, piece: int = 1000) -> list[Hit]:
    """Return the secrets that the observer keeps of a file that comes in pieces."""
    return list(inside(made, data, path, piece=piece).hits)


def inside(
    made: Engine, data: str, path: str = "app.yaml", *, piece: int = 1000, limits: Limits = DEFAULT
) -> Inside:
    content = data.encode()
    watch = observer(made, bare=False, limits=limits)
    opened = watch.begin() if watch.begin else watch.open
    tap = opened(Seen(path.encode(), len(content), 0o600), memoryview(content)[:512])
    value = fed(tap, content, piece)
    return unpacked(value) if value else Inside()


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("path", WRITTEN)
def test_what_is_packed_and_coded_is_found_where_it_begins(
    made: Engine, name: str, path: str
) -> None:
    coded = text(PACKED[name])
    data = WRITTEN[path](coded)
    (found,) = look(made, data, path)
    assert (found.rule, found.coding, found.where) == ("github-pat", "base64", "content")
    begin = data.index(coded[:40])
    assert found.offset == begin if found.inner else begin < found.offset < begin + len(coded)


@pytest.mark.parametrize("name", [x for x in PACKED if "tar" in x])
@pytest.mark.parametrize("indent", ["", "    "], ids=["plain", "indented"])
def test_a_tar_in_lines_is_read(made: Engine, name: str, indent: str) -> None:
    lines = encodebytes(PACKED[name]).decode().splitlines()
    data = "files: |\n" + "".join(f"{indent}{line}\n" for line in lines)
    (found,) = look(made, data)
    assert (found.rule, found.coding) == ("github-pat", "base64")
    assert (found.inner == "a.gz!/a") == ("gzip" in name)


@pytest.mark.parametrize("name", STORED)
@pytest.mark.parametrize("path", WRITTEN)
def test_a_coded_key_store_is_read_as_one_in_a_file(made: Engine, name: str, path: str) -> None:
    for code in (b64encode, urlsafe_b64encode):
        coded = code(STORED[name]).decode()
        data = WRITTEN[path](coded)
        found = look(made, data, path)
        assert {(one.rule, one.coding) for one in found} == {(name.partition(" ")[0], "base64")}
        begin = data.index(coded[:40])
        assert all(begin <= one.offset < begin + len(coded) for one in found)


def test_a_default_password_of_a_coded_store_is_told(made: Engine) -> None:
    (found,) = look(made, f"store: {text(jks(PRIVATE))}\n")
    assert (found.severity, "opens with a default password" in found.detail) == ("high", True)


@pytest.mark.parametrize("piece", [7, 64, 100_000])
def test_a_release_of_helm_is_read_in_a_secret_and_in_a_config_map(
    made: Engine, piece: int
) -> None:
    release = {"config": {"token": github_token()}, "manifest": "kind: Secret\n" * 40}
    twice = helm(release)
    once = text(gzip.compress(json.dumps(release).encode()))
    for coded in (twice, once):
        data = f"kind: Secret\ntype: helm.sh/release.v1\ndata:\n  release: {coded}\n"
        (found,) = look(made, data, piece=piece)
        assert (found.rule, found.coding, found.offset) == (
            "github-pat",
            "base64",
            data.index(coded),
        )


def test_an_armoured_key_is_not_told_as_der_as_well(made: Engine) -> None:
    pem = KEYS["EC"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert not look(made, f"key: |\n  {pem.replace(chr(10), chr(10) + '  ')}\n")
    assert not look(made, json.dumps({"key": pem}))


@pytest.mark.parametrize(
    "data",
    [
        jks(TRUSTED, TRUSTED),
        b"0\x82\x01\0" + bytes(256),
        b"PK\3\4" + bytes(200),
        zlib.compress(bytes(range(256)))[:40],
        b"\x1f\x8b\x08" + b"\xff" * 90,
    ],
    ids=["trust store", "certificate", "cut zip", "cut zlib", "broken gzip"],
)
def test_a_container_without_a_secret_is_none(made: Engine, data: bytes) -> None:
    assert not look(made, f"x: {text(data)}\n")


def test_values_one_below_the_other_are_not_joined(made: Engine) -> None:
    lines = [text(gzip.compress(f"token: {github_token(str(n))}\n".encode())) for n in range(9)]
    found = look(made, "\n".join(lines), "store.b64")
    assert len({one.id for one in found}) == len(lines)


def test_few_of_a_flood_of_containers_are_looked_into(made: Engine) -> None:
    data = "".join(f"k{number}: {text(gzip.compress(TEXT))}\n" for number in range(500))
    found = inside(made, data)
    assert len(found.hits) == 64
    assert [one.reason for one in found.unread] == [
        "has more than 64 packed contents and key stores in base64"
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (PACKED["gzip"][:-20], "is cut off"),
        (zipped({"a": TEXT})[:60], "is cut off"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(60), "is packed as 7z, which is not read"),
    ],
    ids=["gzip", "zip", "7z"],
)
def test_what_is_no_whole_container_is_told(made: Engine, data: bytes, reason: str) -> None:
    (found,) = inside(made, f"x: {text(data)}\n").unread
    assert (found.reason, found.inner.partition("!")[0]) == (reason, "base64 at byte 3")


def test_the_same_reason_is_told_once_with_its_first_place(made: Engine) -> None:
    data = f"x: {text(PACKED['gzip'][:-20])}\n"
    (found,) = inside(made, data * 3).unread
    assert (found.times, found.inner) == (3, "base64 at byte 3")


def test_a_bomb_ends_with_the_bounds_of_files(made: Engine) -> None:
    bomb = gzip.compress(bytes(1 << 20) * 8, mtime=0)
    limits = replace(DEFAULT, inner_bytes=1 << 20)
    (found,) = inside(made, f"x: {text(bomb)}\n", limits=limits).unread
    assert found.reason == "limit inner_bytes (1048576) reached"


def test_a_document_tells_the_text_that_holds_a_coded_container(made: Engine) -> None:
    env = [f"TOKENS={text(PACKED['gzip'])}", "A=1", f"STORE={text(STORED['java-keystore-key'])}"]
    document = Document("config", json.dumps({"config": {"Env": env}}).encode())
    found = list(read(made, document, {}))
    assert {(one.pointer, one.proved.rule.id) for one in found} == {
        ("/config/Env/0", "github-pat"),
        ("/config/Env/2", "java-keystore-key"),
    }
    assert {one.secret.decode() for one in found if one.pointer.endswith("0")} == {github_token()}
    assert all(one.proved.coding == "base64" for one in found)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([gzip.compress(TEXT)] * 65, "has more than 64 packed contents and key stores in base64"),
        ([PACKED["gzip"][:-20]], "base64 at byte 3 is cut off"),
        (
            [b"7z\xbc\xaf\x27\x1c" + bytes(60)],
            "base64 at byte 3 is packed as 7z, which is not read",
        ),
    ],
    ids=["many", "cut off", "unknown format"],
)
def test_what_of_a_document_is_not_looked_at_is_told(
    made: Engine, labels: list[bytes], said: str
) -> None:
    texts = {f"l{number}": text(data) for number, data in enumerate(labels)}
    document = Document("config", json.dumps(texts).encode())
    gathered = gather(image({}), [document], made, DEFAULT)
    (told,) = Seeking((), None, DEFAULT).unread(image({}), gathered)
    assert told.code == UNREAD
    assert said in told.detail
    assert told.detail.startswith("config: ")


def test_a_binary_secret_of_a_document_is_that_of_a_file(made: Engine) -> None:
    (found,) = base64_secrets(made, b"", text(STORED["java-keystore-key"]).encode(), {})
    assert found.secret in STORED["java-keystore-key"]
