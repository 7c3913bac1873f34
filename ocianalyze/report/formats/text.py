"""The report for people: a terminal of 80 columns is enough."""

from collections.abc import Iterator
from shlex import quote
from typing import NamedTuple

from ocianalyze.model.report import ControlRecord, FindingRecord, Report, SecretRecord
from ocianalyze.model.subject import ImageRecord
from ocianalyze.report import blocks, evidence, overview, secret_blocks
from ocianalyze.report._base import ReportFormat, Style
from ocianalyze.report.blocks import Line, grouped, line
from ocianalyze.report.console import encoded
from ocianalyze.report.escape import shown
from ocianalyze.report.inputs import each_input
from ocianalyze.report.judged import Section, sections

NARROWEST, WIDEST = 60, 120
_SHOWN = 3
"""Images that are shown one by one; of more there is a table alone."""


def render(report: Report, style: Style) -> Iterator[bytes]:
    """Yield the report block by block."""
    width = min(max(style.width, NARROWEST), WIDEST)
    is_short = len(report.images) > _SHOWN and not style.verbose
    parts = [report] if is_short else each_input(report)
    controls, secrets = grouped(report.controls), grouped(report.secrets)
    for one in parts:
        yield encoded(blocks.header(one, width), colour=style.colour)
        findings = grouped(one.findings)
        for image in () if is_short else one.images:
            at = image.index
            about = _About(
                f"ocianalyze scan {quote(shown(one.input.reference))}{_profile(report)}",
                controls.get(at, []),
                findings.get(at, []),
                secrets.get(at, []),
            )
            judged = sections(report, image, about.controls, width, verbose=style.verbose)
            lines = _image(image, judged, about, width, verbose=style.verbose)
            yield encoded(lines, colour=style.colour)
        whole = _whole(one, findings.get(None, []), style, width)
        yield encoded(whole, colour=style.colour)
    yield encoded(_end(report, style, width, is_short=is_short), colour=style.colour)


class _About(NamedTuple):
    """What the records say of one image."""

    command: str
    """That scanned it."""
    controls: list[ControlRecord]
    findings: list[FindingRecord]
    secrets: list[SecretRecord]


def _profile(report: Report) -> str:
    return "" if report.profile == "l2" else f" --profile {quote(shown(report.profile))}"


def _image(
    image: ImageRecord, judged: Iterator[Section], about: _About, width: int, *, verbose: bool
) -> Iterator[Line]:
    yield from blocks.image(image, width, about.findings)
    yield line()
    for title, lines in judged:
        yield from _titled(title, lines)
    yield from _titled("integrity and oddities", _told(about.findings, width, verbose=verbose))
    yield from _titled("secrets", secret_blocks.gravest(about.secrets, width))
    if verbose:
        yield from _titled("layers, the lowest first", blocks.layers(image, width, whole=True))
        details = (row for one in about.controls for row in evidence.everything(one, width))
        yield from _titled("evidence", details)
    else:
        urgent = evidence.urgent(about.controls, f"{about.command} -v", width)
        yield from _titled("most urgent", urgent)


def _whole(one: Report, found: list[FindingRecord], style: Style, width: int) -> Iterator[Line]:
    whole = "the whole input" if len(one.inputs) == 1 else "whole inputs"
    yield from _titled(f"about {whole}", _told(found, width, verbose=style.verbose))
    yield from _titled("beside images", blocks.artifacts(one, width))


def _end(report: Report, style: Style, width: int, *, is_short: bool) -> Iterator[Line]:
    if len(report.images) > 1 or len(report.inputs) > 1:
        rows = overview.table(report, width, alone=is_short)
        yield from _titled(overview.title(report), rows)
    if style.gate and style.gate.guessed:
        yield line("the base is only a guess, so the gate counts both sides", "yellow")
    if style.gate:
        yield blocks.gate(style.gate)


def _told(found: list[FindingRecord], width: int, *, verbose: bool) -> Iterator[Line]:
    return (blocks.every_finding if verbose else blocks.findings)(found, width)


def _titled(title: str, lines: Iterator[Line]) -> Iterator[Line]:
    """Put a title, if any, above lines and room below; nothing when there are none."""
    first = next(lines, None)
    if first is not None:
        if title:
            yield line(title, "bold")
        yield first
        yield from lines
        yield line()


FORMAT = ReportFormat("text", "for people; --verbose adds all evidence", render)
