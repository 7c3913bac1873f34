"""CIS Docker 4.4: images are scanned and rebuilt to include security patches."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Verdict


def evaluate(view: ImageView) -> Verdict:  # noqa: ARG001 - every control has this shape
    """Say why nothing is said."""
    return undecided("no-database", "not evaluated: no vulnerability database")


CONTROL = Control(
    id="cis-docker-4.4",
    short="security patches",
    automation="none",
    reads="nothing yet",
    decides="nothing yet: it takes the package databases of the image and an offline vulnerability "
    "database",
    limits="an image does not say which of its packages are vulnerable",
    remediation="rebuild on the newest base: docker build --pull --no-cache",
    evaluate=evaluate,
)
