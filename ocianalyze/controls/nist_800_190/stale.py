"""Stale images (4.2.2) and vulnerable applications (4.4.4)."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.combined import Worst
from ocianalyze.controls.evidence import counted
from ocianalyze.controls.ocia.age import AGE, NOW, SUPPORT
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Verdict


def applications(view: ImageView) -> Verdict:
    """Count what would have to be compared with a vulnerability database."""
    packages = view.packages()
    count = sum(not package.is_of_distribution for package in packages)
    detail = f"{count} of {counted(len(packages), 'package')} not the distribution's"
    told = Evidence(detail, "package", severity="info")
    return undecided("no-database", "not evaluated: no vulnerability database", told)


CONTROLS = (
    Control(
        id="nist-800-190-4.2.2",
        short="stale image",
        automation="full",
        reads="created of config and history, os-release, a table of ends of support, the day of "
        "--now",
        decides="fails when the image is older than 30 days, or when the support of its "
        "distribution has ended; a release with long-term support alone needs review; passes only "
        "when the day of --now is given",
        limits="newer images under the same tag, and images without any, are the registry's to "
        "tell",
        remediation="rebuild the image, and remove the old one from the registry",
        evaluate=Worst((AGE, SUPPORT)),
        needs=frozenset({"config", "filesystem"}),
        parameters=(NOW,),
        answers=(
            "disa-srg-SRG-APP-000456-CTR-001125",
            "disa-srg-SRG-APP-000454-CTR-001115",
        ),
    ),
    Control(
        id="nist-800-190-4.4.4",
        short="application packages",
        automation="none",
        reads="packages of languages in the final filesystem",
        decides="nothing: it takes an offline vulnerability database",
        limits="an image does not say which of its packages are vulnerable",
        remediation="rebuild with newer versions of the packages",
        evaluate=applications,
    ),
)
