"""CIS Docker 4.5: content trust for Docker is enabled."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Verdict


def evaluate(view: ImageView) -> Verdict:  # noqa: ARG001 - every control has this shape
    """Say why nothing is said."""
    return undecided("not-in-image", "not evaluated: a setting of the client, not of the image")


CONTROL = Control(
    id="cis-docker-4.5",
    short="content trust",
    automation="none",
    reads="nothing: DOCKER_CONTENT_TRUST is a variable of the client that pulls and pushes",
    decides="nothing: no image can show how it was pulled; it takes the settings of the client, or "
    "signatures to stand in for them",
    limits="signatures could stand in for it; they are not read yet",
    remediation="sign the image when it is pushed, and admit only signed images",
    evaluate=evaluate,
)
