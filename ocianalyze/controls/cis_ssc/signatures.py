"""Signed artifacts, SBOMs and packages: what other catalogues' controls decide of them."""

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_docker import c4_11_verified_packages, c4_12_signed_artifacts
from ocianalyze.controls.combined import Worst
from ocianalyze.controls.ocia import inventories

_SBOM = next(x for x in inventories.CONTROLS if x.id == "ocia-sbom-missing")
_MATCHES = next(x for x in inventories.CONTROLS if x.id == "ocia-sbom-mismatch")
_SIGNED = c4_12_signed_artifacts.CONTROL
_VERIFIED = c4_11_verified_packages.CONTROL

CONTROLS = (
    Control(
        id="cis-ssc-2.4.1",
        short="artifacts signed",
        automation="partial",
        reads=_SIGNED.reads,
        decides=f"as CIS Docker 4.12: {_SIGNED.decides}",
        limits=_SIGNED.limits,
        remediation=_SIGNED.remediation,
        evaluate=Worst((_SIGNED,)),
        answers=(
            "cis-ssc-4.1.1",
            "cis-ssc-4.3.1",
            "disa-srg-SRG-APP-000131-CTR-000285",
            "disa-stig-V-235839",
        ),
    ),
    Control(
        id="cis-ssc-2.4.5",
        short="SBOM made",
        automation="partial",
        reads=_SBOM.reads,
        decides=f"as ocia-sbom-missing: {_SBOM.decides}",
        limits=_SBOM.limits,
        remediation=_SBOM.remediation,
        evaluate=Worst((_SBOM,)),
        answers=("s2c2f-REB-3",),
    ),
    Control(
        id="cis-ssc-2.4.6",
        short="SBOM signed",
        automation="partial",
        reads=f"{_SBOM.reads}; {_SIGNED.reads}",
        decides="the worst of ocia-sbom-missing and CIS Docker 4.12: an SBOM inside the image is "
        "signed with it",
        limits=f"{_SBOM.limits}; {_SIGNED.limits}",
        remediation="attach the SBOM to the digest as a signed attestation",
        evaluate=Worst((_SBOM, _SIGNED)),
        answers=("cis-ssc-3.1.6",),
    ),
    Control(
        id="cis-ssc-3.1.1",
        short="packages verified",
        automation="partial",
        reads=_VERIFIED.reads,
        decides=f"as CIS Docker 4.11: {_VERIFIED.decides}",
        limits=_VERIFIED.limits,
        remediation=_VERIFIED.remediation,
        evaluate=Worst((_VERIFIED,)),
        answers=("s2c2f-AUD-3",),
    ),
    Control(
        id="s2c2f-AUD-4",
        short="SBOM validated",
        automation="partial",
        reads=_MATCHES.reads,
        decides=f"as ocia-sbom-mismatch: {_MATCHES.decides}",
        limits=_MATCHES.limits,
        remediation=_MATCHES.remediation,
        evaluate=Worst((_MATCHES,)),
    ),
)
