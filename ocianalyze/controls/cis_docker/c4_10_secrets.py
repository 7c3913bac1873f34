"""CIS Docker 4.10: secrets are not stored in Dockerfiles, nor anywhere else in the image."""

from collections.abc import Sequence

from ocianalyze.controls._base import Control, layers_unread
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.secret import Place, Secret

_GRAVE: frozenset[Severity] = frozenset({"medium", "high", "critical"})
_GONE = frozenset({State.DELETED, State.OVERWRITTEN})
_KINDS = {"config": "config", "history": "history", "annotation": "manifest"}
_SURE = frozenset({"token", "private-key", "connection-string", "webhook", "keystore"})
"""Kinds whose form alone says that they are secrets."""


def evaluate(view: ImageView) -> Verdict:
    """Fail on what is a secret, ask about what may be one."""
    told = [secret for secret in view.secrets if not secret.ignored]
    evidence = tuple(_evidence(secret, place) for secret in told for place in secret.places[:1])
    guilty = [secret for secret in told if _is_sure(secret)]
    if guilty:
        return _failed(guilty, evidence)
    if view.unread:
        return layers_unread(view, evidence)
    doubtful = [secret for secret in told if secret.severity in _GRAVE]
    if doubtful:
        summary = f"{_count(doubtful)} to look at: {doubtful[0].title}"
        return Verdict(Status.NEEDS_REVIEW, "possible-secrets", summary, evidence, "heuristic")
    least = f", {_count(told)} of little weight" if told else ""
    return Verdict(Status.PASS, "no-secrets", f"no secrets found{least}", evidence)


def _is_sure(secret: Secret) -> bool:
    """Tell what is a secret beyond doubt, and not in a test or the documentation."""
    if secret.severity not in _GRAVE or secret.proven == "disproved":
        return False
    return secret.proven == "verified-offline" or secret.kind in _SURE


def _failed(guilty: Sequence[Secret], evidence: tuple[Evidence, ...]) -> Verdict:
    first = guilty[0]
    recoverable = [secret for secret in guilty if _is_gone(secret)]
    more = f", {len(recoverable)} deleted but recoverable" if recoverable else ""
    summary = f"{_count(guilty)}{more}: {first.title}"
    reason = "recoverable" if len(recoverable) == len(guilty) else "secrets"
    return Verdict(Status.FAIL, reason, summary, evidence, remediation=first.remediation)


def _is_gone(secret: Secret) -> bool:
    return all(place.state in _GONE for place in secret.places)


def _count(secrets: Sequence[Secret]) -> str:
    return f"{len(secrets)} secret{'s' if len(secrets) > 1 else ''}"


def _evidence(secret: Secret, place: Place) -> Evidence:
    others = len(secret.places) - 1 + secret.more_places
    parts = [secret.title, secret.masked, secret.detail, _where(place)]
    parts.append(f"{others} more places" if others else "")
    return Evidence(
        detail="; ".join(part for part in parts if part),
        kind=_KINDS.get(place.where, "file"),  # type: ignore[arg-type] # its values are kinds
        reason="recoverable" if _is_gone(secret) else secret.proven,
        path=place.path,
        pointer=place.pointer,
        layer=place.layer,
        step=place.step,
        state=place.state or State.VISIBLE,
        origin=place.origin,
        severity=secret.severity,
    )


def _where(place: Place) -> str:
    if place.where in ("path", "link", "header", "slack"):
        named = {"path": "in its name", "link": "in a link's target", "header": "in a tar header"}
        return named.get(place.where, "outside of files")
    return f"inside {place.inner}" if place.inner else ""


CONTROL = Control(
    id="cis-docker-4.10",
    short="secrets",
    automation="partial",
    reads="every byte of every layer: deleted and overwritten files, binaries, archives in files, "
    "names, links, padding; the config with its history, labels and variables; annotations",
    decides="fails on secrets that a checksum or structure proves and on tokens and keys in the "
    "form of their provider, outside of tests and documentation; passwords and keys that only "
    "their surroundings suggest need review",
    limits="a secret without a form of its own is found by the words around it alone; one that was "
    "used in a builder stage or by RUN --mount=type=secret leaves no trace; nothing is tried "
    "against its provider, so a revoked one counts too",
    remediation="RUN --mount=type=secret,id=NAME instead of ARG, ENV or COPY; rotate what was in "
    "the image, since every copy of it has the layer",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "config", "history", "secrets"}),
)
