"""What a report is made of, and what a report format is."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from ocianalyze.controls._base import Result
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.digest import Digest
from ocianalyze.model.finding import Finding
from ocianalyze.model.oci import Platform

if TYPE_CHECKING:
    from ocianalyze.model.report import Report
    from ocianalyze.model.subject import IntegrityStatus


class Artifact(Protocol):
    """What a source holds beside images (`ocianalyze.sources` describes the fields)."""

    @property
    def name(self) -> str:
        """Name or path in the source."""
        ...

    @property
    def digest(self) -> Digest | None:
        """Of its manifest."""
        ...

    @property
    def media_type(self) -> str:
        """As its descriptor says."""
        ...

    @property
    def reason(self) -> str:
        """Why it is no image."""
        ...

    @property
    def error(self) -> bool:
        """Whether it should have been an image."""
        ...

    @property
    def limit(self) -> str:
        """Name of the limit that kept it from being read; empty for none."""
        ...


class Unreferenced(Protocol):
    """A file of a source that no document of it names."""

    @property
    def name(self) -> str:
        """In the source."""
        ...

    @property
    def size(self) -> int:
        """Bytes as stored."""
        ...

    @property
    def kind(self) -> str:
        """What its first bytes tell, or where a link leads."""
        ...


@dataclass(frozen=True, slots=True)
class AnalysedImage:
    """One image for one platform, read and verified."""

    names: tuple[str, ...]
    manifest_digest: Digest | None
    config_digest: Digest | None
    platform: Platform
    view: ImageView
    attestations: int
    integrity: "IntegrityStatus"
    digests_verified: int
    diff_ids_verified: int
    results: tuple[Result, ...] = ()
    """One for each control that ran."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything a source holds, read."""

    reference: str
    """As the user gave it."""
    kind: str
    images: tuple[AnalysedImage, ...]
    artifacts: tuple[Artifact, ...] = ()
    findings: tuple[Finding, ...] = ()
    """About the source as a whole."""
    unreferenced: tuple[Unreferenced, ...] = ()
    """Files that no document names, the first ones; a finding counts them."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a report passes, and what was asked of it."""

    fail_on: str
    """As asked: `fail`, `fail:author`."""
    failed: int
    """Verdicts that do not pass."""
    distinct: int
    """Of these, those that say what no other says: so many defects there are."""
    waived: int
    """Verdicts that pass by the profile's allowances alone."""
    integrity: bool
    """False when bytes differ from their digests."""
    obstacle: str = ""
    """Why nothing came as far as the gate; empty when it was reached."""
    guessed: bool = False
    """One side should count alone, yet where the base ends is a guess: a guess excuses nothing."""
    lost: int = 0
    """Inputs that could not be analysed."""

    @property
    def stopped(self) -> bool:
        """Tell whether something that was analysed does not pass, or nothing was judged."""
        if self.obstacle:
            return True
        return self.fail_on != "never" and bool(self.failed or not self.integrity)

    @property
    def passed(self) -> bool:
        """Tell whether the gate lets all images through."""
        return not self.stopped and not self.lost


@dataclass(frozen=True, slots=True)
class Style:
    """How a report is shown; formats for machines take no notice."""

    verbose: bool = False
    """All evidence instead of the most urgent."""
    colour: bool = False
    width: int = 80
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """One way to write a report; each module of `report.formats` exports one as `FORMAT`."""

    name: str
    """What `--format` takes."""
    summary: str
    render: "Callable[[Report, Style], Iterator[bytes]]"
    """Yield the bytes of the report."""
