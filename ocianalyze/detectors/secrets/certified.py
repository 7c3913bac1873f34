"""Private keys joined with the certificates of the image that they belong to.

A key that is encrypted does not tell its public half. One in a key store is known by the
certificate there that says that it is the key's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from ocianalyze.detectors.certificates import NAME, Certificate, unpack
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, State
from ocianalyze.model.secret import Secret

KEY = "spki"
"""The fact of a private key that certificates have too."""
_CHARS = 400
"""Of a path that is told."""
_PKCS12 = "pkcs12-key"
_CERTIFIED = frozenset(
    {
        *("pem-private-key", "pem-encrypted-private-key", "der-private-key"),
        *("pem-rsa-private-key", "pem-ec-private-key", "pem-dsa-private-key"),
    }
)
"""Rules for keys of the kinds that certificates are of."""
_CLEAR = frozenset({"not encrypted", "opens with a default password"})
_SEALED = "cannot be known: the key is encrypted"
_NOT_READ = "cannot be known: no certificate was read in its file"
"""In place of the certificate's path."""


class _Held(NamedTuple):
    """A certificate, and the file that holds it."""

    entry: Entry
    certificate: Certificate


def certified(secrets: Iterable[Secret], view: ImageView) -> list[Secret]:
    """Return the secrets, private keys with the certificate that has their public key."""
    told = list(map(_named, secrets))
    keys = {key for one in told if (key := one.facts.get(KEY))}
    held = _held(view, keys) if keys else {}
    return [_with(one, held) for one in told]


def _named(secret: Secret) -> Secret:
    """Return a key; one that does not tell its public half, with why."""
    if KEY in secret.facts:
        return secret
    words = frozenset(secret.detail.split(", "))
    if secret.rule == _PKCS12:
        return _unknown(secret, _NOT_READ if words & _CLEAR else _SEALED)
    is_sealed = secret.rule in _CERTIFIED and "encrypted" in words
    return _unknown(secret, _SEALED) if is_sealed else secret


def _unknown(secret: Secret, why: str) -> Secret:
    return replace(secret, facts=secret.facts | {"certificate": why})


def _held(view: ImageView, keys: set[str]) -> dict[str, list[_Held]]:
    """Return where certificates of some keys are."""
    found: dict[str, list[_Held]] = {}
    for entry, value in view.tree.observations(NAME):
        for one in unpack(value):
            if one.spki in keys:
                found.setdefault(one.spki, []).append(_Held(entry, one))
    return found


def _order(held: _Held, paths: set[str], directories: set[str]) -> tuple[object, ...]:
    """Return what is told first: what can be seen, what lies near the key, by layer and path."""
    entry = held.entry
    is_far = entry.path not in paths, _directory(entry.path) not in directories
    return entry.state is not State.VISIBLE, *is_far, entry.layer, entry.path


def _directory(path: str) -> str:
    return path.rpartition("/")[0]


def _with(secret: Secret, held: Mapping[str, list[_Held]]) -> Secret:
    found = held.get(secret.facts.get(KEY, ""))
    if not found:
        return secret
    paths = {place.path for place in secret.places}
    directories = set(map(_directory, paths))
    entry, one = min(found, key=lambda held: _order(held, paths, directories))
    more = f" (+{len(found) - 1})" if len(found) > 1 else ""
    gone = "" if entry.state is State.VISIBLE else f", {entry.state}"
    facts = {
        "certificate": f"/{entry.path[:_CHARS]}{gone}{more}",
        "certificate_subject": one.subject,
        "certificate_until": one.until,
    }
    return replace(secret, facts=secret.facts | {name: x for name, x in facts.items() if x})
