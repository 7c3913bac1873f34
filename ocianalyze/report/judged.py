"""Everything the text report says of verdicts, in its order."""

from collections.abc import Iterator, Sequence

from ocianalyze.model.report import ControlRecord, Report
from ocianalyze.model.subject import ImageRecord
from ocianalyze.report import standing_blocks, verdicts
from ocianalyze.report.blocks import Line

Section = tuple[str, Iterator[Line]]
"""A title, or none, and lines."""


def sections(
    report: Report,
    image: ImageRecord,
    controls: Sequence[ControlRecord],
    width: int,
    *,
    verbose: bool,
) -> Iterator[Section]:
    """Yield the tables of verdicts, then whose they are and what helps.

    Args:
        report: the whole.
        image: the one that is shown.
        controls: what its controls say.
        width: of a line.
        verbose: all of it.

    """
    if not controls:
        return
    found = next((one for one in report.standings if one.image.index == image.index), None)
    asked = verdicts.Asked(report.profile, width, verbose)
    yield "", verdicts.tables(controls, found, asked)
    yield "not evaluated, by what is missing", verdicts.undecided(controls, asked)
    if found is None:
        return
    yield "base and author", standing_blocks.whose(found, width, verbose=verbose)
    yield "responsibility", standing_blocks.responsibility(found, width, verbose=verbose)
    if verbose:
        yield "to pass", standing_blocks.to_pass(found, width)
