"""User and password in an address (RFC 3986, section 3.2.1)."""

import re
from urllib.parse import unquote_to_bytes

from ocianalyze.detectors.secrets._base import Check, Match, Proof
from ocianalyze.detectors.secrets.checks._placeholders import is_template
from ocianalyze.detectors.secrets.checks._user_pass import is_example, shown
from ocianalyze.detectors.secrets.proofs import NO_SECRET, PLACEHOLDER, well_formed

_URL = re.compile(
    rb"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]{1,30})://(?P<user>[^\s/?#:@\"']{0,256})"
    rb":(?P<password>[^\s/?#\"']{1,512})@(?P<host>\[[0-9a-fA-F:.]{2,45}\](?::\d{1,5})?|[^\s/?#@\"'<>,;)\]}]{1,256})"
)
_LOCAL = re.compile(rb"localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal")
_SAMPLE = re.compile(
    rb"(?:.*\.)?(?:example(?:\.(?:com|org|net))?|invalid|test)|(?:your|my)?-?(?:host(?:name)?|server|domain)"
    rb"|(?:your|my)[.-]?proxy|(?:host|server)\d?|\.\.\.|(?:.*\.)?bogus(?:\.\w{2,6})?",
    re.IGNORECASE,
)
_BEFORE = 512


def prove(match: Match) -> Proof | None:
    """Find out whose password it is, and for which host."""
    parts = _parts(match)
    if parts is None:
        return None
    host = parts["host"].rsplit(b"@", 1)[-1]
    name = re.sub(rb":\d*$|\\&", b"", host)  # `\&` is nothing, in manual pages
    user, password = (unquote_to_bytes(parts[key]) for key in ("user", "password"))
    if not password or not name:
        return NO_SECRET
    if is_template(parts["password"]) or is_template(host) or is_example(user, password):
        return PLACEHOLDER
    if _SAMPLE.fullmatch(name):
        return PLACEHOLDER
    facts = {"host": host, "user": shown(user), "scheme": parts["scheme"].lower()}
    if _LOCAL.fullmatch(name):
        return well_formed("for this machine only", "low", **facts)
    return well_formed("", **facts)


def _parts(match: Match) -> dict[str, bytes] | None:
    """Return the parts by name: of the rule's groups, or of the address around the match."""
    names = ("scheme", "user", "password", "host")
    groups = {name: match.groups.get(name, b"") for name in names}
    groups["password"] = groups["password"] or (match.secret if groups["host"] else b"")
    if groups["host"] and groups["password"]:
        return groups
    begin = match.around.rfind(b"://", max(0, match.start - _BEFORE), match.start + 34)
    found = _URL.search(match.around, max(0, begin - 31)) if begin >= 0 else None
    found = found or _URL.search(match.secret[: 4 * _BEFORE])
    return found.groupdict() if found else None


CHECK: Check = prove
