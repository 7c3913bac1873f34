"""Artifacts are encrypted before distribution (4.1.2): layers that nobody reads without a key."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.evidence import counted
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict


def evaluate(view: ImageView) -> Verdict:
    """Count encrypted layers; an image in clear was perhaps decrypted when it was fetched."""
    told = tuple(
        Evidence(f"layer {x.index} is encrypted", "layer", layer=x.index, severity="info")
        for x in view.layers
        if x.missing == "encrypted"
    )
    if not told:
        return undecided("layers-in-clear", "not evaluated: layers are in clear, as fetched ones")
    if len(told) == len(view.layers):
        summary = f"{counted(len(told), 'layer')}, all encrypted"
        return Verdict(Status.PASS, "layers-encrypted", summary, told)
    summary = f"{len(told)} of {counted(len(view.layers), 'layer')} encrypted"
    return Verdict(Status.NEEDS_REVIEW, "layers-partly-encrypted", summary, told)


CONTROL = Control(
    id="cis-ssc-4.1.2",
    short="encrypted",
    automation="assist",
    reads="media types of the layers in the manifest",
    decides="passes when all layers are encrypted; some need review: those of a public base may "
    "stay in clear; nothing is said of an image in clear",
    limits="engines decrypt what they fetch, so that a saved image does not show how it was "
    "distributed; scan it where the registry keeps it; encrypted transport leaves no trace",
    remediation="skopeo copy --encryption-key, or nerdctl image encrypt, before the image is "
    "pushed",
    evaluate=evaluate,
)
