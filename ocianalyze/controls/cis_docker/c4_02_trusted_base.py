"""CIS Docker 4.2: only trusted base images are used."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.add import shown
from ocianalyze.controls.origin import boundary
from ocianalyze.controls.steps import of_step
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Verdict

_KEYS = (b"ID", b"VERSION_ID")


def evaluate(view: ImageView) -> Verdict:
    """Say that no policy names trusted bases, and what the image tells of its own."""
    summary = "not evaluated: no policy names trusted bases"
    return undecided("no-policy", summary, *_release(view), *_first_step(view))


def _release(view: ImageView) -> Iterator[Evidence]:
    """Yield the distribution that the image says it is."""
    for path in ("etc/os-release", "usr/lib/os-release"):
        content, entry = view.read(path), view.tree.resolve(path)
        if content is None or entry is None:
            continue
        fields = (line.partition(b"=") for line in content.split(b"\n"))
        values = {key: value.strip(b"\"' \r") for key, _, value in fields}
        told = " ".join(values[key].decode("utf-8", "replace") for key in _KEYS if key in values)
        yield Evidence(
            detail=f"os-release says {told[:60] or 'nothing'}",
            reason="self-declared",
            path=entry.path,
            layer=entry.layer,
            severity="info",
            sha256=entry.sha256,
        )
        return


def _first_step(view: ImageView) -> Iterator[Evidence]:
    step = view.history.step_of_layer(0)
    if step is not None and step.raw:
        detail = shown(f"{step.instruction} {step.text}", 60)
        told = of_step(step, boundary(view), detail, reason="first-step", severity="info")
        yield told


CONTROL = Control(
    id="cis-docker-4.2",
    short="trusted base",
    automation="none",
    reads="os-release and the first step of the history, which say what the base claims to be",
    decides="nothing yet: which bases are trusted is a policy, and none can be given; it also "
    "takes a way to tell the base that an image was built on",
    limits="what an image says of its base is written by whoever built it",
    remediation="FROM a base that your policy names, by digest: FROM NAME@sha256:...",
    evaluate=evaluate,
)
