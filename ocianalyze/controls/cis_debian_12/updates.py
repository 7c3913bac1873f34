"""CIS Debian 1.2.2.1: updates are installed, which is what CIS Docker 4.4 asks."""

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_docker import c4_04_security_patches
from ocianalyze.controls.combined import Worst

_SAME = c4_04_security_patches.CONTROL

CONTROL = Control(
    id="cis-debian-12-1.2.2.1",
    short="updates installed",
    automation=_SAME.automation,
    reads=_SAME.reads,
    decides=_SAME.decides,
    limits=_SAME.limits,
    remediation=_SAME.remediation,
    evaluate=Worst((_SAME,)),
    needs=_SAME.needs,
)
