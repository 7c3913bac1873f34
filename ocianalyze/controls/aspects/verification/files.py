"""Settings files of package managers, and what each of them switches off (catalogue, 4.11 A)."""

import re
from collections.abc import Iterable, Iterator

from ocianalyze.controls.aspects.verification import git_config
from ocianalyze.controls.aspects.verification.keyed import (
    HTTP,
    LANGUAGES,
    PLAIN,
    TLS_OFF,
    Off,
    Reader,
    Weight,
    by_http,
    lines,
    masked,
    pairs,
)

_CHARS = 80
_NO = frozenset({"0", "false", "no", "off", "without", "disable"})
_YES = frozenset({"1", "true", "yes", "on", "with", "enable"})


def reader(path: str) -> Reader | None:
    """Return what reads the settings file at a path; None for a file that decides nothing."""
    return next((read for pattern, read in _READERS if pattern.search(path)), None)


def _apt_list(text: str) -> Iterator[Off]:
    for line in lines(text):
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
        fields = [(line, *_field(line)) for line in lines(stanza)]
        if any(name == "enabled" and value in _NO for _, name, value in fields):
            continue
        for line, name, value in fields:
            if name in _APT_OPTIONS and value in _YES:
                yield Off("fail", line[:_CHARS])


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip().lower()


def _apt_conf(text: str) -> Iterator[Off]:
    """Read apt.conf(5), where names may stand in blocks: the last part of a name is enough."""
    for match in _APT_SETTING.finditer(_APT_COMMENT.sub(r"\1", text)):
        name, value = match[1].rpartition(":")[2].lower(), match[2].strip().lower()
        if (name in _APT_ALLOWS and value in _YES) or (name in _APT_VERIFIES and value in _NO):
            yield Off("fail", f'{match[1]} "{value}"'[:_CHARS])


_APT_SETTING = re.compile(r"([A-Za-z][\w:/.-]{0,200})\s+\"?([A-Za-z0-9]{1,10})\"?\s*;")
_APT_COMMENT = re.compile(
    r'("[^"\n]*")|^[ \t]*(?://|#)[^\n]*$|/\*(?:[^*]|\*(?!/))*+(?:\*/)?', re.MULTILINE
)
"""Or a text in quotes, in which none begins."""
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
    for section, key, value in pairs(text):
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
        plain = ", baseurl is http://" if HTTP.match(told.get("baseurl", "")) else ""
        yield Off(weight, f"[{section[:32]}] {key}={told[key]}{plain}")


def _apk(text: str) -> Iterator[Off]:
    for line in lines(text):
        if HTTP.search(line):
            yield Off("review", f"{masked(line)[:_CHARS]}: only the index is signed", PLAIN)
            return


def _pip(text: str) -> Iterator[Off]:
    under = ""
    for line in text.splitlines():
        _, key, value = next(pairs(line), ("", "", ""))
        if not line[:1].isspace():
            under = key.removeprefix("--").replace("_", "-")
        if line.strip()[:1] in ("#", ";", "["):
            continue
        if under == "trusted-host" and (value or line[:1].isspace()):
            yield Off("fail", f"trusted-host {masked(line.strip())}"[:_CHARS], TLS_OFF)
        elif under in ("index-url", "extra-index-url", "find-links") and HTTP.search(line):
            yield by_http(under)


def _pacman(text: str) -> Iterator[Off]:
    for section, key, value in pairs(text):
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
    for match in _MAVEN_URL.finditer(_XML_COMMENT.sub("", text)):
        if HTTP.match(match[1]):
            yield Off("fail", f"{masked(match[1])[:_CHARS]} is no https:// address", PLAIN)


_MAVEN_URL = re.compile(r"<url>\s*([^<\s]{1,500})\s*</url>")
_XML_COMMENT = re.compile(r"<!--(?:(?!-->).){0,20000}-->", re.DOTALL)


def _curl(text: str) -> Iterator[Off]:
    for line in lines(text):
        if line.lstrip("-").split("=")[0].strip() in ("insecure", "k", "proxy-insecure"):
            yield Off("fail", line[:_CHARS], TLS_OFF)


def _table(rows: Iterable[tuple[str, Reader]]) -> tuple[tuple[re.Pattern[str], Reader], ...]:
    return tuple((re.compile(pattern), read) for pattern, read in rows)


_READERS = _table(
    [
        (r"\Aetc/apt/sources\.list(?:\.d/[^/]+\.list)?\Z", _apt_list),
        (r"\Aetc/apt/sources\.list\.d/[^/]+\.sources\Z", _apt_sources),
        (r"\Aetc/apt/apt\.conf(?:\.d/(?:[^/.]+|[^/]+\.conf))?\Z", _apt_conf),
        (r"\Aetc/(?:yum\.conf|t?dnf/t?dnf\.conf|zypp/zypp\.conf)\Z", _rpm_repositories),
        (r"\Aetc/(?:yum\.|zypp/|distro\.|yum/)repos\.d/[^/]+\.repo\Z", _rpm_repositories),
        (r"\Aetc/dnf/(?:repos\.override|libdnf5\.conf)\.d/[^/]+\Z", _rpm_repositories),
        (r"\Aetc/apk/repositories(?:\.d/[^/]+)?\Z", _apk),
        (r"\Aetc/pacman(?:\.conf|\.d/[^/]+)\Z", _pacman),
        (r"pip\.conf\Z", _pip),
        (r"curlrc\Z", _curl),
        (r"composer/config\.json\Z|(?:\A|/)composer\.json\Z", _composer),
        (r"settings\.xml\Z", _maven),
        (r"(?:gitconfig|git/config)\Z", git_config.read),
        *LANGUAGES,
    ]
)
