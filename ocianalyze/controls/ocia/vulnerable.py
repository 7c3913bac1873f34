"""What takes a vulnerability database: known exploits, and how long a fix has been there."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Verdict


def evaluate(view: ImageView) -> Verdict:  # noqa: ARG001 - every control has this shape
    """Say why nothing is said."""
    return undecided("no-database", "not evaluated: no vulnerability database")


CONTROLS = (
    Control(
        id="ocia-kev-vulnerability",
        short="known exploits",
        automation="none",
        reads="nothing yet",
        decides="nothing yet: it takes an offline vulnerability database with the list of those "
        "that are known to be exploited",
        limits="an image does not say which of its packages are vulnerable",
        remediation="rebuild on the newest base: docker build --pull --no-cache",
        evaluate=evaluate,
    ),
    Control(
        id="ocia-vuln-sla-breached",
        short="fixes overdue",
        automation="none",
        reads="nothing yet",
        decides="nothing yet: it takes an offline vulnerability database with the days of fixes, "
        "and a policy with the days that are allowed",
        limits="an image does not say which of its packages are vulnerable, nor since when a fix "
        "is there",
        remediation="rebuild on the newest base: docker build --pull --no-cache",
        evaluate=evaluate,
    ),
)
