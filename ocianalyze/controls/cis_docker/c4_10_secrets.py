"""CIS Docker 4.10: secrets are not stored in Dockerfiles, nor anywhere else in the image."""

from collections.abc import Iterator, Sequence
from typing import Literal

from ocianalyze.controls._base import Control, layers_unread
from ocianalyze.detectors.secrets.unread import why_unread
from ocianalyze.detectors.secrets.weight import lies_among_samples
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence, Finding, Status, Verdict
from ocianalyze.model.secret import Place, Secret

_GRAVE: frozenset[Severity] = frozenset({"medium", "high", "critical"})
_GONE = frozenset({State.DELETED, State.OVERWRITTEN})
_INNER = {b"HEAD": ".git", b"requires": ".hg", b"wc.db": ".svn"}
"""A file that each folder of version control has."""
_NAMED = 100
"""Insides that are evidence one by one; the summary counts all."""
_LONGEST = 60
"""Characters of a summary."""
_KINDS: dict[str, Literal["config", "history", "manifest"]] = {
    "config": "config",
    "history": "history",
    "annotation": "manifest",
}
_BY_NAME = "file-"
"""Beginning of the ids of rules that saw the name of a file alone."""
_SURE = frozenset({"token", "private-key", "connection-string", "webhook", "keystore"})
"""Kinds whose form alone says that they are secrets."""


def evaluate(view: ImageView) -> Verdict:
    """Fail on what is a secret, ask about what may be one."""
    told = [secret for secret in view.secrets if _is_told(secret)]
    folders = tuple(_version_control(view))
    evidence = tuple(_evidence(view, secret) for secret in told) + folders
    guilty = [secret for secret in told if _is_sure(secret, view)]
    if guilty:
        return _failed(guilty, evidence)
    if view.unread:
        return layers_unread(view, evidence)
    doubtful = [secret for secret in told if secret.severity in _GRAVE or _is_default(secret)]
    if doubtful:
        summary = _cut(f"{_count(doubtful)} to look at: {doubtful[0].title}")
        return Verdict(Status.NEEDS_REVIEW, "possible-secrets", summary, evidence, "heuristic")
    if folders:
        summary = f"version control in the image: /{folders[0].path}"
        return Verdict(Status.NEEDS_REVIEW, "version-control", _cut(summary), evidence)
    if unread := [x for x in view.findings if why_unread(x) in ("limit", "closed")]:
        return _not_looked_into(unread, evidence)
    return _passed(view, len(told), evidence)


def _not_looked_into(unread: Sequence[Finding], evidence: tuple[Evidence, ...]) -> Verdict:
    """Ask about what may hide behind a limit, a password or a format that is not read."""
    limits = sum(why_unread(x) == "limit" for x in unread)
    parts = ((limits, "for a limit"), (len(unread) - limits, "cannot be"))
    told = ", ".join(f"{count:,} {why}" for count, why in parts if count)
    facts = tuple(
        Evidence(x.detail, reason="unread-inside", path=x.path, layer=x.layer, step=x.step,
                 state=x.state or State.VISIBLE, severity=x.severity)
        for x in unread[:_NAMED]
    )  # fmt: skip
    summary = f"{len(unread):,} insides not looked into: {told}"
    return Verdict(Status.NEEDS_REVIEW, "unread-inside", _cut(summary), evidence + facts)


def _passed(view: ImageView, least: int, evidence: tuple[Evidence, ...]) -> Verdict:
    read = sum(layer.raw_size for layer in view.layers)
    little = f", {least} of little weight" if least else ""
    manuals = any(why_unread(x) == "documents" for x in view.findings)
    but = " but packed manuals" if manuals else ""
    summary = _cut(f"no secrets in {read:,} bytes{but}{little}")
    return Verdict(Status.PASS, "no-secrets", summary, evidence)


def _is_told(secret: Secret) -> bool:
    """Tell what is evidence: neither what may stay nor what is proved to be none."""
    return not secret.ignored and (secret.proven != "disproved" or _is_default(secret))


def _is_default(secret: Secret) -> bool:
    """Tell a placeholder that the image itself sets as a password: somebody may keep it."""
    settings = any(place.where in ("config", "history") for place in secret.places)
    return secret.proven == "disproved" and secret.kind == "password" and settings


def _is_sure(secret: Secret, view: ImageView) -> bool:
    """Tell what is a secret beyond doubt, and not of a test, the documentation or a package."""
    if secret.severity not in _GRAVE or secret.proven == "disproved":
        return False
    if secret.rule.startswith(_BY_NAME):
        return False
    known = secret.proven == "verified-offline" or secret.kind in _SURE
    return known and not lies_among_samples(secret, view)


def _failed(guilty: Sequence[Secret], evidence: tuple[Evidence, ...]) -> Verdict:
    first = guilty[0]
    recoverable = [secret for secret in guilty if _is_gone(secret)]
    more = f", {len(recoverable)} deleted but recoverable" if recoverable else ""
    summary = _cut(f"{_count(guilty)}{more}: {first.title}")
    reason = "recoverable" if len(recoverable) == len(guilty) else "secrets"
    return Verdict(Status.FAIL, reason, summary, evidence, remediation=first.remediation)


def _version_control(view: ImageView) -> Iterator[Evidence]:
    """Yield the folders of version control in the final filesystem: they hold every version."""
    for entry in view.tree.files(names=frozenset(_INNER)):
        folder, _, name = entry.path.rpartition("/")
        if folder.rpartition("/")[2] == _INNER[name.encode()]:
            yield Evidence(
                "holds every version of its files, deleted ones too",
                reason="version-control",
                path=folder,
                layer=entry.layer,
            )


def _is_gone(secret: Secret) -> bool:
    return all(place.state in _GONE for place in secret.places)


def _count(secrets: Sequence[Secret]) -> str:
    return f"{len(secrets)} secret{'s' if len(secrets) > 1 else ''}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _evidence(view: ImageView, secret: Secret) -> Evidence:
    place = secret.places[0]
    others = len(secret.places) - 1 + secret.more_places
    parts = [secret.title, secret.masked, secret.detail, _where(place), _end(view, place)]
    parts.append(f"{others} more places" if others else "")
    return Evidence(
        detail="; ".join(part for part in parts if part),
        kind=_KINDS.get(place.where, "file"),
        reason="recoverable" if _is_gone(secret) else secret.proven,
        path=place.path,
        pointer=place.pointer,
        layer=place.layer,
        step=place.step,
        state=place.state or State.VISIBLE,
        origin=place.origin,
        severity=secret.severity,
    )


def _end(view: ImageView, place: Place) -> str:
    """Name the layer that hid what a lower one holds."""
    if place.state not in _GONE:
        return ""
    ends = (x.ended_by for x in view.tree.versions(place.path) if x.layer == place.layer)
    ended = next((layer for layer in ends if layer is not None), None)
    return "" if ended is None else f"{place.state} by layer {ended}, still in layer {place.layer}"


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
    "names, links, padding; the config with its history, labels and variables; annotations; names "
    "of shell histories, credential files, key files; folders of version control",
    decides="fails on secrets that a checksum or structure proves and on tokens and keys in the "
    "form of their provider, outside of tests and documentation; passwords and keys that only "
    "their surroundings suggest need review, and so do folders of version control, placeholders "
    "set as passwords, secrets that came with a package of the distribution, and insides that a "
    "limit, a password or an unknown format kept closed",
    limits="a secret without a form of its own is found by the words around it alone; one that was "
    "used in a builder stage or by RUN --mount=type=secret leaves no trace; nothing is tried "
    "against its provider, so a revoked one counts too",
    remediation="RUN --mount=type=secret,id=NAME instead of ARG, ENV or COPY; rotate what was in "
    "the image, since every copy of it has the layer",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "config", "history", "secrets"}),
)
