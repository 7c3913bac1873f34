"""What `--fail-on` says; told before anything that reads an image is imported."""

from typing import Literal, NamedTuple, get_args

from ocianalyze.errors import UsageError

FailOn = Literal["fail", "needs-review", "not-evaluated", "never"]
Counted = Literal["all", "author", "base"]
"""Whose verdicts a gate counts."""


class Threshold(NamedTuple):
    """What stops at a gate."""

    status: FailOn
    counted: Counted = "all"


def threshold(text: str) -> Threshold:
    """Return what `fail`, `fail:author` or `needs-review:base` asks for.

    Raises:
        UsageError: it is none.

    """
    word, colon, whose = text.partition(":")
    statuses: tuple[FailOn, ...] = get_args(FailOn)
    status = next((known for known in statuses if known == word), None)
    counted: Counted | None = "all"
    if colon:
        sides: tuple[Counted, ...] = ("author", "base")
        counted = next((known for known in sides if known == whose), None)
    if status is None or counted is None or (colon and status == "never"):
        cure = "fail:author and fail:base count one side"
        listed = ", ".join(statuses)
        raise UsageError(f"{text!r} is not one of {listed}", place="--fail-on", cure=cure)
    return Threshold(status, counted)
