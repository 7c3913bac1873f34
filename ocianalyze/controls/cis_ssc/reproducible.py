"""Artifacts are reproducible (2.4.4): an image that holds the moment of its build is not."""

from collections.abc import Iterator

from ocianalyze.controls._base import Control, undecided
from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.controls.aspects.history.days import day
from ocianalyze.controls.evidence import gathered, others
from ocianalyze.controls.saying import of_config
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict


def evaluate(view: ImageView) -> Verdict:
    """Fail on times that a clock told; fixed ones leave the question to a second build."""
    if view.config is None:
        return undecided("config-absent", "not evaluated: the image has no readable config")
    moments = gathered(_moments(view))
    if moments:
        summary = f"times of a clock: {moments[0].detail[:24]}{others(moments)}"
        return Verdict(Status.FAIL, "times-of-the-build", summary, moments, "strong")
    told = of_config("/created", f"created is {view.config.created[:40] or 'not set'}", "info")
    summary = "times are fixed: build again and compare digests"
    return Verdict(Status.NEEDS_REVIEW, "times-fixed", summary, (told,), "heuristic")


def _moments(view: ImageView) -> Iterator[Evidence]:
    """Yield times that the next build would not write again.

    A time that a build was given has whole seconds and is the same in all its steps. The last step
    is the author's wherever the base ends.
    """
    created = view.config.created if view.config else ""
    if _is_moment(created):
        yield of_config("/created", f"made {created[:30]}", "low")
    base, steps = view.once(boundary), view.history.steps
    own = [x for x in steps if base.of_step(x.index) == "author"] or steps[-1:]
    several = len({x.created for x in own if day(x.created)}) > 1
    for step in own:
        if _is_moment(step.created) or (several and day(step.created)):
            detail = f"step {step.created[:30]}"
            yield Evidence(detail, "history", step=step.index, layer=step.layer, severity="low")


def _is_moment(text: str) -> bool:
    """Tell a time with a fraction of a second, which only a clock has."""
    fraction = text.partition(".")[2].rstrip("Z").partition("+")[0]
    return bool(day(text)) and bool(fraction.strip("0"))


CONTROL = Control(
    id="cis-ssc-2.4.4",
    short="reproducible",
    automation="assist",
    reads="created of the config and of the author's steps in the history",
    decides="fails when these are readings of a clock: fractions of a second, or other times in "
    "each step; times that were given to the build need review, since only a second build shows "
    "that it makes the same bytes",
    limits="an image alone never shows that it can be made again; a base's times are no part of "
    "the question, and where the base is not known only the last step's is",
    remediation="build with SOURCE_DATE_EPOCH and, in BuildKit, rewrite-timestamp=true; pin what "
    "is fetched, then compare the digests of two builds",
    evaluate=evaluate,
    needs=frozenset({"config"}),
)
