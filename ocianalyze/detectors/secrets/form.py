"""Whether the form of a rule's values is a provider's own, or words around them speak alone.

A token with its provider's prefix is one wherever it stands; forty hexadecimal digits are one only
beside a name that says so. The first is beyond doubt, the second for people to look at.
"""

from ocianalyze.detectors.secrets._base import Kind, Rule
from ocianalyze.detectors.secrets.literals import longest
from ocianalyze.model.secret import Form

_LEAST = 3
"""Bytes in a row that make a form: `SG.`."""
_CHOSEN: frozenset[Kind] = frozenset({"password", "seed", "cookie"})
"""Kinds whose values have no form; what is fixed around them are words."""
_NEVER: frozenset[Kind] = frozenset({"identity", "encrypted", "password-hash"})
"""Kinds that are no secret, or none yet."""
_STRUCTURES = frozenset(
    {"docker-auth", "kubeconfig", "kubernetes-secret", "netrc", "npm-auth", "wireguard-key",
     "der-key", "jwk", "discord-snowflake"}
)  # fmt: skip
"""Checks that read the file or value which the secret is a part of."""


def form_of(rule: Rule) -> Form:
    """Return what the rule says, else what its expression and its checks tell."""
    return rule.form or ("own" if _is_own(rule) else "words")


def _is_own(rule: Rule) -> bool:
    if rule.kind in _NEVER:
        return False
    if not _STRUCTURES.isdisjoint(rule.checks) or _names_credentials(rule):
        return True
    before, named, value = rule.pattern.partition("(?P<secret>")
    own = longest(value if named else before, part=bool(named))
    if own < _LEAST and rule.kind not in _CHOSEN and not rule.near:
        own = longest(rule.pattern)
    return own >= _LEAST


def _names_credentials(rule: Rule) -> bool:
    """Tell a rule for files of which every name is that of a credential file."""
    return bool(rule.files) and not any(name.startswith("*") for name in rule.files)
