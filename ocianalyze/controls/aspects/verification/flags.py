"""Options of one command that switch verification off (catalogue, 4.11 A)."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from ocianalyze.controls.aspects.verification.keyed import TLS_OFF, Off, Weight, by_http
from ocianalyze.model.history import Command

_NO = frozenset({"0", "false", "no", "off"})
_CURL_SHORT = re.compile(r"-[#0-9afgijklnpqsvGIJLMNORSVZ]*k")
"""A cluster of curl's short options without a value, up to `k`."""
_APT_OPTION = re.compile(
    r"(?:apt::get::allowunauthenticated|acquire::allow(?:insecure|weak|downgradetoinsecure)"
    r"repositories|apt::get::force-yes)=[\"']?(?:true|yes|1|on)"
    r"|acquire::https(?:::[^:=]*)?::verify-(?:peer|host)=[\"']?(?:false|no|0|off)",
    re.IGNORECASE,
)
_RPM_OPTION = re.compile(
    r"(?:--setopt=)?(?:[\w*.-]+\.)?(?:gpgcheck|sslverify|pkg_gpgcheck)=(?:0|false|no|off)\Z",
    re.IGNORECASE,
)
_HTTP = re.compile(r"(?:http|ftp)://", re.IGNORECASE)

_Words = Sequence[str]


def switched_off(command: Command) -> Iterator[Off]:
    """Yield what the options of one command switch off."""
    name, words = _program(command)
    for word in words:
        weight = _FLAGS.get(name, {}).get(word.partition("=")[0])
        if weight and word.partition("=")[2] not in _NO:
            reason = TLS_OFF if name in _OF_TLS else "verification-off"
            yield Off(weight, f"{name} {word.partition('=')[0]}", reason)
    if more := _MORE.get(name):
        yield from more(words)


def _program(command: Command) -> tuple[str, _Words]:
    """Return the program; `python3 -m pip` is pip, pip3.11 is pip."""
    name, words = command.name, command.words[1:]
    if name.startswith("python") and words[:1] == ("-m",) and len(words) > 1:
        name, words = words[1], words[2:]
    return _VERSION.sub("", name) or name, words


_VERSION = re.compile(r"(?<=[a-z])[0-9.]+\Z")


def program(command: Command) -> str:
    """Return the name of the program of a command, without a version."""
    return _program(command)[0]


def operands(command: Command) -> _Words:
    """Return the words behind the program, behind `python -m MODULE`."""
    return _program(command)[1]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _flags(fail: str = "", review: str = "") -> Mapping[str, Weight]:
    told: dict[str, Weight] = dict.fromkeys(fail.split(), "fail")
    return told | dict.fromkeys(review.split(), "review")


_APT = _flags(
    "--allow-unauthenticated --force-yes --allow-insecure-repositories --allow-weak-repositories "
    "--allow-downgrade-to-insecure-repositories"
)
_DNF = _flags("--nogpgcheck --no-gpgcheck --no-gpg-checks --nosignature --nodigest")
_NIX = _flags("--no-require-sigs --no-check-sigs")
_FLAGS: Mapping[str, Mapping[str, Weight]] = {
    "apt": _APT,
    "apt-get": _APT,
    "aptitude": {**_APT, **_flags("--allow-untrusted")},
    "apk": _flags("--allow-untrusted --no-verify"),
    "cargo": _flags("--no-verify-ssl"),
    "curl": _flags("--insecure --proxy-insecure"),
    "debootstrap": _flags("--no-check-gpg"),
    "dnf": _DNF,
    "microdnf": _DNF,
    "tdnf": _DNF,
    "yum": _DNF,
    "zypper": _flags(
        "--no-gpg-checks --no-gpgcheck --gpgcheck-off --allow-unsigned-rpm --allow-unsigned",
        "--gpg-auto-import-keys",
    ),
    "rpm": _flags("--nosignature --nodigest --nogpg --noverify", "--nodeps"),
    "pip": _flags("--trusted-host"),
    "uv": _flags("--allow-insecure-host --trusted-host"),
    "conda": _flags("--insecure"),
    "mamba": _flags("--insecure"),
    "helm": _flags("--insecure-skip-tls-verify"),
    "go": _flags("-insecure"),
    "nix": _NIX,
    "nix-build": _NIX,
    "nix-copy-closure": _NIX,
    "nix-env": _NIX,
    "nix-shell": _NIX,
    "mvn": _flags("-Dmaven.wagon.http.ssl.insecure -Dmaven.wagon.http.ssl.allowall"),
}

_OF_TLS = _words("cargo curl pip uv conda mamba helm go mvn")
"""Programs whose options above are about the connection."""


def _apt(words: _Words) -> Iterator[Off]:
    for word in words:
        if found := _APT_OPTION.search(word.removeprefix("-o")):
            yield Off("fail", found[0][:60])


def _dnf(words: _Words) -> Iterator[Off]:
    for word in words:
        if _RPM_OPTION.match(word):
            yield Off("fail", word[:60])


def _curl(words: _Words) -> Iterator[Off]:
    if any(_CURL_SHORT.match(word) for word in words):
        yield Off("fail", "curl -k", TLS_OFF)


def _wget(words: _Words) -> Iterator[Off]:
    for word in words:
        option = _WGET.match(word.removeprefix("-e").removeprefix("--execute=").strip(" \"'"))
        if option:
            yield Off("fail", f"wget {option[0]}"[:60], TLS_OFF)


_WGET = re.compile(
    r"--no-check(?:-c[a-z]*)?\Z|(?:--check-certificate|[-_]*check[-_]*certificate[-_]*)"
    r"\s*=\s*(?:off|no|0|quiet)\Z",
    re.IGNORECASE,
)
"""Options may be cut short; in what `-e` is given, hyphens and underscores are nothing."""


def _pip(words: _Words) -> Iterator[Off]:
    for option, value in pairwise(words):
        if option in ("-i", "--index-url", "--extra-index-url") and _HTTP.match(value):
            yield by_http(f"pip {option}")
    for word in words:
        name, _, value = word.partition("=")
        if name in ("--index-url", "--extra-index-url") and _HTTP.match(value):
            yield by_http(f"pip {name}")
    if {"config", "set"} <= set(words) and any(x.endswith(".trusted-host") for x in words):
        yield Off("fail", "pip config trusted-host", TLS_OFF)


def _npm(words: _Words) -> Iterator[Off]:
    plain = " ".join(words[:16]).lower().replace("=", " ")
    if re.search(r"(?:--|\b)strict-ssl (?:false|0|no)\b|--no-strict-ssl\b", plain):
        yield Off("fail", "npm strict-ssl=false", TLS_OFF)
    if re.search(r"\bregistry (?:http)://", plain):
        yield by_http("npm registry")


def _git(words: _Words) -> Iterator[Off]:
    plain = " ".join(words[:16]).lower().replace("=", " ")
    if re.search(r"\bsslverify [\"']?(?:false|0|no|off)\b", plain):
        yield Off("fail", "git http.sslVerify=false", TLS_OFF)


def _configured(
    program_: str, setting: str, reason: str = "verification-off"
) -> Callable[[_Words], Iterator[Off]]:
    pattern = re.compile(setting)

    def read(words: _Words) -> Iterator[Off]:
        if found := pattern.search(" ".join(words[:16]).lower()):
            yield Off("fail", f"{program_} {found[0]}"[:60], reason)

    return read


_MORE: Mapping[str, Callable[[_Words], Iterator[Off]]] = {
    "apt": _apt,
    "apt-get": _apt,
    "aptitude": _apt,
    "dnf": _dnf,
    "microdnf": _dnf,
    "tdnf": _dnf,
    "yum": _dnf,
    "yum-config-manager": _dnf,
    "curl": _curl,
    "pip": _pip,
    "wget": _wget,
    "npm": _npm,
    "yarn": _npm,
    "pnpm": _npm,
    "git": _git,
    "bundle": _configured("bundle", r"ssl_verify_mode 0\b", TLS_OFF),
    "conda": _configured("conda", r"ssl_verify (?:false|no|0)\b", TLS_OFF),
    "composer": _configured("composer", r"secure-http false|disable-tls true"),
    "poetry": _configured("poetry", r"certificates\.\S{1,60}\.cert (?:false|no|0)\b", TLS_OFF),
    "pdm": _configured("pdm", r"pypi\.verify_ssl (?:false|no|0)\b", TLS_OFF),
    "go": _configured("go", r"gosumdb=off\b|goinsecure=\S|goflags=\S*-insecure"),
}
