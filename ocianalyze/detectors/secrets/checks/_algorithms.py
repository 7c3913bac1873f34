"""What a private key is that no library here reads: its algorithm and curve, by their numbers.

RFC 5208, section 5, and RFC 5915, section 3; the numbers below 1.2.643 are those of GOST.
"""

SEC1 = b"\x02\x01\x01\x04"
"""Begins the inside of an `ECPrivateKey`: version 1, then the private value."""
_FIRST = 64
"""Bytes of an algorithm and its parameters in which its number is."""
_GOST = {
    bytes.fromhex("06062a8503020214"): "GOST R 34.10-94",
    bytes.fromhex("06062a8503020213"): "GOST R 34.10-2001",
    bytes.fromhex("06082a85030701010101"): "GOST R 34.10-2012, 256 bits",
    bytes.fromhex("06082a85030701010102"): "GOST R 34.10-2012, 512 bits",
}
_READ = {
    bytes.fromhex("06092a864886f70d010101"): "RSA",
    bytes.fromhex("06072a8648ce380401"): "DSA",
    bytes.fromhex("06032b656e"): "X25519",
    bytes.fromhex("06032b656f"): "X448",
    bytes.fromhex("06032b6570"): "Ed25519",
    bytes.fromhex("06032b6571"): "Ed448",
}
"""Algorithms of which a library reads every key that is whole."""
_SOME_GOST = b"\x2a\x85\x03"
_EC = bytes.fromhex("06072a8648ce3d0201")
_CURVES = {
    bytes.fromhex("06082a8648ce3d030107"): ("P-256", 32),
    bytes.fromhex("06052b81040022"): ("P-384", 48),
    bytes.fromhex("06052b81040023"): ("P-521", 66),
    bytes.fromhex("06052b8104000a"): ("secp256k1", 32),
    bytes.fromhex("06052b81040021"): ("P-224", 28),
}
"""Names of curves, and the bytes of a private value."""


def of_pkcs8(inner: bytes) -> str:
    """Return what the inside of a `PrivateKeyInfo` says of its key."""
    algorithm = inner[3 : 3 + _FIRST]
    for number, name in _GOST.items():
        if number in algorithm:
            return f"{name}, not encrypted"
    if _SOME_GOST in algorithm:
        return "GOST, not encrypted, of an unknown algorithm"
    if _EC in algorithm and (at := inner.find(SEC1)) >= 0:
        return of_ec(inner[at:], algorithm)
    for number, name in _READ.items():
        if number in algorithm:
            return f"{name}, not encrypted, damaged"
    return "PKCS#8, not encrypted, of an unknown algorithm"


def of_ec(inner: bytes, algorithm: bytes = b"") -> str:
    """Return what the inside of an `ECPrivateKey` says of its key, which could not be read."""
    size = inner[4] if len(inner) > 4 else 0
    place = algorithm or inner[5 + size : 5 + size + _FIRST]
    for number, (name, width) in _CURVES.items():
        if number in place:
            return f"EC {name}, not encrypted, {_amiss(size, width)}"
    return "EC, not encrypted, of an unknown curve"


def _amiss(size: int, width: int) -> str:
    if size == width:
        return "whose numbers do not fit the curve"
    return f"with {size} bytes of private value where the curve has {width}"
