"""Rule 9: what static analysis of an image would find."""

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_docker import c4_01_user, c4_09_add
from ocianalyze.controls.cis_ssc import pins
from ocianalyze.controls.combined import Worst

CONTROL = Control(
    id="owasp-docker-9",
    short="static analysis",
    automation="full",
    reads="config.User and accounts, the instructions and commands in the history",
    decides="the worst of CIS Docker 4.1 and 4.9 and of CIS SSC 3.1.7: a user is set, COPY stands "
    "instead of ADD, versions are pinned",
    limits="whether a pipeline scans the image is not in it; vulnerabilities and secrets are "
    "CIS Docker 4.4's and 4.10's, what is piped into a shell is 4.11's",
    remediation="mend each part: its own control says how",
    evaluate=Worst((c4_01_user.CONTROL, c4_09_add.CONTROL, pins.CONTROL)),
)
