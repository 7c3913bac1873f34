"""CIS Docker 4.11: only verified packages are installed."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Verdict


def evaluate(view: ImageView) -> Verdict:  # noqa: ARG001 - every control has this shape
    """Say why nothing is said."""
    return undecided("no-verification-rules", "not evaluated: package verification is not read")


CONTROL = Control(
    id="cis-docker-4.11",
    short="verified packages",
    automation="none",
    reads="nothing yet",
    decides="nothing yet: it takes the package databases, the package managers' settings and the "
    "commands that switch verification off",
    limits="what was verified during the build leaves little trace in an image",
    remediation="keep signature verification on: no --allow-unauthenticated, no --nogpgcheck",
    evaluate=evaluate,
)
