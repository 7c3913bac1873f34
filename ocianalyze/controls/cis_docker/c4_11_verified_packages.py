"""CIS Docker 4.11: only verified packages are installed."""

from collections.abc import Sequence
from dataclasses import replace

from ocianalyze.controls._base import Control, layers_unread, undecided, windows_image
from ocianalyze.controls.aspects.base.origin import Boundary, boundary
from ocianalyze.controls.aspects.history.steps import silent_layers, without_dockerfile
from ocianalyze.controls.aspects.history.updates import uses
from ocianalyze.controls.aspects.verification.contents import of_contents, of_distribution
from ocianalyze.controls.aspects.verification.flags import program
from ocianalyze.controls.aspects.verification.history import of_history
from ocianalyze.controls.aspects.verification.switched_off import Flaw, of_environment, of_settings
from ocianalyze.controls.evidence import joined
from ocianalyze.controls.saying import shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.inventory.databases import DATABASE, RECORD
from ocianalyze.model.entry import State
from ocianalyze.model.finding import Evidence, Origin, Status, Verdict
from ocianalyze.model.verification import Verification

_INSTALLERS = frozenset({"pip", "pipx", "uv", "npm", "yarn", "pnpm", "gem", "go", "cargo", "rpm"})
_OF_DISTRIBUTION = "ocia-package-file-tampered"
"""The control that asks about the contents of the distribution's packages alone."""
_GONE = "database-removed"
_SWITCHED_OFF = ("verification-off", "tls-off", "plain-address")
_WEIGHTS = ("fail", "review", "info")
_WORDS = {
    "verification-off": "verification is switched off",
    "tls-off": "TLS is not verified",
    "read-in-part": "settings are read in part",
    "plain-address": "packages come over http",
    "gpgcheck-unsaid": "nothing says gpgcheck",
    "unverified-install": "installed unverified",
    "unpinned-source": "installed from where it may change",
    "unverified-key": "trusts a key unverified",
    "check-unheeded": "not heeded",
    "tampered": "content differs from its package",
    "unsigned": "package without a signature",
    "unknown-signer": "signed by a key that is not here",
    "unknown-key": "key that no package brought",
    "in-place-upgrade": "upgraded in place",
    "byte-compiled": "compiled again",
    "changed-later": "changed after its package",
    "record-rewritten": "record changed, version did not",
    "digests-missing": "no record to compare with",
    "digest-not-made": "not compared with its record",
    "replaced-by-link": "a link in place of a file",
    "program-rewritten": "program was written again",
}
_REMEDIES = {
    "verification-off": "remove the setting: repositories are verified without it",
    "tls-off": "remove the setting; install ca-certificates, or add the certificate of your own "
    "authority: COPY it to /usr/local/share/ca-certificates, and RUN update-ca-certificates",
    "plain-address": "name the https:// address of the index, with ca-certificates installed",
    "gpgcheck-unsaid": "write gpgcheck=1 and gpgkey= into the repository",
    "unpinned-source": "name the commit, 40 hex digits, or a version with a digest in a lock file",
    "unverified-key": "COPY the vendor's key to /etc/apt/keyrings or import it once its "
    "fingerprint is compared; let signed-by= of one repository name it",
    "check-unheeded": "let its failure end the step: begin with set -e, or join with && what "
    "needs it",
    "unknown-key": "compare its fingerprint with the one that the vendor publishes, and fetch it "
    "by that: gpg --recv-keys FINGERPRINT, all 40 digits",
    "unverified-install": "verify what is downloaded in the same step: "
    'RUN curl -fsSLo F URL && echo "DIGEST  F" | sha256sum -c',
    "tampered": "find out who changed the file; install its package again",
    "unknown-signer": "find out whose key it is; rpm --import it, and install the package again",
    "unsigned": "install the package from a repository that signs, with gpgcheck=1",
}


def evaluate(view: ImageView) -> Verdict:
    """Judge settings, commands and contents; the worst of them counts."""
    if view.is_windows:
        return windows_image()
    base = boundary(view)
    flaws = sorted(
        (
            *of_settings(view),
            *of_environment(view),
            *of_history(view, base),
            *of_contents(view, base),
        ),
        key=_rank,
    )
    for weight, status in (("fail", Status.FAIL), ("review", Status.NEEDS_REVIEW)):
        if guilty := [flaw for flaw in flaws if flaw.weight == weight]:
            is_distribution = set(guilty) <= set(of_distribution(view, base))
            question = _OF_DISTRIBUTION if is_distribution else ""
            return replace(_verdict(status, guilty, flaws, view), question=question)
    return _clean(view, tuple(flaw.evidence for flaw in flaws))


def _rank(flaw: Flaw) -> tuple[int, bool]:
    """Return the place of a flaw: by its weight, then what the author can mend."""
    return _WEIGHTS.index(flaw.weight), flaw.evidence.origin == "base"


def _verdict(
    status: Status, guilty: Sequence[Flaw], flaws: Sequence[Flaw], view: ImageView
) -> Verdict:
    first = guilty[0].evidence
    is_weaker = status is Status.NEEDS_REVIEW and first.reason in _SWITCHED_OFF
    words = "less is verified" if is_weaker else _WORDS.get(first.reason, first.reason)
    subject = first.path.rpartition("/")[2] if first.path else first.detail
    more = f" (+{len(guilty) - 1})" if len(guilty) > 1 else ""
    return Verdict(
        status,
        first.reason,
        shortened(f"{words}: {subject}", end=more),
        (*(flaw.evidence for flaw in flaws), *_scope(view.verification)),
        confidence="exact" if status is Status.FAIL else "strong",
        origin=_origin(view, guilty, flaws),
        remediation=_REMEDIES.get(first.reason, ""),
    )


def _origin(view: ImageView, guilty: Sequence[Flaw], flaws: Sequence[Flaw]) -> Origin:
    """Return where what is guilty comes from: the author's, as soon as any flaw is."""
    base = boundary(view)
    grave = {_side(base, flaw.evidence) for flaw in flaws if flaw.weight != "info"}
    return joined(grave & {"author"} or {_side(base, flaw.evidence) for flaw in guilty})


def _side(base: Boundary, told: Evidence) -> Origin:
    return base.of_layer(told.layer) if told.origin == "unknown" else told.origin


def _clean(view: ImageView, told: tuple[Evidence, ...]) -> Verdict:
    """Say what no flaw means: a pass only where settings, history and contents could speak."""
    found = view.verification
    evidence = (*told, *_scope(found))
    if view.unread:
        return layers_unread(view, evidence)
    if lost := _lost(view):
        what = "the package database was" if lost[0].reason == _GONE else "records were"
        return undecided(lost[0].reason, f"not evaluated: {what} removed", *lost, *evidence)
    nothing = not view.packages() and not found.recorded and not _installs(view)
    if nothing and view.history.steps:
        summary = "no packages, and no installation in the history"
        return Verdict(Status.NOT_APPLICABLE, "no-packages", summary, evidence)
    if unknown := _unread_records(found, evidence) or _untold(view, evidence):
        return unknown
    summary = f"{found.matched:,} of {found.recorded:,} recorded files are as recorded"
    return Verdict(Status.PASS, "as-recorded", summary, evidence, "strong")


def _lost(view: ImageView) -> tuple[Evidence, ...]:
    """Return the package data that the image had: what it named is there, and nothing tells it."""
    return tuple(
        Evidence(
            found.detail,
            "package",
            _GONE if found.code == DATABASE else "record-removed",
            path=found.path,
            layer=found.layer,
            state=found.state or State.VISIBLE,
        )
        for found in view.findings
        if found.code in (DATABASE, RECORD) and found.severity != "low"
    )


def _unread_records(found: Verification, evidence: tuple[Evidence, ...]) -> Verdict | None:
    """Return the verdict when contents could not be compared."""
    if found.problems or found.unlisted:
        detail = (found.problems or [f"{found.unlisted} differences are not listed"])[0]
        problem = Evidence(detail[:100], "package", "records-unread")
        summary = "not evaluated: records of packages were not read"
        return undecided("records-unread", summary, problem, *evidence)
    if found.matched:
        return None
    summary = "not evaluated: no package records its files' digests"
    if found.recorded:
        are = "is there" if len(found.missing) == found.recorded else "could be compared"
        summary = f"not evaluated: none of {found.recorded:,} recorded files {are}"
    verdict = undecided("no-records", summary, *evidence)
    if not found.unhashed:
        return verdict
    return replace(verdict, remediation="scan with --verify full: it compares more than what runs")


def _untold(view: ImageView, evidence: tuple[Evidence, ...]) -> Verdict | None:
    """Return the verdict when the history does not tell how everything was installed."""
    if not view.history.steps:
        summary = "not evaluated: no history tells how it was installed"
        return undecided("history-absent", summary, *evidence)
    silent = 0 if without_dockerfile(view.history) else silent_layers(view, boundary(view))
    if silent:
        summary = f"not evaluated: no history for {silent} of {len(view.layers)} layers"
        return undecided("history-incomplete", summary, *evidence)
    return None


def _scope(found: Verification) -> tuple[Evidence, ...]:
    """Tell how much was compared, and that a match proves no origin."""
    if not found.recorded:
        return ()
    kinds = ", ".join(f"{type_} {count:,}" for type_, count in sorted(found.types.items()))
    told = [f"compared {found.matched:,} of {found.recorded:,} recorded files ({kinds})"]
    if bare := len(found.unrecorded):
        told.append(f"{bare:,} files of packages have no record to compare with")
    if found.unhashed:
        told.append(
            f"{found.unhashed:,} files have no digest to compare; by default only what runs has"
        )
    if found.unlisted:
        told.append(f"{found.unlisted:,} more differences are not listed")
    return tuple(Evidence(x, "package", "scope", severity="info") for x in told)


def _installs(view: ImageView) -> bool:
    """Tell a history in which anything is installed."""
    commands = [command for step in view.history.steps for command in step.commands]
    return any(True for _ in uses(commands)) or any(program(c) in _INSTALLERS for c in commands)


CONTROL = Control(
    id="cis-docker-4.11",
    short="verified packages",
    automation="partial",
    reads="settings of package managers and variables that switch verification off; the commands "
    "of the history, code that they give to interpreters, and settings that they write; digests "
    "that the databases of dpkg, apk, rpm and Python record, against the files; who signed rpm "
    "packages, as their headers say, against the keys in rpm's database and in etc/pki/rpm-gpg; "
    "keys that package managers trust",
    decides="fails when verification is switched off, when a download is run or installed without "
    "a digest or signature being verified in the same step, when the content of a package's file "
    "differs from its record and no later build step explains it, when an rpm package has no "
    "signature, and when it names a key that the image does not hold, while those that it holds "
    "signed other packages; files that a later step changed (COPY and ADD explain what lies below "
    "their destination) or another package manager upgraded, records that a later layer changed "
    "or removed while the version stayed, programs of dpkg's and apk's packages without a record, "
    "files that a RECORD names without a SHA-256, modules beside them that it does not name, what "
    "lies in the place of a diverted file, links of packages to programs that no package brought, "
    "downloads that nothing verifies, package files that are installed, sources that are built "
    "although no commit's digest names them, rpm "
    "packages of an image that holds the key of none of them, and trusted keys that no package "
    "brought need review; edited configuration and missing documentation are only noted",
    limits="the record lies in the image beside the files: a match shows that they agree, not who "
    "made them (dpkg keeps no signature in an image); by default only executables, libraries and "
    "scripts have the MD5 and SHA-1 that dpkg and apk record; what was verified by scripts, by "
    "builder stages and by ADD --checksum leaves no trace; signatures of packages are not "
    "computed: their headers name the key, and whoever writes the database can name any",
    remediation="keep signature verification on: no --allow-unauthenticated, no --nogpgcheck",
    evaluate=evaluate,
    needs=frozenset({"packages"}),
)
