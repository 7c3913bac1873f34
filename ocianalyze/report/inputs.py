"""A report of several inputs, taken apart into one for each."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from ocianalyze.model.report import ArtifactRecord, FindingRecord, Report
from ocianalyze.model.subject import ImageRecord, Input

T = TypeVar("T", ArtifactRecord, FindingRecord, ImageRecord)


def each_input(report: Report) -> Iterator[Report]:
    """Yield what the report says of each input that was analysed, but for verdicts and lists."""
    if len(report.inputs) == 1:
        yield report
        return
    images, findings = _grouped(report.images), _grouped(report.findings)
    artifacts = _grouped(report.artifacts)
    for one in report.inputs:
        if one.error is None:
            yield report.model_copy(
                update={
                    "inputs": (one,),
                    "input": Input(reference=one.reference, kind=one.kind),
                    "images": tuple(images.get(one.index, ())),
                    "findings": tuple(findings.get(one.index, ())),
                    "artifacts": tuple(artifacts.get(one.index, ())),
                }
            )


def _grouped(records: Iterable[T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for record in records:
        found.setdefault(record.input, []).append(record)
    return found
