"""The blocks of the text report: lines with a style, no wider than asked.

Every text that came from an image passes `shown` before it becomes part of a line.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple, TypeVar

from ocianalyze.model.anomaly import GRAVEST_FIRST
from ocianalyze.model.finding import Status
from ocianalyze.model.report import ControlRecord, FindingRecord, Report, SecretRecord
from ocianalyze.model.subject import BaseRecord, ImageRecord, LayerRecord
from ocianalyze.report._base import Gate
from ocianalyze.report.escape import shown
from ocianalyze.report.layout import fit, flow, indented, wrap
from ocianalyze.report.words import brief, plural, short, size, undecorated

T = TypeVar("T", bound=ControlRecord | FindingRecord | SecretRecord)


class Span(NamedTuple):
    """A piece of a line."""

    text: str
    style: str = ""


Line = tuple[Span, ...]

LABELS: dict[Status, Span] = {
    Status.FAIL: Span("FAIL", "bold red"),
    Status.NEEDS_REVIEW: Span("REVIEW", "yellow"),
    Status.PASS: Span("PASS", "green"),
    Status.NOT_APPLICABLE: Span("N/A", "dim"),
    Status.NOT_EVALUATED: Span("-", "magenta"),
    Status.OUT_OF_SCOPE: Span("OUT", "dim"),
}
_INTEGRITY = {"ok": "green", "failed": "bold red", "partial": "yellow"}
_SEVERITY_STYLE = {"critical": "bold red", "high": "red", "medium": "yellow"}
_FINDINGS = 5
_MISFIT = "image.base-differs"


def line(text: str = "", style: str = "") -> Line:
    """Return a line of one piece."""
    return (Span(text, style),)


def header(report: Report, width: int) -> Iterator[Line]:
    """Say what was analysed."""
    kind = report.input.kind.replace("-", " ") if len(report.inputs) == 1 else ""
    about = [*filter(None, [kind]), plural(len(report.images), "image")]
    if report.artifacts:
        about.append(plural(len(report.artifacts), "other artifact"))
    first, *rest = flow([shown(report.input.reference), ", ".join(about)], width - 2, "  ")
    yield line(first, "bold")
    yield from (line(f"  {more}") for more in rest)


def image(record: ImageRecord, width: int, found: Iterable[FindingRecord] = ()) -> Iterator[Line]:
    """Say which image it is, whether its bytes are sound and how it was built.

    Args:
        record: the image.
        width: of the lines.
        found: its findings; one of them tells that a named base is not its own.

    """
    names = ", ".join(shown(name) for name in record.names) or "(no name)"
    facts = [
        names,
        shown(record.platform),
        short(record.manifest_digest or record.config_digest),
        plural(len(record.layers), "layer"),
        _sizes(record),
        plural(record.entries, "entry", "entries"),
        shown(record.distribution),
    ]
    first, *rest = flow(facts, width - 2)
    yield line(f"  {first}", "bold cyan")
    yield from (line(f"  {more}") for more in rest)
    yield _integrity(record)
    yield from (line(text, "yellow") for text in _unread(record, width))
    if record.skipped:
        yield line(f"  not looked for: {', '.join(record.skipped)}", "yellow")
    yield from (line(text, "yellow") for text in _misfit(found, width))
    if record.base:
        yield from (line(text) for text in indented(_base(record.base, width), "  base: "))
    yield from (line(f"  {text}", "dim") for text in flow(_build(record), width - 2))


def _sizes(record: ImageRecord | LayerRecord) -> str:
    if record.size == record.raw_size:
        return size(record.size)
    return f"{size(record.size)} ({size(record.raw_size)} unpacked)"


def _integrity(record: ImageRecord) -> Line:
    found = record.integrity
    if found.status == "ok" and not found.digests_verified + found.diff_ids_verified:
        return line("  integrity: nothing to verify, the format promises no digests")
    verified = f"{plural(found.digests_verified, 'digest')}, {found.diff_ids_verified} diff_id"
    plural_s = "" if found.diff_ids_verified == 1 else "s"
    return (
        Span("  integrity "),
        Span(found.status if found.status != "failed" else "FAILED", _INTEGRITY[found.status]),
        Span(f": {verified}{plural_s} verified"),
    )


def _unread(record: ImageRecord, width: int) -> Iterator[str]:
    unread = [
        f"layer {layer.index} ({shown(layer.detail)})"
        for layer in record.layers
        if layer.status != "read"
    ]
    if unread:
        yield from indented(wrap(", ".join(unread), width - 22), "  not read to the end: ")


def _misfit(found: Iterable[FindingRecord], width: int) -> Iterator[str]:
    """Yield that the base which was named is not the image's, and why."""
    for one in found:
        if one.code == _MISFIT:
            told = wrap(f"the named one does not fit: {shown(one.detail)}", width - 8)
            yield from indented(told, "  base: ")


def _base(base: BaseRecord, width: int) -> list[str]:
    last = base.layers - 1
    layers = "no layer" if last < 0 else "layer 0" if last == 0 else f"layers 0 to {last}"
    return flow([layers, f"{base.confidence}: {shown(base.method)}"], width - 8)


def _build(record: ImageRecord) -> list[str]:
    history = record.history
    attested = plural(record.attestations, "attestation") if record.attestations else ""
    if not history.steps:
        return ["no history", attested]
    builders = ", ".join(shown(builder) for builder in history.builders)
    number = "" if history.marked == history.steps else f", {history.marked}"
    by = f"{number} by {builders}" if builders else ""
    steps = f"history: {plural(history.steps, 'step')}{by}"
    doubt = "" if history.reliable else "does not match the layers"
    return [steps, doubt, attested]


def findings(found: list[FindingRecord], width: int) -> Iterator[Line]:
    """Yield the gravest kinds of findings, one line each with an example."""
    kinds = [list(group) for _, group in groupby(sorted(found, key=_gravity), _gravity)]
    grave = [kind for kind in kinds if kind[0].severity in GRAVEST_FIRST[:3]][:_FINDINGS]
    for kind in grave:
        first = kind[0]
        count = f" ({len(kind)})" if len(kind) > 1 else ""
        yield from _finding(first, f"{first.title}{count}", width)
    left = len(found) - sum(map(len, grave))
    if left:
        yield line(f"  {plural(left, 'finding')} of less weight: see -v or --format json", "dim")


def _gravity(finding: FindingRecord) -> tuple[int, str]:
    return GRAVEST_FIRST.index(finding.severity), finding.code


def _finding(finding: FindingRecord, title: str, width: int) -> Iterator[Line]:
    style = _SEVERITY_STYLE.get(finding.severity, "dim")
    first, *rest = wrap(shown(title), width - 12)
    yield (Span("  "), Span(f"{finding.severity:<10}", style), Span(first))
    where = "" if finding.layer is None else f"layer {finding.layer.index}"
    path = "" if finding.path is None else f"/{shown(finding.path)}"
    more = flow([path, where, shown(brief(finding.detail))], width - 12)
    yield from (line(f"{'':12}{text}") for text in [*rest, *more])


def every_finding(found: list[FindingRecord], width: int) -> Iterator[Line]:
    """Yield all findings with their places."""
    for finding in sorted(found, key=_gravity):
        yield from _finding(finding, f"{finding.title}  [{finding.code}]", width)


def artifacts(report: Report, width: int) -> Iterator[Line]:
    """Name what the input holds beside images; of several inputs what should be one."""
    several = len(report.inputs) > 1
    for artifact in report.artifacts:
        if several and not artifact.error:
            continue
        name = shown(artifact.name) or short(artifact.digest) or "(no name)"
        name = f"{shown(report.inputs[artifact.input].reference)}: {name}" if several else name
        style = "yellow" if artifact.error else "dim"
        texts = flow([name, shown(artifact.reason)], width - 2)
        yield from (line(f"  {text}", style) for text in texts)


def layers(record: ImageRecord, width: int, *, whole: bool) -> Iterator[Line]:
    """Yield what each layer is, with whole digests or their beginnings, and the step behind it."""
    for layer in record.layers:
        facts = [
            "" if layer.compression == "none" else layer.compression,
            layer.flavour,
            _sizes(layer),
            plural(layer.entries, "entry", "entries"),
            "" if layer.status == "read" else f"{layer.status}: {shown(layer.detail)}",
        ]
        first, *rest = flow(facts, width - 7, ", ")
        yield (Span(f"  {layer.index:>3}  ", "bold"), Span(first))
        yield from (line(f"{'':7}{more}") for more in rest)
        digests = flow(_digests(layer, whole=whole), width - 7)
        yield from (line(f"{'':7}{text}", "dim") for text in digests)
        if layer.step:
            step = f"step {layer.step.index}: {shown(undecorated(brief(layer.step.created_by)))}"
            yield line(f"{'':7}{fit(step, width - 7)}")


def _digests(layer: LayerRecord, *, whole: bool) -> Iterator[str]:
    """Yield the digest and the diff_id, which for a plain layer are the same."""
    told = str if whole else short
    yield told(layer.digest) if layer.digest else "no digest"
    if layer.diff_id != layer.digest or not layer.diff_id:
        yield f"diff_id {told(layer.diff_id) if layer.diff_id else '-'}"


def grouped(records: Iterable[T]) -> dict[int | None, list[T]]:
    """Return records by the position of their image, None for those about the whole input."""
    found: dict[int | None, list[T]] = {}
    for record in records:
        found.setdefault(None if record.image is None else record.image.index, []).append(record)
    return found


def _stopping(decided: Gate) -> str:
    """Say how many verdicts stop, and how many defects they are."""
    said = plural(decided.failed, "verdict")
    return said if decided.distinct == decided.failed else f"{said}, {decided.distinct} distinct"


def _not_reached(why: str) -> Line:
    return (Span("gate: "), Span("not reached", "bold red"), Span(f": {why}"))


def gate(decided: Gate) -> Line:
    """Say whether the gate lets the image through."""
    if decided.obstacle:
        return _not_reached(decided.obstacle)
    lost = f"{plural(decided.lost, 'input')} not analysed" if decided.lost else ""
    if lost and not decided.stopped:
        return _not_reached(lost)
    asked = f"(--fail-on {decided.fail_on})"
    waived = f"{plural(decided.waived, 'verdict')} waived" if decided.waived else ""
    if decided.passed:
        more = f": {waived}" if waived else ""
        return (Span("gate: "), Span("passed", "bold green"), Span(f" {asked}{more}"))
    reasons = [_stopping(decided)] if decided.failed else []
    if not decided.integrity:
        reasons.append("integrity")
    if decided.guessed:
        reasons.append("the base is a guess, so it excuses nothing")
    reasons += filter(None, (lost, waived))
    return (Span("gate: "), Span("failed", "bold red"), Span(f" {asked}: {', '.join(reasons)}"))
