"""What a control is: data about a recommendation and one function over an image."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Verdict


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


@dataclass(frozen=True, slots=True)
class Result:
    """What one control says of one image, with what the benchmark says of the control."""

    control: Control
    recommendation: Recommendation
    verdict: Verdict
