"""Files of the distribution's packages against the digests that its database records."""

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.verification.contents import of_distribution
from ocianalyze.controls.aspects.verification.switched_off import Flaw
from ocianalyze.controls.saying import shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Confidence, Evidence, Status, Verdict
from ocianalyze.model.package import OS_TYPES
from ocianalyze.model.verification import Difference, Verification

_WORDS = {
    "tampered": "content differs from its package",
    "byte-compiled": "compiled again",
    "changed-later": "changed after its package",
    "in-place-upgrade": "upgraded in place",
    "digests-missing": "no record to compare with",
    "digest-not-made": "not compared with its record",
}


def evaluate(view: ImageView) -> Verdict:
    """Judge what differs from the records of the distribution's packages."""
    if not any(package.is_of_distribution for package in view.packages()):
        summary = "does not apply: no package database"
        return Verdict(Status.NOT_APPLICABLE, "no-package-database", summary)
    flaws = list(of_distribution(view, boundary(view)))
    for weight, status in (("fail", Status.FAIL), ("review", Status.NEEDS_REVIEW)):
        if guilty := [flaw for flaw in flaws if flaw.weight == weight]:
            rest = (flaw for flaw in flaws if flaw.weight != weight)
            return _told(status, guilty, tuple(flaw.evidence for flaw in (*guilty, *rest)))
    return _unchanged(view.verification, tuple(flaw.evidence for flaw in flaws))


def _is_os(difference: Difference) -> bool:
    return difference.package is None or difference.package.is_of_distribution


def _told(status: Status, guilty: list[Flaw], evidence: tuple[Evidence, ...]) -> Verdict:
    first = guilty[0].evidence
    words = _WORDS.get(first.reason, first.reason)
    more = f" (+{len(guilty) - 1})" if len(guilty) > 1 else ""
    name = first.path.rpartition("/")[2]
    summary = shortened(f"{words}: {name}", end=more)
    confidence: Confidence = "exact" if status is Status.FAIL else "strong"
    return Verdict(status, first.reason, summary, evidence, confidence)


def _unchanged(found: Verification, told: tuple[Evidence, ...]) -> Verdict:
    """Say what no difference means: a pass only where anything was compared."""
    if found.problems or found.unlisted:
        return undecided("records-unread", "not evaluated: not all records were compared", *told)
    recorded = sum(count for kind, count in found.types.items() if kind in OS_TYPES)
    absent = sum(_is_os(difference) for difference in found.missing)
    # Only the distribution's digests are of kinds that are not made of every file.
    compared = recorded - absent - found.unhashed
    if compared <= 0:
        return undecided("nothing-compared", "not evaluated: no recorded digest to compare", *told)
    confidence: Confidence = "strong" if found.unhashed else "exact"
    summary = f"{compared:,} of {recorded:,} recorded files were compared"
    return Verdict(Status.PASS, "as-recorded", summary, told, confidence)


CONTROL = Control(
    id="ocia-package-file-tampered",
    short="package files",
    automation="full",
    reads="digests that the databases of dpkg, apk and rpm record, against the files",
    decides="fails when the content of a package's file differs from its record and no later build "
    "step explains it; files that a later step changed, that another package manager replaced and "
    "programs compiled again need review, and so do records that a later layer removed or wrote "
    "again and programs that dpkg or apk has no digest of; edited configuration is only noted",
    limits="the record lies in the image beside the files: who changes both in one layer is not "
    "seen; by default only executables, libraries and scripts have the MD5 and SHA-1 that dpkg and "
    "apk record (--verify full compares all); files that are missing are not judged",
    remediation="find out who changed the file; install its package again",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "packages"}),
    on_windows="meaningless",
)
