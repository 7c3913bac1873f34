"""Image risks (4.1): what the controls of other catalogues decide of them together."""

from collections.abc import Sequence
from dataclasses import replace

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.cis_docker import (
    c4_01_user,
    c4_02_trusted_base,
    c4_03_unneeded_packages,
    c4_04_security_patches,
    c4_06_healthcheck,
    c4_07_update_alone,
    c4_08_setid,
    c4_09_add,
    c4_10_secrets,
    c4_12_signed_artifacts,
)
from ocianalyze.controls.combined import Worst, repeated
from ocianalyze.controls.disa_stig import sshd
from ocianalyze.controls.ocia import miners, preload
from ocianalyze.controls.ocia.age import NOW
from ocianalyze.dataclass import dataclass
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status, Verdict

_NAMED = (
    c4_01_user.CONTROL,
    c4_02_trusted_base.CONTROL,
    c4_03_unneeded_packages.CONTROL,
    c4_08_setid.CONTROL,
    sshd.CONTROL,
)
"""What the publication itself calls a defect: more privileges than needed, remote shells, a base
that is neither trusted nor small."""
_PRACTICES = (c4_06_healthcheck.CONTROL, c4_07_update_alone.CONTROL, c4_09_add.CONTROL)
"""What it only means by the best practices of others, against which images are to be held."""


@dataclass(frozen=True, slots=True)
class _Advice(Worst):
    """Leaves to people what its parts would fail."""

    def of(self, verdicts: Sequence[tuple[Control, Verdict]]) -> Verdict:
        """Return the worst verdict, but no failure."""
        verdict = Worst.of(self, verdicts)
        failed = verdict.status is Status.FAIL
        return replace(verdict, status=Status.NEEDS_REVIEW) if failed else verdict


def _advised(control: Control) -> Control:
    return replace(control, id=f"{control.id}-advised", evaluate=_Advice((control,)), parameters=())


def _unscanned(view: ImageView) -> Verdict:  # noqa: ARG001 - every control has this shape
    return undecided("no-malware-rules", "not evaluated: no rules for malware, no indicator found")


_CONTENTS = Control(
    id="nist-800-190-4.1.3-contents",
    short="contents of files",
    automation="none",
    reads="nothing yet",
    decides="nothing: it takes rules that recognise malware by its contents",
    limits="no rules for malware are at hand",
    remediation="scan the image with rules for malware too",
    evaluate=_unscanned,
)

CONTROLS = (
    Control(
        id="nist-800-190-4.1.1",
        short="vulnerabilities",
        automation="partial",
        reads=c4_04_security_patches.CONTROL.reads,
        decides=f"as CIS Docker 4.4: {c4_04_security_patches.CONTROL.decides}",
        limits=c4_04_security_patches.CONTROL.limits,
        remediation=c4_04_security_patches.CONTROL.remediation,
        evaluate=Worst((c4_04_security_patches.CONTROL,)),
        needs=c4_04_security_patches.CONTROL.needs,
        parameters=(NOW,),
        answers=(
            "s2c2f-SCA-1",
            "cis-ssc-3.2.2",
            "disa-srg-SRG-APP-000456-CTR-001130",
            "disa-srg-SRG-APP-000516-CTR-001335",
        ),
    ),
    Control(
        id="nist-800-190-4.1.2",
        short="configuration defects",
        automation="partial",
        reads="what CIS Docker 4.1 to 4.3 and 4.6 to 4.9 and V-235803 read: config, history, the "
        "final filesystem",
        decides="the worst of CIS Docker 4.1, 4.2, 4.3, 4.8 and of DISA V-235803; what CIS Docker "
        "4.6, 4.7 and 4.9 fail needs review: the publication names no health check and no way of "
        "writing steps, only the best practices of others",
        limits="whether an image is changed while it runs is not in it",
        remediation="mend each part: its own control says how",
        evaluate=Worst((*_NAMED, *map(_advised, _PRACTICES))),
    ),
    Control(
        id="nist-800-190-4.1.3",
        short="malware",
        automation="partial",
        reads="names of executables, the start command, environment, history, entry scripts, "
        "etc/ld.so.preload",
        decides="the worst of what tells a miner and of what every program is made to load; "
        "without rules for malware it never passes",
        limits="contents of programs are not compared with malware",
        remediation="remove what was found, find out which step brought it, rebuild from sources",
        evaluate=Worst((miners.CONTROL, preload.CONTROL, _CONTENTS)),
        answers=("s2c2f-SCA-4",),
    ),
    repeated(
        c4_10_secrets.CONTROL,
        "CIS Docker 4.10",
        "nist-800-190-4.1.4",
        short="clear text secrets",
    ),
    Control(
        id="nist-800-190-4.1.5",
        short="untrusted images",
        automation="partial",
        reads="where the base ends, what a policy says of it; digests of manifest, config and "
        "layers; signatures where CIS Docker 4.12 has them",
        decides="the worst of CIS Docker 4.2 and 4.12",
        limits="which images are allowed to run is decided where they are admitted",
        remediation="build on a base that the policy names, by digest, and sign the image",
        evaluate=Worst((c4_02_trusted_base.CONTROL, c4_12_signed_artifacts.CONTROL)),
    ),
)
