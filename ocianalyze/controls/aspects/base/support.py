"""How the image's release is supported: in general, in the long term alone, or no more."""

from datetime import date
from typing import Literal, NamedTuple

from ocianalyze.controls.aspects.history.days import day
from ocianalyze.controls.saying import of_entry, shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.finding import Evidence, Status, Verdict

State = Literal["general", "lts-only", "ended"]
LIMITS = (
    "support that somebody pays for; Debian LTS leaves out some packages and architectures, and "
    "is looked for in a table, not in the image's sources"
)
NEWER = "FROM a release that is still supported"
_ENDED = f"build {NEWER}; a rebuild on this one brings no support"
_LTS = f"build {NEWER} in general; a rebuild on this one brings what its LTS team mends"
_SEVERITIES: dict[State, Severity] = {"general": "info", "lts-only": "medium", "ended": "high"}


class Support(NamedTuple):
    """What a table tells of the image's release, on the last of some days."""

    release: str
    """`debian 12`."""
    state: State
    end: date
    """Of general support."""
    long_term: date | None
    """End of what a team goes on with for nothing."""
    evidence: Evidence

    def verdict(self, reason: str) -> Verdict | None:
        """Return what support that is over means; None while the general one lasts.

        Args:
            reason: the control's word for a release that nobody supports.

        """
        if self.state == "general":
            return None
        if self.state == "lts-only":
            said = f"LTS team only since {self.end}, to {self.long_term}"
            return self._over(Status.NEEDS_REVIEW, self.state, said, _LTS)
        said = f"LTS ended {self.long_term}" if self.long_term else f"support ended {self.end}"
        return self._over(Status.FAIL, reason, said, _ENDED)

    def _over(self, status: Status, reason: str, said: str, remedy: str) -> Verdict:
        summary = shortened(f"{self.release}: {said}")
        return Verdict(status, reason, summary, (self.evidence,), "strong", remediation=remedy)


def support(view: ImageView, *days: date | None) -> Support | None:
    """Return how the release is supported on the last of the days; None where no end is known."""
    release = view.inventory.distribution
    end, long_term = day(release.end_of_life), day(release.end_of_lts)
    if end is None:
        return None
    last = max((x for x in days if x is not None), default=date.min)
    state: State = "general"
    if last > end:
        state = "lts-only" if long_term and last <= long_term else "ended"
    name = f"{release.id} {release.version}"[:24]
    longer = f", {release.id} LTS team goes on until {long_term}" if long_term else ""
    entry = view.tree.resolve(release.path) if release.path else None
    detail = f"{name}: general support ends {end}{longer}"
    told = of_entry(entry, detail, _SEVERITIES[state], "end-of-life", release.path)
    return Support(name, state, end, long_term, told)
