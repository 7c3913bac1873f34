"""Secrets as records of the document, without a value unless the owner asked for it."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ocianalyze.detectors.secrets.veil import hidden, identities_of
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.record import ImageRef, Record
from ocianalyze.model.report import PlaceRecord, SecretRecord
from ocianalyze.model.secret import Place, Secret
from ocianalyze.report.escape import unicode
from ocianalyze.report.places import layer_ref, step_index, step_ref

R = TypeVar("R", bound=Record)


def secret_records(
    ref: ImageRef | None, view: ImageView | None, secrets: Sequence[Secret]
) -> list[SecretRecord]:
    """Return secrets as records; without a view, places have neither layer nor step."""
    bare = any(secret.value for secret in secrets)
    text = as_it_is if bare or view is None else view.once(identities_of).masked
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
        facts={unicode(name): unicode(value) for name, value in secret.facts.items()},
        places=tuple(_place(view, secret, place, text) for place in secret.places),
        more_places=secret.more_places,
        remediation=unicode(secret.remediation),
        ignored=unicode(secret.ignored) or None,
        value=unicode(secret.value) or None,
    )


def _place(
    view: ImageView | None, secret: Secret, place: Place, text: Callable[[str], str]
) -> PlaceRecord:
    only = () if secret.value else (secret,)
    step = step_index(view, place.step, place.layer)
    return PlaceRecord(
        where=place.where,
        path=unicode(text(hidden(place.path, only))) or None,
        inner=unicode(text(hidden(place.inner, only))) or None,
        pointer=unicode(text(hidden(place.pointer, only))) or None,
        layer=layer_ref(view, place.layer) if view else None,
        step=step_ref(view, step) if view else None,
        offset=place.offset,
        coding=place.coding,
        state=place.state,
        origin=place.origin,
    )


def as_it_is(text: str) -> str:
    """Return a text of which nothing is hidden."""
    return text


def without_secrets(record: R, text: Callable[[str], str]) -> R:
    """Return a record in which no text tells a secret."""
    changed = {name: _without(value, text) for name, value in record}
    return record.model_copy(update=changed)


def _without(value: Any, text: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        # Members of enumerations are texts too, and never the image's.
        return text(value) if type(value) is str else value
    if isinstance(value, tuple):
        return tuple(_without(item, text) for item in value)
    if isinstance(value, dict):
        return {text(str(name)): _without(item, text) for name, item in value.items()}
    return without_secrets(value, text) if isinstance(value, Record) else value
