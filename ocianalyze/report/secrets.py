"""Secrets as records of the document, without a value unless the owner asked for it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ocianalyze.detectors.secrets.veil import hidden, hidden_paths
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
    paths = {} if bare else hidden_paths(secrets)
    return [_record(ref, view, secret, paths) for secret in secrets]


def _record(
    ref: ImageRef | None, view: ImageView | None, secret: Secret, paths: Mapping[str, str]
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
        places=tuple(_place(view, secret, place, paths) for place in secret.places),
        more_places=secret.more_places,
        remediation=unicode(secret.remediation),
        ignored=unicode(secret.ignored) or None,
        value=unicode(secret.value) or None,
    )


def _place(
    view: ImageView | None, secret: Secret, place: Place, paths: Mapping[str, str]
) -> PlaceRecord:
    only = () if secret.value else (secret,)
    step = step_index(view, place.step, place.layer)
    return PlaceRecord(
        where=place.where,
        path=unicode(paths.get(place.path, place.path)) or None,
        inner=unicode(hidden(place.inner, only)) or None,
        pointer=unicode(hidden(place.pointer, only)) or None,
        layer=layer_ref(view, place.layer) if view else None,
        step=step_ref(view, step) if view else None,
        offset=place.offset,
        coding=place.coding,
        state=place.state,
        origin=place.origin,
    )


def without_paths(record: R, paths: Mapping[str, str]) -> R:
    """Return a record in which no path tells the secret that is in it."""
    changed = {name: _without(value, paths) for name, value in record}
    return record.model_copy(update=changed)


def _without(value: Any, paths: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return paths.get(value, value)
    if isinstance(value, tuple):
        return tuple(_without(item, paths) for item in value)
    return without_paths(value, paths) if isinstance(value, Record) else value
