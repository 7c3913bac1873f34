"""CIS Docker 4.2: only trusted base images are used."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from ocianalyze.controls import values
from ocianalyze.controls._base import Control, Parameter, layers_unread
from ocianalyze.controls.aspects.base.conditions import signed, with_conditions, young
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.base.rootfs import is_from_scratch
from ocianalyze.controls.aspects.base.support import support
from ocianalyze.controls.aspects.history.add import shown, sources_and_target
from ocianalyze.controls.aspects.history.days import created, day
from ocianalyze.controls.aspects.history.steps import of_step
from ocianalyze.controls.saying import of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.base import BaseImage
from ocianalyze.model.finding import Confidence, Evidence, Origin, Status, Verdict

_KEYS = (b"ID", b"VERSION_ID")
_HUB = frozenset({"docker.io", "index.docker.io"})
"""The registry of names that name none."""
_TELLING = (
    "org.opencontainers.image.base.name",
    "org.opencontainers.image.base.digest",
    "org.opencontainers.image.vendor",
    "org.opencontainers.image.source",
    "vendor",
    "name",
    "version",
)
"""Labels that may name the base or who made it."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _base(text: str) -> None:
    values.pattern(text)
    if text.startswith("sha256:") and not _DIGEST.fullmatch(text):
        raise ValueError(f"{values.shown(text)} is no digest: sha256: and 64 of 0-9 a-f")


def evaluate(  # noqa: PLR0913 - what a policy may ask
    view: ImageView,
    *,
    trusted: tuple[str, ...] = (),
    refused: tuple[str, ...] = (),
    days: int = 0,
    signers: tuple[str, ...] = (),
    now: str = "",
) -> Verdict:
    """Compare the base with what a profile trusts, refuses and asks of it.

    Args:
        view: the image.
        trusted: globs of names (`docker.io/library/*`), `sha256:` digests of manifests, ChainIDs.
        refused: the same, of bases that fail.
        days: age that a base may have; 0 for any.
        signers: who must have signed it.
        now: the day that its age is compared with.

    """
    base = boundary(view)
    verdict = _named(view, base, trusted, refused)
    if verdict.origin == "author":  # from scratch: there is no base
        return verdict
    aged = (young(view, base, days, day(now)),) if days else ()
    return with_conditions(verdict, *aged, *((signed(signers),) if signers else ()))


def _named(
    view: ImageView, base: Boundary, trusted: Sequence[str], refused: Sequence[str]
) -> Verdict:
    """Compare the base with the names and digests that a profile trusts or refuses."""
    evidence = (
        *_identity(base),
        *_release(view),
        *_support(view),
        *_labels(view),
        *_first_step(view, base),
        *_insecure(view, base),
    )
    from_scratch = is_scratch(view)
    if not trusted and not refused:
        looks = ", it looks FROM scratch" if from_scratch else ""
        summary = f"no policy names trusted bases{looks}"
        origin: Origin = "author" if from_scratch else "base"
        return Verdict(Status.NEEDS_REVIEW, "no-policy", summary, evidence, "heuristic", origin)
    if from_scratch:
        summary = "FROM scratch: no base, no distribution"
        return Verdict(Status.PASS, "scratch", summary, evidence, "strong", "author")
    told = base.base or base.claimed
    if told is None:
        if view.unread:
            return layers_unread(view, evidence)
        summary = "the base is not known"
        return Verdict(Status.NEEDS_REVIEW, "base-unknown", summary, evidence, "heuristic", "base")
    return _judged(told, evidence, trusted, refused, is_proved=base.base is not None)


def _judged(
    told: BaseImage,
    evidence: tuple[Evidence, ...],
    trusted: Sequence[str],
    refused: Sequence[str],
    *,
    is_proved: bool,
) -> Verdict:
    name = (told.name or told.digest[:19] or "the base")[:30]
    confidence: Confidence = "exact" if is_proved else "heuristic"
    is_refused = _matches(told, refused)
    if is_refused or (trusted and not _matches(told, trusted)):
        summary = f"base {name} is {'refused' if is_refused else 'not among the trusted'}"
        return Verdict(Status.FAIL, "base-not-trusted", summary, evidence, confidence, "base")
    if not trusted:
        summary = f"no policy trusts base {name}"
        return Verdict(Status.NEEDS_REVIEW, "no-policy", summary, evidence, "heuristic", "base")
    if not is_proved:
        summary = f"only the image itself says: base {name[:26]}"
        return Verdict(Status.NEEDS_REVIEW, "self-declared", summary, evidence, confidence, "base")
    return Verdict(Status.PASS, "base-trusted", f"base {name}", evidence, confidence, "base")


def _matches(base: BaseImage, wanted: Sequence[str]) -> bool:
    known = {base.digest, _chain_id(base.diff_ids)} - {""}
    names = _spellings(base.name)
    return any(x in known or any(fnmatchcase(name, x) for name in names) for x in wanted)


def _spellings(name: str) -> frozenset[str]:
    """Return how a name may be written: `alpine:3` is `docker.io/library/alpine:3` (distribution).

    What stands before the first `/` is a registry if it has a dot or a port, or is `localhost`.
    """
    if not name:
        return frozenset()
    first, slash, rest = name.partition("/")
    is_registry = bool(slash) and (first == "localhost" or not {".", ":"}.isdisjoint(first))
    if is_registry and first not in _HUB:
        return frozenset({name})
    path = rest if is_registry else name
    short = path.removeprefix("library/")
    full = path if "/" in path else f"library/{path}"
    return frozenset({name, short, full, f"docker.io/{full}"})


def _chain_id(diff_ids: Sequence[str]) -> str:
    """Return the ChainID of layers (image-spec "Layer ChainID"); of one layer, its diff_id."""
    chain = ""
    for diff_id in diff_ids:
        both = f"{chain} {diff_id}".encode()
        chain = f"sha256:{hashlib.sha256(both).hexdigest()}" if chain else diff_id
    return chain


def _identity(base: Boundary) -> Iterator[Evidence]:
    """Yield what is known of the base; evidence of a base that fails is never missing."""
    told = base.base or base.claimed
    if told is not None:
        detail = f"base {told.name[:60]} {told.digest[:19]}".strip()
        reason = "base" if base.base is not None else "self-declared"
        yield Evidence(detail, "manifest", reason, origin="base", severity="info")
    if base.known:
        origin: Origin = "base" if base.layers or base.steps else "unknown"
        yield Evidence(base.method[:100], "layer", "base-end", origin=origin, severity="info")


def is_scratch(view: ImageView) -> bool:
    """Tell a single layer without any distribution, whose step copies the author's files."""
    if len(view.layers) != 1 or not is_from_scratch(view):
        return False
    return all(not package.is_of_distribution for package in view.packages())


def _release(view: ImageView) -> Iterator[Evidence]:
    """Yield the distribution that the image says it is."""
    for path in ("etc/os-release", "usr/lib/os-release"):
        content, entry = view.read(path), view.tree.resolve(path)
        if content is None or entry is None:
            continue
        fields = (line.partition(b"=") for line in content.split(b"\n"))
        values = {key: value.strip(b"\"' \r") for key, _, value in fields}
        told = " ".join(values[key].decode("utf-8", "replace") for key in _KEYS if key in values)
        yield of_entry(entry, f"os-release says {told[:60] or 'nothing'}", "info", "self-declared")
        return


def _support(view: ImageView) -> Iterator[Evidence]:
    """Yield a distribution whose general support had ended when the image was made."""
    made = created(view)
    found = support(view, made)
    if found is not None and found.state != "general":
        detail = f"{found.evidence.detail}; the image is of {made}"
        yield replace(found.evidence, detail=detail, reason="end-of-support", severity="medium")


def _labels(view: ImageView) -> Iterator[Evidence]:
    """Yield what labels tell of where the image comes from."""
    labels = view.config.config.labels if view.config else {}
    for name in _TELLING:
        if value := labels.get(name):
            pointer = f"/config/Labels/{name.replace('/', '~1')}"
            detail = f"label says {shown(value, 60)}"
            yield Evidence(detail, "config", "self-declared", pointer=pointer, severity="info")


def _first_step(view: ImageView, base: Boundary) -> Iterator[Evidence]:
    step = view.history.step_of_layer(0)
    if step is not None and step.raw:
        detail = shown(f"{step.instruction} {step.text}", 60)
        yield of_step(step, base, detail, reason="first-step", severity="info")


def _insecure(view: ImageView, base: Boundary) -> Iterator[Evidence]:
    """Yield a root filesystem that was fetched over an insecure channel."""
    step = view.history.step_of_layer(0)
    if step is not None and step.instruction == "ADD":
        sources, _ = sources_and_target(step.text)
        if any(source.lower().startswith(("http://", "ftp://")) for source in sources):
            told = of_step(step, base, shown(f"ADD {step.text}", 60), reason="insecure-channel")
            yield told


CONTROL = Control(
    id="cis-docker-4.2",
    short="trusted base",
    automation="partial",
    reads="the layers of known bases, of images at hand and of the one that --base names; base "
    "annotations and provenance; os-release, labels and the first step of the history",
    decides="passes a base whose layers prove it and that the profile trusts, and, where a "
    "profile names any, an image from scratch: a single layer that COPY or ADD made, without a "
    "distribution; fails one that the profile does not trust or refuses; a base that only the "
    "image itself names, an unknown one, and every base without a policy that trusts any need "
    "review; `alpine:3` and `docker.io/library/alpine:3` are one name. With `days`, a base fails "
    "that is older on the day of --now, by the newest file of its layers where they prove it, else "
    "by the history, which passes none. With `signers` no base passes: signatures are not read",
    limits="annotations, labels, os-release and history are written by whoever built the image; "
    "a base is proved only where its layers are known; its files may be older than the base that "
    "they are in; a table of some known layers cannot show "
    "that others are none of their distribution",
    remediation="FROM a base that your policy names, by digest: FROM NAME@sha256:...",
    evaluate=evaluate,
    parameters=(
        Parameter(
            "trusted", (), "globs of base names, sha256: digests of manifests, or ChainIDs", _base
        ),
        Parameter("refused", (), "the same, of bases that fail", _base),
        Parameter(
            "days",
            0,
            "age in days that a base may have on the day of --now; 0 for any",
            values.count,
        ),
        Parameter(
            "signers",
            (),
            "key ids or identities, one of which must have signed the base",
            values.pattern,
        ),
        Parameter("now", "", "the day that the age is compared with, as 2026-06-10", values.day),
    ),
)
