"""An rpm package whose signer's key the image does not hold is told, with the key."""

import base64
import hashlib
import json
from typing import Any

import pytest

from ocianalyze.controls.aspects.verification.signers import key_ids, known_keys
from ocianalyze.controls.cis_docker.c4_11_verified_packages import evaluate
from ocianalyze.engine import observers
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.assembly import with_inventory
from ocianalyze.model.finding import Status, Verdict
from tests.images import Layer, image
from tests.inventory.catalogers.rpm_samples import SQLITE, header, package, sqlite

IMPORT = "ADD rootfs.tar / # buildkit"
KEY_FILE = "etc/pki/rpm-gpg/RPM-GPG-KEY-x"


def _packet(tag: int, body: bytes) -> bytes:
    return bytes([0xC0 | tag, 255]) + len(body).to_bytes(4) + body


def _public(secret: int, version: int = 4) -> bytes:
    """Return the body of an RSA key's public packet, with numbers that are no key."""
    numbers = b"\x00\x20" + secret.to_bytes(4) + b"\x00\x11\x01\x00\x01"
    long = len(numbers).to_bytes(4) if version > 4 else b""
    return bytes([version]) + bytes(4) + b"\x01" + long + numbers


def _id(body: bytes) -> str:
    if body[0] == 4:
        return hashlib.sha1(b"\x99" + len(body).to_bytes(2) + body).hexdigest()[-16:]
    mark = b"\x9a" if body[0] == 5 else b"\x9b"
    return hashlib.sha256(mark + len(body).to_bytes(4) + body).hexdigest()[:16]


def _signature(key: str) -> bytes:
    """Return a signature packet that names its key, and signs nothing."""
    area = b"\x09\x10" + bytes.fromhex(key)
    return _packet(2, b"\x04\x00\x01\x08" + len(area).to_bytes(2) + area + b"\x00\x00")


def _armour(data: bytes) -> bytes:
    text = base64.encodebytes(data)
    head, tail = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", b"-----END PGP PUBLIC KEY BLOCK-----\n"
    return b"Some words.\n" + head + b"Version: x\n\n" + text + b"=abcd\n" + tail


def _held(name: str, *provides: str) -> bytes:
    """Return a key as rpm keeps it."""
    return header({1000: "gpg-pubkey", 1001: name, 1002: "52ae6884", 1047: provides})


ONE, TWO, SUB = _public(0x80000001), _public(0x80000002), _public(0x80000003)
FORGED = _signature(_id(TWO))
SIGNED = [
    package("a", signature=_signature(_id(ONE))),
    package("b", signature=_signature(_id(ONE))),
]


def _view(layer: Layer, **about: Any) -> ImageView:
    return with_inventory(image(layer, observers=observers(), history=[IMPORT], **about))


def _judge(layer: Layer) -> Verdict:
    verdict = evaluate(_view(layer))
    assert 0 < len(verdict.summary) <= 60, verdict.summary
    return verdict


def _signers(layer: Layer) -> list[str]:
    return [e.detail for e in _judge(layer).evidence if e.reason == "unknown-signer"]


@pytest.mark.parametrize(
    "layer",
    [
        pytest.param({SQLITE: sqlite([*SIGNED, _held(_id(ONE)[-8:])])}, id="short-in-the-database"),
        pytest.param(
            {SQLITE: sqlite([*SIGNED, _held("00000000", f"gpg({_id(ONE)})", "gpg(Someone)")])},
            id="subkey-in-the-database",
        ),
        pytest.param({SQLITE: sqlite([*SIGNED, _held("0" * 24 + _id(ONE))])}, id="fingerprint"),
        pytest.param({SQLITE: sqlite(SIGNED), KEY_FILE: _packet(6, ONE)}, id="binary-file"),
        pytest.param({SQLITE: sqlite(SIGNED), KEY_FILE: _armour(_packet(6, ONE))}, id="armoured"),
        pytest.param(
            {SQLITE: sqlite(SIGNED), KEY_FILE: _armour(_packet(6, TWO) + _packet(14, ONE))},
            id="subkey-in-a-file",
        ),
        pytest.param(
            {SQLITE: sqlite(SIGNED), KEY_FILE: _armour(_packet(6, TWO)) + _armour(_packet(6, ONE))},
            id="two-blocks",
        ),
        pytest.param(
            {SQLITE: sqlite(SIGNED), "usr/lib/rpm/gnupg/keys/x.asc": _armour(_packet(6, ONE))},
            id="where-suse-keeps-them",
        ),
    ],
)
def test_a_signer_whose_key_is_there_is_not_told(layer: Layer) -> None:
    assert _signers(layer) == []


@pytest.mark.parametrize(
    "layer",
    [
        pytest.param({SQLITE: sqlite(SIGNED)}, id="no-key-at-all"),
        pytest.param({SQLITE: sqlite([*SIGNED, _held(_id(TWO)[-8:])])}, id="another-key"),
        pytest.param({SQLITE: sqlite(SIGNED), KEY_FILE: _armour(_packet(6, TWO))}, id="other-file"),
        pytest.param({SQLITE: sqlite(SIGNED), KEY_FILE: b"no key"}, id="no-key-in-the-file"),
        pytest.param({SQLITE: sqlite(SIGNED), KEY_FILE: _packet(6, ONE)[:-3]}, id="cut-off"),
        pytest.param(
            {SQLITE: sqlite(SIGNED), "tmp/RPM-GPG-KEY-x": _packet(6, ONE)}, id="not-where-rpm-looks"
        ),
        pytest.param(
            {SQLITE: sqlite([*SIGNED, package("gpg-pubkey", _id(ONE)[-8:], signature=FORGED)])},
            id="named-like-a-key",
        ),
    ],
)
def test_a_signer_needs_review_where_no_key_verifies_any_package(layer: Layer) -> None:
    """As where a root was installed from outside, with the keys of there."""
    verdict = _judge(layer)
    assert verdict.status is Status.NEEDS_REVIEW
    assert any(
        told.endswith(f"a, b: key {_id(ONE)} is not in the image") for told in _signers(layer)
    )


@pytest.mark.parametrize("keys", [(ONE,), (ONE, SUB)], ids=len)
def test_a_stranger_among_packages_whose_key_is_there_fails(keys: tuple[bytes, ...]) -> None:
    stranger = package("c", signature=_signature(_id(TWO)))
    held = _armour(b"".join(_packet(6, key) for key in keys))
    layer: Layer = {SQLITE: sqlite([*SIGNED, stranger]), KEY_FILE: held}
    verdict = _judge(layer)
    assert (verdict.status, verdict.reason) == (Status.FAIL, "unknown-signer")
    assert _signers(layer) == [f"c: key {_id(TWO)} is not in the image"]


def test_keys_of_lower_layers_that_are_gone_are_not_held() -> None:
    key = {KEY_FILE: _packet(6, ONE)}
    views = [
        with_inventory(image(key, later, observers=observers()))
        for later in ({"x": b""}, {"etc/pki/rpm-gpg/.wh.RPM-GPG-KEY-x": b""})
    ]
    assert [sorted(known_keys(view)) for view in views] == [[_id(ONE)], []]


def test_a_signature_that_names_no_key_is_told() -> None:
    layer: Layer = {SQLITE: sqlite([package("a", signature=b"\x89\x00")])}
    assert _signers(layer) == ["a: the signature names no key"]


def test_many_packages_of_one_signer_are_one_line() -> None:
    names = [package(f"p{number}", signature=_signature(_id(ONE))) for number in range(9)]
    assert _signers({SQLITE: sqlite(names)}) == [
        f"p0, p1, p2 (+6): key {_id(ONE)} is not in the image"
    ]


def test_an_unsigned_package_still_fails() -> None:
    verdict = _judge({SQLITE: sqlite([package("c"), *SIGNED])})
    assert (verdict.status, verdict.reason) == (Status.FAIL, "unsigned")


@pytest.mark.parametrize("place", ["usr/lib/x.dist-info/sboms/auditwheel.cdx.json", "x.cdx.json"])
def test_what_a_document_alone_names_is_asked_for_no_signature(place: str) -> None:
    """Wheels tell of the rpm packages that their libraries were taken from."""
    said = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.4",
        "components": [
            {
                "type": "library",
                "name": "libgfortran",
                "version": "8.5.0",
                "purl": "pkg:rpm/almalinux/libgfortran@8.5.0-28.el8",
            }
        ],
    }
    layer: Layer = {place: json.dumps(said).encode()}
    assert [x.type for x in _view(layer).packages()] == ["rpm"]
    assert not [x for x in _judge(layer).evidence if x.reason == "unsigned"]


@pytest.mark.parametrize("version", [4, 5, 6])
def test_ids_of_all_versions_of_keys(version: int) -> None:
    body = _public(0x80000001, version)
    assert list(key_ids(_armour(_packet(6, body)))) == [_id(body)]


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n" * 7_000, b"\x99"]
)
def test_damaged_keys_are_none(data: bytes) -> None:
    assert list(key_ids(data)) == []
