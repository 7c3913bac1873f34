"""CIS Docker 4.10: secrets are not stored in Dockerfiles."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Verdict


def evaluate(view: ImageView) -> Verdict:  # noqa: ARG001 - every control has this shape
    """Say why nothing is said."""
    return undecided("no-secret-rules", "not evaluated: no rules for secrets")


CONTROL = Control(
    id="cis-docker-4.10",
    short="secrets",
    automation="none",
    reads="nothing yet",
    decides="nothing yet: it takes rules that recognise secrets in files, history and environment",
    limits="a secret that was used in a builder stage is not in the image",
    remediation="RUN --mount=type=secret,id=NAME instead of ARG, ENV or COPY",
    evaluate=evaluate,
)
