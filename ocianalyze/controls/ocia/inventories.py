"""What is installed: how much, what others say of it, and what nobody vouches for."""

from collections.abc import Iterator

from ocianalyze.controls import values
from ocianalyze.controls._base import Control, Parameter, undecided
from ocianalyze.controls.aspects.programs.needed import needed, search_path
from ocianalyze.controls.evidence import counted
from ocianalyze.controls.saying import judged, of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.sbom_findings import DIFFERS, UNCONFIRMED
from ocianalyze.inventory.sbom_proof import is_shipped
from ocianalyze.model.anomaly import Severity
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence, Status, Verdict


def documented(view: ImageView) -> Verdict:
    """Say which SBOMs are inside; what is attached to the image is not weighed here."""
    inside = tuple(documents(view))
    if inside:
        review = Status.NEEDS_REVIEW
        return judged(inside, "sbom-inside-only", "SBOM inside, none weighed beside", status=review)
    return undecided("attachments-unread", "not evaluated: attached documents are not weighed")


def matching(view: ImageView) -> Verdict:
    """Judge what SBOMs say that was not found so: disproved, or neither that nor confirmed."""
    verdict = judged(_told(view, DIFFERS), "sbom-mismatch", "SBOM differs")
    if verdict.status is not Status.PASS:
        return verdict
    doubtful = judged(
        _told(view, UNCONFIRMED, severity="info"),
        "sbom-unconfirmed",
        "SBOM not confirmed",
        status=Status.NEEDS_REVIEW,
        confidence="heuristic",
    )
    if doubtful.status is not Status.PASS:
        return doubtful
    if not any(_is_own(view, each.path) for each in documents(view)):
        return undecided("no-sbom", "not evaluated: no SBOM of the image is at hand")
    return verdict


def _told(view: ImageView, code: str, severity: Severity = "medium") -> Iterator[Evidence]:
    for x in view.findings:
        if x.code == code:
            detail = x.detail or x.title
            yield Evidence(detail, reason=code, path=x.path, layer=x.layer, severity=severity)


def _is_own(view: ImageView, path: str) -> bool:
    """Tell a document about the image from one that a package ships about itself."""
    return not is_shipped(path, view.inventory.ownership, view.inventory.packages)


def documents(view: ImageView) -> Iterator[Evidence]:
    """Yield the SBOM documents of the final filesystem."""
    for entry, _ in view.tree.observations("sbom"):
        if entry.state is State.VISIBLE:
            yield of_entry(entry, "SBOM document", severity="info")


def sprawl(view: ImageView, *, packages: int = 0) -> Verdict:
    """Compare the number of packages with the one that a profile allows."""
    count = len(view.packages())
    found = counted(count, "package")
    told = Evidence(found, "package", severity="low")
    if not packages:
        summary = f"not evaluated: {found}, and no number to compare"
        return undecided("no-baseline", summary, told)
    if count > packages:
        summary = f"{found}, more than {packages}"
        return Verdict(Status.FAIL, "packages-grew", summary, (told,))
    return Verdict(Status.PASS, "packages-few", f"{found}, at most {packages}", (told,))


def vouched(view: ImageView) -> Verdict:
    """Judge executables on PATH that no package owns."""
    if not any(package.is_of_distribution for package in view.packages()):
        summary = "does not apply: no package database"
        return Verdict(Status.NOT_APPLICABLE, "no-package-database", summary)
    verdict = judged(_alone(view, starts=False), "unpackaged-executable", "of no package")
    if verdict.status is not Status.PASS:
        return verdict
    alone = _alone(view, starts=True)
    return judged(alone, "unpackaged-start", "of no package", status=Status.NEEDS_REVIEW)


def _alone(view: ImageView, *, starts: bool) -> Iterator[Evidence]:
    """Yield programs of no package: those that the image needs to start, or all others."""
    directories = {view.tree.real(directory) for directory in search_path(view)}
    required = view.once(needed)
    for file in view.inventory.unowned:
        is_on_path = file.path.rpartition("/")[0] in directories
        if is_on_path and (file.path in required) is starts:
            yield Evidence(
                f"{file.kind} on PATH" + (", needed to start" if starts else ""),
                reason="starts" if starts else "",
                path=file.path,
                layer=file.layer,
                severity="low" if starts else "medium",
                sha256=file.sha256,
            )


CONTROLS = (
    Control(
        id="ocia-sbom-missing",
        short="SBOM attached",
        automation="partial",
        reads="SBOM documents in the final filesystem",
        decides="an SBOM inside the image needs review: it is the author's, and not attached to "
        "the digest; nothing else is decided",
        limits="attestations and referrers are compared with what was found, not weighed here",
        remediation="docker buildx build --sbom=true, or attach one to the digest",
        evaluate=documented,
        needs=frozenset({"filesystem", "packages"}),
    ),
    Control(
        id="ocia-sbom-mismatch",
        short="SBOM true",
        automation="partial",
        reads="SBOM documents in the final filesystem and attached to the image, and the packages "
        "that were found",
        decides="fails when a document names a package, or a version, that a package database or "
        "the records of an installer disprove, and when an attached one does not name what is "
        "there; needs review for what it names that was not found and nothing disproves: what is "
        "linked or bundled into programs, and generic names",
        limits="packages without a purl and of types that no cataloger finds are not compared, nor "
        "documents that a package ships about itself",
        remediation="make the SBOM from the final image, after its last step",
        evaluate=matching,
        needs=frozenset({"filesystem", "packages"}),
    ),
    Control(
        id="ocia-dependency-sprawl",
        short="number of packages",
        automation="full",
        reads="packages of the final filesystem",
        decides="fails when there are more than a profile allows; without a number nothing",
        limits="the image before this one is not at hand: the number stands for it",
        remediation="leave build dependencies in an earlier stage",
        evaluate=sprawl,
        needs=frozenset({"filesystem", "packages"}),
        parameters=(
            Parameter("packages", 0, "packages that an image may have; 0 for any", values.count),
        ),
    ),
    Control(
        id="ocia-unpackaged-executable",
        short="unpackaged programs",
        automation="full",
        reads="executables in the directories of PATH, and the packages that own them",
        decides="fails on an ELF file or script on PATH that no package owns; those that the "
        "image needs to start need review: they are likely the application",
        limits="who made such a file is not in the image",
        remediation="install it as a package, or keep the application outside PATH in a directory "
        "of its own",
        evaluate=vouched,
        needs=frozenset({"filesystem", "packages"}),
        on_windows="meaningless",
    ),
)
