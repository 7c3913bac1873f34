"""What a secret that was found means to a control: how sure it is, and how it is told."""

from collections.abc import Mapping
from typing import Literal

from ocianalyze.detectors.secrets.weight import lies_among_samples
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence
from ocianalyze.model.secret import Place, Secret

GONE = frozenset({State.DELETED, State.OVERWRITTEN})
"""States in which a later layer hides what a lower one still holds."""
_GRAVE: frozenset[Severity] = frozenset({"medium", "high", "critical"})
_KINDS: Mapping[str, Literal["config", "history", "manifest"]] = {
    "config": "config",
    "history": "history",
    "annotation": "manifest",
}

_BY_NAME = "by its name"
_OF_DEFAULT: Severity = "medium"
"""Of a password that everybody knows, where the image itself sets it."""


def is_told(secret: Secret) -> bool:
    """Tell what is evidence: neither what may stay nor what is proved to be none."""
    return not secret.ignored and (secret.proven != "disproved" or _is_default(secret))


def is_sure(secret: Secret, view: ImageView) -> bool:
    """Tell what is a secret beyond doubt, and not of a test, the documentation or a package."""
    if secret.severity not in _GRAVE or secret.proven == "disproved":
        return False
    known = secret.proven == "verified-offline" or secret.form == "own"
    return known and not lies_among_samples(secret, view)


def is_doubtful(secret: Secret) -> bool:
    """Tell what people should look at, unless it is sure."""
    return secret.severity in _GRAVE or _is_default(secret)


def is_gone(secret: Secret) -> bool:
    """Tell a secret that is in no file of the final filesystem, but in a lower layer."""
    return all(place.state in GONE for place in secret.places)


def of_secret(view: ImageView, secret: Secret) -> Evidence:
    """Return a secret as evidence, by its first place; its value is no part of it."""
    place = secret.places[0]
    others = len(secret.places) - 1 + secret.more_places
    parts = [secret.title, secret.masked, secret.detail, _where(secret), _end(view, place)]
    parts.append(f"{others} more places" if others else "")
    return Evidence(
        detail="; ".join(part for part in parts if part),
        kind=_KINDS.get(place.where, "file"),
        reason="recoverable" if is_gone(secret) else secret.proven,
        path=place.path,
        pointer=place.pointer,
        layer=place.layer,
        step=place.step,
        state=place.state or State.VISIBLE,
        origin=place.origin,
        severity=_OF_DEFAULT if _is_default(secret) else secret.severity,
    )


def _is_default(secret: Secret) -> bool:
    """Tell a placeholder that the image itself sets as a password: somebody may keep it."""
    settings = any(place.where in ("config", "history") for place in secret.places)
    return secret.proven == "disproved" and secret.kind == "password" and settings


def _end(view: ImageView, place: Place) -> str:
    """Name the layer that hid what a lower one holds."""
    if place.state not in GONE:
        return ""
    ends = (x.ended_by for x in view.tree.versions(place.path) if x.layer == place.layer)
    ended = next((layer for layer in ends if layer is not None), None)
    return "" if ended is None else f"gone since layer {ended}"


def _where(secret: Secret) -> str:
    """Say where in its file or header it is, unless the title does."""
    place = secret.places[0]
    if place.where == "path" and not secret.masked:
        return "" if _BY_NAME in secret.title else _BY_NAME
    if place.where in ("path", "link", "header", "slack"):
        named = {"path": "in its name", "link": "in a link's target", "header": "in a tar header"}
        return named.get(place.where, "outside of files")
    return f"inside {place.inner}" if place.inner else ""
