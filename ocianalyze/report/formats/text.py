"""The report for people: a terminal of 80 columns is enough."""

from collections.abc import Iterator

from ocianalyze.model.report import ControlRecord, FindingRecord, ImageRecord, Report
from ocianalyze.report import blocks, evidence
from ocianalyze.report._base import ReportFormat, Style
from ocianalyze.report.blocks import Line, grouped, line
from ocianalyze.report.console import encoded
from ocianalyze.report.judged import Section, sections

NARROWEST, WIDEST = 60, 120


def render(report: Report, style: Style) -> Iterator[bytes]:
    """Yield the report block by block."""
    width = min(max(style.width, NARROWEST), WIDEST)
    yield encoded(blocks.header(report, width), colour=style.colour)
    controls = grouped(report.controls)
    findings = grouped(report.findings)
    for image in report.images:
        said = controls.get(image.index, [])
        lines = _image(
            image,
            sections(report, image, said, width, verbose=style.verbose),
            said,
            findings.get(image.index, []),
            width,
            verbose=style.verbose,
        )
        yield encoded(lines, colour=style.colour)
    about_all = findings.get(None, [])
    yield encoded(_end(report, about_all, style, width), colour=style.colour)


def _image(  # noqa: PLR0913 - what one block shows
    image: ImageRecord,
    judged: Iterator[Section],
    controls: list[ControlRecord],
    found: list[FindingRecord],
    width: int,
    *,
    verbose: bool,
) -> Iterator[Line]:
    yield from blocks.image(image, width)
    yield line()
    for title, lines in judged:
        yield from _titled(title, lines)
    yield from _titled("integrity and oddities", _told(found, width, verbose=verbose))
    if verbose:
        yield from _titled("layers, the lowest first", blocks.layers(image, width))
        details = (row for control in controls for row in evidence.everything(control, width))
        yield from _titled("evidence", details)
    else:
        yield from _titled("most urgent", evidence.urgent(controls, width))


def _end(report: Report, found: list[FindingRecord], style: Style, width: int) -> Iterator[Line]:
    yield from _titled("about the whole input", _told(found, width, verbose=style.verbose))
    yield from _titled("beside images", blocks.artifacts(report, width))
    if len(report.images) > 1:
        yield from _titled(f"{len(report.images)} images", blocks.overview(report, width))
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
