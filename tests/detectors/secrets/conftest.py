"""Rules of every shape, made up for tests, and every engine for them."""

from collections.abc import Callable
from typing import Any

import pytest

from ocianalyze.detectors.secrets._base import Rule
from ocianalyze.detectors.secrets.candidate import Candidate, Proved
from ocianalyze.detectors.secrets.engine import Engine, Kind, engine

KINDS: tuple[Kind, ...] = ("hyperscan", "re2", "re")

PEM = "-----BEGIN (?:RSA |EC )?PRIVATE KEY-----"
SHAPES: dict[str, dict[str, Any]] = {
    "prefix": {"pattern": r"\b(?P<secret>acme_[0-9a-f]{12})\b", "trigger": "acme_[0-9a-f]{12}"},
    "two": {
        "pattern": r"(?<![\w-])(?P<secret>zz[bp]-key-\d{8,20})",
        "trigger": r"zz[bp]-key-\d{8}",
    },
    "open": {"pattern": r"tokens-[\w-]{20,}", "trigger": r"tokens-[\w-]{20}"},
    "pem": {"pattern": PEM + r"[\s\S]{0,16000}?-----END", "trigger": PEM},
    "context": {
        "pattern": r"(?i:password)\s{0,4}[=:]\s{0,4}(?P<secret>[^\s\"';]{6,60})",
        "trigger": r"(?i:password)\s{0,4}[=:]\s{0,4}[^\s\"';]{6}",
        "provider": "generic",
        "kind": "password",
    },
    "border": {"pattern": r"KEY-[A-Z]{8}\b"},
    "begin": {"pattern": r"^#!vault;(?P<secret>[0-9a-f]{8})"},
    "beside": {
        "pattern": r"\b(?P<secret>k[0-9a-f]{14})\b",
        "near": ("kilo",),
        "beside": True,
    },
    "slashes": {
        "pattern": r"ac://\w{1,8}:(?P<secret>[^\s\\@]{6,40})@(?:x/)?\w",
        "trigger": r"ac://\w{1,8}:[^\s@]{6,40}@(?:x/)?",
    },
    "middle": {
        "pattern": r"[a-z]{3,10}\.(?P<secret>atlasv1\.\w{10})",
        "trigger": r"\.atlasv1\.\w{10}",
    },
}
EXAMPLES = (
    *(b"acme_0123456789ab", b"zzb-key-12345678901", b"zzp-key-00000000", b"tokens-" + b"q-" * 17),
    *(
        b"password = hunter2hunter2",
        b"PASSWORD:acme_0123456789ab",
        b"KEY-ABCDEFGH",
        b"#!vault;01234567",
    ),
    b"abc.atlasv1.0123456789",
    *(b"ac://me:a+b&cdef@h", rb"ac:\/\/me:a+bcdef@h", rb"ac:\/\/me:abc\u0026def@x\/h"),
    *(b"Kilo: k0123456789abcd", b"k0123456789abcd " + b"." * 240 + b"kilo"),
    b"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE" + b"A" * 200 + b"\n-----END",
)


def rule(name: str, **fields: Any) -> Rule:
    """Return a rule with what every rule has."""
    common: dict[str, Any] = {"title": name, "provider": "Acme", "kind": "token"}
    common |= {"severity": "high", "remediation": "Revoke it"}
    return Rule(**({"id": name} | common | fields))


def plain(candidate: Candidate, _path: bytes) -> Proved:
    """Say of every candidate that it is well-formed."""
    one = candidate
    return Proved(
        one.rule,
        one.start,
        one.end,
        one.secret,
        "well-formed",
        one.rule.severity,
        coding="" if one.coding == "escaped" else one.coding,
    )


@pytest.fixture(scope="session")
def make_rule() -> Callable[..., Rule]:
    return rule


@pytest.fixture(scope="session")
def believe() -> Callable[[Candidate, bytes], Proved]:
    return plain


@pytest.fixture(scope="session")
def examples() -> tuple[bytes, ...]:
    return EXAMPLES


@pytest.fixture(scope="session")
def shapes() -> tuple[Rule, ...]:
    return tuple(rule(name, **fields) for name, fields in SHAPES.items())


@pytest.fixture(scope="session")
def engines(shapes: tuple[Rule, ...]) -> dict[str, Engine]:
    return {kind: engine(shapes, kind) for kind in KINDS}
