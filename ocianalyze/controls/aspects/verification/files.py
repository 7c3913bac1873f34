"""Settings files of package managers, and what each of them switches off (catalogue, 4.11 A)."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Literal, NamedTuple

Weight = Literal["fail", "review", "info"]
Reader = Callable[[str], Iterator["Off"]]
TLS_OFF = "tls-off"
"""Reason of all that lets anybody on the way answer for the one who is asked."""
_LINES = 5_000
_CHARS = 80
_NO = frozenset({"0", "false", "no", "off", "without", "disable"})
_YES = frozenset({"1", "true", "yes", "on", "with", "enable"})


class Off(NamedTuple):
    """One setting that lets unverified content in."""

    weight: Weight
    detail: str
    reason: str = "verification-off"


def reader(path: str) -> Reader | None:
    """Return what reads the settings file at a path; None for a file that decides nothing."""
    return next((read for pattern, read in _READERS if pattern.search(path)), None)


def _lines(text: str, comments: str = "#") -> Iterator[str]:
    for line in islice(text.splitlines(), _LINES):
        stripped = line.strip()
        if stripped and stripped[0] not in comments:
            yield stripped


def _pairs(text: str, comments: str = "#;") -> Iterator[tuple[str, str, str]]:
    """Yield section, key and value of an INI file; `key value` and `key: value` are taken, too."""
    section = ""
    for line in _lines(text, comments):
        if line[0] == "[":
            section = line.strip("[]").strip().lower()
            continue
        key, _, value = _SEPARATOR.sub("=", line.lstrip(":"), count=1).partition("=")
        yield section, key.strip().lower(), value.strip().strip("\"'").lower()


_SEPARATOR = re.compile(r"\s*[=:]\s*|\s+")
_LOCAL = r"(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?:[:/\s]|\Z)"
_HTTP = re.compile(rf"http://(?!{_LOCAL})", re.IGNORECASE)


def _apt_list(text: str) -> Iterator[Off]:
    for line in _lines(text):
        options = _OPTIONS.match(line)
        for option in options[1].lower().split() if options else ():
            name, _, value = option.partition("=")
            if name.rstrip("+-") in _APT_OPTIONS and value in _YES:
                yield Off("fail", f"[{option}]"[:_CHARS])


_OPTIONS = re.compile(r"deb(?:-src)?\s+\[([^]]{0,1000})\]")
_APT_OPTIONS = frozenset({"trusted", "allow-insecure", "allow-weak", "allow-downgrade-to-insecure"})


def _apt_sources(text: str) -> Iterator[Off]:
    """Read deb822 stanzas (sources.list(5)), which blank lines part; disabled ones do nothing."""
    for stanza in re.split(r"\n[ \t\r]*\n", text.replace("\r\n", "\n")):
        pairs = [(line, *_field(line)) for line in _lines(stanza)]
        if any(name == "enabled" and value in _NO for _, name, value in pairs):
            continue
        for line, name, value in pairs:
            if name in _APT_OPTIONS and value in _YES:
                yield Off("fail", line[:_CHARS])


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip().lower()


def _apt_conf(text: str) -> Iterator[Off]:
    """Read apt.conf(5), where names may stand in blocks: the last part of a name is enough."""
    for match in islice(_APT_SETTING.finditer(_APT_COMMENT.sub("", text)), _LINES):
        name, value = match[1].rpartition(":")[2].lower(), match[2].strip().lower()
        if (name in _APT_ALLOWS and value in _YES) or (name in _APT_VERIFIES and value in _NO):
            yield Off("fail", f'{match[1]} "{value}"'[:_CHARS])


_APT_SETTING = re.compile(r"([A-Za-z][\w:/.-]{0,200})\s+\"?([A-Za-z0-9]{1,10})\"?\s*;")
_APT_COMMENT = re.compile(r"^[ \t]*(?://|#)[^\n]*$", re.MULTILINE)
_APT_ALLOWS = frozenset(
    {
        "allowunauthenticated",
        "allowinsecurerepositories",
        "allowweakrepositories",
        "allowdowngradetoinsecurerepositories",
        "force-yes",
    }
)
_APT_VERIFIES = frozenset({"verify-peer", "verify-host"})


def _rpm_repositories(text: str) -> Iterator[Off]:
    """Read repositories and main settings of yum, dnf and zypper; disabled ones do nothing."""
    sections: dict[str, dict[str, str]] = {}
    for section, key, value in _pairs(text):
        sections.setdefault(section, {})[key] = value
    for section, told in sections.items():
        if told.get("enabled") not in _NO:
            yield from _rpm_section(section, told)


def _rpm_section(section: str, told: dict[str, str]) -> Iterator[Off]:
    for key in ("gpgcheck", "pkg_gpgcheck", "sslverify", "localpkg_gpgcheck", "repo_gpgcheck"):
        if told.get(key) not in _NO:
            continue
        weight: Weight = "fail"
        if key == "repo_gpgcheck":
            # Packages are verified one by one then; Fedora ships it so.
            weight = "info" if told.get("gpgcheck") in _YES else "review"
        plain = ", baseurl is http://" if _HTTP.match(told.get("baseurl", "")) else ""
        yield Off(weight, f"[{section[:32]}] {key}={told[key]}{plain}")


def _apk(text: str) -> Iterator[Off]:
    for line in _lines(text):
        if _HTTP.search(line):
            yield Off("review", f"{_shown(line)}: only the index is signed")
            return


def _pip(text: str) -> Iterator[Off]:
    under = ""
    for line in islice(text.splitlines(), _LINES):
        _, key, value = next(_pairs(line), ("", "", ""))
        if not line[:1].isspace():
            under = key
        if line.strip()[:1] in ("#", ";", "["):
            continue
        if under == "trusted-host" and (value or line[:1].isspace()):
            yield Off("fail", f"trusted-host {_shown(line.strip())}"[:_CHARS], TLS_OFF)
        elif under in ("index-url", "extra-index-url", "find-links") and _HTTP.search(line):
            yield Off("fail", f"{under} is an http:// address")


def _npm(text: str) -> Iterator[Off]:
    for _, key, value in _pairs(text):
        if key in ("strict-ssl", "enablestrictssl") and value in _NO:
            yield Off("fail", f"{key}={value}", TLS_OFF)
        elif key.endswith(("registry", "npmregistryserver")) and _HTTP.match(value):
            yield Off("fail", f"{key[:40]} is an http:// address")


def _simple(*rules: tuple[str, frozenset[str], Weight], reason: str = "verification-off") -> Reader:
    """Return a reader of `key = value` files in which some keys must not have some values."""
    wanted = {key: (values, weight) for key, values, weight in rules}

    def read(text: str) -> Iterator[Off]:
        for _, key, value in _pairs(text):
            name = key.strip("\"'")
            values, weight = wanted.get(name, (frozenset(), "info"))
            if value in values:
                yield Off(weight, f"{name} = {value}", reason)

    return read


def _tls(key: str) -> Reader:
    return _simple((key, _NO, "fail"), reason=TLS_OFF)


def _pacman(text: str) -> Iterator[Off]:
    for section, key, value in _pairs(text):
        words = value.split()
        if key.endswith("siglevel") and key != "localfilesiglevel":
            if {"never", "packagenever"} & set(words):
                yield Off("fail", f"[{section[:32]}] {key} = {value}"[:_CHARS])
            elif {"trustall", "packagetrustall"} & set(words):
                yield Off("review", f"[{section[:32]}] {key} = {value}"[:_CHARS])


def _composer(text: str) -> Iterator[Off]:
    for key, value in (("secure-http", "false"), ("disable-tls", "true")):
        if re.search(rf'"{key}"\s*:\s*{value}\b', text):
            yield Off("fail", f"{key} = {value}")


def _maven(text: str) -> Iterator[Off]:
    for match in islice(_MAVEN_URL.finditer(_XML_COMMENT.sub("", text)), _LINES):
        if _HTTP.match(match[1]):
            yield Off("fail", f"{_shown(match[1])} is no https:// address")


_MAVEN_URL = re.compile(r"<url>\s*([^<\s]{1,500})\s*</url>")
_XML_COMMENT = re.compile(r"<!--(?:(?!-->).){0,20000}-->", re.DOTALL)


def _curl(text: str) -> Iterator[Off]:
    for line in _lines(text):
        if line.lstrip("-").split("=")[0].strip() in ("insecure", "k", "proxy-insecure"):
            yield Off("fail", line[:_CHARS], TLS_OFF)


def _shown(text: str) -> str:
    """Return an address without user information and query, which may be secrets."""
    return re.sub(r"\?\S*", "?...", re.sub(r"//[^/@\s]*@", "//***@", text))[:_CHARS]


def _table(rows: Iterable[tuple[str, Reader]]) -> tuple[tuple[re.Pattern[str], Reader], ...]:
    return tuple((re.compile(pattern), read) for pattern, read in rows)


_READERS = _table(
    [
        (r"\Aetc/apt/sources\.list(?:\.d/[^/]+\.list)?\Z", _apt_list),
        (r"\Aetc/apt/sources\.list\.d/[^/]+\.sources\Z", _apt_sources),
        (r"\Aetc/apt/apt\.conf(?:\.d/[^/]+)?\Z", _apt_conf),
        (r"\Aetc/(?:yum\.conf|dnf/dnf\.conf|zypp/zypp\.conf)\Z", _rpm_repositories),
        (r"\Aetc/(?:yum\.|zypp/|distro\.|yum/)repos\.d/[^/]+\.repo\Z", _rpm_repositories),
        (r"\Aetc/apk/repositories(?:\.d/[^/]+)?\Z", _apk),
        (r"\Aetc/pacman(?:\.conf|\.d/[^/]+)\Z", _pacman),
        (r"pip\.conf\Z", _pip),
        (r"(?:npmrc|\.yarnrc(?:\.yml)?)\Z", _npm),
        (r"(?:gitconfig|git/config)\Z", _tls("sslverify")),
        (r"gemrc\Z", _tls("ssl_verify_mode")),
        (r"condarc\Z", _tls("ssl_verify")),
        (r"cargo/config", _tls("check-revoke")),
        (r"wgetrc\Z", _tls("check_certificate")),
        (r"curlrc\Z", _curl),
        (r"composer/config\.json\Z", _composer),
        (r"settings\.xml\Z", _maven),
        (
            r"go/env\Z",
            _simple(
                ("gosumdb", frozenset({"off"}), "fail"),
                ("goflags", frozenset({"-insecure"}), "fail"),
            ),
        ),
    ]
)
