"""What the owner of an image says may stay: secrets by rule, path and value, with a reason.

    [[ignore]]
    rule = "pem-private-key"
    path = "etc/ssl/private/snakeoil*"
    id = "0123456789abcdef"
    reason = "made for tests; no host trusts it"
    expires = 2027-01-31

All keys that are given must fit; at least one of the first three must be there, and the reason.
An ignored secret stays in every report.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from fnmatch import translate
from pathlib import Path
from typing import Any

from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets import names
from ocianalyze.detectors.secrets._given import given
from ocianalyze.detectors.secrets.rule_files import SHIPPED, read_rules
from ocianalyze.errors import UsageError
from ocianalyze.model.secret import Place, Secret

_KEYS = ("rule", "path", "id", "reason", "expires")
_BYTES = 4 << 20
_MOST = 10_000
"""Entries of one list."""
_CURE = "see the how-to on secrets for what an ignore list holds"


@dataclass(frozen=True, slots=True)
class Ignore:
    """One entry of an ignore list."""

    place: str
    """Where it is written, for messages: `ignore.toml, entry 3`."""
    reason: str
    rule: str = ""
    path: str = ""
    """Glob without a leading slash, in which `*` matches slashes too; it must fit every place."""
    id: str = ""
    expires: date | None = None
    """The last day on which it counts."""
    partly: str = ""
    """Which part of a secret it names, where it names none whole: `1 of 2 places`."""

    def is_over(self, today: date) -> bool:
        """Tell an entry that does not count any more."""
        return self.expires is not None and today > self.expires

    def fits(self, secret: Secret) -> bool:
        """Tell whether it names a secret, in all of its places."""
        # A place that is not listed might be elsewhere.
        return self.named(secret) == len(secret.places) + secret.more_places

    def named(self, secret: Secret) -> int:
        """Return how many places of a secret it names."""
        ids = (secret.id, *(writing.id for writing in secret.writings))
        if self.rule not in ("", secret.rule) or self.id not in ("", *ids):
            return 0
        if not self.path:
            return len(secret.places) + secret.more_places
        match = re.compile(translate(self.path.lstrip("/"))).match
        return sum(1 for place in secret.places if match(_name(place)))


def read_ignores(path: Path) -> tuple[Ignore, ...]:
    """Return the entries of an ignore list.

    Raises:
        UsageError: it cannot be read, is no TOML, or an entry is not as it must be.

    """
    data = given(path, _BYTES)
    try:
        return tuple(_entry(row, n, path) for n, row in enumerate(_rows(data), 1))
    except ValueError as error:  # TOML, UTF-8 and what an entry must be
        raise UsageError(f"is no ignore list: {error}", place=str(path), cure=_CURE) from error


def counting(ignores: Iterable[Ignore], today: date) -> tuple[tuple[Ignore, ...], list[str]]:
    """Return the entries that count on a day, and a line for each that does not any more."""
    entries = tuple(ignores)
    over = [
        f"{entry.place}: expired on {entry.expires}; what it ignored counts again"
        for entry in entries
        if entry.is_over(today)
    ]
    return tuple(entry for entry in entries if not entry.is_over(today)), over


def unknown(ignores: Iterable[Ignore], folders: Iterable[Path]) -> list[str]:
    """Return a line for each entry with a rule that neither ships nor lies in one of the folders.

    Raises:
        UsageError: a file of the folders is no rule.

    """
    shipped = {path.stem for path in SHIPPED.glob("*.toml")} | names.rules().keys()
    named = [entry for entry in ignores if entry.rule and entry.rule not in shipped]
    given = {rule.id for folder in folders for rule in read_rules(folder)} if named else set()
    return [
        f"{entry.place}: no rule has the id {entry.rule!r}"
        for entry in named
        if entry.rule not in given
    ]


def idle(ignores: Iterable[Ignore], secrets: Sequence[Secret]) -> tuple[Ignore, ...]:
    """Return the entries that name none of the secrets, or not all places of any."""
    return tuple(_partly(entry, secrets) for entry in ignores if not any(map(entry.fits, secrets)))


def _partly(entry: Ignore, secrets: Iterable[Secret]) -> Ignore:
    for secret in () if entry.partly else secrets:
        if some := entry.named(secret):
            number = len(secret.places) + secret.more_places
            return replace(entry, partly=f"{some} of {number} places")
    return entry


def ignoring(secrets: Iterable[Secret], ignores: Sequence[Ignore]) -> tuple[Secret, ...]:
    """Return the secrets, those that an entry names with its reason."""
    return tuple(_ignored(secret, ignores) for secret in secrets)


def _ignored(secret: Secret, ignores: Sequence[Ignore]) -> Secret:
    entry = next((one for one in ignores if one.fits(secret)), None)
    return replace(secret, ignored=entry.reason) if entry else secret


def _name(place: Place) -> str:
    """Return what a glob speaks of: a path, with what is inside it, or a JSON pointer."""
    path = f"{place.path}!/{place.inner}" if place.inner else place.path
    return path if place.state or not place.pointer else place.pointer.lstrip("/")


def _rows(data: bytes) -> list[Any]:
    if len(data) > _BYTES:
        raise ValueError(f"larger than {_BYTES} bytes")
    document = tomllib.loads(data.decode("utf-8"))
    rows = document.pop("ignore", [])
    if document:
        raise ValueError(f"unknown key {min(document)}")
    if not isinstance(rows, list):
        raise ValueError("ignore must be tables: [[ignore]]")  # noqa: TRY004 - of a document
    if len(rows) > _MOST:
        raise ValueError(f"has more than {_MOST} entries")
    return rows


def _entry(row: Any, number: int, path: Path) -> Ignore:
    try:
        texts, expires = _texts(row), _day(row.get("expires"))
    except ValueError as error:
        raise ValueError(f"entry {number}: {error}") from error
    return Ignore(place=f"{path}, entry {number}", expires=expires, **texts)


def _texts(row: Any) -> dict[str, str]:
    if not isinstance(row, dict):
        raise ValueError("must be a table: [[ignore]]")  # noqa: TRY004 - of a document
    if unknown := row.keys() - set(_KEYS):
        raise ValueError(f"unknown key {min(unknown)}")
    texts = {key: row.get(key, "") for key in _KEYS[:4]}
    if wrong := [key for key, text in texts.items() if not isinstance(text, str)]:
        raise ValueError(f"{wrong[0]} must be a text")
    if not texts["reason"].strip():
        raise ValueError("has no reason")
    if not any(texts[key] for key in _KEYS[:3]):
        raise ValueError("names neither rule, path nor id")
    return texts


def _day(value: Any) -> date | None:
    """Return the day of a TOML date."""
    if value is None:
        return None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError("expires must be a date: expires = 2027-01-31")  # noqa: TRY004 - the same
    return value
