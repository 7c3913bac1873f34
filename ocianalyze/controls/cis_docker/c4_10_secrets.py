"""CIS Docker 4.10: secrets are not stored in Dockerfiles, nor anywhere else in the image."""

from collections.abc import Iterator, Mapping, Sequence

from ocianalyze.controls._base import Control, layers_unread
from ocianalyze.controls.aspects.secrets.named_values import named_values
from ocianalyze.controls.aspects.secrets.told import (
    is_doubtful,
    is_gone,
    is_sure,
    is_told,
    of_secret,
)
from ocianalyze.controls.saying import shortened
from ocianalyze.detectors.secrets.unread import Why, why_unread
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence, Finding, Status, Verdict
from ocianalyze.model.secret import Secret

_INNER = {b"HEAD": ".git", b"requires": ".hg", b"wc.db": ".svn"}
"""A file that each folder of version control has."""
_CLOSED: Mapping[Why, str] = {"limit": "for a limit", "closed": "cannot be", "damaged": "damaged"}
"""Why something keeps a pass back, in words."""
_NAMED = 100
"""Insides that are evidence one by one; the summary counts all."""


def evaluate(view: ImageView) -> Verdict:
    """Fail on what is a secret, ask about what may be one."""
    told = [secret for secret in view.secrets if is_told(secret)]
    guilty = [secret for secret in told if is_sure(secret, view)]
    sure = {secret.id for secret in guilty}
    doubtful = [secret for secret in told if is_doubtful(secret) and secret.id not in sure]
    least = [secret for secret in told if not is_doubtful(secret)]
    folders, named = tuple(_version_control(view)), named_values(view)
    grave, light = (
        tuple(of_secret(view, x) for x in some) for some in ((*guilty, *doubtful), least)
    )
    evidence = (*grave, *named, *folders, *light)
    if guilty:
        return _failed(guilty, evidence)
    if view.unread:
        return layers_unread(view, evidence)
    if doubtful:
        summary = shortened(f"{_count(doubtful)} to look at: {doubtful[0].title}")
        return Verdict(Status.NEEDS_REVIEW, "possible-secrets", summary, evidence, "heuristic")
    if named:
        return _named(named, evidence)
    return _without_secrets(view, len(least), folders, evidence)


def _without_secrets(
    view: ImageView, least: int, folders: Sequence[Evidence], evidence: tuple[Evidence, ...]
) -> Verdict:
    """Say what it means that nothing was recognised: what was kept closed is no pass."""
    if folders:
        summary = f"version control in the image: /{folders[0].path}"
        return Verdict(Status.NEEDS_REVIEW, "version-control", shortened(summary), evidence)
    if unread := [x for x in view.findings if why_unread(x)]:
        return _not_looked_into(unread, evidence)
    return _passed(view, least, evidence)


def _named(named: Sequence[Evidence], evidence: tuple[Evidence, ...]) -> Verdict:
    """Ask about literal values that only their names call secrets."""
    more = f" (+{len(named) - 1})" if len(named) > 1 else ""
    shown = shortened(f"secret by its name: {named[0].detail}", end=more)
    return Verdict(
        Status.NEEDS_REVIEW, named[0].reason, shown, evidence, "heuristic", named[0].origin
    )


def _not_looked_into(unread: Sequence[Finding], evidence: tuple[Evidence, ...]) -> Verdict:
    """Ask about what may hide behind a limit, a password, an unknown format or damage."""
    whys = [why_unread(x) for x in unread]
    parts = ((words, whys.count(why)) for why, words in _CLOSED.items())
    told = ", ".join(f"{count:,} {words}" for words, count in parts if count)
    facts = tuple(
        Evidence(x.detail, reason="unread-inside", path=x.path, layer=x.layer, step=x.step,
                 state=x.state or State.VISIBLE, severity=x.severity)
        for x in unread[:_NAMED]
    )  # fmt: skip
    summary = f"{len(unread):,} insides not looked into: {told}"
    return Verdict(Status.NEEDS_REVIEW, "unread-inside", shortened(summary), evidence + facts)


def _passed(view: ImageView, least: int, evidence: tuple[Evidence, ...]) -> Verdict:
    read = sum(layer.raw_size for layer in view.layers)
    little = f", {least} of little weight" if least else ""
    summary = shortened(f"no secrets in {read:,} bytes{little}")
    return Verdict(Status.PASS, "no-secrets", summary, evidence)


def _failed(guilty: Sequence[Secret], evidence: tuple[Evidence, ...]) -> Verdict:
    first = guilty[0]
    recoverable = [secret for secret in guilty if is_gone(secret)]
    more = f", {len(recoverable)} deleted but recoverable" if recoverable else ""
    summary = shortened(f"{_count(guilty)}{more}: {first.title}")
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


def _count(secrets: Sequence[Secret]) -> str:
    return f"{len(secrets)} secret{'s' if len(secrets) > 1 else ''}"


CONTROL = Control(
    id="cis-docker-4.10",
    short="secrets",
    automation="partial",
    reads="every byte of every layer: deleted and overwritten files, binaries, archives in files, "
    "names, links, padding; the config with its history, labels and variables; annotations; names "
    "of shell histories, credential files, key files; folders of version control",
    decides="fails on secrets that a checksum or structure proves and on tokens, keys and "
    "passwords in the form of their provider or of a credential file, outside of tests and "
    "documentation; passwords, keys and tokens that only their surroundings suggest need review, "
    "ids of keys too, and so do literal values of variables, build arguments and labels whose "
    "names call them secrets, however weak they are, folders of version control, placeholders set "
    "as passwords, secrets that came with a package of the distribution or stand in files as their "
    "publisher gives them to everybody, hashes in source code, and insides that a limit, a "
    "password, an unknown format or damage kept closed",
    limits="a secret without a form of its own is found by the words around it alone; one in "
    "hexadecimal digits or base32, coded twice, or in pieces that a program joins is not; one that "
    "was used in a builder stage or by RUN --mount=type=secret leaves no trace; nothing is tried "
    "against its provider, so a revoked one counts too",
    remediation="RUN --mount=type=secret,id=NAME instead of ARG, ENV or COPY; rotate what was in "
    "the image, since every copy of it has the layer",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "config", "history", "secrets"}),
)
