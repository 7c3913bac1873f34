"""Images run as a user other than root: the question of CIS Docker 4.1."""

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_docker import c4_01_user
from ocianalyze.controls.combined import Worst

_PART = c4_01_user.CONTROL
CONTROL = Control(
    id="disa-stig-V-235830",
    short="USER",
    automation="full",
    reads=_PART.reads,
    decides=f"as CIS Docker 4.1: {_PART.decides}",
    limits=_PART.limits,
    remediation=_PART.remediation,
    evaluate=Worst((_PART,)),
    answers=("owasp-docker-2", "cis-kubernetes-5.2.7"),
)
