"""Requirements on images that other catalogues' controls decide together."""

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_docker import c4_01_user, c4_08_setid
from ocianalyze.controls.combined import Worst

CONTROL = Control(
    id="disa-srg-SRG-APP-000342-CTR-000775",
    short="least privileges",
    automation="partial",
    reads="config.User and accounts; set-id bits and file capabilities of the final filesystem",
    decides="the worst of CIS Docker 4.1 and 4.8: fails when the container starts as root, or "
    "when a file gives other rights to whoever runs it",
    limits="which capabilities and devices a runtime gives is not in the image",
    remediation="USER 10001 in the last stage, and RUN chmod a-s on set-id files",
    evaluate=Worst((c4_01_user.CONTROL, c4_08_setid.CONTROL)),
)
