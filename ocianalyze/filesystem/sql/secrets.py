"""The table of secrets: where each of them is, and nothing that tells its value."""

from collections.abc import Iterator
from typing import NamedTuple

from ocianalyze.filesystem.sql._base import Column, Masks, of_records
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.secret import Place, Secret


class _Found(NamedTuple):
    """One place of one secret, its names masked."""

    secret: Secret
    place: Place
    path: str
    inner: str
    pointer: str
    step: int | None


def _places(view: ImageView, masks: Masks) -> Iterator[_Found]:
    known = view.once(masks.known)
    for secret in view.secrets:
        for place in secret.places:
            path, inner, pointer = (
                known.masked(masks.name(name, (secret,)))
                for name in (place.path, place.inner, place.pointer)
            )
            yield _Found(secret, place, path, inner, pointer, _step(view, place))


def _step(view: ImageView, place: Place) -> int | None:
    """Return the step of a place, or the one that made its layer."""
    if place.step is not None or place.layer is None:
        return place.step
    return view.layers[place.layer].step if 0 <= place.layer < len(view.layers) else None


SECRETS = of_records(
    "secrets",
    "The places of secrets, one a row; their values are in no column.",
    "filesystem",
    (
        Column("id", "TEXT", "keyed hash of the value: equal for equal values",
               lambda f: f.secret.id),
        Column("rule", "TEXT", "id of the rule that names it", lambda f: f.secret.rule),
        Column("title", "TEXT", "what it is", lambda f: f.secret.title),
        Column("provider", "TEXT", "who issued it; empty when unknown",
               lambda f: f.secret.provider),
        Column("kind", "TEXT", "of the secret, as its rule says", lambda f: f.secret.kind),
        Column("severity", "TEXT", "critical, high, medium, low, info",
               lambda f: f.secret.severity),
        Column("proven", "TEXT", "verified-offline, well-formed, disproved",
               lambda f: f.secret.proven),
        Column("masked", "TEXT", "the value without what makes it secret",
               lambda f: f.secret.masked),
        Column("detail", "TEXT", "what the proof found; empty for nothing",
               lambda f: f.secret.detail),
        Column("ignored", "TEXT", "why it may stay; null when nobody said so",
               lambda f: f.secret.ignored or None),
        Column("where", "TEXT", "content, path, link, header, config, history, annotation, "
               'attestation, slack; SQL has a word of this name: write s."where"',
               lambda f: f.place.where),
        Column("path", "TEXT", "in the image; null for none", lambda f: f.path or None),
        Column("inner", "TEXT", "path in the archive that the file is; null for none",
               lambda f: f.inner or None),
        Column("pointer", "TEXT", "JSON pointer; null for none", lambda f: f.pointer or None),
        Column("layer", "INTEGER", "layer that holds it; null for none", lambda f: f.place.layer),
        Column("step", "INTEGER", "history step, or the one that made the layer",
               lambda f: f.step),
        Column("offset", "INTEGER", "byte in the content, in the decoded text where coding is set",
               lambda f: f.place.offset),
        Column("coding", "TEXT", "base64, utf-16 or utf-32; empty for plain",
               lambda f: f.place.coding),
        Column("state", "TEXT", "visible, overwritten or deleted; null outside the filesystem",
               lambda f: f.place.state),
    ),
    _places,
    part="secrets",
)  # fmt: skip
