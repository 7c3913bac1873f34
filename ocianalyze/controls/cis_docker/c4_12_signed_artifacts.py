"""CIS Docker 4.12: all signed artifacts are validated."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Finding, Status, Verdict


def evaluate(view: ImageView) -> Verdict:
    """Fail on broken integrity; without signatures nothing more can be said."""
    broken = [finding for finding in view.findings if finding.code.startswith("integrity.")]
    if not broken:
        return undecided("signatures-not-read", "not evaluated: signatures are not read")
    more = f", {len(broken) - 1} more" if len(broken) > 1 else ""
    return Verdict(
        Status.FAIL,
        "integrity-mismatch",
        f"{broken[0].title[:48]}{more}",
        tuple(map(_evidence, broken)),
        remediation="fetch or build the image again: its bytes are not those that were named",
    )


def _evidence(finding: Finding) -> Evidence:
    return Evidence(
        detail=finding.detail or finding.title,
        kind="layer" if finding.layer is not None else "manifest",
        reason=finding.code,
        path=finding.path,
        pointer=finding.pointer,
        layer=finding.layer,
        step=finding.step,
        origin=finding.origin,
        severity=finding.severity,
    )


CONTROL = Control(
    id="cis-docker-4.12",
    short="signed artifacts",
    automation="partial",
    reads="sizes and digests of manifest, config and layers, as found while they were read",
    decides="fails when bytes differ from the digest that names them; nothing else yet",
    limits="signatures, of attestations too, are not read; most saved images carry none",
    remediation="sign the image by digest and verify the signature before it is admitted",
    evaluate=evaluate,
)
