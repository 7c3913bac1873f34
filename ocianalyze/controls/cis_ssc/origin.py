"""Artifacts say where they come from (4.4.1): labels of source and revision."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ocianalyze.controls._base import Control, field_unread, undecided
from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.hint import pointer_to
from ocianalyze.controls.saying import of_config
from ocianalyze.errors import OcianalyzeError
from ocianalyze.filesystem.view import ImageView
from ocianalyze.limits import DEFAULT
from ocianalyze.model.document import load_object
from ocianalyze.model.finding import Evidence, Status, Verdict

_OCI, _OLD = "org.opencontainers.image", "org.label-schema"
_BUILDS = ("io.openshift.build", "io.openshift.s2i.build")
"""What OpenShift's builds and source-to-image name their labels after."""
_SOURCE = (
    *(f"{_OCI}.source", f"{_OLD}.vcs-url", "vcs-url"),
    *(f"{build}.source-location" for build in _BUILDS),
)
_REVISION = (
    *(f"{_OCI}.revision", f"{_OLD}.vcs-ref", "vcs-ref"),
    *(f"{build}.commit.id" for build in _BUILDS),
)
_PROJECT = "io.buildpacks.project.metadata"
"""A JSON document (Cloud Native Buildpacks, "Declare source metadata")."""
_OTHERS = tuple(
    f"{_OCI}.{word}" for word in ("url", "documentation", "vendor", "authors", "created", "version")
)
_SHOWN = 80


def evaluate(view: ImageView) -> Verdict:
    """Ask for source and revision; those of the base tell of the base."""
    if unread := field_unread(view, "Labels"):
        return unread
    if view.config is None:
        return undecided("config-absent", "not evaluated: the image has no readable config")
    labels = view.config.config.labels
    project = _project(labels.get(_PROJECT, ""))
    source = _first(labels, _SOURCE) or (_PROJECT if project.source else "")
    revision = _first(labels, _REVISION) or (_PROJECT if project.revision else "")
    named = dict.fromkeys((source, revision, *_OTHERS))
    told = [name for name in named if name and labels.get(name)]
    evidence = tuple(_evidence(name, labels[name]) for name in told)
    if not evidence:
        missing = of_config("/config/Labels", "no label tells of source or revision", "low")
        return Verdict(Status.FAIL, "origin-untold", "no label tells the origin", (missing,))
    review = Status.NEEDS_REVIEW
    if not (source and revision):
        lacks = "revision" if source else "source"
        return Verdict(review, "origin-partly-told", f"labels do not tell the {lacks}", evidence)
    if _is_inherited(view, source):
        return Verdict(review, "origin-of-base", "labels may be those of the base", evidence)
    return Verdict(Status.PASS, "origin-told", "labels tell source and revision", evidence)


def _first(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((name for name in names if labels.get(name, "").strip()), "")


class _Project(NamedTuple):
    """Whether a document tells where a build's source is from."""

    source: bool
    revision: bool


def _project(text: str) -> _Project:
    """Read what platforms of buildpacks write; what cannot be read tells nothing."""
    if not text:
        return _Project(source=False, revision=False)
    try:
        said = load_object(text.encode("utf-8", "surrogatepass"), DEFAULT, _PROJECT)
    except OcianalyzeError:
        return _Project(source=False, revision=False)
    source = _object(said, "source")
    return _Project(
        source=_says(_object(source, "metadata"), ("repository", "url")),
        revision=_says(_object(source, "version"), ("commit", "digest")),
    )


def _object(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _says(said: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return any(isinstance(x := said.get(name), str) and x.strip() for name in names)


def _evidence(name: str, value: str) -> Evidence:
    return of_config(pointer_to("config", "Labels", name), f"{name}: {value[:_SHOWN]}", "info")


def _is_inherited(view: ImageView, name: str) -> bool:
    """Tell a label that only steps of the base write; labels of a build option have no step."""
    base = view.once(boundary)
    steps = [x for x in view.history.steps if x.instruction == "LABEL" and name in x.text]
    return bool(steps) and all(base.of_step(step.index) == "base" for step in steps)


CONTROL = Control(
    id="cis-ssc-4.4.1",
    short="origin told",
    automation="partial",
    reads="labels of the config (org.opencontainers.image, org.label-schema, io.openshift.build, "
    "io.openshift.s2i.build, io.buildpacks.project.metadata), LABEL steps",
    decides="passes when labels name source and revision; one of these, other labels of origin, "
    "and labels that only the base's steps write need review; fails without any",
    limits="labels are the author's word; annotations and provenance are not asked",
    remediation="LABEL org.opencontainers.image.source=URL and "
    "org.opencontainers.image.revision=COMMIT",
    evaluate=evaluate,
    needs=frozenset({"config"}),
)
