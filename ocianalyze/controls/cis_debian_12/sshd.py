"""Settings of an OpenSSH server inside an image, as a table of keywords."""

import re
from collections.abc import Callable, Iterator

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.cis_debian_12._files import linux
from ocianalyze.controls.cis_debian_12._say import (
    inapplicable,
    judged,
    lines_judged,
    of_file,
    passed,
    shown,
)
from ocianalyze.controls.cis_debian_12._sshd_config import COMMAND, Setting, Settings, settings
from ocianalyze.controls.cis_debian_12._sshd_config import sshd as server
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Evidence, Status, Verdict

_DURATION = re.compile(r"([0-9]{1,9})([smhdw]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_NUMBER = re.compile(r"[0-9]{1,9}")
_WEAK_CIPHERS = re.compile(r".*-cbc(@.*)?|3des.*|arcfour.*|blowfish.*|cast128.*|none|\*")
_WEAK_MACS = re.compile(r"hmac-md5.*|hmac-ripemd160.*|hmac-sha1-96.*|umac-64.*|none|\*")
_WEAK_EXCHANGES = re.compile(
    r"diffie-hellman-group1-sha1|diffie-hellman-group14-sha1"
    r"|diffie-hellman-group-exchange-sha1|none|\*"
)
_Holds = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Row:
    """What one item asks; every keyword must hold."""

    number: str
    short: str
    keywords: tuple[str, ...]
    default: str
    """What sshd takes where nothing is said; empty for nothing."""
    holds: _Holds
    wants: str
    """The same in words."""
    severity: Severity = "low"
    one_is_enough: bool = False
    """One of the keywords is enough."""
    default_is_open: bool = False
    """The default depends on the version, so that people have to judge it."""


def _is(*words: str) -> _Holds:
    return lambda value: value.lower() in words


def _at_most(most: int, least: int = 0) -> _Holds:
    def holds(value: str) -> bool:
        return _NUMBER.fullmatch(value) is not None and least <= int(value) <= most

    return holds


def _seconds(least: int, most: int) -> _Holds:
    def holds(value: str) -> bool:
        parts = _DURATION.findall(value.lower())
        if not parts or "".join(a + b for a, b in parts) != value.lower():
            return False
        return least <= sum(int(count) * _UNITS[unit] for count, unit in parts) <= most

    return holds


def _startups(value: str) -> bool:
    """Tell a limit of at most 10:30:60 (start:rate:full); a number alone is start and full."""
    parts = value.split(":")
    if len(parts) not in (1, 3) or not all(_NUMBER.fullmatch(x) for x in parts):
        return False
    start, full = int(parts[0]), int(parts[-1])
    return start <= 10 and full <= 60


def _without(weak: re.Pattern[str]) -> _Holds:
    """Return what tells a list of algorithms without weak ones; `-` takes away, `+`, `^` add."""

    def holds(value: str) -> bool:
        if value.startswith("-"):
            return True
        return not any(weak.fullmatch(x.strip().lower()) for x in value.lstrip("+^").split(","))

    return holds


def _any(value: str) -> bool:
    return bool(value)


_FOREVER = 10**9
_ROWS = (
    _Row("5.1.4", "sshd access", ("AllowUsers", "AllowGroups", "DenyUsers", "DenyGroups"), "",
         _any, "one of them", one_is_enough=True),
    _Row("5.1.5", "sshd Banner", ("Banner",), "none",
         lambda value: value.lower() != "none", "a file"),
    _Row("5.1.6", "sshd Ciphers", ("Ciphers",), "", _without(_WEAK_CIPHERS),
         "no CBC, 3DES, RC4, Blowfish or CAST", "medium", default_is_open=True),
    _Row("5.1.7", "sshd ClientAlive", ("ClientAliveInterval", "ClientAliveCountMax"), "0",
         _seconds(1, _FOREVER), "more than 0"),
    _Row("5.1.8", "sshd forwarding", ("DisableForwarding",), "no", _is("yes"), "yes"),
    _Row("5.1.9", "sshd GSSAPI", ("GSSAPIAuthentication",), "no", _is("no"), "no"),
    _Row("5.1.10", "sshd HostbasedAuth", ("HostbasedAuthentication",), "no", _is("no"), "no",
         "medium"),
    _Row("5.1.11", "sshd IgnoreRhosts", ("IgnoreRhosts",), "yes", _is("yes"), "yes", "medium"),
    _Row("5.1.12", "sshd KexAlgorithms", ("KexAlgorithms",), "", _without(_WEAK_EXCHANGES),
         "no key exchange with SHA-1", "medium", default_is_open=True),
    _Row("5.1.13", "sshd LoginGraceTime", ("LoginGraceTime",), "120", _seconds(1, 60),
         "1 to 60 seconds"),
    _Row("5.1.14", "sshd LogLevel", ("LogLevel",), "INFO", _is("info", "verbose"),
         "INFO or VERBOSE"),
    _Row("5.1.15", "sshd MACs", ("MACs",), "", _without(_WEAK_MACS),
         "no MD5, RIPEMD, SHA-1-96 or UMAC-64", "medium", default_is_open=True),
    _Row("5.1.16", "sshd MaxAuthTries", ("MaxAuthTries",), "6", _at_most(4), "at most 4"),
    _Row("5.1.17", "sshd MaxSessions", ("MaxSessions",), "10", _at_most(10), "at most 10"),
    _Row("5.1.18", "sshd MaxStartups", ("MaxStartups",), "10:30:100", _startups,
         "at most 10:30:60"),
    _Row("5.1.19", "sshd empty passwords", ("PermitEmptyPasswords",), "no", _is("no"), "no",
         "critical"),
    _Row("5.1.20", "sshd PermitRootLogin", ("PermitRootLogin",), "prohibit-password", _is("no"),
         "no", "high"),
    _Row("5.1.21", "sshd environment", ("PermitUserEnvironment",), "no", _is("no"), "no",
         "medium"),
    _Row("5.1.22", "sshd UsePAM", ("UsePAM",), "no", _is("yes"), "yes"),
)  # fmt: skip
_DEFAULTS = {"ClientAliveCountMax": "3"}
"""Of keywords whose row has another one."""


def evaluate(view: ImageView, row: _Row) -> Verdict:
    """Judge a row's keywords, outside of `Match` first."""
    if view.once(server) is None:
        return inapplicable("no-sshd", "does not apply: there is no sshd")
    known = view.once(settings)
    if known.unread:
        evidence = [of_file(view, path, "was not read") for path in known.unread[:100]]
        return undecided("file-unread", "not evaluated: sshd's settings unread", *evidence)
    if wrong := list(_wrong(view, row, known)):
        return lines_judged(wrong, "sshd-setting", row.keywords[0])
    matched = [
        _evidence(view, row, setting)
        for setting in known.matched
        if setting.keyword in map(str.lower, row.keywords) and not row.holds(setting.value)
    ]
    if matched:
        noun = f"{row.keywords[0]} under Match"
        return judged(matched, "sshd-match", noun, status=Status.NEEDS_REVIEW)
    if row.default_is_open and known.of(row.keywords[0]) is None:
        told = _absent(view, known, f"{row.keywords[0]} is not set: sshd's own list holds")
        noun = f"{row.keywords[0]} not set"
        return judged((told,), "sshd-default", noun, status=Status.NEEDS_REVIEW)
    return passed("no-sshd-setting", f"{', '.join(row.keywords)}: {row.wants}")


def _wrong(view: ImageView, row: _Row, known: Settings) -> Iterator[Evidence]:
    said = {x: known.of(x) for x in row.keywords}
    if row.one_is_enough:
        if not any(x and row.holds(x.value) for x in said.values()):
            yield _absent(view, known, f"none of {', '.join(row.keywords)}")
        return
    for keyword, setting in said.items():
        default = _DEFAULTS.get(keyword, row.default)
        if setting is not None and not row.holds(setting.value):
            yield _evidence(view, row, setting)
        elif setting is None and not row.default_is_open and not row.holds(default):
            detail = f"{keyword} is not set: {default or 'nothing'} holds, wanted {row.wants}"
            yield _absent(view, known, detail, row.severity)


def _evidence(view: ImageView, row: _Row, setting: Setting) -> Evidence:
    value = shown(setting.value.encode())
    where = f" (Match {shown(setting.match.encode())})" if setting.match else ""
    detail = f"{setting.keyword} {value}{where}, wanted {row.wants}"
    if setting.path == COMMAND:
        return Evidence(detail=detail, kind="config", pointer=COMMAND, severity=row.severity)
    return of_file(view, setting.path, detail, row.severity)


def _absent(view: ImageView, known: Settings, detail: str, severity: Severity = "low") -> Evidence:
    entry = view.once(server)
    path = known.files[0] if known.files else entry.path if entry else ""
    return of_file(view, path, detail, severity)


def _control(row: _Row) -> Control:
    def judge(view: ImageView) -> Verdict:
        return evaluate(view, row)

    line = f"{row.keywords[0]} {row.wants}"
    default = f"; sshd's own value is {row.default}" if row.default else ""
    return Control(
        id=f"cis-debian-12-{row.number}",
        short=row.short,
        automation="full",
        reads="sshd_config with what it includes, options of sshd on the image's command line, "
        "and whether sshd is there",
        decides=f"fails unless {', '.join(row.keywords)} is: {row.wants}{default}; what only a "
        "Match block says otherwise needs review; does not apply without sshd",
        limits="settings that an entry script writes; defaults that a distribution compiles in",
        remediation=f"remove openssh-server; else set in /etc/ssh/sshd_config: {line}",
        evaluate=linux(judge),
        needs=frozenset({"filesystem"}),
    )


CONTROLS = tuple(_control(row) for row in _ROWS)
