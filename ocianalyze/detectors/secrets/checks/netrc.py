"""Passwords of `.netrc`: a machine, a login and a password, apart by white space."""

import re

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._placeholders import is_placeholder
from ocianalyze.detectors.secrets.checks._user_pass import is_example, shown
from ocianalyze.detectors.secrets.proofs import PLACEHOLDER, well_formed

_WORDS = re.compile(rb"\S+")
_BEFORE = 512


def prove(match: Match) -> Proof | None:
    """Say whose password it is; an anonymous login's is none."""
    words = _WORDS.findall(match.around[max(0, match.start - _BEFORE) : match.start])
    host = match.groups.get("machine") or match.groups.get("host") or _after(words, b"machine")
    user = match.groups.get("login") or match.groups.get("user") or _after(words, b"login")
    if is_placeholder(match.secret) or is_example(user, match.secret):
        return PLACEHOLDER
    if user.lower() in {b"anonymous", b"ftp"}:
        return well_formed("anonymous login", "info", host=host)
    return well_formed("", host=host, user=shown(user))


def _after(words: list[bytes], name: bytes) -> bytes:
    """Return the word that follows the last of a name."""
    places = [at for at, word in enumerate(words[:-1]) if word == name]
    return words[places[-1] + 1] if places else b""


CHECK: Check = prove
