"""Provenance that is attached to an image, and whether it is about this one."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.saying import judged
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.provenance import Provenance

_SHOWN = 19


def evaluate(view: ImageView) -> Verdict:
    """Compare the subjects of each provenance with what names the image."""
    if not view.provenances:
        return undecided("no-provenance", "not evaluated: no provenance is attached")
    read = [x for x in view.provenances if not x.problem]
    strange = [x for x in read if x.subjects and view.digests.isdisjoint(x.subjects)]
    if strange and view.digests:
        found = (_told(x, f"is about {x.subjects[0]:.{_SHOWN}}") for x in strange)
        return judged(found, "subject-differs", "of another image")
    unread = tuple(_told(x, x.problem) for x in view.provenances if x.problem)
    if unread or not view.digests:
        return undecided(
            "provenance-unread", "not evaluated: provenance could not be read", *unread
        )
    silent = (_told(x, "names no digest") for x in read if not x.subjects)
    said = judged(silent, "subject-absent", "about nothing", status=Status.NEEDS_REVIEW)
    if said.status is not Status.PASS:
        return said
    evidence = tuple(_told(x, "is about this image") for x in read)
    summary = f"{len(read)} attached, about this image; nobody signed it"
    return Verdict(Status.PASS, "subject-matches", summary, evidence)


def _told(found: Provenance, what: str) -> Evidence:
    return Evidence(f"{found.name} {what}", "manifest", severity="high")


CONTROL = Control(
    id="ocia-provenance-subject-mismatch",
    short="provenance subject",
    automation="full",
    reads="subjects of the attached in-toto statements with a provenance; digests of the image's "
    "manifest, its index and its config",
    decides="fails when none of a provenance's subjects has a digest of this image; one without "
    "any digest needs review",
    limits="signatures are not verified: whoever makes an image can attach what they like; most "
    "ways to save an image drop attestations, so that their absence says nothing; in an OCI layout "
    "those under a tag or as referrers are read too, in a registry's own storage they are not",
    remediation="docker buildx build --provenance=true, and copy the image with its attestations",
    evaluate=evaluate,
)
