"""What a control is: data about a recommendation and one function over an image."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

Need = Literal["config", "history", "filesystem", "packages", "secrets"]
"""Evidence without which a control must not pass."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the benchmark says: facts of one numbered item."""

    framework: str
    """`CIS Docker Benchmark`."""
    version: str
    number: str
    title: str
    level: int
    assessment: Literal["automated", "manual"]
    """The benchmark's own."""


@dataclass(frozen=True, slots=True)
class Control:
    """One control; each module of a benchmark's folder exports one as `CONTROL`."""

    id: str
    """`cis-docker-4.8`, as in the catalogue; shown as `CIS-4.8`."""
    short: str
    """A few words for a table: `setuid, setgid`."""
    automation: Literal["full", "partial", "assist", "none"]
    """How far a program can decide it from an image alone."""
    reads: str
    """Evidence it looks at, for `explain`."""
    decides: str
    """What makes it pass and fail, for `explain`."""
    limits: str
    """What it cannot know, for `explain`."""
    remediation: str
    """A Dockerfile change."""
    evaluate: Callable[[ImageView], Verdict]
    needs: frozenset[Need] = frozenset()
    """Evidence that a pass must rest on; a control that decides this itself leaves it out."""
    recommendation: Recommendation | None = None
    """For controls from outside; those of a catalogued benchmark find theirs by id."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one control said of one image."""

    control: Control
    recommendation: Recommendation | None
    """None for a control from outside that names none."""
    verdict: Verdict


def windows_image() -> Verdict:
    """Return the verdict of a control that means nothing on Windows."""
    return Verdict(Status.NOT_APPLICABLE, "windows-image", "does not apply to Windows images")


def layers_unread(view: ImageView, evidence: tuple[Evidence, ...] = ()) -> Verdict:
    """Return the verdict of a control whose answer may lie in a layer that was not read."""
    missing = tuple(
        Evidence(
            detail=f"not read: {layer.missing or layer.partial}",
            kind="layer",
            reason="layer-unread",
            layer=layer.index,
        )
        for layer in view.layers
        if layer.missing or layer.partial
    )
    summary = f"not evaluated: {len(missing)} of {len(view.layers)} layers not read"
    return Verdict(Status.NOT_EVALUATED, "layers-unread", summary, evidence + missing)


def field_unread(view: ImageView, field: str) -> Verdict | None:
    """Return the verdict of a control that rests on a field of the wrong type, else None.

    Args:
        view: the image.
        field: of the `config` object of the image config: `User`.

    """
    pointer = f"/config/{field}"
    unread = view.config.unread if view.config else frozenset()
    dropped = next((x for x in (pointer, "/config") if x in unread), None)
    if dropped is None:
        return None
    evidence = Evidence("has the wrong type", "config", "image.config-field", pointer=dropped)
    summary = f"not evaluated: config.{field} has the wrong type"
    return undecided("config-field-unread", summary, evidence)


def undecided(reason: str, summary: str, *evidence: Evidence) -> Verdict:
    """Return the verdict of a control for which evidence is missing."""
    return Verdict(Status.NOT_EVALUATED, reason, summary, evidence)
