"""Secrets in variables and build arguments: trivy's rule about them goes by names."""

from ocianalyze.controls._base import Control
from ocianalyze.controls.aspects.secrets.named_values import values_set
from ocianalyze.controls.cis_docker import c4_10_secrets
from ocianalyze.controls.combined import Worst
from ocianalyze.controls.evidence import others
from ocianalyze.controls.saying import shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status, Verdict

_LIMITS = "what a builder stage had in its environment is not in the image"
_REMEDIATION = (
    "RUN --mount=type=secret,id=NAME instead of ARG and ENV; rotate what was in the image"
)


def named(view: ImageView) -> Verdict:
    """Fail on each variable or build argument with a literal value that its name calls secret.

    The verdict is trivy's, which looks at no value; the words say that nothing else speaks for it.
    """
    found = values_set(view)
    if not found:
        return Verdict(Status.PASS, "no-secret-by-name", "no secret by its name")
    name = found[0].detail.partition(" ")[0]
    summary = shortened(f"by name alone, as trivy judges: {name}", end=others(found))
    return Verdict(Status.FAIL, "name-alone", summary, found, "heuristic", found[0].origin)


_NAMED = Control(
    id="trivy-DS-0031-names",
    short="names of secrets",
    automation="full",
    reads="variables of the config, ENV, ARG and build arguments of the history",
    decides="fails on a literal value whose name calls it a secret",
    limits=_LIMITS,
    remediation=_REMEDIATION,
    evaluate=named,
    needs=frozenset({"config", "history"}),
)
CONTROLS = (
    Control(
        id="trivy-DS-0031",
        short="no secrets in ENV, ARG",
        automation="full",
        reads="variables of the config, ENV, ARG and build arguments of the history: names that "
        "call their values secrets; all that CIS Docker 4.10 reads",
        decides="fails on a literal value whose name calls it a secret, as `name-alone`, since "
        "trivy reads no value; else as CIS Docker 4.10, which does",
        limits=_LIMITS,
        remediation=_REMEDIATION,
        evaluate=Worst((c4_10_secrets.CONTROL, _NAMED)),
    ),
)
