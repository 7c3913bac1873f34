"""Hash functions are SHA-2 or better: the algorithms of the digests that signatures rest on."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.saying import judged
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_STRONG = frozenset({"sha256", "sha384", "sha512"})
"""Those of SHA-2 (FIPS 180-4) that the image specification registers or that digests use."""
_SHOWN = 60


def evaluate(view: ImageView) -> Verdict:
    """Fail on a digest by another function; signatures over them are not read."""
    verdict = judged(_weak(view), "weak-digest", "digest by another function")
    if verdict.status is Status.FAIL:
        return verdict
    return undecided("signatures-not-read", "not evaluated: signatures are not read")


def _weak(view: ImageView) -> Iterator[Evidence]:
    for name in sorted(view.digests):
        if name.partition(":")[0] not in _STRONG:
            yield Evidence(f"named by {name[:_SHOWN]}", "manifest", severity="high")
    for layer in view.layers:
        for digest in filter(None, (layer.digest, layer.diff_id)):
            if digest.algorithm not in _STRONG:
                detail = f"layer {layer.index} is named by {digest[:_SHOWN]}"
                yield Evidence(detail, "layer", layer=layer.index, severity="high")


CONTROL = Control(
    id="disa-srg-SRG-APP-000610-CTR-001385",
    short="SHA-2 digests",
    automation="partial",
    reads="digests that name the manifest, the config and the layers",
    decides="fails when one is by a function other than SHA-2; nothing else yet",
    limits="signatures are not read, and whether a module was validated is no fact of an image",
    remediation="push the image with sha256 or sha512 digests, and sign it with a validated module",
    evaluate=evaluate,
)
