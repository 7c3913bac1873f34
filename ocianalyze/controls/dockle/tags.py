"""The tag under which an image is kept (distribution's reference grammar)."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict

_LATEST = "latest"


def evaluate(view: ImageView) -> Verdict:
    """Fail when no name tells a version."""
    if not view.names:
        return undecided("no-name", "not evaluated: the image is kept without a name")
    moving = sum(_tag(name) == _LATEST for name in view.names)
    said = f"latest or no tag: {moving} of {len(view.names)} names"
    if moving == len(view.names):
        told = Evidence(said, "manifest", severity="low")
        return Verdict(Status.FAIL, "latest-tag", "tag is latest, or none", (told,))
    told = Evidence(said, "manifest", severity="info")
    return Verdict(Status.PASS, "versioned-tag", "tag names a version", (told,) if moving else ())


def _tag(name: str) -> str:
    """Return the tag of a name, or its digest; a bare tag is one, and no tag means `latest`."""
    repository, _, last = name.rpartition("/")
    before, mark, behind = last.partition("@" if "@" in last else ":")
    return behind if mark else _LATEST if repository else before


CONTROL = Control(
    id="dockle-DKL-DI-0006",
    short="tag not latest",
    automation="full",
    reads="the names that the archive, the layout or `skopeo` keeps beside the image",
    decides="fails when each name has the tag latest, or none; without a name not evaluated",
    limits="under which tag a registry has it, and it is run; whether another tag moves",
    remediation="give it a tag that names a version, and run it by digest",
    evaluate=evaluate,
)
