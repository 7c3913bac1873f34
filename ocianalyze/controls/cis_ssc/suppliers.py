"""Third-party suppliers give SBOMs (3.1.2): documents that came with the base."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.evidence import counted
from ocianalyze.controls.ocia.inventories import documents
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status, Verdict


def evaluate(view: ImageView) -> Verdict:
    """Show the documents in the base's layers; what its supplier attached to it is elsewhere."""
    base = view.once(boundary)
    if not base.known:
        return undecided("base-unknown", "not evaluated: where the base ends is not known")
    told = tuple(x for x in documents(view) if base.of_layer(x.layer) == "base")
    if not told:
        summary = "not evaluated: no SBOM in the base; attached ones unseen"
        return undecided("no-sbom-of-base", summary)
    summary = f"{counted(len(told), 'SBOM')} in the base; what they cover is for people"
    return Verdict(Status.NEEDS_REVIEW, "sbom-of-base", summary, told)


CONTROL = Control(
    id="cis-ssc-3.1.2",
    short="suppliers' SBOMs",
    automation="assist",
    reads="SBOM documents in the layers of the base",
    decides="such documents need review: whether they cover all that the supplier delivered; "
    "nothing else is decided",
    limits="a supplier attaches its SBOM to its own image, which is not at hand; whether one was "
    "required of suppliers is a contract",
    remediation="FROM an image whose supplier attaches an SBOM, and verify it when the base is "
    "chosen",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "packages"}),
)
