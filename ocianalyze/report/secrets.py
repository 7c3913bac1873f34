"""Secrets as records of the document, without a value unless the owner asked for it."""

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.report import ImageRef, PlaceRecord, SecretRecord
from ocianalyze.model.secret import Place, Secret
from ocianalyze.report.escape import unicode
from ocianalyze.report.places import layer_ref, step_index, step_ref


def secret_record(ref: ImageRef | None, view: ImageView | None, secret: Secret) -> SecretRecord:
    """Return one secret; without a view, places have neither layer nor step."""
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
        places=tuple(_place(view, place) for place in secret.places),
        more_places=secret.more_places,
        remediation=unicode(secret.remediation),
        ignored=unicode(secret.ignored) or None,
        value=unicode(secret.value) or None,
    )


def _place(view: ImageView | None, place: Place) -> PlaceRecord:
    step = step_index(view, place.step, place.layer)
    return PlaceRecord(
        where=place.where,
        path=unicode(place.path) or None,
        inner=unicode(place.inner) or None,
        pointer=unicode(place.pointer) or None,
        layer=layer_ref(view, place.layer) if view else None,
        step=step_ref(view, step) if view else None,
        offset=place.offset,
        coding=place.coding,
        state=place.state,
        origin=place.origin,
    )
