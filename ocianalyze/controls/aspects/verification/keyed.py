"""Settings files of keys and values, told by rules: which value of which key lets what in."""

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from ocianalyze.model.anomaly import Severity

Weight = Literal["fail", "review", "info"]
Reader = Callable[[str], Iterator["Off"]]
TLS_OFF = "tls-off"
"""Reason of all that lets anybody on the way answer for the one who is asked."""
PLAIN = "plain-address"
"""Reason of what is fetched by http, where anybody on the way may answer."""
_LOCAL = r"(?:[^/@\s]*@)?(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?::[0-9]+)?(?:[/\s\"']|\Z)"
HTTP = re.compile(rf"http://(?!{_LOCAL})", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[=:]\s*|\s+")


class Off(NamedTuple):
    """One setting that lets unverified content in."""

    weight: Weight
    detail: str
    reason: str = "verification-off"
    severity: Severity | None = None
    """Where it is not the weight's."""


def by_http(name: str) -> Off:
    """Return that something is fetched from an address of http, which may hold a password."""
    return Off("fail", f"{name} is an http:// address", PLAIN)


class Rule(NamedTuple):
    """What a key must not be set to."""

    key: re.Pattern[str]
    """The whole key, in small letters."""
    value: re.Pattern[str]
    """A part of its value, in small letters; one that is an address is not shown."""
    reason: str = "verification-off"
    section: re.Pattern[str] = re.compile("")
    """The beginning of the name of the section that it is in."""
    weight: Weight = "fail"


def lines(text: str, comments: str = "#") -> Iterator[str]:
    """Yield the lines that say something, bare: all, since files that are kept are small."""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped and stripped[0] not in comments:
            yield stripped


def pairs(text: str, comments: str = "#;") -> Iterator[tuple[str, str, str]]:
    """Yield section, key and value of an INI file; `key value` and `key: value` are taken, too.

    So are plain lines of TOML and YAML, where a comment may follow and a list item begin.
    """
    section = ""
    for line in lines(text, comments):
        if line[0] == "[":
            section = line.partition(" #")[0].strip("[] ").lower()
            continue
        bare = line.removeprefix("- ").lstrip(":").partition(" #")[0]
        key, _, value = _SEPARATOR.sub("=", bare, count=1).partition("=")
        yield section, key.strip(" \"'").lower(), value.strip().strip("\"'").lower()


def keyed(*rules: Rule) -> Reader:
    """Return a reader of files in which some keys must not have some values."""

    def read(text: str) -> Iterator[Off]:
        for section, key, value in pairs(text):
            for rule in rules:
                is_meant = rule.key.fullmatch(key) and rule.section.match(section)
                if is_meant and rule.value.search(value):
                    yield _told(rule, key, value)

    return read


def _told(rule: Rule, key: str, value: str) -> Off:
    if rule.reason == PLAIN:
        return by_http("one" if rule.value is _ITEM else key[:40])
    return Off(rule.weight, f"{key[:40]} = {masked(value)}"[:80], rule.reason)


def masked(text: str) -> str:
    """Return an address without user information and query, which may be secrets."""
    return re.sub(r"\?\S*", "?...", re.sub(r"//[^/@\s]*@", "//***@", text))


_ITEM = re.compile(rf"\A//(?!{_LOCAL})")
"""What is left of an address of its own, as of a list in YAML, whose key is then `http`."""
_NO = re.compile(r"\A(?:0|false|no|off|none)\Z")
_YES = re.compile(r"\A(?:1|true|yes|on)\Z")
_QUIET = re.compile(r"\A(?:0|no|off|quiet)\Z")
"""Of wget, for which hyphens and underscores are nothing in a name."""
_ANY = re.compile(r"[^\[\]\s]|\[\Z")
"""Something, or a list that goes on."""
_OTHER_CACHES = re.compile(r"(?:\A|\s)(?!https://cache\.nixos\.org/?(?:\s|\Z))\S")


def _rule(key: str, value: re.Pattern[str], reason: str = TLS_OFF, section: str = "") -> Rule:
    return Rule(re.compile(key), value, reason, re.compile(section))


def _address(key: str, section: str = "") -> Rule:
    return _rule(key, HTTP, PLAIN, section)


_OF_UV = r"(?:pip|index)?\Z|tool\.uv(?:\.pip|\.index)?\Z"
_SOURCES = r"(?:source|tool\.(?:pdm|poetry)\.source|pypi)\Z"
_PYTHON = keyed(
    _rule("allow-insecure-host", _ANY, section=_OF_UV),
    _address("url|index|index-url|extra-index-url|find-links", _OF_UV),
    _rule("verify_ssl", _NO, section=_SOURCES),
    _address("url", _SOURCES),
    _rule("cert", _NO, section=r"certificates\."),
    _rule(r"certificates\..{1,60}\.cert", _NO),
    _rule(r"pypi\.verify_ssl", _NO),
)
"""uv.toml, pyproject.toml, Pipfile, and the settings of poetry and pdm."""
LANGUAGES: tuple[tuple[str, Reader], ...] = (
    (
        r"npmrc\Z|\.yarnrc(?:\.yml)?\Z",
        keyed(
            _rule("strict-ssl|enablestrictssl", _NO),
            _address(".*registry|.*npmregistryserver|@.*"),
            _rule("checksumbehavior", re.compile(r"\A(?:ignore|update)\Z"), "verification-off"),
        ),
    ),
    (
        r"gemrc\Z",
        keyed(
            _rule("ssl_verify_mode", _NO),
            _address("sources"),
            _rule("http", _ITEM, PLAIN),
        ),
    ),
    (
        r"(?:\.bundle|/bundle)/config\Z",
        keyed(
            _rule("bundle_ssl_verify_mode", _NO),
            _rule("bundle_disable_checksum_validation", _YES, "verification-off"),
        ),
    ),
    (
        r"(?:condarc|mambarc)\Z",
        keyed(
            _rule("ssl_verify", _NO),
            _address("channel_alias|channels|default_channels"),
            _rule("http", _ITEM, PLAIN),
        ),
    ),
    (
        r"cargo/config(?:\.toml)?\Z",
        keyed(
            _rule(r"(?:http\.)?check-revoke", _NO),
            _address(r"(?:\S+\.)?(?:registry|index)", r"(?:source|registries|registry)|\Z"),
        ),
    ),
    (r"(?:\A|/)(?:uv|pyproject|poetry|\.?pdm)\.toml\Z|(?:\A|/)Pipfile\Z", _PYTHON),
    (r"(?:\A|/)uv/uv\.toml\Z|pypoetry/(?:config|auth)\.toml\Z|pdm/config\.toml\Z", _PYTHON),
    (
        r"nix/nix\.conf\Z",
        keyed(
            _rule("require-sigs", _NO, "verification-off"),
            Rule(re.compile("(?:extra-)?trusted-substituters"), _OTHER_CACHES, weight="review"),
        ),
    ),
    (r"repositories\.yaml\Z", keyed(_rule("insecure_skip_tls_verify", _YES))),
    (r"wgetrc\Z", keyed(_rule(r"[-_]*check[-_]*certificate[-_]*", _QUIET))),
    (
        r"go/env\Z",
        keyed(
            _rule("gosumdb", re.compile(r"\Aoff\Z"), "verification-off"),
            _rule("goflags", re.compile(r"(?:\A|\s)-insecure(?:\s|\Z)"), "verification-off"),
        ),
    ),
)
"""Readers by the paths of what package managers of languages and downloaders are set by."""
