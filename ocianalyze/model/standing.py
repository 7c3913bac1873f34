"""Where an image stands: what the profile waives and the sums of its verdicts, for the document."""

from typing import Literal

from ocianalyze.model.finding import Status
from ocianalyze.model.record import ImageRef, Record

Party = Literal["image", "runtime", "node", "platform"]
Side = Literal["base", "author", "both", "unknown"]


class AllowanceRecord(Record):
    """An entry of the profile's `allow` that a verdict rests on."""

    control: str
    """As the profile names it: an id or a glob."""
    reason: str
    """As the profile gives it."""
    expires: str | None
    """Last day on which it holds, as `2027-06-30`; null for good."""
    path: str | None
    """Glob over paths; null for any."""
    sha256: str | None
    """Of the content; null for any."""
    package: str | None
    """Glob over names or purls; null for any."""


class WaivedRecord(Record):
    """That a verdict passes by the profile's allowances alone."""

    status: Literal[Status.FAIL, Status.NEEDS_REVIEW]
    """What it would be without them."""
    reason: str
    """The same."""
    allowances: tuple[AllowanceRecord, ...]
    """What it passes by."""


class ScoreRecord(Record):
    """How much of what was decided passes."""

    framework: str
    """Empty: all frameworks together, where what several say of the same fact counts once."""
    by: Literal["all", "level", "severity"]
    """What the items of this sum have in common."""
    value: str
    """The level or severity; empty for all."""
    passed: int
    """Items that pass."""
    failed: int
    """Items that fail."""
    undecided: int
    """`needs-review` and `not-evaluated`: in no score."""
    waived: int
    """Pass by the profile's allowances alone: in no score either."""
    percent: float | None
    """`passed` of `passed` and `failed`, one digit, rounded half up; 100 and 0 only where all
    or none passed; null when nothing was decided."""


class HintRecord(Record):
    """What an image tells about an item that another party owns."""

    controls: tuple[str, ...]
    """Ids of the items; their evidence stands there."""
    title: str
    """Of the first item."""
    details: tuple[str, ...]
    """The first of the evidence."""
    evidence: int
    """How much there is."""


class PartyRecord(Record):
    """What one party answers for."""

    owner: Party
    """Who can meet the items."""
    evidence: tuple[str, ...]
    """Where that evidence belongs which no image holds; empty for the image itself."""
    statuses: dict[Status, int]
    """Its items in this report without the waived ones; those that say the same count once, for the
    owner of the first."""
    waived: int
    """Those that pass by the profile's allowances alone."""
    elsewhere: int
    """Its items of the CIS Docker Benchmark that this report leaves out."""
    hints: tuple[HintRecord, ...]
    """What the image tells of its items."""


class OriginsRecord(Record):
    """Which failures came with the base."""

    failures: int
    """Those that say the same count once, in the next four too."""
    base: int
    """Nothing but the base causes them: another base may end them."""
    author: int
    """Nothing but the author's layers and steps cause them."""
    both: int
    """Base and author cause them."""
    unknown: int
    """Nothing tells whose they are."""
    from_base: tuple[str, ...]
    """Ids of all that the base alone causes, those that say the same included."""
    from_both: tuple[str, ...]
    """Ids of all that both cause, likewise."""
    findings: dict[Side, int]
    """Oddities, as in `findings`, by origin."""


class ChangeRecord(Record):
    """One change that turns failures into passes."""

    controls: tuple[str, ...]
    """Ids of the failures."""
    side: Side
    """Whose part of the image the failures came with."""
    remediation: str
    """A Dockerfile change."""


class StandingRecord(Record):
    """Where one image stands."""

    image: ImageRef
    """The image that it is about."""
    scores: tuple[ScoreRecord, ...]
    """For all frameworks together, then for each, by level and severity."""
    parties: tuple[PartyRecord, ...]
    """By who can meet the items."""
    origins: OriginsRecord
    """By whose part of the image caused the failures."""
    to_pass: tuple[ChangeRecord, ...]
    """Without what another party must do."""
