"""Values that the names of variables, build arguments and labels call secrets (catalogue, 4.10).

The name counts, however weak the value: a password that everybody knows is one all the same.
Values are never shown; only whether they are references, switches or measures is looked at.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.history.steps import of_step
from ocianalyze.controls.aspects.secrets.told import is_doubtful, is_told
from ocianalyze.detectors.secrets.masking import size_of
from ocianalyze.detectors.secrets.shown import hidden
from ocianalyze.filesystem.view import ImageView
from ocianalyze.filesystem.written import written
from ocianalyze.model.finding import Evidence
from ocianalyze.model.history import Step
from ocianalyze.model.secret import Secret

NAMED = "secret-by-name"
WEAK = "weak-default"
_MOST = 200
"""Values that are told one by one."""
_SAID = frozenset({"config", "history"})
"""Where names and values are read; a file of the same step is another thing."""
_SETTING = frozenset({"ENV", "ARG"})
_PAIRS = 5_000
"""Of one document or step."""
_TEXT = 65_536
_NAME = 128
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SECRET = re.compile(
    r"(?:passw(?:or)?ds?|pass_?(?:phrase|code)|secrets?|tokens?|credentials?"
    r"|(?:api|access|private|secret|encryption|signing|auth|master|account)_?keys?"
    r"|(?:^|_)(?:pass|pwd|auth|(?:db|ftp|my|pg|root|smtp|ssh|user)pass))(?:_(?P<tail>.*)|\d*\Z)"
)
_MEASURED = _words(
    "age algorithm algo backend bytes class count days dir dirs directory enable enabled endpoint "
    "env expiration expire expires expiry file filename files folder format hasher hashers header "
    "host id "
    "interval issuer key_id keyring len length level lifetime limit location max maximum method "
    "min minimum minutes mode module name names path paths plugin policy port prefix provider "
    "realm required rotation scheme scope scopes seconds server service size sock socket source "
    "store strategy timeout ttl type types uri url urls user username validity version"
)
"""Last words of names that tell something about a secret, not the secret."""
_COUNTED = _words("max min maximum minimum num number count limit")
"""First words of the same."""
_SWITCHES = _words(
    "0 1 true false yes no on off y n t f none null nil undefined empty unset auto default "
    "enabled disabled enable disable required optional never always"
)
_SCHEMES = _words(
    "basic bearer digest oauth oauth2 oidc jwt ldap saml kerberos ntlm negotiate token password "
    "md5 trust peer ident cert scram-sha-256 plain local pam"
)
"""Values of a name that ends in `AUTH`: how, not with what."""
_METHOD = re.compile(
    r"argon2(?:i|d|id)?|[by]crypt|s?crypt|pbkdf2(?:[_-][\w-]{1,24})?|md5|sha[_-]?(?:1|224|256|384|512)"
    r"|scram-sha-(?:1|256|512)|(?:[hrep]s(?:256|384|512)|eddsa)"
    r"|aes[_-]?(?:128|192|256)(?:[_-]?(?:gcm|cbc|ctr))?",
    re.IGNORECASE,
)
"""How something is hashed, signed or encrypted; a value of what a name with more words tells."""
_SENT = re.compile(r"(?:next_public|nuxt_public|expo_public|vite|react_app|vue_app|gatsby)_")
"""Begins names whose values a build writes into what every browser gets."""
_HELD = re.compile(r"pass|pwd|secret|private|credential|master|signing|encryption")
"""Words of names that no browser should get the values of."""
_REFERENCE = re.compile(
    r"\$[A-Za-z_]\w*|\$\{[^}]*\}|\$\(.*|`.*|\{\{.*|%[A-Za-z_]\w*%|<[A-Za-z_][^<>]{0,60}>", re.DOTALL
)
_MEASURE = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,3})?(?:ms|[smhdwkKMG]|[kKMG]i?[bB])?")
_ROOTS = "etc|run|var|usr|opt|app|home|root|tmp|srv|mnt|data|dev|secrets|certs|config|workspace"
_PATH = re.compile(rf"(?:~|\.{{1,2}})/[\w.@+/-]+|/(?:{_ROOTS})(?:/[\w.@+-]+)*/?|[A-Za-z]:\\.*")
_WEAK = _words(
    "abc admin administrator changeit changeme default demo dev docker example foobar guest "
    "letmein mysecret mypassword mysql nopass pass passwd password placeholder postgres qwerty "
    "rabbitmq redis replaceme root s3cret sample secret test testing toor user vagrant"
)
_TRIVIAL = re.compile(r"(?:change|replace|fill)[_-]?(?:me|it|this|in)|your[_-].*|x{3,}|[0-9]{1,8}")
_MASK = r"[^\s;&|*]*\*{4} \([0-9]+\)"
"""What the whole of a value is shown as that the search found."""
_ASSIGNED = re.compile(rf"""([A-Za-z_][\w./-]{{0,127}})=("[^"]*"|'[^']*'|{_MASK}|[^\s;&|]*)""")
_SHELL = re.compile(
    r"""(?:^|[;&|({]|\b(?:export|env|then|do|else|sudo)\b)\s*"""
    rf"""([A-Za-z_]\w{{0,127}})=("[^"$`]*"|'[^']*'|{_MASK}|[^\s;&|"'$`()]*)(?=[\s;&|)]|\Z)"""
)


_Pairs = Callable[[Step], Iterable[tuple[str, str]]]
"""Tells names and values of a step."""


class _Named(NamedTuple):
    """One value, and where it is."""

    name: str
    value: str
    evidence: Evidence


def named_values(view: ImageView) -> tuple[Evidence, ...]:
    """Return the literal values whose names call them secrets, each value once.

    What the search for secrets told already, or knows to be none, or the owner let be, is left out.
    """
    return _once(_unsettled(view, _all(view)))


def named_arguments(view: ImageView) -> tuple[Evidence, ...]:
    """Return those of build arguments alone, that `named_values` has here or at another place."""
    return _once(_unsettled(view, _of_history(view, lambda step: step.build_args)))


def _unsettled(view: ImageView, named: Iterable[_Named]) -> Iterator[_Named]:
    settled = {place.pointer for secret in view.secrets for place in secret.places
               if secret.ignored or (is_told(secret) and is_doubtful(secret))} - {""}  # fmt: skip
    known = [secret for secret in view.secrets if secret.ignored or secret.kind == "identity"]
    found = (one for one in named if one.evidence.pointer not in settled)
    return (one for one in found if not (known and _is_known(one, known)))


def _is_known(named: _Named, known: Sequence[Secret]) -> bool:
    """Tell a value that is an identity or let be at that place, by the length in its mask.

    Another secret of that place and length has a mask too, and is told by the search.
    """
    shown = hidden(named.value, known)
    place = named.evidence.pointer or named.evidence.step
    return bool(re.fullmatch(_MASK, shown)) and any(
        where.where in _SAID and place in (where.pointer, where.step)
        for one in known
        if size_of(one.masked) == size_of(shown)
        for where in one.places
    )


def values_set(view: ImageView) -> tuple[Evidence, ...]:
    """Return those of variables and build arguments, whatever the search for secrets told."""
    steps = {x.index for x in view.history.steps if x.instruction in _SETTING or x.build_args}
    return _once(
        one
        for one in _all(view)
        if one.evidence.step in steps or one.evidence.pointer.startswith("/config/Env/")
    )


def _all(view: ImageView) -> Iterator[_Named]:
    yield from _of_config(view)
    yield from _of_history(view)


def _once(named: Iterable[_Named]) -> tuple[Evidence, ...]:
    """Return one place of each value; a line of the history may hold only its first word."""
    found: dict[tuple[str, str], Evidence] = {}
    for one in named:
        first = one.value.strip("\"'").partition(" ")[0]
        found.setdefault((one.name.lower(), first), one.evidence)
    return tuple(islice(found.values(), _MOST))


def places_of_values(view: ImageView) -> frozenset[str | int]:
    """Return every pointer and step whose text holds such a value, and what holds the pointer."""
    found: set[str | int] = set()
    for one in _all(view):
        if one.evidence.step is not None:
            found.add(one.evidence.step)
        pointer = one.evidence.pointer
        while pointer and pointer not in found:
            found.add(pointer)
            pointer = pointer.rpartition("/")[0]
    return frozenset(found)


def is_named_secret(name: str, value: str) -> bool:
    """Tell a literal value that its name calls a secret."""
    plain = _plain(name[:_NAME])
    match = _SECRET.search(plain)
    word = value.strip().strip("\"'")
    if match is None or not word or word.lower() in _SWITCHES or _REFERENCE.fullmatch(word):
        return False
    if _SENT.match(plain) and not _HELD.search(plain):
        return False
    return not _is_about(plain, match, word) and not _PATH.fullmatch(word)


def _plain(name: str) -> str:
    """Return a name in small letters, its words parted by `_`."""
    return re.sub(r"[^a-z0-9]+", "_", _HUMPS.sub("_", name).lower()).strip("_")


def _is_about(name: str, match: re.Match[str], word: str) -> bool:
    """Tell a name and value that say something about a secret: a place, a measure, a method."""
    tail = match["tail"] or ""
    if tail.rpartition("_")[2] in _MEASURED or (tail and _METHOD.fullmatch(word)):
        return True
    if _MEASURE.fullmatch(word):
        counted = name.partition("_")[0] in _COUNTED or name.endswith("tokens")
        return bool(tail) or counted or name.endswith("auth")
    return name.endswith("auth") and word.lower() in _SCHEMES


def _of_config(view: ImageView) -> Iterator[_Named]:
    if view.config is None:
        return
    config, own = view.config.config, view.once(written)
    values = own.config.env if own else config.env
    for number, (pair, other) in enumerate(islice(zip(config.env, values, strict=False), _PAIRS)):
        name, value = pair.partition("=")[0], other.partition("=")[2]
        if is_named_secret(name, value):
            told = _told(name, value, "is set")
            yield _Named(name, value, _in_config(told, name, value, f"/config/Env/{number}"))
    for name, value in islice((config.labels or {}).items(), _PAIRS):
        if is_named_secret(name, value):
            pointer = "/config/Labels/" + name.replace("~", "~0").replace("/", "~1")
            told = _told(name, value, "is a label")
            yield _Named(name, value, _in_config(told, name, value, pointer))


def _in_config(told: str, name: str, value: str, pointer: str) -> Evidence:
    return Evidence(told, "config", _reason(name, value), pointer=pointer)


def _of_history(view: ImageView, pairs: _Pairs | None = None) -> Iterator[_Named]:
    base = boundary(view)
    for step in view.history.steps:
        for name, value in islice((pairs or _pairs)(step), _PAIRS):
            if is_named_secret(name, value):
                where = f"in a line of the history ({step.instruction[:8]})"
                told = of_step(step, base, _told(name, value, where), reason=_reason(name, value))
                yield _Named(name, value.strip("\"'"), told)


def _pairs(step: Step) -> Iterator[tuple[str, str]]:
    """Yield names and values of a step: build arguments, settings, assignments of its shell."""
    yield from step.build_args
    text = step.text[:_TEXT]
    if step.instruction == "RUN":
        yield from _SHELL.findall(text)
    elif step.instruction in ("ENV", "ARG", "LABEL"):
        first, _, rest = text.partition(" ")
        if step.instruction == "ENV" and "=" not in first:
            yield first, rest
        else:
            yield from _ASSIGNED.findall(text)


def _told(name: str, value: str, where: str) -> str:
    shown = "".join(x if x.isprintable() else "?" for x in name[:60])
    weak = ", a value that anybody would guess" if _reason(name, value) == WEAK else ""
    return f"{shown} {where}{weak}"


def _reason(name: str, value: str) -> str:
    """Tell a value that anybody would guess from one that is secret by its name."""
    word = value.strip().strip("\"'").lower()
    is_weak = word in _WEAK or _TRIVIAL.fullmatch(word) or word in _plain(name).split("_")
    return WEAK if is_weak else NAMED
