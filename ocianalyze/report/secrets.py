"""Secrets as records of the document, without a value unless the owner asked for it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from functools import partial
from itertools import chain
from operator import is_
from typing import Any, TypeVar

from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.dataclass import dataclass
from ocianalyze.detectors.secrets.masking import Identities, identities
from ocianalyze.detectors.secrets.shown import hidden, identities_of
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Origin
from ocianalyze.model.record import ImageRef, Record
from ocianalyze.model.report import PlaceRecord, SecretRecord
from ocianalyze.model.secret import Place, Secret, Where
from ocianalyze.report.escape import spelled, unicode
from ocianalyze.report.places import layer_ref, step_index, step_ref

R = TypeVar("R", bound=Record)
_INSIDE: frozenset[Where] = frozenset({"content", "slack"})
"""Where a secret's own path holds none of it, but for what is known to be no word."""


def secret_records(
    ref: ImageRef | None, view: ImageView | None, secrets: Sequence[Secret]
) -> list[SecretRecord]:
    """Return secrets as records; without a view, places have neither layer nor step."""
    text = hiding_of(secrets) if view is None else hiding(view)
    return [_record(ref, view, secret, text) for secret in secrets]


def _record(
    ref: ImageRef | None, view: ImageView | None, secret: Secret, text: Callable[[str], str]
) -> SecretRecord:
    return SecretRecord(
        image=ref,
        rule=secret.rule,
        id=secret.id,
        provider=unicode(secret.provider),
        kind=secret.kind,
        title=unicode(secret.title),
        masked=unicode(secret.masked),
        proven=secret.proven,
        severity=secret.severity,
        detail=unicode(secret.detail),
        facts={unicode(name): unicode(text(value)) for name, value in secret.facts.items()},
        places=tuple(_place(view, secret, place, text) for place in secret.places),
        more_places=secret.more_places,
        remediation=unicode(secret.remediation),
        ignored=unicode(secret.ignored) or None,
        value=unicode(secret.value) or None,
    )


def _place(
    view: ImageView | None, secret: Secret, place: Place, text: Callable[[str], str]
) -> PlaceRecord:
    is_named = place.where not in _INSIDE and not secret.value
    only = (secret,) if is_named else ()
    step = step_index(view, place.step, place.layer)
    return PlaceRecord(
        where=place.where,
        path=spelled(text(hidden(place.path, only))) or None,
        inner=spelled(text(hidden(place.inner, only))) or None,
        pointer=unicode(text(hidden(place.pointer, only))) or None,
        layer=layer_ref(view, place.layer) if view else None,
        step=step_ref(view, step) if view else None,
        offset=place.offset,
        coding=place.coding,
        state=place.state,
        origin=_origin(view, place),
    )


def _origin(view: ImageView | None, place: Place) -> Origin:
    """Return who brought the layer, or wrote the step, that holds it."""
    if view is None or place.origin != "unknown":
        return place.origin
    base = boundary(view)
    return base.of_step(place.step) if place.layer is None else base.of_layer(place.layer)


def hiding(view: ImageView) -> Callable[[str], str]:
    """Return what hides the secrets of an image in a text, unless its owner asked for them."""
    if "secrets" in view.skipped or any(secret.value for secret in view.secrets):
        return as_it_is
    known = view.once(identities_of)
    titles = frozenset(secret.title for secret in view.secrets)
    return partial(_quiet, known, titles) if known else as_it_is


def _quiet(known: Identities, titles: Iterable[str], value: str) -> str:
    """Return a text without secrets; titles of rules are no image's, whatever its passwords are."""
    shown = known.masked(value)
    title = next((x for x in titles if x in value), "") if shown != value else ""
    return title.join(map(known.masked, value.split(title))) if title else shown


def hiding_of(secrets: Iterable[Secret]) -> Callable[[str], str]:
    """Return the same for secrets that are no image's."""
    told = tuple(secrets)
    writings = (writing for secret in told for writing in secret.writings)
    shows = any(secret.value for secret in told)
    return as_it_is if shows else identities(chain(told, writings)).masked


def as_it_is(text: str) -> str:
    """Return a text of which nothing is hidden."""
    return text


def without_secrets(records: Iterable[R], text: Callable[[str], str]) -> list[R]:
    """Return records in which no text tells a secret."""
    return list(map(Veil(text).record, records))


@dataclass(frozen=True, slots=True)
class Veil:
    """Hides the secrets in records, of which most hold none and stay as they are."""

    text: Callable[[str], str]
    parts: dict[int, tuple[Record, Record]] = field(default_factory=dict)
    """By identity, parts that many records share, with what is shown of each."""

    def record(self, record: R) -> R:
        """Return a record in which no text tells a secret."""
        if self.text is as_it_is:
            return record
        changed = {}
        for name, value in record.__dict__.items():
            shown = self._value(value)
            if shown is not value:
                changed[name] = shown
        return record.model_copy(update=changed) if changed else record

    def _value(self, value: Any) -> Any:
        kind = type(value)
        if kind is str:  # members of enumerations are texts too, and never the image's
            shown = self.text(value)
            return value if shown == value else shown
        if kind is tuple:
            several = tuple(map(self._value, value))
            return value if all(map(is_, several, value)) else several
        if kind is dict:
            return {self.text(str(name)): self._value(item) for name, item in value.items()}
        return self._part(value) if isinstance(value, Record) else value

    def _part(self, part: Record) -> Record:
        if id(part) not in self.parts:
            self.parts[id(part)] = part, self.record(part)
        return self.parts[id(part)][1]
