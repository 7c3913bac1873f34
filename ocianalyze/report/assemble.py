"""Analysis in, document out: nothing is decided here."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from ocianalyze.controls._base import Result, identifier
from ocianalyze.controls.catalogue import shown_id
from ocianalyze.controls.combined import decider
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Finding, Waived, Waiver
from ocianalyze.model.installed import PackageRecord, UnownedRecord
from ocianalyze.model.record import ImageRef
from ocianalyze.model.report import (
    ArtifactRecord,
    ControlRecord,
    EvidenceRecord,
    FindingRecord,
    Report,
    SecretRecord,
)
from ocianalyze.model.standing import AllowanceRecord, StandingRecord, WaivedRecord
from ocianalyze.model.subject import ImageRecord, InputRecord, Tool
from ocianalyze.report._base import AnalysedImage, Analysis, Artifact
from ocianalyze.report.escape import spelled, unicode
from ocianalyze.report.installed import package_records, unowned_records
from ocianalyze.report.listed import Listed, Part
from ocianalyze.report.places import layer_ref, step_index, step_ref
from ocianalyze.report.questions import repetitions
from ocianalyze.report.secrets import Veil, as_it_is, hiding, secret_records, without_secrets
from ocianalyze.report.standing import standing
from ocianalyze.report.subject import image_record, image_ref, input_record, inputs_record
from ocianalyze.version import VERSION


def assemble(
    analysis: Analysis, profile: str = "l2", images: Iterable[AnalysedImage] | None = None
) -> Report:
    """Return the document of an analysis whose controls have run.

    Args:
        analysis: what was read.
        profile: name of what was judged.
        images: in place of the analysis's own, for those that are read one at a time.

    """
    source = analysis.images if images is None else images
    return document([of_input(analysis, source, At())], profile)


class At(NamedTuple):
    """Where an input stands among others."""

    input: int = 0
    image: int = 0
    """Of its first image."""
    name: str = ""
    """That tells it from the others; empty for its own."""


class OfInput(NamedTuple):
    """What one input puts into the document."""

    input: InputRecord
    images: "Sequence[OfImage]" = ()
    findings: Sequence[FindingRecord] = ()
    """About the whole of it."""
    artifacts: Sequence[ArtifactRecord] = ()


def of_input(analysis: Analysis, images: Iterable[AnalysedImage], at: At) -> OfInput:
    """Return the records of one input; its images, one at a time, are not kept."""
    records = [_of_image(number, image, at.input) for number, image in enumerate(images, at.image)]
    # What a source holds beside its images is looked at with the first of them.
    text = records[0].text if records else as_it_is
    findings = [_finding(None, None, finding, at.input) for finding in analysis.findings]
    artifacts = [_artifact(artifact, at.input) for artifact in analysis.artifacts]
    about = input_record(analysis)
    return OfInput(
        InputRecord(
            reference=at.name or about.reference,
            kind=about.kind,
            index=at.input,
            images=len(records),
            error=None,
        ),
        records,
        without_secrets(findings, text),
        without_secrets(artifacts, text),
    )


def packed(taken: OfInput) -> OfInput:
    """Return the same with long lists in few bytes, as long as other inputs are read."""
    images = [
        image._replace(packages=image.packages.packed(), unowned=image.unowned.packed())
        for image in taken.images
    ]
    return taken._replace(images=images)


def document(inputs: Sequence[OfInput], profile: str) -> Report:
    """Return the document of all inputs."""
    records = [record for one in inputs for record in one.images]
    about = tuple(one.input for one in inputs)
    return Report(
        tool=Tool(version=VERSION),
        input=inputs_record(about),
        inputs=about,
        profile=unicode(profile),
        images=tuple(record.image for record in records),
        controls=tuple(control for record in records for control in record.controls),
        standings=tuple(record.standing for record in records),
        findings=tuple(
            chain(
                (found for one in inputs for found in one.findings),
                (found for record in records for found in record.findings),
            )
        ),
        packages=Listed([record.packages for record in records]),
        unowned=Listed([record.unowned for record in records]),
        secrets=tuple(secret for record in records for secret in record.secrets),
        artifacts=tuple(artifact for one in inputs for artifact in one.artifacts),
    )


class OfImage(NamedTuple):
    """What one image puts into the document."""

    image: ImageRecord
    controls: list[ControlRecord]
    standing: StandingRecord
    findings: list[FindingRecord]
    packages: Part[PackageRecord]
    unowned: Part[UnownedRecord]
    secrets: list[SecretRecord]
    text: Callable[[str], str]
    """Hides the secrets of the image."""


def _of_image(index: int, image: AnalysedImage, of: int) -> OfImage:
    ref, view = image_ref(index, image), image.view
    text = hiding(view)
    controls = without_secrets(list(_controls(ref, view, image.results)), text)
    findings = without_secrets(
        [_finding(ref, view, finding, of) for finding in view.findings], text
    )
    return OfImage(
        without_secrets([image_record(index, image, of)], text)[0],
        controls,
        standing(ref, image.results, controls, findings),
        findings,
        package_records(ref, view, view.inventory.packages, Veil(text).record),
        unowned_records(ref, view, Veil(text).record),
        secret_records(ref, view, view.secrets),
        text,
    )


def _order(result: Result) -> tuple[bool, str, list[tuple[bool, int, str]], str]:
    item = result.recommendation
    parts = (item.number if item else "").split(".")
    numbers = [(not p.isdecimal(), int(p) if p.isdecimal() else 0, p) for p in parts]
    return item is None, item.framework if item else "", numbers, result.control.id


def _controls(ref: ImageRef, view: ImageView, results: Iterable[Result]) -> Iterator[ControlRecord]:
    ordered = sorted(results, key=_order)
    same = repetitions(ordered, [identifier(one.control, one.recommendation) for one in ordered])
    return (_control(ref, view, *pair) for pair in zip(ordered, same, strict=True))


def _control(ref: ImageRef, view: ImageView, result: Result, same_as: str | None) -> ControlRecord:
    control, item, verdict = result.control, result.recommendation, result.verdict
    return ControlRecord(
        image=ref,
        id=shown_id(control, item),
        control=identifier(control, item),
        decided_by=decider(control),
        same_as=same_as,
        framework=item.framework if item else "",
        version=item.version if item else "",
        number=item.number if item else control.id,
        title=item.title if item else control.short,
        short=control.short,
        level=item.level if item else None,
        assessment=item.assessment if item else None,
        owner=item.owner if item else "image",
        severity=item.severity if item else "medium",
        xrefs=item.xrefs if item else (),
        automation=control.automation,
        status=verdict.status,
        reason=verdict.reason,
        summary=unicode(verdict.summary),
        confidence=verdict.confidence,
        origin=verdict.origin,
        waived=_waived(verdict.waived) if verdict.waived else None,
        evidence=tuple(_evidence(view, evidence) for evidence in verdict.evidence),
        remediation=unicode(verdict.remediation or control.remediation),
    )


def _waived(waived: Waived) -> WaivedRecord:
    return WaivedRecord.model_validate(
        {
            "status": waived.status,
            "reason": waived.reason,
            "allowances": tuple(map(_allowance, waived.by)),
        }
    )


def _allowance(waiver: Waiver) -> AllowanceRecord:
    return AllowanceRecord(
        control=unicode(waiver.control),
        reason=unicode(waiver.reason),
        expires=waiver.expires or None,
        path=unicode(waiver.path) or None,
        sha256=waiver.sha256 or None,
        package=unicode(waiver.package) or None,
    )


def _evidence(view: ImageView, evidence: Evidence) -> EvidenceRecord:
    return EvidenceRecord(
        kind=evidence.kind,
        detail=unicode(evidence.detail),
        reason=evidence.reason,
        path=spelled(evidence.path) or None,
        pointer=unicode(evidence.pointer) or None,
        layer=layer_ref(view, evidence.layer),
        step=step_ref(view, step_index(view, evidence.step, evidence.layer)),
        state=evidence.state if evidence.path else None,
        origin=evidence.origin,
        severity=evidence.severity,
        sha256=evidence.sha256 or None,
        allowed=unicode(evidence.allowed) or None,
    )


def _finding(
    ref: ImageRef | None, view: ImageView | None, finding: Finding, of: int
) -> FindingRecord:
    step = step_index(view, finding.step, finding.layer) if view else None
    return FindingRecord(
        image=ref,
        input=of,
        code=finding.code,
        severity=finding.severity,
        title=unicode(finding.title),
        detail=unicode(finding.detail),
        path=spelled(finding.path) or None,
        pointer=unicode(finding.pointer) or None,
        layer=layer_ref(view, finding.layer) if view else None,
        step=step_ref(view, step) if view else None,
        offset=finding.offset,
        state=finding.state,
        origin=finding.origin,
    )


def _artifact(artifact: Artifact, of: int) -> ArtifactRecord:
    return ArtifactRecord(
        input=of,
        name=unicode(artifact.name),
        digest=artifact.digest,
        media_type=unicode(artifact.media_type),
        reason=unicode(artifact.reason),
        error=artifact.error,
        limit=artifact.limit or None,
    )
