"""Rules of sudo and doas: who need not say who he is, and what is logged."""

import re
from collections.abc import Callable, Iterable, Iterator

from ocianalyze.controls._base import Control, undecided, windows_image
from ocianalyze.controls.aspects.users.sudoers import (
    NOPASS,
    NOPASSWD,
    Rule,
    Rules,
    doas_rules,
    sudo_rules,
)
from ocianalyze.controls.cis_debian_12._files import linux, program
from ocianalyze.controls.cis_debian_12._say import (
    inapplicable,
    judged,
    of_file,
    passed,
    shortened,
)
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Verdict

_NO_AUTHENTICATION = re.compile(r"!\s*authenticate\b")
_TIMEOUT = re.compile(r"\btimestamp_timeout\s*=\s*\"?(-?[0-9]{1,6}(?:\.[0-9]+)?)")
_LOGFILE = re.compile(r"(?<!!)\b(?:logfile\s*=\s*\S|log_(?:in|out)put\b)")
_PTY = re.compile(r"(?<!!)\buse_pty\b")
_MINUTES = 15


def with_password(view: ImageView) -> Verdict:
    """Judge rules that ask for no password."""
    return _rules_judged(view, NOPASSWD, "nopasswd", "rules without password")


def authenticated(view: ImageView) -> Verdict:
    """Judge settings that switch authentication off."""
    return _rules_judged(
        view, _NO_AUTHENTICATION, "not-authenticated", "authentication switched off"
    )


def _rules_judged(view: ImageView, wanted: re.Pattern[str], reason: str, noun: str) -> Verdict:
    if view.is_windows:
        return windows_image()
    sudo, doas = view.once(sudo_rules), view.once(doas_rules)
    if not sudo.files and not doas.files:
        return inapplicable("no-sudoers", "does not apply: there are no rules of sudo or doas")
    found = list(_matching(view, sudo.rules, wanted, "sudo"))
    if wanted is NOPASSWD:
        found += _matching(view, doas.rules, NOPASS, "doas")
    if not found and (unread := sudo.unread + doas.unread):
        return _unread(view, unread)
    return judged(found, reason, noun)


def _unread(view: ImageView, unread: tuple[str, ...]) -> Verdict:
    evidence = [of_file(view, path, "was not read") for path in unread[:100]]
    return undecided("file-unread", "not evaluated: rules of sudo were not read", *evidence)


def _matching(
    view: ImageView, rules: Iterable[Rule], wanted: re.Pattern[str], name: str
) -> Iterator[Evidence]:
    """Yield rules; those of a program that is not there weigh little."""
    alone = "" if program(view, name) else f" ({name} is not there)"
    for rule in rules:
        if wanted.search(rule.text):
            detail = shortened(" ".join(rule.text[:400].split()), 100) + alone
            yield of_file(view, rule.path, detail, "high" if not alone else "low")


def _defaults(rules: Rules) -> list[Rule]:
    return [x for x in rules.rules if x.text.startswith("Defaults")]


def _setting(
    judge: Callable[[ImageView, list[Rule]], Verdict],
) -> Callable[[ImageView], Verdict]:
    """Return a control about the settings of a sudo that is there."""

    def evaluate(view: ImageView) -> Verdict:
        rules = view.once(sudo_rules)
        if not rules.files or program(view, "sudo") is None:
            return inapplicable("no-sudo", "does not apply: there is no sudo")
        if rules.unread:
            return _unread(view, rules.unread)
        return judge(view, _defaults(rules))

    return linux(evaluate)


def _present(wanted: re.Pattern[str], reason: str, noun: str) -> Callable[[ImageView], Verdict]:
    def judge(view: ImageView, defaults: list[Rule]) -> Verdict:
        if any(wanted.search(rule.text) for rule in defaults):
            return passed(reason, f"sudo {noun}")
        path = view.once(sudo_rules).files[0]
        missing = of_file(view, path, f"no Defaults say that sudo {noun}", "low")
        return judged((missing,), f"not-{reason}", f"Defaults for: {noun}")

    return _setting(judge)


def _timeout(view: ImageView, defaults: list[Rule]) -> Verdict:
    found = (
        of_file(view, rule.path, f"timestamp_timeout {match[1]} minutes", "low")
        for rule in defaults
        for match in _TIMEOUT.finditer(rule.text)
        if not 0 <= float(match[1]) <= _MINUTES
    )
    return judged(found, "long-timeout", f"timeout beyond {_MINUTES} minutes")


def _control(  # noqa: PLR0913, PLR0917 - a row of the table
    number: str,
    short: str,
    evaluate: Callable[[ImageView], Verdict],
    decides: str,
    remediation: str,
    limits: str = "rules of a directory service",
) -> Control:
    return Control(
        id=f"cis-debian-12-{number}",
        short=short,
        automation="full",
        reads="etc/sudoers with what it includes, etc/doas.conf, and whether sudo is there",
        decides=decides,
        limits=limits,
        remediation=remediation,
        evaluate=evaluate,
        needs=frozenset({"filesystem"}),
    )


CONTROLS = (
    _control(
        "5.2.2",
        "sudo: own terminal",
        _present(_PTY, "use-pty", "uses a pseudo terminal"),
        "passes with `Defaults use_pty`; does not apply without sudo",
        "remove sudo, or RUN echo 'Defaults use_pty' > /etc/sudoers.d/pty",
        "sudo does so by itself from 1.9.14 on",
    ),
    _control(
        "5.2.3",
        "sudo: log",
        _present(_LOGFILE, "log-file", "has a log file"),
        "passes with `Defaults logfile=`; does not apply without sudo",
        "remove sudo, or RUN echo 'Defaults logfile=/var/log/sudo.log' > /etc/sudoers.d/log",
        "whether anybody reads the log of a container",
    ),
    _control(
        "5.2.4",
        "sudo: password",
        with_password,
        "fails on each rule with NOPASSWD, and on a doas rule with nopass; they weigh little "
        "where the program is not there",
        "remove sudo, or take NOPASSWD out of the rule",
    ),
    _control(
        "5.2.5",
        "sudo: authentication",
        authenticated,
        "fails on `!authenticate`; it weighs little where sudo is not there",
        "remove sudo, or take !authenticate out of /etc/sudoers and /etc/sudoers.d",
    ),
    _control(
        "5.2.6",
        "sudo: timeout",
        _setting(_timeout),
        "fails on a timestamp_timeout above 15 minutes or below 0; sudo's own default is 15",
        "remove sudo, or set `Defaults timestamp_timeout=15`",
    ),
)
