"""Signed artifacts, SBOMs and packages: what other catalogues' controls decide of them."""

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_docker import c4_11_verified_packages, c4_12_signed_artifacts
from ocianalyze.controls.combined import Worst, repeated
from ocianalyze.controls.ocia import inventories

_SBOM = next(x for x in inventories.CONTROLS if x.id == "ocia-sbom-missing")
_MATCHES = next(x for x in inventories.CONTROLS if x.id == "ocia-sbom-mismatch")
_SIGNED = c4_12_signed_artifacts.CONTROL
_VERIFIED = c4_11_verified_packages.CONTROL

CONTROLS = (
    repeated(
        _SIGNED,
        "CIS Docker 4.12",
        "cis-ssc-2.4.1",
        short="artifacts signed",
        answers=(
            "cis-ssc-4.1.1",
            "cis-ssc-4.3.1",
            "disa-srg-SRG-APP-000131-CTR-000285",
            "disa-stig-V-235839",
        ),
    ),
    repeated(
        _SBOM,
        "ocia-sbom-missing",
        "cis-ssc-2.4.5",
        short="SBOM made",
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
    repeated(
        _VERIFIED,
        "CIS Docker 4.11",
        "cis-ssc-3.1.1",
        short="packages verified",
        answers=("s2c2f-AUD-3",),
    ),
    repeated(
        _MATCHES,
        "ocia-sbom-mismatch",
        "s2c2f-AUD-4",
        short="SBOM validated",
    ),
)
