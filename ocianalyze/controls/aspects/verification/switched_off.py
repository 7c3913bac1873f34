"""What switches the verification of packages off: settings files, environment (catalogue, 4.11)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.verification.files import reader
from ocianalyze.controls.aspects.verification.keyed import HTTP, TLS_OFF, Off, Weight, by_http
from ocianalyze.controls.aspects.verification.rpm_defaults import Defaults
from ocianalyze.controls.saying import of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import Entry, State
from ocianalyze.model.finding import Evidence
from ocianalyze.model.verification import SETTINGS

SEVERITIES: Mapping[Weight, Severity] = {"fail": "high", "review": "low", "info": "info"}
_VARIABLES = 5_000
_NO = frozenset({"0", "false", "no", "off"})
_YES = frozenset({"1", "true", "yes", "on"})


class Flaw(NamedTuple):
    """One thing that lets packages in unverified."""

    weight: Weight
    evidence: Evidence


def flaw(weight: Weight, evidence: Evidence, severity: Severity | None = None) -> Flaw:
    """Return a flaw whose evidence is as severe as its weight, unless something else is said."""
    return Flaw(weight, replace(evidence, severity=severity or SEVERITIES[weight]))


def of_settings(view: ImageView) -> Iterator[Flaw]:
    """Yield what visible settings files switch off, and what they leave off."""
    base, defaults = boundary(view), Defaults()
    for entry, value in view.tree.observations(SETTINGS):
        read = reader(entry.path)
        if entry.state is not State.VISIBLE or read is None:
            continue
        if entry.size > len(value):
            part = Off("review", f"read in part: {len(value)} bytes", "read-in-part")
            yield _in_file(entry, part, base)
        text = value.decode("utf-8", "replace")
        defaults.take(entry, text)
        yield from (_in_file(entry, off, base) for off in read(text))
    for entry, name in defaults.unsaid:
        off = Off("review", f"[{name[:32]}] has no gpgcheck", "gpgcheck-unsaid")
        yield _in_file(entry, off, base)


def _in_file(entry: Entry, off: Off, base: Boundary) -> Flaw:
    told = of_entry(entry, off.detail, reason=off.reason)
    return flaw(off.weight, replace(told, origin=base.of_layer(entry.layer)))


def of_environment(view: ImageView) -> Iterator[Flaw]:
    """Yield variables of the image that switch something off."""
    for number, pair in enumerate(view.config.config.env[:_VARIABLES] if view.config else ()):
        name, _, value = pair.partition("=")
        if off := variable(name, value):
            pointer = f"/config/Env/{number}"
            yield flaw(off.weight, Evidence(off.detail, "config", off.reason, pointer=pointer))


def variable(name: str, value: str) -> Off | None:
    """Return what a variable switches off; its value is not shown, it may hold a password."""
    lowered, word = value.strip().lower(), _CERTIFICATE.sub(r"\1_CERT", name.upper())
    if word in _SWITCHES:
        wanted, weight = _SWITCHES[word]
        return Off(weight, f"{name}={lowered}", _reason(word)) if lowered in wanted else None
    if word in _ANY and lowered:
        return Off(_ANY[word], f"{name} is set", _reason(word))
    if word in _ADDRESSES and HTTP.search(lowered):
        return by_http(name)
    if word == "GOFLAGS" and "-insecure" in lowered.split():
        return Off("fail", "GOFLAGS has -insecure")
    if word in _OPTIONS and (flag := next((x for x in _INSECURE if f"{x}=true" in lowered), "")):
        return Off("fail", f"{name} has {flag}", TLS_OFF)
    return None


def _reason(word: str) -> str:
    return "verification-off" if word in _SUMS else TLS_OFF


_SUMS = frozenset(
    {
        *("GOSUMDB", "GONOSUMCHECK", "GONOSUMDB"),
        *("BUNDLE_DISABLE_CHECKSUM_VALIDATION", "HEX_UNSAFE_REGISTRY"),
    }
)
"""Variables about digests; the other switches are about the connection."""
_OPTIONS = frozenset({"JAVA_TOOL_OPTIONS", "MAVEN_ARGS", "MAVEN_CLI_OPTS", "MAVEN_OPTS"})
"""Variables with options of Maven, or of the Java machine that runs it."""
_INSECURE = ("-dmaven.wagon.http.ssl.insecure", "-dmaven.wagon.http.ssl.allowall")


_SWITCHES: Mapping[str, tuple[frozenset[str], Weight]] = {
    "BUNDLE_SSL_VERIFY_MODE": (frozenset({"0"}), "fail"),
    "CONDA_SSL_VERIFY": (_NO, "fail"),
    "GIT_SSL_NO_VERIFY": (_YES, "fail"),
    "GOSUMDB": (frozenset({"off"}), "fail"),
    "NODE_TLS_REJECT_UNAUTHORIZED": (frozenset({"0"}), "fail"),
    "NPM_CONFIG_STRICT_SSL": (_NO, "fail"),
    "POETRY_CERTIFICATES_CERT": (_NO, "fail"),
    "PYTHONHTTPSVERIFY": (frozenset({"0"}), "fail"),
    "CARGO_HTTP_CHECK_REVOKE": (_NO, "fail"),
    "YARN_ENABLE_STRICT_SSL": (_NO, "fail"),
    "BUNDLE_DISABLE_CHECKSUM_VALIDATION": (_YES, "fail"),
    "HEX_UNSAFE_HTTPS": (_YES, "fail"),
    "HEX_UNSAFE_REGISTRY": (_YES, "fail"),
}
_ANY: Mapping[str, Weight] = {
    "PIP_TRUSTED_HOST": "fail",
    "UV_INSECURE_HOST": "fail",
    "GOINSECURE": "fail",
    "GONOSUMCHECK": "fail",
    "GONOSUMDB": "fail",
}
_ADDRESSES = frozenset(
    {
        *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PDM_PYPI_URL"),
        *("UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INDEX", "UV_DEFAULT_INDEX", "UV_FIND_LINKS"),
        *("NPM_CONFIG_REGISTRY", "YARN_NPM_REGISTRY_SERVER", "GOPROXY"),
    }
)
_CERTIFICATE = re.compile(r"\A(POETRY_CERTIFICATES)_[A-Z0-9_]{1,60}_CERT\Z")
"""Poetry's `certificates.NAME.cert`, whatever the name."""
