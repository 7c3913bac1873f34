"""Keys that cannot be read are named by their numbers, and why is said."""

import pytest

from ocianalyze.detectors.secrets.checks._algorithms import of_ec, of_pkcs8

P256 = bytes.fromhex("a00a06082a8648ce3d030107")
"""The parameters of an `ECPrivateKey` (RFC 5915)."""


@pytest.mark.parametrize(
    ("algorithm", "wanted"),
    [
        ("06082a85030701010101", "GOST R 34.10-2012, 256 bits, not encrypted"),
        ("06062a8503020213", "GOST R 34.10-2001, not encrypted"),
        ("06062a8503020262", "GOST, not encrypted, of an unknown algorithm"),
        ("06032b656f", "X448, not encrypted, damaged"),
        ("06032b6599", "PKCS#8, not encrypted, of an unknown algorithm"),
    ],
)
def test_an_algorithm_is_named_by_its_number(algorithm: str, wanted: str) -> None:
    assert of_pkcs8(bytes.fromhex("0201003010" + algorithm) + b"\4\2\0\0") == wanted


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        (31, "EC P-256, not encrypted, with 31 bytes of private value where the curve has 32"),
        (32, "EC P-256, not encrypted, whose numbers do not fit the curve"),
    ],
)
def test_what_is_amiss_with_a_key_of_a_known_curve_is_said(size: int, wanted: str) -> None:
    inner = b"\x02\x01\x01\x04" + bytes([size]) + b"\1" * size
    algorithm = bytes.fromhex("020100301306072a8648ce3d020106082a8648ce3d030107")
    assert of_ec(inner + P256) == wanted
    assert of_pkcs8(algorithm + b"\4\x40\x30\x3e" + inner) == wanted


def test_a_curve_without_a_name_is_unknown() -> None:
    assert of_ec(b"\x02\x01\x01\x04") == "EC, not encrypted, of an unknown curve"
