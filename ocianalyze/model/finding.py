"""What is said about an image: status, evidence, verdict, finding."""

from enum import StrEnum
from typing import Literal

from ocianalyze.dataclass import dataclass
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State

Origin = Literal["author", "base", "unknown"]
Confidence = Literal["exact", "strong", "heuristic"]


class Status(StrEnum):
    """Outcome of a control; missing evidence is never `PASS`."""

    PASS = "pass"  # noqa: S105 - a status, not a password
    FAIL = "fail"
    NEEDS_REVIEW = "needs-review"
    NOT_APPLICABLE = "not-applicable"
    NOT_EVALUATED = "not-evaluated"
    OUT_OF_SCOPE = "out-of-scope"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind a verdict: where it is and what it says."""

    detail: str
    """The fact in a few words: `mode 4755, uid 0`."""
    kind: Literal["file", "config", "history", "layer", "manifest", "package"] = "file"
    reason: str = ""
    """Machine word when it differs from the verdict's: `gid-0`, `update-without-install`."""
    path: str = ""
    """Path in the image."""
    pointer: str = ""
    """JSON pointer into the config or manifest: `/config/User`."""
    layer: int | None = None
    step: int | None = None
    """Index of the history entry."""
    state: State = State.VISIBLE
    origin: Origin = "unknown"
    severity: Severity = "medium"
    sha256: str = ""
    """Of the file's content or of the full value that `detail` shortens."""
    allowed: str = ""
    """Why a profile lets it stay; empty when none does."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """An allowance of the profile that a verdict rests on."""

    control: str
    """As the profile names it."""
    reason: str
    expires: str = ""
    """Last day on which it holds; empty for good."""
    path: str = ""
    sha256: str = ""
    package: str = ""


@dataclass(frozen=True, slots=True)
class Waived:
    """What a verdict would be if the profile allowed nothing."""

    status: Status
    reason: str
    by: tuple[Waiver, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a control says of one image."""

    status: Status
    reason: str
    """Machine word: `runs-as-root`, `healthcheck-absent`."""
    summary: str
    """One line for people, at most 60 characters where it can be."""
    evidence: tuple[Evidence, ...] = ()
    confidence: Confidence = "exact"
    origin: Origin = "unknown"
    remediation: str = ""
    """A Dockerfile change for this image; empty uses the control's own text."""
    waived: Waived | None = None
    """Set where it passes by an allowance of the profile alone."""
    question: str = ""
    """Id of the control whose whole answer this is; empty where it is the control's own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know about an image that is no control's verdict: integrity, anomalies."""

    code: str
    """A key of `ocianalyze.model.anomaly.CODES`."""
    severity: Severity
    title: str
    detail: str = ""
    path: str = ""
    pointer: str = ""
    layer: int | None = None
    step: int | None = None
    offset: int | None = None
    """Byte in the uncompressed layer."""
    state: State | None = None
    """What became of the path in the final filesystem; None when there is no path."""
    origin: Origin = "unknown"
