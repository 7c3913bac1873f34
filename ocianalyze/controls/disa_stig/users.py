"""Images run as a user other than root: the question of CIS Docker 4.1."""

from ocianalyze.controls.cis_docker import c4_01_user
from ocianalyze.controls.combined import repeated

CONTROL = repeated(
    c4_01_user.CONTROL,
    "CIS Docker 4.1",
    "disa-stig-V-235830",
    short="USER",
    automation="full",
    answers=("owasp-docker-2", "cis-kubernetes-5.2.7"),
)
