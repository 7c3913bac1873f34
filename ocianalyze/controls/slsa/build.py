"""SLSA build levels: what provenance promises of a build, which nobody proves here."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status, Verdict

_READS = "nothing yet: what attached provenance says of its build is not judged"
_LIMITS = (
    "attached provenance is read for the bases and the Dockerfile that it names (CIS Docker 4.2, "
    "trivy's rules), not for its builder, and its signature is not verified; most ways to save an "
    "image drop it, so that its absence says nothing"
)


def level_0(view: ImageView) -> Verdict:  # noqa: ARG001 - every control has this shape
    """Pass: the level asks for nothing."""
    return Verdict(Status.PASS, "no-guarantees", "level 0 asks for nothing, and promises nothing")


def provenance(view: ImageView) -> Verdict:  # noqa: ARG001 - every control has this shape
    """Say why nothing is said."""
    return undecided("attestations-unread", "not evaluated: attached provenance is not verified")


def _level(
    level: int, short: str, needs: str, remediation: str, answers: tuple[str, ...] = ()
) -> Control:
    return Control(
        id=f"slsa-build-l{level}",
        short=short,
        automation="none",
        reads=_READS,
        decides=f"nothing yet: it takes {needs}",
        limits=_LIMITS,
        remediation=remediation,
        evaluate=provenance,
        answers=answers,
    )


CONTROLS = (
    Control(
        id="slsa-build-l0",
        short="no guarantees",
        automation="full",
        reads="nothing: the level asks for nothing",
        decides="passes for every image that was read; it is the level of an image of which no "
        "higher one is shown",
        limits="a pass of this level shows nothing about the image",
        remediation="build with provenance: docker buildx build --provenance=mode=max",
        evaluate=level_0,
        needs=frozenset({"config", "filesystem"}),
    ),
    _level(
        1,
        "provenance exists",
        "provenance whose subject is the image's digest, with its build type and parameters",
        "docker buildx build --provenance=mode=max",
    ),
    _level(
        2,
        "provenance signed",
        "provenance with a signature that verifies, by a builder that a policy names",
        "build on a platform that signs provenance, and attach it to the digest",
        (
            "cis-ssc-3.1.3",
            "slsa-vsa",
            "s2c2f-AUD-1",
        ),
    ),
    _level(
        3,
        "builder hardened",
        "provenance of level 2, and a policy that says that its builder is hardened: no image "
        "shows that",
        "build on a platform that isolates builds and keeps its keys from them",
    ),
)
