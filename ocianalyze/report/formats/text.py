"""The report for people: a terminal of 80 columns is enough."""

from collections.abc import Iterator

from ocianalyze.model.report import FindingRecord, ImageRecord, Report
from ocianalyze.report import blocks, evidence
from ocianalyze.report._base import ReportFormat, Style
from ocianalyze.report.blocks import Line, line
from ocianalyze.report.console import encoded

NARROWEST, WIDEST = 60, 120


def render(report: Report, style: Style) -> Iterator[bytes]:
    """Yield the report block by block."""
    width = min(max(style.width, NARROWEST), WIDEST)
    yield encoded(blocks.header(report, width), colour=style.colour)
    for image in report.images:
        lines = _image(report, image, width, verbose=style.verbose)
        yield encoded(lines, colour=style.colour)
    yield encoded(_end(report, style, width), colour=style.colour)


def _image(report: Report, image: ImageRecord, width: int, *, verbose: bool) -> Iterator[Line]:
    controls = [control for control in report.controls if control.image.index == image.index]
    found = _findings(report, image.index)
    yield from blocks.image(image, width)
    yield line()
    if controls:
        yield from blocks.verdicts(controls, report.profile, width)
        yield line()
    yield from _titled("integrity and oddities", _told(found, width, verbose=verbose))
    if verbose:
        yield from _titled("layers, the lowest first", blocks.layers(image, width))
        details = (row for control in controls for row in evidence.everything(control, width))
        yield from _titled("evidence", details)
    else:
        yield from _titled("most urgent", evidence.urgent(controls, width))


def _end(report: Report, style: Style, width: int) -> Iterator[Line]:
    found = _findings(report, None)
    yield from _titled("about the whole input", _told(found, width, verbose=style.verbose))
    yield from _titled("beside images", blocks.artifacts(report, width))
    if len(report.images) > 1:
        yield from _titled(f"{len(report.images)} images", blocks.overview(report, width))
    if style.gate:
        yield blocks.gate(style.gate)


def _findings(report: Report, image: int | None) -> list[FindingRecord]:
    return [x for x in report.findings if (x.image.index if x.image else None) == image]


def _told(found: list[FindingRecord], width: int, *, verbose: bool) -> Iterator[Line]:
    return (blocks.every_finding if verbose else blocks.findings)(found, width)


def _titled(title: str, lines: Iterator[Line]) -> Iterator[Line]:
    """Put a title above lines and room below them; nothing when there are none."""
    first = next(lines, None)
    if first is not None:
        yield line(title, "bold")
        yield first
        yield from lines
        yield line()


FORMAT = ReportFormat("text", "for people; --verbose adds all evidence", render)
